import { dirname, join } from 'node:path'
import { parseTilePath, tilePath, tileWidth } from '@whodid/tlog'
import type { StoredTile, TileReader, TreeEdge } from '@whodid/tlog'
import { syncDirectory } from './durable.ts'
import type { FilePort } from './durable.ts'

/**
 * Tiles written at the same time. Each takes four turns of an event loop that handles requests in between: eight at a time
 * made the tree fall behind at full load, although the disk would have taken ten times as many.
 */
const writesAtOnce = 64

/** The tiles of one log as files, by their C2SP paths. One process at a time may write them. */
export class TileFiles implements TileReader {
  readonly #files: FilePort
  readonly #dir: string
  /** Directories whose own entries are durable, up to the log's. */
  readonly #known = new Set<string>()

  constructor(files: FilePort, dir: string) {
    this.#files = files
    this.#dir = dir
  }

  /** The bytes of a tile; undefined when it is not there. */
  readonly read = async (path: string): Promise<Buffer | undefined> => {
    try {
      return await this.#files.readFile(join(this.#dir, path))
    } catch {
      // Missing and unreadable are the same to the caller, who names the tile that is needed.
      return undefined
    }
  }

  /**
   * Writes tiles and returns when they are durable. No checkpoint covers any of them yet, so none is written beside its
   * place and renamed: a crash leaves some of them, whole or torn, and the next start writes the same bytes again.
   */
  async write(tiles: readonly StoredTile[]): Promise<void> {
    const dirs = new Set(tiles.map(({ path }) => dirname(join(this.#dir, path))))
    for (const dir of dirs) await this.#makeDir(dir)
    for (let from = 0; from < tiles.length; from += writesAtOnce)
      await Promise.all(tiles.slice(from, from + writesAtOnce).map((tile) => this.#writeTile(tile)))
    for (const dir of dirs) await syncDirectory(this.#files, dir)
  }

  /** Removes the partial tiles of `before` that `after` has wider ones for. One that stays behind does no harm. */
  async removeReplaced(before: TreeEdge, after: TreeEdge): Promise<void> {
    const kept = new Set(partialPaths(after))
    for (const path of partialPaths(before)) {
      if (kept.has(path)) continue
      const isFull = isTileFull(path, after.size)
      const gone = isFull ? `${path.slice(0, path.lastIndexOf('/'))}` : path
      await this.#files
        .rm(join(this.#dir, gone), { force: true, recursive: isFull })
        .catch(() => undefined)
    }
  }

  async #writeTile({ path, bytes }: StoredTile): Promise<void> {
    const handle = await this.#files.open(join(this.#dir, path), 'w', 0o600)
    try {
      await handle.writeFile(bytes)
      await handle.datasync()
    } finally {
      await handle.close()
    }
  }

  async #makeDir(dir: string): Promise<void> {
    if (this.#known.has(dir)) return
    await this.#files.mkdir(dir, { recursive: true, mode: 0o700 })
    for (let at = dir; at !== this.#dir && !this.#known.has(at); at = dirname(at)) {
      await syncDirectory(this.#files, dirname(at))
      this.#known.add(at)
    }
  }
}

/** The partial tiles of a tree, at most one a level. */
export function partialTiles({ size, hashes }: TreeEdge): StoredTile[] {
  return hashes.flatMap((bytes, level) => {
    if (bytes.length === 0) return []
    const index = Math.floor(size / tileWidth ** (level + 1))
    return [{ path: tilePath({ level, index, width: bytes.length / 32 }), bytes }]
  })
}

function partialPaths(edge: TreeEdge): string[] {
  return partialTiles(edge).map(({ path }) => path)
}

function isTileFull(path: string, size: number): boolean {
  const tile = parseTilePath(path)
  if (tile === undefined || tile.level === 'entries') return false
  return Math.floor(size / tileWidth ** (tile.level + 1)) > tile.index
}
