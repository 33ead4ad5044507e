import { WhodidError } from '@whodid/model'
import type { CheckpointsAnswer } from '@whodid/model'
import type { LogTree, LogTrees } from '@whodid/tlog-posix'
import { parseCheckpoint, parseNote, proveConsistency } from '@whodid/tlog'

/** The most checkpoints in one list. */
export const checkpointsMax = 100

/**
 * Returns a log's checkpoints of `from` or more leaves, smallest first, at most {@link checkpointsMax}. The caller holds a
 * checkpoint of `from` leaves; the first proof starts there. `name` may be left out where there is one log. Throws
 * `not_found`, `invalid_parameter`.
 */
export async function listCheckpoints(
  trees: LogTrees,
  { name, from }: { readonly name: string | undefined; readonly from: number },
): Promise<CheckpointsAnswer> {
  const tree = await treeOf(trees, name)
  const notes = await tree.checkpoints(from, checkpointsMax)
  const checkpoints: CheckpointsAnswer['checkpoints'] = []
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
