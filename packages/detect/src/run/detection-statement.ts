import type { Statement } from '@whodid/store'
import type { Detection } from '../definition/detection.ts'
import { engineTime } from './engine-time.ts'

/** Bounds of one statement of a detection. */
export interface StatementLimits {
  /** Seconds that it may take. */
  readonly secondsMax: number
  /** Rows that it may read. */
  readonly rowsMax: number
  /** Hits that it gives at most. */
  readonly hitsMax: number
}

/** The bounds of a statement of the runner: one core for ten seconds. */
export const statementLimitsDefault: StatementLimits = {
  secondsMax: 10,
  rowsMax: 200_000_000,
  hitsMax: 1_000,
}

/** A window of the time of receipt, in nanoseconds since 1970: after `since`, up to `until`. */
export interface Window {
  readonly sinceUnixNs: bigint
  readonly untilUnixNs: bigint
}

/** A hit as the engine gives it. */
export interface HitTexts {
  readonly subject: string
  readonly hit: string
  readonly acted_at: string
  readonly text: string
  readonly spans: readonly string[]
  readonly measured: Readonly<Record<string, string>>
}

/**
 * The statement that finds the hits of a window that no window before has found, oldest first. Those before that may have found one ended
 * after this one begins.
 */
export function hitsStatement(
  detection: Detection,
  { tenant, window, limits }: DetectionScope,
): Statement {
  const sql = `SELECT subject, hit, concat(replaceOne(toString(acted_at), ' ', 'T'), 'Z') AS acted_at, text, spans, measured
FROM
(
${detection.sql}
) AS hits
WHERE subject != '' AND (subject, hit) NOT IN
(
    SELECT subject, hit FROM whodid.findings AS f
    WHERE f.rule = {rule:String} AND f.window_until >= {since:DateTime64(9, 'UTC')}
)
ORDER BY hits.acted_at, subject, hit
LIMIT 1 BY subject, hit
LIMIT ${limits.hitsMax}
${settings(limits)}`
  return { sql, parameters: parametersOf(detection, window), tenant }
}

/** The statement that names the hits of a window, each once, whatever was found before. */
export function namesStatement(
  detection: Detection,
  { tenant, window, limits }: DetectionScope,
): Statement {
  const sql = `SELECT DISTINCT subject, hit
FROM
(
${detection.sql}
) AS hits
WHERE subject != ''
LIMIT ${limits.hitsMax}
${settings(limits)}`
  return { sql, parameters: parametersOf(detection, window), tenant }
}

/** The rows and the cost that a statement is meant for. */
export interface DetectionScope {
  readonly tenant: string
  readonly window: Window
  readonly limits: StatementLimits
}

function settings({ secondsMax, rowsMax }: StatementLimits): string {
  return `SETTINGS max_execution_time = ${secondsMax}, max_rows_to_read_leaf = ${rowsMax}, max_threads = 1`
}

function parametersOf(
  { id, thresholds }: Detection,
  { sinceUnixNs, untilUnixNs }: Window,
): Record<string, string | number> {
  return {
    rule: id,
    since: engineTime(sinceUnixNs),
    until: engineTime(untilUnixNs),
    ...Object.fromEntries(thresholds.map(({ name, value }) => [name, value])),
  }
}
