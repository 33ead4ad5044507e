import { createHash } from 'node:crypto'
import { parseInstant, printable, printableLine, WhodidError } from '@whodid/model'
import type { FindingRow, Selector } from '@whodid/store'
import type { Detection } from '../definition/detection.ts'
import { hitsStatement } from './detection-statement.ts'
import type { DetectionScope, HitTexts } from './detection-statement.ts'

/** Records that one hit names at most. */
const spansMax = 20

/** Values that one hit shows at most. */
const valuesMax = 30

const textLengthMax = 1_000

/** The outcome of one run of a detection. */
export interface DetectionOutcome {
  readonly hits: readonly FindingRow[]
  /** True when there are more: the window is to be run again. */
  readonly isCut: boolean
  readonly rowsRead: number
}

/**
 * Finds the hits of a window that stand in no finding yet. It writes nothing. Throws the errors of the store, and `store_refused` for a
 * query whose columns are not those of a hit.
 */
export async function runDetection(
  selector: Pick<Selector, 'select'>,
  detection: Detection,
  { nowUnixNs, ...scope }: DetectionScope & { readonly nowUnixNs: bigint },
): Promise<DetectionOutcome> {
  const { rows, rowsRead } = await selector.select<HitTexts>(hitsStatement(detection, scope))
  const { tenant, window } = scope
  const hits = rows.map((row): FindingRow => ({
    tenant,
    findingId: findingIdOf({ tenant, rule: detection.id, subject: textOf(row, 'subject') }),
    hitId: digest([tenant, detection.id, row.subject, textOf(row, 'hit')]),
    rule: detection.id,
    ruleVersion: detection.version,
    queryHash: detection.queryHash,
    severity: detection.severity,
    subject: row.subject,
    hit: row.hit,
    actedAtUnixNs: parseInstant(row.acted_at, 'acted_at'),
    foundAtUnixNs: nowUnixNs,
    windowUntilUnixNs: window.untilUnixNs,
    text: printableLine(textOf(row, 'text')).slice(0, textLengthMax),
    spans: row.spans.slice(0, spansMax),
    measured: Object.fromEntries(
      Object.entries(row.measured)
        .slice(0, valuesMax)
        .map(([name, value]) => [name, printable(value).slice(0, textLengthMax)]),
    ),
    thresholds: Object.fromEntries(
      detection.thresholds.map(({ name, value }) => [name, String(value)]),
    ),
  }))
  return { hits, isCut: hits.length >= scope.limits.hitsMax, rowsRead }
}

/** The ID of the finding that the hits of a rule on a subject make: 32 hex digits. */
function findingIdOf(of: {
  readonly tenant: string
  readonly rule: string
  readonly subject: string
}): string {
  return digest([of.tenant, of.rule, of.subject])
}

function digest(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 32)
}

function textOf(row: HitTexts, column: 'subject' | 'hit' | 'text'): string {
  const value: unknown = row[column]
  if (typeof value === 'string') return value
  throw new WhodidError('store_refused', `a detection's column "${column}" expected text`)
}
