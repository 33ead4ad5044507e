import {
  evidenceColumns,
  instanceClaimColumns,
  rowSql,
} from '../../who-did/evidence/evidence-columns.ts'
import type { Columns } from '../../who-did/evidence/evidence-columns.ts'
import type { StoredRecord } from '../../who-did/evidence/evidence-record.ts'

/** Records of the traces of one page of a list that are looked at. */
export const traceRecordsMax = 20_000
/** Claims on the instances of the traces, the earliest. */
const claimsMax = 5000

/** Columns that an answer quotes and no list judges by. */
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
  'content_ref',
  'content_commitment',
  'log',
  'log_index',
  'leaf',
])

/** The SQL of all but {@link quotedOnly}. */
export const judgedColumns: Partial<Columns<StoredRecord>> = Object.fromEntries(
  Object.entries(evidenceColumns).filter(([field]) => !quotedOnly.has(field)),
)

const tracesSql = `SELECT toFixedString(unhex(arrayJoin(splitByChar(',', {traces:String}))), 16) AS id`

/**
 * The statement that gathers the records of some traces, without what only an answer quotes, and who claims their instances.
 * Parameters: `traces` (hex, with commas between them) and `recorded`.
 */
export const traceRecordsSql: string = `
SELECT 'kin' AS role, ${rowSql(judgedColumns)} AS record
FROM whodid.spans
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
