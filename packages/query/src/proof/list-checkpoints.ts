import { WhodidError } from '@whodid/model'
import type { LogTree, LogTrees } from '@whodid/tlog-posix'
import { parseCheckpoint, parseNote, proveConsistency } from '@whodid/tlog'

/** Checkpoints given at one time. */
export const checkpointsMax = 100

/** Checkpoints of a log, each with the proof that it continues the one before. */
export interface CheckpointList {
  readonly log: string
  readonly checkpoints: {
    readonly size: number
    readonly checkpoint: string
    /** From the one before in this list, or from `from` for the first; base64. */
    readonly consistency: string[]
  }[]
}

/**
 * A log's checkpoints of `from` leaves and more, smallest first, at most {@link checkpointsMax}, for whoever holds one of `from`
 * leaves: the first proof leads from there. `name` may be left out where there is one log. Throws `not_found`, `invalid_parameter`.
 */
export async function listCheckpoints(
  trees: LogTrees,
  { name, from }: { readonly name: string | undefined; readonly from: number },
): Promise<CheckpointList> {
  const tree = await treeOf(trees, name)
  const notes = await tree.checkpoints(from, checkpointsMax)
  const checkpoints: CheckpointList['checkpoints'] = []
  let before = from
  for (const checkpoint of notes) {
    const { size } = parseCheckpoint(parseNote(checkpoint).text)
    const proof = await proveConsistency(tree.tiles, before, size)
    checkpoints.push({
      size,
      checkpoint,
      consistency: proof.map((hash) => hash.toString('base64')),
    })
    before = size
  }
  return { log: tree.origin, checkpoints }
}

async function treeOf(trees: LogTrees, name: string | undefined): Promise<LogTree> {
  if (name !== undefined) {
    const tree = await trees.byName(name)
    if (tree !== undefined) return tree
    throw new WhodidError('not_found', `no log is called "${name}"`)
  }
  const [tree, other] = await trees.all()
  if (tree === undefined) throw new WhodidError('not_found', 'no log is sealed here')
  if (other === undefined) return tree
  throw new WhodidError('invalid_parameter', '"log" expected the name of one of several logs')
}
