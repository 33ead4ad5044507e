import type { ActTimes, RevocableAgent, RevokedAct } from '@whodid/identity'
import { formatInstant, parseInstant } from '@whodid/model'
import type { Reason, WhoDidAnswer } from '@whodid/model'
import type { Evidence } from '../evidence/evidence.ts'
import type { Question } from '../question.ts'

/** The revocations of a tenant, as an answer looks at them. */
export interface RevocationLookup {
  /** The relation of an act to the revocations of its agent; undefined where none concerns it. */
  readonly orderOf: (
    tenant: string,
    agent: RevocableAgent,
    times: ActTimes,
  ) => (RevokedAct & { readonly record: string }) | undefined
}

/** The sources of {@link attachRevocation}. */
interface RevocationDeps {
  readonly evidence: Evidence
  readonly tenant: string
  readonly revocations: RevocationLookup | undefined
}

/** The reason of each relation in time. They rest on a record beside the evidence, so that a package states and does not repeat them. */
const reasonOf = {
  before: 'before_revocation',
  after_claimed: 'after_revocation_claimed',
  indeterminate: 'revocation_indeterminate',
} as const satisfies Record<RevokedAct['order'], string>

const revocationReasons: readonly string[] = Object.values(reasonOf)

/** Returns true for a reason that {@link attachRevocation} gives. */
export function isRevocationReason({ code }: Pick<Reason, 'code'>): boolean {
  return revocationReasons.includes(code)
}

/** Adds to an answer on an agent's act that its agent was stopped, and if the act was before that. Decides nothing else. */
export function attachRevocation<Answer extends Omit<WhoDidAnswer, 'summary' | 'integrity'>>(
  question: Question,
  answer: Answer,
  { evidence, tenant, revocations }: RevocationDeps,
): Answer {
  const times = timesOf(answer, evidence)
  if (revocations === undefined || times === undefined || answer.verdict !== 'agent') return answer
  const found = revocations.orderOf(tenant, agentOf(answer, evidence), times)
  // A question of the past is answered from what was known then.
  if (found === undefined || (question.asRecorded ?? found.by.atUnixNs) < found.by.atUnixNs)
    return answer
  return { ...answer, reasons: [...answer.reasons, describe(found, answer)] }
}

function describe(
  { order, by, record }: RevokedAct & { readonly record: string },
  { action }: Pick<WhoDidAnswer, 'action'>,
): Reason {
  const stopped = by.action === 'pause' ? 'paused' : 'revoked'
  const stop = `${by.target.kind} ${by.target.id} was ${stopped} at ${formatInstant(by.atUnixNs)}`
  const text = {
    before: `The ${stop}, after the act was on record.`,
    after_claimed: `The ${stop}; by the agent's own clock the act began after that, at ${action?.started_at ?? ''}.`,
    indeterminate: `The ${stop}; by the agent's own clock the act began before, and its record was received after: either is possible.`,
  }[order]
  return { code: reasonOf[order], text, span: record }
}

/** The act's start as it claims it, and the first receipt of any of its records. */
function timesOf(
  { action }: Pick<WhoDidAnswer, 'action'>,
  evidence: Evidence,
): ActTimes | undefined {
  const versions = evidence.relatedRecords.get(action?.span ?? '') ?? []
  const received = versions.map(({ received_at: at }) => unixNs(at)).toSorted(compare)
  const [receivedUnixNs] = received
  if (action === null || receivedUnixNs === undefined) return undefined
  return { startUnixNs: parseInstant(action.started_at, 'started_at'), receivedUnixNs }
}

type Named = Pick<
  WhoDidAnswer,
  'action' | 'agent' | 'delegator' | 'delegation_chain' | 'correlation_id' | 'credential'
>

function agentOf(answer: Named, evidence: Evidence): RevocableAgent {
  const { action, agent, delegator, correlation_id: task, credential } = answer
  const versions = evidence.relatedRecords.get(action?.span ?? '') ?? []
  return {
    ...ancestorsOf(answer),
    instance: agent?.instance?.id,
    template: agent?.template?.id,
    delegator: delegator?.id,
    delegations: versions.flatMap(({ delegation, delegation_parent: above }) => [
      delegation,
      above,
    ]),
    task: task ?? undefined,
    credentials: [credential?.id ?? ''],
  }
}

/** The agents above the acting one, by the chain of the answer and by the parent that the act's own record names. */
function ancestorsOf({
  agent,
  delegation_chain: chain,
}: Named): Pick<RevocableAgent, 'ancestors' | 'ancestorTemplates'> {
  const above = chain.filter(({ type, id }) => type === 'agent' && id !== agent?.instance?.id)
  return {
    ancestors: [...above.map(({ id }) => id), agent?.instance?.parent_id ?? ''],
    ancestorTemplates: above.flatMap(({ template }) => template ?? []),
  }
}

/** `YYYY-MM-DD hh:mm:ss.nnnnnnnnn`, UTC, in nanoseconds since 1970. */
function unixNs(text: string): bigint {
  return parseInstant(`${text.replace(' ', 'T')}Z`, 'received_at')
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}
