import type { Sql } from '../ingest/contender.ts'

/** Kinds of handle that name one thing: the goals are about these. */
export const oneThing = [
  'trace',
  'span',
  'action',
  'instance',
  'resource',
  'correlation',
  'credential',
] as const
/** A kind of handle that names one thing. */
export type OneThing = (typeof oneThing)[number]

const columnOf: Readonly<Record<OneThing, string>> = {
  trace: 'lower(hex(trace_id))',
  span: "lower(concat(hex(trace_id), '-', hex(span_id)))",
  action: 'action_id',
  instance: 'instance_id',
  resource: 'resource_id',
  correlation: 'correlation_id',
  credential: 'credential_id',
}

/**
 * Draws handles of a kind from the acts on record, each act as likely as any other: what is touched often is asked for
 * often. `draw` makes another sample.
 */
export async function sampleHandles(
  sql: Sql,
  kind: OneThing,
  { count, draw }: { readonly count: number; readonly draw: number },
): Promise<string[]> {
  const column = columnOf[kind]
  const said = kind === 'trace' || kind === 'span' ? '1' : `${kind}_id != ''`
  const found = await sql(
    `SELECT ${column} FROM whodid.actions WHERE ${said} ORDER BY cityHash64(span_id, trace_id, ${draw}) LIMIT ${count} FORMAT TSVRaw`,
  )
  return found.split('\n').map((id) => `${kind}:${id}`)
}
