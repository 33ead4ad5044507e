import { readFile } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { hashBytes, parseTilePath, tilePath } from '@whodid/tlog'
import type { TileReader } from '@whodid/tlog'
import { orUndefined } from './durable.ts'

/** The calls that reading tiles makes. */
interface TileFiles {
  readonly readFile: (path: string) => Promise<Buffer>
  readonly readdir: (path: string) => Promise<string[]>
}

// A verification spent a quarter of its own CPU in the file handles of the promise API; this takes a third of that.
const readWhole = promisify(readFile)

const systemTileFiles: TileFiles = {
  readFile: (path) => readWhole(path),
  readdir: (path) => readdir(path),
}

/**
 * Reads the tiles that a sequencer keeps in a directory. A narrower partial tile is the beginning of a wider one, and of
 * those only the widest is kept: any width that the tree has had is found, also while the sequencer replaces it.
 */
export function createTileReader(dir: string, files: TileFiles = systemTileFiles): TileReader {
  return { read: (path) => readTile(path, { dir, files }) }
}

async function readTile(
  path: string,
  { dir, files }: { dir: string; files: TileFiles },
): Promise<Buffer | undefined> {
  const tile = parseTilePath(path)
  if (tile === undefined || tile.level === 'entries') return undefined
  const read = (name: string): Promise<Buffer | undefined> =>
    orUndefined(files.readFile(join(dir, name)))
  const exact = await read(path)
  const { level, index, width } = tile
  const full = tilePath({ level, index })
  if (exact !== undefined || path === full) return exact
  const kept = (await orUndefined(files.readdir(join(dir, `${full}.p`)))) ?? []
  const wider = kept.filter((name) => Number(name) > width).map((name) => `${full}.p/${name}`)
  for (const other of [...wider, full]) {
    const bytes = await read(other)
    if (bytes !== undefined && bytes.length >= width * hashBytes)
      return bytes.subarray(0, width * hashBytes)
  }
  return undefined
}
