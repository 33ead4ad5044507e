import { WhodidError } from '@whodid/model'
import type { RecordPruner } from '@whodid/store'
import type { Custodian, CustodyRequest } from './custodian.ts'

/** How long what is recorded is kept, in days of 24 hours; undefined for ever. */
export interface Retention {
  readonly textDays: number | undefined
  /** Records go by whole months, so that they are kept for up to a month longer. */
  readonly recordDays: number | undefined
}

/** What retention works with. */
export interface RetentionPorts {
  readonly custodian: Pick<Custodian, 'expire' | 'prune' | 'resume' | 'expiredBefore'>
  readonly pruner: Pick<RecordPruner, 'hasBefore'>
  readonly tenant: string
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
}

/** What a round of retention came to. */
export interface RetentionOutcome {
  /** Records of what was decided, `<trace>-<span>`. */
  readonly records: readonly string[]
  /** `held` while a legal hold stands, `waiting` while ClickHouse has not taken what was decided before. */
  readonly state: 'done' | 'held' | 'waiting'
}

const dayNs = 86_400_000_000_000n

/**
 * Lets go what is past its time: text by the day, records by the month, each time on record through the custodian, and
 * only where there is something to let go: at most one record of an expiry a day and of a prune a month for each log.
 * Safe to call as often as one likes. A hold keeps everything, and throws nothing. Throws `store_unavailable`, `store_refused`.
 */
export async function retain(
  { textDays, recordDays }: Retention,
  { custodian, pruner, tenant, now }: RetentionPorts,
): Promise<RetentionOutcome> {
  const records: string[] = []
  const request = (days: number): CustodyRequest => ({
    tenant,
    requestedBy: 'retention',
    reason: `kept for ${days} days`,
    caseId: '',
  })
  try {
    // Decided twice, it would stand on record twice.
    if ((await custodian.resume()) > 0) return { records, state: 'waiting' }
    if (recordDays !== undefined) {
      const before = now() - BigInt(recordDays) * dayNs
      if (await pruner.hasBefore(before))
        records.push((await custodian.prune(before, request(recordDays))).record)
    }
    if (textDays !== undefined) {
      const before = now() - BigInt(textDays) * dayNs
      const cut = before - (before % dayNs)
      if (cut > custodian.expiredBefore())
        records.push((await custodian.expire(cut, request(textDays))).record)
    }
    return { records, state: 'done' }
  } catch (thrown) {
    if (thrown instanceof WhodidError && thrown.code === 'under_hold')
      return { records, state: 'held' }
    throw thrown
  }
}
