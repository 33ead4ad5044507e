import { createHash } from 'node:crypto'

/** Attempts at one response to one finding; after the last it is given up. */
export const attemptsMax = 8

const secondNs = 1_000_000_000n
const firstWaitNs = 5n * secondNs
const waitNsMax = 3_600n * secondNs

/** A reader's decision about a finding. */
export interface Decision {
  readonly action: string
  readonly decidedAtUnixNs: bigint
  /** The end of a suppression. */
  readonly untilUnixNs: bigint
}

/** The state of one delivery so far. */
export interface EarlierAttempts {
  readonly attempts: number
  readonly lastAtUnixNs: bigint
  /** True when it was done, or given up. */
  readonly isSettled: boolean
}

/** A finding that a response answers to. */
export interface OpenFinding {
  readonly id: string
  readonly lastFoundUnixNs: bigint
  /** The oldest first. */
  readonly decisions: readonly Decision[]
}

/** The attempt that comes next. */
export interface NextAttempt {
  /** 1 for the first. */
  readonly attempt: number
  readonly dueAtUnixNs: bigint
}

/** An attempt at a message that is to be made. */
export interface DueAttempt extends NextAttempt {
  readonly findingId: string
  readonly deliveryId: string
  /** The decision after which the finding was found again; 0 before any. */
  readonly sinceUnixNs: bigint
}

/**
 * The attempts that are to be made now or later, the finding that waited longest first. A response answers once to a finding, and once more each time that it is
 * found again after it was acknowledged or after its suppression ended.
 */
export function dueAttempts(
  findings: readonly OpenFinding[],
  {
    tenant,
    response,
    earlier,
  }: {
    readonly tenant: string
    readonly response: string
    /** By the ID of the delivery. */
    readonly earlier: ReadonlyMap<string, EarlierAttempts>
  },
): DueAttempt[] {
  const waiting = findings.toSorted((a, b) => (a.lastFoundUnixNs < b.lastFoundUnixNs ? -1 : 1))
  return waiting.flatMap((finding) => {
    const sinceUnixNs = foundAgainSince(finding)
    const deliveryId = deliveryIdOf([tenant, response, finding.id, `${sinceUnixNs}`])
    const next = nextAttempt(earlier.get(deliveryId))
    return next === undefined ? [] : [{ findingId: finding.id, deliveryId, sinceUnixNs, ...next }]
  })
}

/** The next attempt; undefined when it is done, or given up. */
export function nextAttempt(earlier: EarlierAttempts | undefined): NextAttempt | undefined {
  if (earlier === undefined) return { attempt: 1, dueAtUnixNs: 0n }
  const { attempts, lastAtUnixNs, isSettled } = earlier
  if (isSettled || attempts >= attemptsMax) return undefined
  return { attempt: attempts + 1, dueAtUnixNs: lastAtUnixNs + waitNs(attempts) }
}

/** The ID of a delivery: 32 hex digits. Receivers know by it what came twice. */
export function deliveryIdOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}

/** Four times as long after each attempt. */
function waitNs(attempts: number): bigint {
  const wait = firstWaitNs * 4n ** BigInt(attempts - 1)
  return wait < waitNsMax ? wait : waitNsMax
}

/** The newest decision to leave a finding alone that ended before its newest hit; 0 for none. */
function foundAgainSince({ decisions, lastFoundUnixNs }: OpenFinding): bigint {
  let since = 0n
  for (const [place, { action, decidedAtUnixNs, untilUnixNs }] of decisions.entries()) {
    if (action !== 'acknowledge' && action !== 'suppress') continue
    const next = decisions[place + 1]?.decidedAtUnixNs ?? untilUnixNs
    const suppressedUntil = next < untilUnixNs ? next : untilUnixNs
    const end = action === 'suppress' ? suppressedUntil : decidedAtUnixNs
    if (lastFoundUnixNs > end) since = decidedAtUnixNs
  }
  return since
}
