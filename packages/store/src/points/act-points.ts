import { ByteReader, formatInstant } from '@whodid/model'
import { collectRows } from './collect-rows.ts'
import type { RawAnswer } from './collect-rows.ts'
import type { FoundRows } from './gather-keys.ts'
import type { ActsWanted, NamedAct } from './point-rows.ts'

/** Names in one statement: each has a part of its own, which is analysed by itself. */
export const actKeysMax = 8

/** Returns the condition, the order and the bound of what is wanted: digits, and a verb, which is a word. */
export function actsCondition(wanted: ActsWanted): string {
  const { key, limit, since, until } = wanted
  const conditions = [`key = ${key}`]
  // The earlier of two clocks is not after either.
  if (until !== null) conditions.push(`age >= ${-until}`, `nts >= ${-until}`)
  if (since !== null) conditions.push(`nts <= ${-since}`)
  conditions.push(...boundsOfReceipt(wanted), ...boundsOfEnd(wanted))
  return `${conditions.join(' AND ')} ORDER BY tenant, key, age, nts LIMIT ${limit}`
}

/** Returns the condition on the time of receipt. */
export function boundsOfReceipt({ recorded }: Pick<ActsWanted, 'recorded'>): string[] {
  return recorded === null ? [] : [`received_at <= fromUnixTimestamp64Nano(${recorded}, 'UTC')`]
}

/** Returns the conditions on what came of an act, and on its verb. Throws a RangeError for a verb that is no word. */
export function boundsOfEnd({ ended }: Pick<ActsWanted, 'ended'>): string[] {
  if (ended === null) return []
  if (!/^[\w.-]*$/u.test(ended.verb)) throw new RangeError('a verb expected a word')
  const isVerb = ended.verb === '' ? `verb != 'read'` : `verb = '${ended.verb}'`
  return [`outcome NOT IN ('failure', 'denied')`, isVerb]
}

export function actsSql(conditions: readonly string[]): string {
  const parts = conditions.map(
    (condition, place) =>
      `(SELECT toUInt8(${place}), trace_id, span_id, nts, received_at, verb, outcome, act FROM whodid.acts WHERE ${condition})`,
  )
  return `${parts.join('\nUNION ALL\n')}\nFORMAT RowBinary`
}

/** The columns in the bytes of an act, behind the name, as `acts_of_spans` writes them. */
const actColumns = [
  'action_id',
  'record_kind',
  'tool_name',
  'resource_id',
  'actor_type',
  'channel',
  'instance_id',
  'instance_rule',
  'template_id',
  'template_rule',
  'user_id',
  'service_name',
] as const

export function readActs(keys: readonly string[], answer: RawAnswer): FoundRows<NamedAct> {
  // Each name has its own bound, so a statement is never cut.
  return collectRows(answer, Number.POSITIVE_INFINITY, (reader) => {
    const key = keys[reader.uint8()] ?? ''
    const columns: Record<string, string> = {
      trace_id: reader.hex(16),
      span_id: reader.hex(8),
      ts: formatInstant(-reader.int64()),
      received_at: formatInstant(reader.int64()),
      verb: reader.text(),
      outcome: reader.text(),
    }
    const act = new ByteReader(reader.bytes())
    const name = act.text()
    for (const column of actColumns) columns[column] = act.text()
    return { key, row: { name, columns } }
  })
}
