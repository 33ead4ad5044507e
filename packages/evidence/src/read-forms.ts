import { canonicalExpression } from '@whodid/store'
import type { Selector } from '@whodid/store'
import { packageRecordsMax } from './evidence.ts'

/**
 * The canonical forms of every record of these traces, by log and index; one more than a package holds, to know that there
 * are more. They come from the columns as they stand: what was altered shows itself when they are hashed.
 */
export async function readForms(
  selector: Selector,
  tenant: string,
  traces: readonly string[],
): Promise<Buffer[]> {
  if (traces.length === 0) return []
  return select(selector, {
    sql: formsSql(''),
    parameters: { traces: traces.join(','), limit: packageRecordsMax + 1 },
    tenant,
  })
}

/** Spans named in one statement: they go in its address, and that is short. */
const spansAtOnce = 1_000

/** The canonical forms of every record of these spans (`<trace>-<span>`), in no order; copies that were sent again among them. */
export async function readFormsOfSpans(
  selector: Selector,
  tenant: string,
  spans: readonly string[],
): Promise<Buffer[]> {
  const forms: Buffer[] = []
  for (let first = 0; first < spans.length; first += spansAtOnce) {
    const some = spans.slice(first, first + spansAtOnce)
    const traces = new Set(some.map((span) => span.slice(0, 32)))
    const parameters = {
      traces: [...traces].join(','),
      spans: some.join(','),
      limit: packageRecordsMax + 1,
    }
    forms.push(...(await select(selector, { sql: formsSql(ofSpans), parameters, tenant })))
  }
  return forms
}

/**
 * The canonical forms of the records that claim instances (by name): the earliest of each instance, template and ingest client,
 * at most `max`.
 */
export async function readFormsOfClaims(
  selector: Selector,
  tenant: string,
  { instances, max }: { readonly instances: readonly string[]; readonly max: number },
): Promise<Buffer[]> {
  if (instances.length === 0) return []
  const parameters = { instances: JSON.stringify(instances), limit: max }
  return select(selector, { sql: claimsSql, parameters, tenant })
}

async function select(
  selector: Selector,
  statement: Parameters<Selector['select']>[0],
): Promise<Buffer[]> {
  const { rows } = await selector.select<{ readonly form: string }>(statement)
  return rows.map(({ form }) => Buffer.from(form, 'base64'))
}

const formsSql = (condition: string): string => `
SELECT base64Encode(${canonicalExpression('s')}) AS form
FROM whodid.spans AS s
WHERE s.trace_id IN
  (SELECT toFixedString(unhex(arrayJoin(splitByChar(',', {traces:String}))), 16))
  ${condition}
ORDER BY s.log_id, s.log_index
LIMIT {limit:UInt32}`

const ofSpans = `AND (s.trace_id, s.span_id) IN
  (SELECT (toFixedString(unhex(substring(named, 1, 32)), 16), toFixedString(unhex(substring(named, 34)), 8))
    FROM (SELECT arrayJoin(splitByChar(',', {spans:String})) AS named))`

const claimsSql = `
SELECT base64Encode(${canonicalExpression('s')}) AS form
FROM whodid.v_spans AS s
WHERE (toStartOfHour(s.ts), s.trace_id) IN
  (SELECT t.hour, t.trace_id FROM whodid.threads AS t
    WHERE t.key IN (SELECT sipHash64('instance', arrayJoin(JSONExtract({instances:String}, 'Array(String)')))))
  AND has(JSONExtract({instances:String}, 'Array(String)'), s.instance_id)
ORDER BY s.received_at, s.log_id, s.log_index
LIMIT 1 BY s.instance_id, if(s.template_rule = '' AND s.channel != 'unentitled', s.template_id, ''), s.exporter
LIMIT {limit:UInt32}`
