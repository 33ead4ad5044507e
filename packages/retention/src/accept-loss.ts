import type { LedgerRecord } from '@whodid/model'
import { newAct } from './new-act.ts'
import type { RetentionRequest } from './new-act.ts'
import { retentionRecord } from './retention-record.ts'

/** A loss of records that somebody accepts. */
export interface AcceptedLossAct {
  readonly log: string
  /** The lost places, `to` excluded. */
  readonly from: number
  readonly to: number
  /** The checkpoint that proves that they were sealed. */
  readonly checkpoint: string
  /** The person or role who answers for it. */
  readonly acceptedBy: string
}

/** The parts of the service that this uses. */
interface LossDeps {
  readonly record: (records: readonly LedgerRecord[]) => Promise<unknown>
  readonly now: () => bigint
}

/** Puts an accepted loss on record; resolves with the record, `<trace>-<span>`, once it is durable. */
export async function acceptLoss(
  { record: append, now }: LossDeps,
  { log, from, to, checkpoint, acceptedBy }: AcceptedLossAct,
  request: RetentionRequest,
): Promise<string> {
  const record = retentionRecord({
    ...newAct('loss', request, now()),
    resourceId: `whodid:log:${log}`,
    more: { from: `${from}`, to: `${to}`, checkpoint, accepted_by: acceptedBy },
  })
  await append([record])
  return `${record.traceIdHex}-${record.spanIdHex}`
}
