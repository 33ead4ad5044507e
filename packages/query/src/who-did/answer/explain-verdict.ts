import type { Input, Reason } from '@whodid/model'
import { nameOrNull } from '../../text.ts'
import type { Decision } from '../decide/decide.ts'
import { claimStrength } from '../decide/resolve-claims.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import type { Question } from '../question.ts'
import {
  decidingReason,
  describeClaim,
  doubtReason,
  isServiceName,
  notAdmittedReason,
} from './deciding-reason.ts'
import type { BareReason } from './deciding-reason.ts'
import { sealReason } from './seal-reasons.ts'

/** The most sources of untrusted content named in one reason; the inputs list them all. */
const sourcesMax = 5

/**
 * Returns the reasons of the verdict: first the deciding one, then each rule that was used, then the facts that a responder
 * should weigh as well.
 */
export function explainVerdict(
  question: Question,
  decision: Decision,
  inputs: readonly Input[],
): Reason[] {
  const [subject] = decision.ancestors.records
  const span = subject?.key ?? null
  const deciding = { ...decidingReason(question, decision), span }
  if (subject === undefined) return [deciding]
  const recorded = [deciding, ...versionReasons(decision, subject)]
  if (decision.verdict === 'undetermined') return recorded
  const beside = [
    doubtReason(decision),
    inheritedReason(decision, subject),
    inferredReason(decision, subject),
    serviceReason(decision),
    notAdmittedClaim(decision, subject),
    exporterReason(decision, subject),
    sealReason(subject),
    delegatorReason(decision),
    credentialReason(subject),
  ]
  return [
    ...recorded,
    ...beside.flatMap((reason) => (reason === undefined ? [] : [{ span, ...reason }])),
    ...overwrittenReasons(decision),
    ...joinReasons(decision),
    ...untrustedReason(decision, inputs),
  ]
}

/** Returns the reasons that name the other records under the subject's span ID. */
function versionReasons({ mergedRecord }: Decision, { key }: EvidenceRecord): Reason[] {
  const found = mergedRecord(key)
  if (found === undefined) return []
  const reasons = found.setAside.map((record) => ({
    code: 'unentitled_claim_set_aside',
    text:
      record.channel === 'unentitled'
        ? `The exporter "${nameOrNull(record.exporter) ?? ''}" claims the same span for ${describeClaim(record)}, and may not speak for that actor: kept, and not believed.`
        : `The exporter "${nameOrNull(record.exporter) ?? ''}" claims the same span for ${describeClaim(record)}; a record that is better backed, or came first, goes before it: kept, and not believed.`,
    span: key,
  }))
  if (found.differsInContent)
    reasons.push({
      code: 'conflicting_content',
      text: 'Records under the span of this act agree on who acted and differ in what they say was done; the first that was received is shown.',
      span: key,
    })
  return reasons
}

/** Returns the reason that names the record whose claim decides the actor, where that is not the act's own. */
function inheritedReason(decision: Decision, subject: EvidenceRecord): Reason | undefined {
  const { claimSources, verdict, ancestors, claimedInstance } = decision
  const claimSource =
    verdict === 'agent' ? (claimSources.instance ?? claimSources.template) : claimSources.actor
  const isOwn = claimSource === undefined || claimSource.key === subject.key
  if (isOwn || decision.isNamedBySteps === true) return undefined
  const from = `of the exporter "${nameOrNull(claimSource.exporter) ?? ''}"`
  const named = describeClaim(claimSource)
  if (ancestors.records.some(({ key }) => key === claimSource.key))
    return {
      code: 'inherited_from_ancestor',
      text: `The act’s own record, of the exporter "${nameOrNull(subject.exporter) ?? ''}", does not say who acted in full; the record ${claimSource.key} ${from}, which it stands under, names ${named}.`,
      span: claimSource.key,
    }
  return claimedInstance !== '' && claimSource.instance === claimedInstance
    ? {
        code: 'same_instance',
        text: `The record ${claimSource.key} ${from} names the template of the same instance: ${named}.`,
        span: claimSource.key,
      }
    : {
        code: 'enclosing_agent_run',
        text: `The record above the act is missing; the only agent run of its trace, ${claimSource.key} ${from}, was under way when it happened, and names ${named}. That the act belongs to it is inferred.`,
        span: claimSource.key,
      }
}

function serviceReason({ verdict, claimSources }: Decision): BareReason | undefined {
  if (verdict !== 'agent' || !isServiceName(claimSources.template)) return undefined
  return {
    code: 'named_by_service',
    text: `No record names the agent itself; that it runs in the service ${nameOrNull(claimSources.template?.template ?? '') ?? ''} is all that is known of it.`,
  }
}

/** Returns the reason for a claim above the act whose exporter may not speak for the actor. */
function notAdmittedClaim({ notAdmitted }: Decision, subject: EvidenceRecord): Reason | undefined {
  if (notAdmitted === undefined) return undefined
  const { record } = notAdmitted
  const claims = record.actor_type !== '' || record.delegator !== '' || record.kind === 'prompt'
  return claims ? { ...notAdmittedReason(notAdmitted, subject), span: record.key } : undefined
}

function inferredReason(decision: Decision, subject: EvidenceRecord): Reason | undefined {
  const claimSource = decision.claimSources.instance ?? decision.claimSources.template
  if (decision.verdict !== 'agent' || claimSource === undefined) return undefined
  if (decision.isNamedBySteps === true)
    return {
      code: 'named_by_steps',
      text: 'No record above the act names the agent; the steps of the agent run that it stands in do, and all the same one.',
      span: claimSource.key,
    }
  if (claimSource.key !== subject.key) return undefined
  const claim = decision.claimSources.instance === undefined ? 'template' : 'instance'
  if (claimStrength(claimSource, claim) === 'said') return undefined
  return {
    code: 'inferred_from_convention',
    text: `The ${claim} was derived from another vocabulary’s attributes by the rule ${nameOrNull(claimSource[`${claim}_rule`]) ?? ''}.`,
    span: claimSource.key,
  }
}

function exporterReason(decision: Decision, subject: EvidenceRecord): BareReason | undefined {
  if (decision.grade !== 'channel') return undefined
  return {
    code: 'exporter_entitled',
    text: `The exporter "${nameOrNull(subject.exporter) ?? ''}" was authenticated and may speak for this actor.`,
  }
}

function delegatorReason(decision: Decision): BareReason | undefined {
  const { delegator, delegatorType, conflictingDelegators } = decision
  if (conflictingDelegators.length > 0)
    return {
      code: 'conflicting_delegator',
      text: `Records disagree on whom it acted for: ${conflictingDelegators.map((record) => nameOrNull(record.delegator) ?? '').join(', ')}. None is believed.`,
    }
  if (delegator === '') return undefined
  const { delegator: claimSource } = decision.claimSources
  if (claimSource?.delegator_rule === 'user_of_the_request')
    return {
      code: 'user_of_the_request',
      text: `No record says on whose behalf the agent acted; the request that its run served was ${nameOrNull(delegator) ?? ''}’s, and that it acted for that person is inferred.`,
    }
  return {
    code: 'delegator_on_record',
    text: `The instance acts for ${delegatorType} ${nameOrNull(delegator) ?? ''}.`,
  }
}

function credentialReason(subject: EvidenceRecord): BareReason | undefined {
  if (!subject.credential_borrowed) return undefined
  const owner = nameOrNull(subject.credential_subject) ?? 'its owner'
  return {
    code: 'borrowed_credential',
    text: `The credential used is ${owner}'s own and names no actor: the audit log of the system it opened will name that person.`,
  }
}

function overwrittenReasons({ overwritten, ancestors }: Decision): Reason[] {
  const first = ancestors.records.find((record) => overwritten.has(record.key))
  if (first === undefined) return []
  return [
    {
      code: 'overwritten_downstream',
      text: `A record inside the agent's own process names ${describeClaim(first)}, as other instrumentations do; the agent's own records above it are believed.`,
      span: first.key,
    },
  ]
}

function joinReasons({ path }: Decision): Reason[] {
  return path.flatMap(({ record, joinedBy }): Reason[] => {
    if (joinedBy === 'delegation')
      return [
        {
          code: 'joined_by_delegation',
          text: `The way leads on to the instance ${nameOrNull(record.instance) ?? ''}, which handed the task over.`,
          span: record.key,
        },
      ]
    if (joinedBy === 'link')
      return [
        {
          code: 'joined_by_link',
          text: 'The run resumes another one, which it links to: the way leads on to what that one was asked.',
          span: record.key,
        },
      ]
    if (joinedBy === 'correlation')
      return [
        {
          code: 'joined_by_correlation',
          text: 'The way leads on to the one human prompt under the same correlation ID.',
          span: record.key,
        },
      ]
    return []
  })
}

function untrustedReason(decision: Decision, inputs: readonly Input[]): Reason[] {
  const untrusted = inputs.filter((input) => input.trust === 'untrusted')
  if (decision.verdict !== 'agent' || untrusted.length === 0) return []
  const sources = [...new Set(untrusted.map((input) => input.source))].slice(0, sourcesMax)
  return [
    {
      code: 'untrusted_input',
      text: `Before the action, untrusted content from ${sources.join(', ')} had entered the context.`,
      span: untrusted.at(-1)?.span ?? null,
    },
  ]
}
