import { join } from 'node:path'
import {
  parseKeyEpochs,
  proveConsistency,
  readEdge,
  rootOf,
  verifyConsistency,
  verifyEpochCheckpoint,
} from '@whodid/tlog'
import type { Checkpoint, TileReader } from '@whodid/tlog'
import { createTileReader } from '@whodid/tlog-posix'
import { expect } from 'vitest'

/** The calls that reading a tree makes, of the system or of a disk in memory. */
export interface TreeDisk {
  readonly readFile: (path: string) => Promise<Buffer>
  readonly readdir: (path: string) => Promise<string[]>
}

/**
 * Checks a log's tree after whatever happened to it: the newest checkpoint is signed and its tiles lead to its root, and
 * every checkpoint there ever was continues the one before. Gives the newest.
 */
export async function checkTree(disk: TreeDisk, dir: string): Promise<Checkpoint> {
  const epochs = parseKeyEpochs(await disk.readFile(join(dir, 'keys')))
  const newest = verifyEpochCheckpoint(await disk.readFile(join(dir, 'checkpoint')), epochs)
  const tiles = createTileReader(dir, disk)
  expect(rootOf(await readEdge(tiles, newest.size)).equals(newest.root), 'root').toBe(true)
  const history = (await readHistory(disk, dir)).map((note) => verifyEpochCheckpoint(note, epochs))
  expect(history.at(-1), 'the last checkpoint kept').toEqual(newest)
  for (const [place, later] of history.entries()) {
    const earlier = history[place - 1]
    if (earlier !== undefined) await checkContinues(tiles, earlier, later)
  }
  return newest
}

async function checkContinues(
  tiles: TileReader,
  { size: from, root: fromRoot }: Checkpoint,
  { size: to, root: toRoot }: Checkpoint,
): Promise<void> {
  expect(to).toBeGreaterThan(from)
  const proof = await proveConsistency(tiles, from, to)
  verifyConsistency({ from, fromRoot, to, toRoot, proof })
}

async function readHistory(disk: TreeDisk, dir: string): Promise<string[]> {
  const names = (await disk.readdir(join(dir, 'checkpoints'))).toSorted()
  const texts = await Promise.all(
    names.map((name) => disk.readFile(join(dir, 'checkpoints', name))),
  )
  return texts.flatMap((text) => {
    const parts = text.toString().split('\n\n')
    return parts.flatMap((part, at) =>
      at % 2 === 0 && at + 1 < parts.length ? [`${part}\n\n${parts[at + 1]}\n`] : [],
    )
  })
}
