import type { FindingWriter, ResponseRow, Selector } from '@whodid/store'
import { describeFinding } from '../findings/describe-finding.ts'
import { attemptsMax, deliveryIdOf, dueAttempts, nextAttempt } from './due-attempts.ts'
import type { DueAttempt, NextAttempt } from './due-attempts.ts'
import { readAgreements } from './read-agreements.ts'
import { readOpenFindings } from './read-open-findings.ts'
import type {
  MessageOrder,
  ResponseOutcome,
  ResponsePolicy,
  StopOrder,
  StopPolicy,
} from './response-policy.ts'

/** Attempts of one step; those that wait are first at the next. */
const attemptsPerStepMax = 50

const hourNs = 3_600_000_000_000n

/** Milliseconds that one step may start attempts in. */
const stepMsMax = 20_000

/** A policy with the function that carries it out. It resolves whatever happens, and ends when `signal` does. */
export type Response =
  | {
      readonly policy: ResponsePolicy & { readonly kind: 'webhook' | 'slack' | 'program' | 'case' }
      readonly act: (order: MessageOrder, signal: AbortSignal) => Promise<ResponseOutcome>
    }
  | {
      readonly policy: StopPolicy
      readonly act: (order: StopOrder, signal: AbortSignal) => Promise<ResponseOutcome>
    }

/** The parts that a responder uses. */
export interface ResponderOptions {
  readonly response: Response
  readonly selector: Pick<Selector, 'select'>
  readonly writer: Pick<FindingWriter, 'addResponses'>
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
  /** Ends a step, and the attempt under way: it is made again, with the same ID, after the next start. */
  readonly stopping: AbortSignal
}

/** The outcome of a step. */
export interface ResponderStep {
  readonly attempts: number
  /** The time of the next attempt, in nanoseconds since 1970; undefined where none waits. */
  readonly nextAtUnixNs: bigint | undefined
  /** Why something is not acted on; undefined where nothing is left. */
  readonly problem: string | undefined
}

/** Answers to findings in one way. */
export interface Responder {
  /**
   * Makes the attempts that are due, one after another, and keeps a row of each. Must not be called concurrently. Throws the errors of the
   * store; then an attempt that was made and not kept is kept by the next step, before any other is made.
   */
  step(): Promise<ResponderStep>
}

/** Makes a responder. It goes on where the ledger says that the attempts got. */
export function createResponder(options: ResponderOptions): Responder {
  const { response, writer, now, stopping } = options
  const isStopping = (): boolean => stopping.aborted
  let unkept: readonly ResponseRow[] = []

  /** Keeps what was attempted. Without that no more is attempted: it would be sent again. */
  async function keep(): Promise<void> {
    if (unkept.length === 0) return
    await writer.addResponses(unkept)
    unkept = []
  }

  async function step(): Promise<ResponderStep> {
    await keep()
    const startedMs = performance.now()
    const nowUnixNs = now()
    const found = isStop(response)
      ? await dueStops(options, response, nowUnixNs)
      : await dueMessages(options, response, nowUnixNs)
    const isLater = ({ dueAtUnixNs }: Due): boolean => dueAtUnixNs > nowUnixNs
    const due = found.due.filter((one) => !isLater(one))
    let attempts = 0
    for (const one of due.slice(0, attemptsPerStepMax)) {
      if (isStopping() || performance.now() - startedMs > stepMsMax) break
      const { outcome: reached, rows } = await one()
      // An attempt that the end of the service broke off may have reached its receiver, or not.
      if (isStopping() && reached.outcome !== 'done') break
      const isLast = reached.outcome === 'failed' && one.attempt >= attemptsMax
      const outcome = isLast ? 'given_up' : reached.outcome
      const attemptedAtUnixNs = now()
      unkept = rows.map((row) => ({ ...row, ...reached, outcome, attemptedAtUnixNs }))
      await keep()
      attempts += 1
      // A receiver that does not answer is not asked for every finding: the others wait for the next step.
      if (outcome === 'failed') break
    }
    // What is left now, or failed now, is looked at again at once.
    const isLeft = attempts > 0 || attempts < due.length
    const nextAtUnixNs = isLeft ? nowUnixNs : minOf(found.due.filter(isLater))
    return { attempts, nextAtUnixNs, problem: found.problem }
  }

  return { step }
}

type RowBase = Omit<ResponseRow, 'outcome' | 'error' | 'target' | 'attemptedAtUnixNs'>

/** Makes one attempt. */
type Due = (() => Promise<{
  readonly outcome: ResponseOutcome
  readonly rows: readonly RowBase[]
}>) &
  NextAttempt

interface FoundDue {
  readonly due: readonly Due[]
  readonly problem: string | undefined
}

type MessageResponse = Exclude<Response, { readonly policy: StopPolicy }>
type StopResponse = Extract<Response, { readonly policy: StopPolicy }>

function isStop(response: Response): response is StopResponse {
  return response.policy.kind === 'pause' || response.policy.kind === 'kill'
}

async function dueMessages(
  { selector, stopping }: ResponderOptions,
  { policy, act }: MessageResponse,
  nowUnixNs: bigint,
): Promise<FoundDue> {
  const { tenant, name: response, kind, mostPerHour } = policy
  const { findings, earlier, isCut } = await readOpenFindings(selector, policy, nowUnixNs)
  const due = dueAttempts(findings, { tenant, response, earlier })
  const attemptOf = ({ findingId, deliveryId, sinceUnixNs, ...next }: DueAttempt): Due => {
    const { attempt } = next
    const make = async (): ReturnType<Due> => {
      const { finding, hits } = await describeFinding(selector, tenant, findingId)
      const order = { deliveryId, attempt, finding, hit: hits[0] }
      const row = { tenant, findingId, response, kind, deliveryId, sinceUnixNs, attempt }
      return { outcome: await act(order, stopping), rows: [row] }
    }
    return Object.assign(make, next)
  }
  const answered = [...earlier.values()].filter(
    ({ isSettled, lastAtUnixNs }) => isSettled && lastAtUnixNs > nowUnixNs - hourNs,
  )
  const room = Math.max(0, mostPerHour - answered.length)
  const { kept, over } = withinRoom(due, room, nowUnixNs)
  const problem =
    over > 0
      ? `${over} findings wait: it answers to at most ${mostPerHour} an hour`
      : isCut
        ? 'more findings are open than one look takes'
        : undefined
  return { due: kept.map(attemptOf), problem }
}

async function dueStops(
  { selector, stopping }: ResponderOptions,
  { policy, act }: StopResponse,
  nowUnixNs: bigint,
): Promise<FoundDue> {
  const { tenant, name: response, kind, mostPerHour } = policy
  const found = await readAgreements(selector, policy, nowUnixNs)
  const due = found.agreements.flatMap(({ instance, findings }): Due[] => {
    const sinceUnixNs = found.orderedAt.get(instance) ?? 0n
    const deliveryId = deliveryIdOf([tenant, response, instance, `${sinceUnixNs}`])
    const next = nextAttempt(found.earlier.get(deliveryId))
    if (next === undefined) return []
    const { attempt } = next
    const make = async (): ReturnType<Due> => {
      const outcome = await act({ deliveryId, attempt, instance, findings }, stopping)
      const row = { tenant, response, kind, deliveryId, sinceUnixNs, attempt }
      return { outcome, rows: findings.map(({ id: findingId }) => ({ ...row, findingId })) }
    }
    return [Object.assign(make, next)]
  })
  const room = Math.max(0, mostPerHour - found.stoppedInHour)
  const { kept, over } = withinRoom(due, room, nowUnixNs)
  const problem =
    over > 0
      ? `${over} instances are not stopped: it stops at most ${mostPerHour} an hour`
      : found.disputed > 0
        ? `${found.disputed} instances are not stopped: several senders or templates claim them`
        : found.isCut
          ? 'more hits were found than one look takes'
          : undefined
  return { due: kept, problem }
}

/** Those that the hour has room for, of the ones that are due now: one that waits for its next attempt takes no other's place. */
function withinRoom<Next extends NextAttempt>(
  due: readonly Next[],
  room: number,
  nowUnixNs: bigint,
): { readonly kept: readonly Next[]; readonly over: number } {
  const ready = due.filter(({ dueAtUnixNs }) => dueAtUnixNs <= nowUnixNs)
  const waiting = due.filter(({ dueAtUnixNs }) => dueAtUnixNs > nowUnixNs)
  return { kept: [...ready.slice(0, room), ...waiting], over: Math.max(0, ready.length - room) }
}

function minOf(due: readonly NextAttempt[]): bigint | undefined {
  const times = due.map(({ dueAtUnixNs }) => dueAtUnixNs)
  return times.length === 0 ? undefined : times.reduce((least, at) => (at < least ? at : least))
}
