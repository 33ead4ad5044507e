import { printable, printableLine, WhodidError } from '@whodid/model'
import { responseOutcomes } from '@whodid/model/answers'
import type { Finding, FindingHit, FindingResponse, FindingTriage } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { findingColumns, instant, readFinding, readTriage } from './read-finding.ts'
import type { FindingTexts, TriageTexts } from './read-finding.ts'

/** Hits that are shown of a finding: the newest. */
const hitsMax = 100

/** Attempts to act on it that are shown: the newest. */
const responsesMax = 100

/** Decisions that one finding takes. */
export const triageMax = 500

const idPattern = /^[0-9a-f]{32}$/u

/** A finding with its evidence and what was decided about it. */
export interface DescribedFinding {
  readonly finding: Finding
  /** The newest first. */
  readonly hits: FindingHit[]
  /** The oldest first. */
  readonly triage: FindingTriage[]
  /** The newest first. */
  readonly responses: FindingResponse[]
}

/** Describes one finding of a tenant. Throws `not_found` when it has none of that ID, and the errors of the store. */
export async function describeFinding(
  selector: Pick<Selector, 'select'>,
  tenant: string,
  id: string,
): Promise<DescribedFinding> {
  const missing = new WhodidError(
    'not_found',
    `expected the ID of a finding; got "${printableLine(id, 60)}"`,
  )
  if (!idPattern.test(id)) throw missing
  const [found, hits, triage, responses] = await Promise.all([
    selector.select<FindingTexts>({ sql: findingSql, parameters: { id }, tenant }),
    selector.select<HitTexts>({ sql: hitsSql, parameters: { id, limit: hitsMax }, tenant }),
    selector.select<TriageTexts>({ sql: triageSql, parameters: { id, limit: triageMax }, tenant }),
    selector.select<ResponseTexts>({
      sql: responsesSql,
      parameters: { id, limit: responsesMax },
      tenant,
    }),
  ])
  const [first] = found.rows
  if (first === undefined) throw missing
  return {
    finding: readFinding(first),
    hits: hits.rows.map(readHit),
    triage: triage.rows.flatMap((row) => readTriage(row) ?? []),
    responses: responses.rows.map(readResponse),
  }
}

const findingSql = `SELECT ${findingColumns} FROM whodid.v_findings AS v WHERE v.finding_id = {id:String}`

const hitsSql = `SELECT hit, ${instant('f.acted_at')} AS acted, ${instant('f.found_at')} AS found,
  rule_version, query_hash, text, spans, measured, thresholds
FROM whodid.findings AS f
WHERE f.finding_id = {id:String}
ORDER BY f.found_at DESC, f.acted_at DESC, f.hit_id
LIMIT 1 BY f.hit_id
LIMIT {limit:UInt32}`

const triageSql = `SELECT action, ${instant('t.decided_at')} AS decided, reader, role, reason,
  if(t.until > t.decided_at, ${instant('t.until')}, '') AS until
FROM whodid.finding_triage AS t
WHERE t.finding_id = {id:String}
ORDER BY t.decided_at, t.triage_id
LIMIT {limit:UInt32}`

const responsesSql = `SELECT response, kind, delivery_id, attempt, ${instant('r.attempted_at')} AS attempted, target, outcome, error
FROM whodid.finding_responses AS r
WHERE r.finding_id = {id:String}
ORDER BY r.attempted_at DESC, response, attempt DESC
LIMIT {limit:UInt32}`

interface ResponseTexts {
  readonly response: string
  readonly kind: string
  readonly delivery_id: string
  readonly attempt: number
  readonly attempted: string
  readonly target: string
  readonly outcome: string
  readonly error: string
}

function readResponse(row: ResponseTexts): FindingResponse {
  return {
    response: printableLine(row.response),
    kind: printableLine(row.kind),
    delivery: printableLine(row.delivery_id),
    attempt: row.attempt,
    attempted_at: row.attempted,
    target: row.target === '' ? null : printableLine(row.target, 1_024),
    outcome: responseOutcomes.find((known) => known === row.outcome) ?? 'failed',
    error: row.error === '' ? null : printableLine(row.error),
  }
}

interface HitTexts {
  readonly hit: string
  readonly acted: string
  readonly found: string
  readonly rule_version: number
  readonly query_hash: string
  readonly text: string
  readonly spans: readonly string[]
  readonly measured: Readonly<Record<string, string>>
  readonly thresholds: Readonly<Record<string, string>>
}

function readHit(row: HitTexts): FindingHit {
  return {
    hit: printableLine(row.hit),
    acted_at: row.acted,
    found_at: row.found,
    rule_version: row.rule_version,
    query_hash: row.query_hash,
    text: printableLine(row.text),
    spans: row.spans.map((span) => printableLine(span)),
    measured: printed(row.measured),
    thresholds: printed(row.thresholds),
  }
}

function printed(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [printableLine(name), printable(value)]),
  )
}
