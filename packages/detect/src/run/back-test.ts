import { WhodidError } from '@whodid/model'
import type { Selector } from '@whodid/store'
import type { Detection } from '../definition/detection.ts'
import { namesStatement } from './detection-statement.ts'
import type { StatementLimits } from './detection-statement.ts'

/** Days that a back-test may reach back. */
export const backTestDaysMax = 90

/** The bounds of one statement of a back-test: a day of one detection. */
const limitsDefault: StatementLimits = { secondsMax: 10, rowsMax: 1_000_000_000, hitsMax: 10_000 }

/** Milliseconds in which a back-test may ask; detections that it has not counted by then are not counted. */
const backTestMsMax = 20_000

const dayNs = 86_400_000_000_000n

/** The number of times that a detection would have fired. */
export interface BackTested {
  readonly rule: string
  /** Null when it could not be counted. */
  readonly hits: number | null
  /** Findings that those hits would have made. */
  readonly findings: number | null
  /** The code of the error that kept it from being counted, such as `query_too_expensive`. */
  readonly error: string | null
}

/**
 * Counts what each detection would have found in what was received in the last `days` days, a day at a time: a habit is what came before
 * the day. It writes nothing. Throws `store_unavailable`; a detection that costs too much has an error in its place.
 */
export async function backTest(
  selector: Pick<Selector, 'select'>,
  detections: readonly Detection[],
  options: BackTestOptions,
): Promise<BackTested[]> {
  const { msMax = backTestMsMax } = options
  const startedMs = performance.now()
  const tested: BackTested[] = []
  for (const detection of detections) {
    const rule = detection.id
    try {
      const msLeft = (): number => msMax - (performance.now() - startedMs)
      tested.push({ rule, ...(await countHits(selector, detection, { ...options, msLeft })) })
    } catch (thrown) {
      if (!(thrown instanceof WhodidError) || thrown.retryable) throw thrown
      tested.push({ rule, hits: null, findings: null, error: thrown.code })
    }
  }
  return tested
}

interface BackTestOptions {
  readonly tenant: string
  readonly days: number
  readonly nowUnixNs: bigint
  readonly limits?: StatementLimits
  /** Default: 20 seconds. The last statement may take a second more. */
  readonly msMax?: number
}

async function countHits(
  selector: Pick<Selector, 'select'>,
  detection: Detection,
  {
    tenant,
    days,
    nowUnixNs,
    limits = limitsDefault,
    msLeft,
  }: BackTestOptions & { readonly msLeft: () => number },
): Promise<Omit<BackTested, 'rule'>> {
  const hits = new Set<string>()
  const subjects = new Set<string>()
  for (let day = days; day > 0; day -= 1) {
    const left = msLeft()
    if (left <= 0) throw new WhodidError('query_too_expensive', 'the back-test takes too long')
    const secondsMax = Math.min(limits.secondsMax, Math.max(1, Math.ceil(left / 1_000)))
    const sinceUnixNs = nowUnixNs - BigInt(day) * dayNs
    const window = { sinceUnixNs, untilUnixNs: sinceUnixNs + dayNs }
    const statement = namesStatement(detection, {
      tenant,
      window,
      limits: { ...limits, secondsMax },
    })
    const { rows } = await selector.select<{ subject: string; hit: string }>(statement)
    for (const { subject, hit } of rows) {
      hits.add(JSON.stringify([subject, hit]))
      subjects.add(subject)
    }
    // Past this the number says "too often" as well as any.
    if (hits.size >= limits.hitsMax) break
  }
  return { hits: hits.size, findings: subjects.size, error: null }
}
