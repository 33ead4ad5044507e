import type { RevocableAgent } from '@whodid/identity'
import { formatInstant, printableLine } from '@whodid/model'
import type { AuthorityAnswer } from '@whodid/model'
import type { RevocationLookup } from '../who-did/answer/attach-revocation.ts'

/** The names of an instance by which it may be stopped; it may act for several, and on several tasks. */
export interface StoppableNames extends Omit<RevocableAgent, 'delegator' | 'task'> {
  readonly delegators: readonly string[]
  readonly tasks: readonly string[]
}

/** Orders that an answer shows. */
const shownMax = 32

/** The orders that kept an instance stopped at an instant, the oldest first: given by then, and not ended by then. */
export function stopsInForce(
  lookup: Pick<RevocationLookup, 'stopsOf'>,
  tenant: string,
  { names, at }: { readonly names: StoppableNames; readonly at: bigint },
): AuthorityAnswer['stops'] {
  const { delegators, tasks, ...agent } = names
  const agents: RevocableAgent[] = [
    agent,
    ...delegators.map((delegator) => ({ delegator })),
    ...tasks.map((task) => ({ task })),
  ]
  const stops = agents
    .flatMap((each) => lookup.stopsOf(tenant, each))
    .filter(({ by, until }) => by.atUnixNs <= at && (until === undefined || until.atUnixNs > at))
  const byId = new Map(stops.map((stop) => [stop.by.id, stop]))
  return [...byId.values()]
    .toSorted((a, b) => a.by.seq - b.by.seq)
    .slice(0, shownMax)
    .map(({ by, record }) => ({
      state: by.action === 'pause' ? 'paused' : 'revoked',
      target: { kind: by.target.kind, id: printableLine(by.target.id) },
      cause: printableLine(by.cause),
      initiator: printableLine(by.initiator),
      since: formatInstant(by.atUnixNs),
      record,
    }))
}
