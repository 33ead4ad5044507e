import {
  evidenceColumns,
  instanceClaimColumns,
  rowSql,
} from '../../who-did/evidence/evidence-columns.ts'
import type { Columns } from '../../who-did/evidence/evidence-columns.ts'
import type { StoredRecord } from '../../who-did/evidence/evidence-record.ts'

/** The most records looked at in the traces of one page of a list. */
export const traceRecordsMax = 20_000
/** The most claims read on the instances of the traces, earliest first. */
const claimsMax = 5000

/** Columns that only an answer quotes; lists are judged without them. */
const quotedOnly: ReadonlySet<string> = new Set<keyof StoredRecord>([
  'template_name',
  'template_version',
  'identity',
  'delegator_issuer',
  'prompt_hash',
  'plan_ref',
  'plan_hash',
  'plan_step',
  'seq',
  'resource_type',
  'input_source',
  'input_trust',
  'input_hash',
  'credential_type',
  'credential_subject',
  'credential_actor',
  'credential_issuer',
  'credential_borrowed',
  'credential_scopes',
  'arguments_hash',
  'dropped',
  'text_block',
  'text_at',
  'commitment',
  'log',
  'log_index',
  'leaf',
])

/** The SQL of every column outside {@link quotedOnly}. */
export const judgedColumns: Partial<Columns<StoredRecord>> = Object.fromEntries(
  Object.entries(evidenceColumns).filter(([field]) => !quotedOnly.has(field)),
)

const tracesSql = `SELECT toFixedString(unhex(arrayJoin(splitByChar(',', {traces:String}))), 16) AS id`

/**
 * Gathers the records of some traces, without the columns that only an answer quotes, and the claims on their instances.
 * Parameters: `traces` (hex, with commas between them) and `recorded`.
 */
export const traceRecordsSql: string = `
SELECT 'kin' AS role, ${rowSql(judgedColumns)} AS record
FROM whodid.v_spans
WHERE (toStartOfHour(ts), trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key IN (${keysOfTraces()}))
  AND trace_id IN (${tracesSql})
  AND received_at <= {recorded:DateTime64(9, 'UTC')}
ORDER BY record_kind = 'other', received_at
LIMIT ${traceRecordsMax + 1}
UNION ALL
SELECT 'claimed', ${rowSql(instanceClaimColumns)}
FROM whodid.threads
WHERE key IN (SELECT arrayJoin(own) FROM whodid.threads WHERE key IN (${keysOfTraces()}))
  AND received_at <= {recorded:DateTime64(9, 'UTC')}
GROUP BY key, template_id, exporter
ORDER BY min(received_at)
LIMIT ${claimsMax}`

function keysOfTraces(): string {
  return `SELECT sipHash64('trace', id) FROM (${tracesSql})`
}
