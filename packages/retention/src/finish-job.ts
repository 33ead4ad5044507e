import { createHash } from 'node:crypto'
import type { ContentKeys } from '@whodid/content'
import { formatInstant } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import type { ContentEraser, RecordPruner } from '@whodid/store'
import type { RetentionJob } from './retention-files.ts'
import { retentionRecord } from './retention-record.ts'
import type { RetentionAct } from './retention-record.ts'

/** The parts that finishing a job needs. */
export interface JobPorts {
  readonly keys: Pick<ContentKeys, 'destroy'>
  readonly record: (records: readonly LedgerRecord[]) => Promise<unknown>
  readonly stored: () => Promise<void>
  readonly eraser: ContentEraser
  readonly pruner: RecordPruner
}

/**
 * Does a job from its beginning; every step is safe to repeat. Record, keys, rows, in this order: a crash after the record
 * leaves text that will still be deleted, never text that was deleted without a record.
 *
 * Resolves with false when ClickHouse did not take part of it; the keys are destroyed even so.
 */
export async function finishJob(job: RetentionJob, ports: JobPorts): Promise<boolean> {
  const records = recordsOf(job)
  await ports.record(records)
  for (const [place, keyIdHex] of job.keyIds.entries()) {
    const record = records[place]
    await ports.keys.destroy(keyIdHex, {
      erasure: job.id,
      erased_at: formatInstant(BigInt(job.atUnixNs)),
      record: record === undefined ? '' : `${record.traceIdHex}-${record.spanIdHex}`,
    })
  }
  // Text that was acknowledged before the keys were destroyed may not be inserted yet.
  await ports.stored()
  try {
    const before = BigInt(job.beforeUnixNs)
    if (job.kind === 'erasure')
      for (const keyIdHex of job.keyIds) await ports.eraser.deleteByKey(job.tenant, keyIdHex)
    if (job.kind === 'expiry') await ports.eraser.deleteBefore(before)
    if (job.kind === 'prune') await ports.pruner.dropBefore(before)
    return true
  } catch {
    // ClickHouse does not answer or refuses: the job stays, and the caller reports that it is not done.
    return false
  }
}

/** The records of a job: one for each key or log it is about, identical at each call. */
export function recordsOf(job: RetentionJob): LedgerRecord[] {
  const acts: Pick<RetentionAct, 'resourceId' | 'more'>[] = []
  const before = { before: formatInstant(BigInt(job.beforeUnixNs)) }
  if (job.kind === 'prune')
    for (const [logId, minIndex] of Object.entries(job.minIndexes))
      acts.push({
        resourceId: `whodid:log:${logId}`,
        more: { ...before, log: logId, min_index: minIndex },
      })
  else if (job.kind === 'erasure')
    for (const key of job.keyIds) acts.push({ resourceId: `whodid:content:${key}`, more: { key } })
  if (acts.length === 0)
    acts.push({ resourceId: 'whodid:content', more: job.kind === 'erasure' ? {} : before })
  return acts.map((act, place) =>
    retentionRecord({
      ...act,
      kind: job.kind,
      id: job.id,
      tenant: job.tenant,
      atUnixNs: BigInt(job.atUnixNs),
      traceIdHex: job.traceIdHex,
      spanIdHex: spanIdOf(job.id, place),
      requestedBy: job.requestedBy,
      reason: job.reason,
      caseId: job.caseId,
    }),
  )
}

function spanIdOf(jobId: string, place: number): string {
  return createHash('sha256').update(`${jobId}\0${place}`).digest('hex').slice(0, 16)
}
