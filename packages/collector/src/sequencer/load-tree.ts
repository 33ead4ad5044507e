import { dirname, join } from 'node:path'
import { WhodidError } from '@whodid/model'
import { emptyEdge, readEdge, rootOf, verifyEpochCheckpoint } from '@whodid/tlog'
import type { Checkpoint, TreeEdge } from '@whodid/tlog'
import {
  CheckpointFiles,
  HeadFile,
  TileFiles,
  makeDirectory,
  writeDurably,
} from '@whodid/tlog-posix'
import { KeyRegistrar } from './key-registrar.ts'
import { KeyRing } from './key-ring.ts'
import type { SequencerDeps } from './sequencer-options.ts'

/** A log's tree as the last run left it, found sound. */
export interface LoadedTree {
  readonly keys: KeyRing
  readonly tiles: TileFiles
  readonly checkpoints: CheckpointFiles
  readonly head: HeadFile
  /** Registers new keys with the checkpoint log. */
  readonly registrar: KeyRegistrar
  readonly edge: TreeEdge
}

/**
 * Loads a log's tree and checks it before anything is built on it: the newest checkpoint is signed by the key of its size,
 * the tiles of the right edge lead to its root, and it is not older than the checkpoint in the keys' own directory.
 *
 * Throws `seal_failed`, naming the disagreement, and the system's error when a file cannot be read.
 */
export async function loadTree(options: SequencerDeps): Promise<LoadedTree> {
  const { files, dir, keysDir, wrapping, origin, nowUnixMs } = options
  await makeDirectory(files, dirname(dir))
  await makeDirectory(files, dir)
  const checkpoints = await CheckpointFiles.open(files, dir)
  const hasCheckpoint = checkpoints.latest !== ''
  const keys = await KeyRing.open({ files, keysDir, wrapping, origin, hasCheckpoint, nowUnixMs })
  const head = await HeadFile.open(files, keysDir, origin)
  const registrar = await KeyRegistrar.open(options)
  const tiles = new TileFiles(files, dir)
  const latest = hasCheckpoint ? signedBy(keys, checkpoints.latest) : undefined
  checkAgainst(latest, head.latest === '' ? undefined : signedBy(keys, head.latest))
  if (latest === undefined) return { keys, registrar, tiles, checkpoints, head, edge: emptyEdge }
  const published = checkpoints.published
  if (published !== '' && signedBy(keys, published).size > latest.size)
    throw failed('the history of checkpoints ends before the newest one: it was put back')
  const edge = await readEdge(tiles, latest.size).catch((thrown: unknown) => {
    throw failed(`the tiles of its right edge cannot be read: ${textOf(thrown)}`)
  })
  if (!rootOf(edge).equals(latest.root))
    throw failed(`the tiles lead to another root than the checkpoint of size ${latest.size}`)
  return { keys, registrar, tiles, checkpoints, head, edge }
}

function signedBy(keys: KeyRing, note: string): Checkpoint {
  try {
    return verifyEpochCheckpoint(note, keys.epochs)
  } catch (thrown) {
    throw failed(textOf(thrown))
  }
}

/** Puts the public keys beside the tree. The private file is the truth; a crash between the two is mended at a start. */
export async function publishKeys(
  { keys }: LoadedTree,
  { files, dir }: SequencerDeps,
): Promise<void> {
  await writeDurably(files, join(dir, 'keys'), keys.publicText)
}

/** Compares with the checkpoint that the keys' directory has. A crash may leave the tree ahead of it, never behind. */
function checkAgainst(latest: Checkpoint | undefined, head: Checkpoint | undefined): void {
  if (head === undefined) return
  if (latest === undefined || latest.size < head.size)
    throw failed(
      `it has ${latest?.size ?? 0} leaves, and its key has signed ${head.size}: it was put back`,
    )
  if (latest.size === head.size && !latest.root.equals(head.root))
    throw failed(`its key has signed another root for the size ${head.size}`)
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : 'unknown failure'
}

function failed(why: string): WhodidError {
  return new WhodidError(
    'seal_failed',
    `the tree of the log expected to go on from its last state; ${why}`,
  )
}
