import { findingSeverities } from '@whodid/model/answers'
import type { responseKinds } from '@whodid/model/answers'
import type { Finding, FindingHit, FindingSeverity } from '@whodid/model'

/** A way to act on a finding. */
type ResponseKind = (typeof responseKinds)[number]

/** The findings that a response answers to. */
export interface ResponsePolicy {
  /** Stands with each attempt. Another name is another response: it answers once more to what the old name answered to. */
  readonly name: string
  readonly kind: ResponseKind
  readonly tenant: string
  /** Rules that it answers to; none means every rule. */
  readonly rules: readonly string[]
  /** The least severity. */
  readonly severity: FindingSeverity
  /** Findings that it answers to, or instances that it stops, in an hour at most. The others wait. */
  readonly mostPerHour: number
}

/** The bounds of a response that stops agents. */
export interface StopPolicy extends ResponsePolicy {
  readonly kind: 'pause' | 'kill'
  /** Nanoseconds within which different rules must agree. */
  readonly withinNs: bigint
}

/** One attempt that is to be made. */
interface Attempt {
  /** The same for every attempt at one response to one finding. */
  readonly deliveryId: string
  /** 1 for the first. */
  readonly attempt: number
}

/** An attempt to tell of a finding. */
export interface MessageOrder extends Attempt {
  readonly finding: Finding
  /** The newest hit. */
  readonly hit: FindingHit | undefined
}

/** An attempt to stop an instance. */
export interface StopOrder extends Attempt {
  readonly instance: string
  /** The findings that agree on it: of at least two rules. */
  readonly findings: readonly AgreeingFinding[]
}

/** A finding that names an instance. */
export interface AgreeingFinding {
  readonly id: string
  readonly rule: string
  readonly severity: FindingSeverity
}

/** The outcome of an attempt: `failed` is tried again, `given_up` is not. */
export interface ResponseOutcome {
  readonly outcome: 'done' | 'failed' | 'given_up'
  /** A code such as `status_500`; '' for none. */
  readonly error: string
  /** The handle of what was stopped or opened; '' for a message. */
  readonly target: string
}

/** A severity and those above it. */
export function severitiesFrom(least: FindingSeverity): readonly FindingSeverity[] {
  return findingSeverities.slice(findingSeverities.indexOf(least))
}
