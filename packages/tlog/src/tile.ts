import { ProofError } from './proof-error.ts'

/** Hashes in a full tile; a tile is a subtree of height 8 (C2SP tlog-tiles). */
export const tileWidth = 256
/**
 * The HTTP `Cache-Control` of a tile or an entry bundle that is in a signed tree: a client may keep it indefinitely. A partial
 * one too: its path names its width, and its bytes do not change when a wider one replaces it.
 */
export const tileCacheControl = 'public, max-age=31536000, immutable'
/** The highest level a tile path can name. */
const tileLevelMax = 63

/** The place of a tile: its level, counted in tiles from the leaves, its index there, and its width if it is not full. */
export interface Tile {
  readonly level: number
  readonly index: number
  /** Hashes in the tile, 1 to 256. Default: 256, a full tile. */
  readonly width?: number
}

/** Gives the bytes of a stored tile by its path, or undefined when it is not there. Any store will do: files, objects, HTTP. */
export interface TileReader {
  readonly read: (path: string) => Promise<Uint8Array | undefined>
}

/** The path of a tile, relative to the log: `tile/0/x001/x234/067`, with `.p/<width>` when it is partial (C2SP tlog-tiles). */
export function tilePath({ level, index, width }: Tile): string {
  if (!Number.isInteger(level) || level < 0 || level > tileLevelMax)
    throw new ProofError('invalid_range', `tile level: expected 0 to ${tileLevelMax}, got ${level}`)
  return `tile/${level}/${indexPath({ index, width })}`
}

/** The path of an entry bundle, relative to the log: `tile/entries/000.p/7` (C2SP tlog-tiles). */
export function entriesPath(bundle: Omit<Tile, 'level'>): string {
  return `tile/entries/${indexPath(bundle)}`
}

/**
 * Reads a path back: of a tile, or of an entry bundle (`level` is `entries`). Undefined for every other text, also for
 * another spelling of the same place, so that a server may pass on any path that this accepts.
 */
export function parseTilePath(
  path: string,
): { level: number | 'entries'; index: number; width: number } | undefined {
  const found = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/u.exec(path)
  if (found === null) return undefined
  const [, kind = '', digits = '', partial] = found
  const level = kind === 'entries' ? kind : Number(kind)
  const index = Number(digits.replaceAll(/[x/]/gu, ''))
  const width = partial === undefined ? tileWidth : Number(partial)
  if (!Number.isSafeInteger(index) || width < 1 || width > tileWidth) return undefined
  if (level !== 'entries' && level > tileLevelMax) return undefined
  const only =
    level === 'entries' ? entriesPath({ index, width }) : tilePath({ level, index, width })
  return only === path ? { level, index, width } : undefined
}

/** Returns true when the whole tile or entry bundle that a path names is in the tree of `size` leaves; false for no path. */
export function isInTree(path: string, size: number): boolean {
  const tile = parseTilePath(path)
  if (tile === undefined) return false
  const count = tile.level === 'entries' ? size : hashesAtLevel(tile.level, size)
  return tile.index * tileWidth + tile.width <= count
}

/** Returns the number of hashes that the tree of `size` leaves holds at a tile level. */
export function hashesAtLevel(level: number, size: number): number {
  return Math.floor(size / tileWidth ** level)
}

function indexPath({
  index,
  width = tileWidth,
}: {
  index: number
  width?: number | undefined
}): string {
  if (!Number.isSafeInteger(index) || index < 0)
    throw new ProofError('invalid_range', `tile index: expected a whole number, got ${index}`)
  if (!Number.isInteger(width) || width < 1 || width > tileWidth)
    throw new ProofError('invalid_range', `tile width: expected 1 to ${tileWidth}, got ${width}`)
  const digits = String(index)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/gu) ?? []
  const last = groups.length - 1
  const path = groups.map((group, place) => (place === last ? group : `x${group}`)).join('/')
  return width === tileWidth ? path : `${path}.p/${width}`
}
