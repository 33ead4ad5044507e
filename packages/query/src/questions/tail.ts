import type { Selector } from '@whodid/store'
import { nameOrNull } from '../text.ts'
import { tailSql } from './sql.ts'

/** One record as `whodid tail` streams it. */
export interface TailedRecord {
  readonly received_at: string
  readonly started_at: string
  readonly span: string
  readonly record_kind: string
  readonly name: string
  readonly actor_type: string | null
  readonly template: string | null
  readonly instance: string | null
  readonly delegator: string | null
  readonly verb: string | null
  readonly outcome: string | null
  readonly resource: string | null
}

/** The most records in one step of a tail. */
export const tailStepMax = 1000

/**
 * Returns records received after `afterUnixNs`, oldest first: {@link tailStepMax}, and all received at the same instant as
 * the last. Call again with the last one's `received_at`. Reads at most the ledger's newest hours: a tail follows and does
 * not export.
 */
export async function tail(
  selector: Selector,
  tenant: string,
  afterUnixNs: bigint,
): Promise<TailedRecord[]> {
  const { rows } = await selector.select<TailedRecord>({
    sql: tailSql,
    parameters: { after: afterUnixNs.toString(), limit: tailStepMax },
    tenant,
  })
  return rows.map(neutralized).sort(byTime)
}

/** Compares texts of one form, which sort by time. */
function byTime(a: TailedRecord, b: TailedRecord): number {
  const [keyOfA, keyOfB] = [a, b].map((row) => row.received_at + row.started_at + row.span)
  return (keyOfA ?? '') < (keyOfB ?? '') ? -1 : 1
}

function neutralized(row: TailedRecord): TailedRecord {
  const safe = (text: string | null): string | null => (text === null ? null : nameOrNull(text))
  return {
    ...row,
    name: nameOrNull(row.name) ?? '',
    template: safe(row.template),
    instance: safe(row.instance),
    delegator: safe(row.delegator),
    verb: safe(row.verb),
    resource: safe(row.resource),
  }
}
