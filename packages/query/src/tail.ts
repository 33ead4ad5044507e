import type { Selector } from '@whodid/store'
import { nameOrNull } from './text.ts'

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

/** Most records in one step of a tail. */
export const tailStepMax = 1000

/**
 * Records received after `afterUnixNs`, oldest first: {@link tailStepMax} and those received at the same instant
 * as the last, which are never parted. Call again with the last one's `received_at`. Reads at most the ledger's newest hours: a tail follows, it does not export.
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

/** Texts of one form, so that their order is that of time. */
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

const instantSql = (column: string): string =>
  `concat(replaceOne(toString(${column}), ' ', 'T'), 'Z')`

const tailSql = `
SELECT
  ${instantSql('received_at')} AS received_at,
  ${instantSql('ts')} AS started_at,
  lower(concat(hex(trace_id), '-', hex(span_id))) AS span,
  record_kind, name,
  nullIf(actor_type, '') AS actor_type,
  nullIf(template_id, '') AS template,
  nullIf(instance_id, '') AS instance,
  nullIf(delegator_id, '') AS delegator,
  nullIf(verb, '') AS verb,
  nullIf(outcome, '') AS outcome,
  nullIf(resource_id, '') AS resource
FROM whodid.spans AS s
WHERE s.received_at > fromUnixTimestamp64Nano({after:Int64})
ORDER BY s.received_at
LIMIT {limit:UInt32} WITH TIES`
