import { createHash } from 'node:crypto'
import { openClient, toDateTime64 } from './client.ts'
import type { StoreAccess } from './client.ts'
import { storeError } from './store-error.ts'

/** A hit of a detection. Times are nanoseconds since 1970. */
export interface FindingRow {
  readonly tenant: string
  /** The same for every hit of one rule on one subject. */
  readonly findingId: string
  /** The same however often the hit is found. */
  readonly hitId: string
  readonly rule: string
  readonly ruleVersion: number
  /** SHA-256 of the query, hex. */
  readonly queryHash: string
  readonly severity: string
  /** A handle. */
  readonly subject: string
  readonly hit: string
  readonly actedAtUnixNs: bigint
  readonly foundAtUnixNs: bigint
  readonly windowUntilUnixNs: bigint
  readonly text: string
  /** `<trace>-<span>` of records that it rests on. */
  readonly spans: readonly string[]
  readonly measured: Readonly<Record<string, string>>
  readonly thresholds: Readonly<Record<string, string>>
}

/** A reader's decision about a finding. */
export interface TriageRow {
  readonly tenant: string
  readonly findingId: string
  readonly decidedAtUnixNs: bigint
  /** Unique in the ledger; the ID of the request that brought the decision. */
  readonly triageId: string
  /** Name of the token or session; never the token. */
  readonly reader: string
  readonly role: string
  readonly action: string
  readonly reason: string
  /** 0 where the decision has no end. */
  readonly untilUnixNs: bigint
}

/** The place that a detection has reached. */
export interface DetectionRunRow {
  readonly tenant: string
  readonly rule: string
  readonly ruleVersion: number
  readonly ranAtUnixNs: bigint
  readonly windowSinceUnixNs: bigint
  readonly windowUntilUnixNs: bigint
  /** The newest time of receipt by log, as the engine writes times. */
  readonly heads: Readonly<Record<string, string>>
  readonly hits: number
  readonly rowsRead: number
  /** An error code; '' for none. */
  readonly error: string
}

/** An attempt to act on a finding, as it ended. */
export interface ResponseRow {
  readonly tenant: string
  readonly findingId: string
  /** The name that the response has in its file. */
  readonly response: string
  readonly kind: string
  /** The same for every attempt. */
  readonly deliveryId: string
  /** The decision after which the finding was found again; 0 before any. */
  readonly sinceUnixNs: bigint
  /** 1 for the first. */
  readonly attempt: number
  readonly attemptedAtUnixNs: bigint
  /** A handle; '' for a message. */
  readonly target: string
  readonly outcome: string
  /** A code; '' where it is done. */
  readonly error: string
}

/** Adds to the findings. Each method resolves when its rows are on the engine's disk, and throws the errors of the store. */
export interface FindingWriter {
  addHits(rows: readonly FindingRow[]): Promise<void>
  addTriage(row: TriageRow): Promise<void>
  addRuns(rows: readonly DetectionRunRow[]): Promise<void>
  addResponses(rows: readonly ResponseRow[]): Promise<void>
  close(): Promise<void>
}

/** Opens the findings for writing, as the recorder: it inserts, and reads nothing. */
export function createFindingWriter(access: StoreAccess): FindingWriter {
  const client = openClient(access)
  const insert = async (
    table: string,
    values: readonly object[],
    token?: string,
  ): Promise<void> => {
    if (values.length === 0) return
    try {
      await client.insert({
        table: `whodid.${table}`,
        values: [...values],
        format: 'JSONEachRow',
        clickhouse_settings: {
          async_insert: 0,
          ...(token === undefined ? {} : { insert_deduplication_token: token }),
        },
      })
    } catch (thrown) {
      throw storeError(thrown, 'to keep findings')
    }
  }
  return {
    // An insert that is repeated after its acknowledgement was lost stores nothing twice.
    addHits: (rows) => insert('findings', rows.map(hitColumns), tokenOf(rows)),
    addTriage: (row) => insert('finding_triage', [triageColumns(row)]),
    addRuns: (rows) => insert('detection_runs', rows.map(runColumns)),
    addResponses: (rows) => insert('finding_responses', rows.map(responseColumns)),
    close: () => client.close(),
  }
}

function tokenOf(rows: readonly FindingRow[]): string {
  const hash = createHash('sha256')
  for (const { tenant, hitId } of rows) hash.update(`${tenant}\0${hitId}\0`)
  return hash.digest('hex')
}

function hitColumns(row: FindingRow): object {
  return {
    tenant: row.tenant,
    finding_id: row.findingId,
    hit_id: row.hitId,
    rule: row.rule,
    rule_version: row.ruleVersion,
    query_hash: row.queryHash,
    severity: row.severity,
    subject: row.subject,
    hit: row.hit,
    acted_at: toDateTime64(row.actedAtUnixNs),
    found_at: toDateTime64(row.foundAtUnixNs),
    window_until: toDateTime64(row.windowUntilUnixNs),
    text: row.text,
    spans: row.spans,
    measured: row.measured,
    thresholds: row.thresholds,
  }
}

function triageColumns(row: TriageRow): object {
  return {
    tenant: row.tenant,
    finding_id: row.findingId,
    decided_at: toDateTime64(row.decidedAtUnixNs),
    triage_id: row.triageId,
    reader: row.reader,
    role: row.role,
    action: row.action,
    reason: row.reason,
    until: toDateTime64(row.untilUnixNs),
  }
}

function runColumns(row: DetectionRunRow): object {
  return {
    tenant: row.tenant,
    rule: row.rule,
    rule_version: row.ruleVersion,
    ran_at: toDateTime64(row.ranAtUnixNs),
    window_since: toDateTime64(row.windowSinceUnixNs),
    window_until: toDateTime64(row.windowUntilUnixNs),
    heads: row.heads,
    hits: row.hits,
    rows_read: row.rowsRead,
    error: row.error,
  }
}

function responseColumns(row: ResponseRow): object {
  return {
    tenant: row.tenant,
    finding_id: row.findingId,
    response: row.response,
    kind: row.kind,
    delivery_id: row.deliveryId,
    since: toDateTime64(row.sinceUnixNs),
    attempt: row.attempt,
    attempted_at: toDateTime64(row.attemptedAtUnixNs),
    target: row.target,
    outcome: row.outcome,
    error: row.error,
  }
}
