import type { AuthorityAnswer, Reason, Registration } from '@whodid/model'
import { coversName, isAmbiguous } from '../registry/name-pattern.ts'

type State = AuthorityAnswer['state']
type Decision = NonNullable<AuthorityAnswer['decision']>

/** The facts that a state is decided from. */
export interface StateFacts {
  /** Things that keep the state from being known. */
  readonly obstacles: readonly Reason[]
  readonly stops: AuthorityAnswer['stops']
  readonly template: string
  readonly registration: Registration | null
  readonly registrationExpired: boolean
  /** True where delegations are on record, and every one of them had ended. */
  readonly delegationsExpired: boolean
}

/** Decides the state of an instance's authority. An order in force goes before all else; what is not known is never active. */
export function decideState(facts: StateFacts): {
  readonly state: State
  readonly reasons: readonly Reason[]
} {
  const { obstacles, stops, template, registration } = facts
  const revoked = stops.filter(({ state }) => state === 'revoked')
  const stopping = revoked.length > 0 ? revoked : stops
  const [first] = stopping
  if (first !== undefined)
    return {
      state: first.state,
      reasons: stopping.map(({ state, target, since, record }) => ({
        code: `instance_${state}`,
        text: `The ${target.kind} ${target.id} was ${state} at ${since}.`,
        span: record,
      })),
    }
  if (obstacles.length > 0) return { state: 'unknown', reasons: obstacles }
  if (registration === null)
    return {
      state: 'unregistered',
      reasons: [
        {
          code: 'template_unregistered',
          text: `No version of the template ${template} had been registered by then.`,
          span: null,
        },
      ],
    }
  const { record, expires_at: end } = registration
  if (facts.registrationExpired)
    return {
      state: 'expired',
      reasons: [
        {
          code: 'registration_expired',
          text: `The registration of the template ${template} ended at ${end}.`,
          span: record,
        },
      ],
    }
  if (facts.delegationsExpired)
    return {
      state: 'expired',
      reasons: [
        {
          code: 'delegation_expired',
          text: 'Every delegation on record had ended, by what it says itself.',
          span: null,
        },
      ],
    }
  return {
    state: 'active',
    reasons: [
      {
        code: 'registration_in_force',
        text: `The template ${template} was registered until ${end}, and no order to stop the instance was in force.`,
        span: record,
      },
    ],
  }
}

type Finding = Pick<Decision, 'answer' | 'rule' | 'text'>

/** The act that is asked about, and what bears on it. */
export interface ActFacts {
  readonly state: State
  readonly reasons: readonly Reason[]
  readonly registration: Registration | null
  readonly tool: string | null
  readonly resource: string | null
}

/**
 * Decides if an act was allowed: only what the registry lists is, and only while the authority was active. A list that it does not state
 * is unknown. Null where nothing was asked about.
 */
export function decideAct(facts: ActFacts): Finding | null {
  const { state, registration, tool, resource } = facts
  if (tool === null && resource === null) return null
  if (state !== 'active' || registration === null) return judgeState(facts)
  const findings = [
    ...(tool === null ? [] : [judgeTool(tool, registration.tools)]),
    ...(resource === null ? [] : [judgeResource(resource, registration.resources)]),
  ]
  const worst =
    findings.find(({ answer }) => answer === 'not_allowed') ??
    findings.find(({ answer }) => answer === 'unknown')
  if (worst !== undefined) return worst
  const [first, second] = findings
  if (first === undefined || second === undefined) return first ?? null
  return {
    answer: 'allowed',
    rule: 'tool_and_resource_listed',
    text: `${first.text} ${second.text}`,
  }
}

/** An authority that had ended allowed nothing; of one that is not known nothing is said. */
function judgeState({ state, reasons }: Pick<ActFacts, 'state' | 'reasons'>): Finding {
  const [reason] = reasons
  const isKnown = state === 'revoked' || state === 'paused' || state === 'expired'
  return {
    answer: isKnown ? 'not_allowed' : 'unknown',
    rule: reason?.code ?? 'state_unknown',
    text: reason?.text ?? '',
  }
}

function judgeTool(tool: string, tools: readonly string[] | null): Finding {
  if (tools === null)
    return {
      answer: 'unknown',
      rule: 'tools_not_stated',
      text: 'The registration does not state which tools are allowed.',
    }
  const pattern = tools.find((each) => coversName(each, tool))
  return pattern === undefined
    ? {
        answer: 'not_allowed',
        rule: 'tool_not_listed',
        text: 'The registration does not list the tool.',
      }
    : {
        answer: 'allowed',
        rule: 'tool_listed',
        text: `The registration lists the tool, as ${pattern}.`,
      }
}

function judgeResource(resource: string, resources: readonly string[] | null): Finding {
  if (resources === null)
    return {
      answer: 'unknown',
      rule: 'resources_not_stated',
      text: 'The registration does not state which resources are allowed.',
    }
  const patterns = resources.filter((each) => coversName(each, resource))
  const pattern = patterns.includes(resource) ? resource : patterns[0]
  if (pattern === undefined)
    return {
      answer: 'not_allowed',
      rule: 'resource_not_listed',
      text: 'The registration does not list the resource.',
    }
  if (pattern !== resource && pattern !== '*' && isAmbiguous(resource))
    return {
      answer: 'unknown',
      rule: 'resource_ambiguous',
      text: `The text of the resource leads out of ${pattern}, so that it does not say where it is.`,
    }
  return {
    answer: 'allowed',
    rule: 'resource_listed',
    text: `The registration lists the resource, as ${pattern}.`,
  }
}
