import type { Grade, Verdict } from '@whodid/model'
import type { JSX } from 'hono/jsx/jsx-runtime'

/** The meaning of each grade, as a tooltip and for readers of the page. */
export const gradeMeanings: Readonly<Record<Grade, string>> = {
  countersigned: 'an independent party recorded it too',
  attested: 'sealed by the instance’s own verified key',
  token_bound: 'a verified credential names it',
  channel: 'the authenticated sender is entitled to say it',
  asserted: 'an attribute says it; its sender is bound to no actor',
  inferred: 'a named rule derived it',
  none: 'it is not on record',
  contradicted: 'records disagree, or the sender may not say it; both values are kept',
}

/** A verdict. */
export function VerdictMark({ of }: { of: Verdict }): JSX.Element {
  return <span class={`verdict verdict-${of}`}>{of}</span>
}

/** The grade of a claim. */
export function GradeMark({ of }: { of: Grade }): JSX.Element {
  return (
    <span class={`grade grade-${of}`} title={gradeMeanings[of]}>
      {of}
    </span>
  )
}

/** An outcome; null where none is on record. */
export function OutcomeMark({ of }: { of: string | null }): JSX.Element {
  return <span class={`outcome outcome-${of ?? 'none'}`}>{of ?? 'not recorded'}</span>
}

/** The trust of an input. */
export function TrustMark({ of }: { of: 'trusted' | 'untrusted' | 'unknown' }): JSX.Element {
  return <span class={`trust trust-${of}`}>{of}</span>
}
