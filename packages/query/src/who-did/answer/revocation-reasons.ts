import type { OrderedAct } from '@whodid/identity'
import { formatInstant } from '@whodid/model'
import type { Reason, WhoDidAnswer } from '@whodid/model'
import { nameOrNone } from '../../text.ts'

/** The reason of each relation in time. They rest on a record beside the evidence, so that a package states and does not repeat them. */
const codeOf = {
  before: 'before_revocation',
  announced: 'before_revocation',
  after_proven: 'after_revocation_proven',
  after_claimed: 'after_revocation_claimed',
  indeterminate: 'revocation_indeterminate',
} as const satisfies Record<OrderedAct['order'], string>

const codes: readonly string[] = Object.values(codeOf)

/** Returns true for a reason that {@link revocationReason} gives. */
export function isRevocationReason({ code }: Pick<Reason, 'code'>): boolean {
  return codes.includes(code)
}

/** The reason that says how an act relates in time to an order; `record` is the order's own. */
export function revocationReason(
  { order, stop: { by } }: OrderedAct,
  { action }: Pick<WhoDidAnswer, 'action'>,
  record: string,
): Reason {
  const stopped = by.action === 'pause' ? 'paused' : 'revoked'
  const stop = `The ${by.target.kind} ${nameOrNone(by.target.id)} was ${stopped} at ${formatInstant(by.atUnixNs)}`
  const end = action?.outcome === 'unknown' ? 'its end is not on record' : 'its end came later'
  const text = {
    before: `${stop}, after the act was on record.`,
    announced: `${stop}, after the act was announced on record; ${end}.`,
    after_proven: `${stop}; the record of the act names that order, or a later one, by an ID that did not exist before: the act came after it.`,
    after_claimed: `${stop}; by the agent's own clock the act began after that, at ${action?.started_at ?? ''}.`,
    indeterminate: `${stop}; by the agent's own clock the act began before, and its record was received after: either is possible.`,
  }[order]
  return { code: codeOf[order], text, span: record }
}
