import type { ActionProof, MetaLogProof } from '@whodid/model'
import type { ContentReader } from '@whodid/content'
import { entryOfForm, parseSpanRef, WhodidError } from '@whodid/model'
import type { Selector } from '@whodid/store'
import type { LogTrees } from '@whodid/tlog-posix'
import { formatTlogProof, leafHash, parseCheckpoint, parseNote, proveInclusion } from '@whodid/tlog'
import { findInCheckpointLog, verifyQuotedRecords } from '@whodid/verify'
import type { CheckpointLogEndpoint } from '@whodid/verify'
import { gatherEvidence } from '../who-did/evidence/gather-evidence.ts'
import { parseQuestion } from '../who-did/question.ts'
import { entrySql } from './sql.ts'

/** A proof quotes no text. */
const noTexts: ContentReader = {
  open: (wanted) => Promise.resolve(wanted.map(() => ({ state: 'withheld' }))),
}

/** The sources of a proof. */
interface ProofSources {
  readonly selector: Selector
  readonly trees?: LogTrees | undefined
  /** The checkpoint log that receives the checkpoints of the local logs; each proof queries it. */
  readonly metaLog?: CheckpointLogEndpoint | undefined
}

/**
 * Proves that an action is under a checkpoint of its log. The action is named by its ID, or by `<trace>-<span>`.
 *
 * Throws `not_found`, `not_sealed` while no checkpoint covers it, `seal_failed` when the record is not what was sealed, and
 * the errors of `Selector.select`.
 */
export async function proveAction(
  { selector, trees, metaLog }: ProofSources,
  tenant: string,
  id: string,
): Promise<ActionProof> {
  const of = parseSpanRef(id) === undefined ? `action:${id}` : `span:${id}`
  const { evidence } = await gatherEvidence(
    { selector, tenant, contents: noTexts },
    parseQuestion({ of }),
  )
  const [record] = evidence.relatedRecords.get(evidence.subject) ?? []
  if (record === undefined) throw new WhodidError('not_found', `no action on record is "${id}"`)
  if (trees === undefined || record.log === '')
    throw new WhodidError('not_sealed', 'the record is in no log that this service keeps')
  const { log, key: span } = record
  const index = Number(record.log_index)
  const leaf = Buffer.from(record.leaf, 'hex')
  const [judged] = await verifyQuotedRecords(trees, [{ span, log, index, leaf }])
  if (judged === undefined || judged.state === 'pending')
    throw new WhodidError('not_sealed', `the record ${index} is not sealed: ${judged?.why ?? ''}`)
  if (judged.state === 'failed') throw new WhodidError('seal_failed', judged.why)
  const form = await readForm(selector, tenant, { span, index })
  const entry = entryOfForm(form)
  if (!leafHash(entry).equals(leaf))
    throw new WhodidError('seal_failed', `the record ${index} was changed while it was read`)
  return {
    span,
    log,
    index,
    entry: entry.toString('base64'),
    record: form.toString('base64'),
    leaf: leaf.toString('base64'),
    proof: judged.proof.map((hash) => hash.toString('base64')),
    checkpoint: judged.checkpoint,
    tlog_proof: formatTlogProof({ index, proof: judged.proof, checkpoint: judged.checkpoint }),
    meta_log:
      metaLog === undefined ? null : await proveInCheckpointLog(metaLog, trees, { log, index }),
  }
}

async function proveInCheckpointLog(
  metaLog: CheckpointLogEndpoint,
  trees: LogTrees,
  { log, index }: { readonly log: string; readonly index: number },
): Promise<MetaLogProof> {
  const tree = await trees.byOrigin(log)
  if (tree === undefined) return { state: 'failed', why: `the log "${log}" has no tree here` }
  const found = await findInCheckpointLog(metaLog, { origin: log, epochs: tree.epochs, index })
  if (found.state !== 'included') return found
  const { entry, proof, checkpoint } = found
  const { size } = parseCheckpoint(parseNote(entry).text)
  const recordProof = await proveInclusion(tree.tiles, index, size)
  return {
    ...found,
    record_proof: recordProof.map((hash) => hash.toString('base64')),
    proof: proof.map((hash) => hash.toString('base64')),
    tlog_proof: formatTlogProof({ index: found.index, proof, checkpoint }),
  }
}

async function readForm(
  selector: Selector,
  tenant: string,
  { span, index }: { span: string; index: number },
): Promise<Buffer> {
  const [trace = '', id = ''] = span.split('-')
  const { rows } = await selector.select<{ form: string }>({
    sql: entrySql,
    parameters: { trace, span: id, index },
    tenant,
  })
  const [row] = rows
  if (row === undefined)
    throw new WhodidError('seal_failed', `the record ${index} was taken away while it was read`)
  return Buffer.from(row.form, 'base64')
}
