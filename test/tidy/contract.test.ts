import {
  actorTypes,
  approvalDecisions,
  attribute,
  delegatorTypes,
  gapCodes,
  grades,
  handleKinds,
  inputTrusts,
  outcomes,
  promptOrigins,
  recordKinds,
  verdicts,
} from '@whodid/model'
import { describe, expect, it } from 'vitest'

// The names agents emit, responders type and dashboards query. They are frozen: a list here grows, and nothing in it changes.
const frozenAttributes = `
  gen_ai.agent.id gen_ai.agent.name gen_ai.agent.version
  whodid.actor.type user.id service.name
  whodid.agent.instance.id whodid.agent.instance.parent_id whodid.agent.identity.id
  whodid.delegator.id whodid.delegator.type whodid.delegator.issuer
  whodid.delegation.id whodid.delegation.parent_id whodid.delegation.issuer whodid.delegation.audience
  whodid.delegation.expires_at whodid.delegation.scopes whodid.delegation.chain
  whodid.correlation.id gen_ai.conversation.id session.id
  whodid.prompt.ref whodid.plan.ref whodid.prompt.origin
  whodid.prompt.hash whodid.plan.hash whodid.tool.arguments_hash whodid.tool.result_hash
  whodid.plan.step whodid.seq
  gen_ai.input.messages gen_ai.output.messages gen_ai.system_instructions
  gen_ai.tool.name gen_ai.tool.type gen_ai.tool.description gen_ai.tool.call.id
  gen_ai.tool.call.arguments gen_ai.tool.call.result
  whodid.action.id whodid.action.verb whodid.action.outcome whodid.outcome.rule
  whodid.resource.id whodid.resource.type
  whodid.input.source whodid.input.trust whodid.input.hash
  whodid.credential.id whodid.credential.type whodid.credential.subject whodid.credential.actor
  whodid.credential.issuer whodid.credential.expires_at whodid.credential.scopes whodid.credential.borrowed
  whodid.approval.id whodid.approval.decision whodid.approval.source whodid.approval.approver.id
  whodid.approval.policy.id whodid.approval.reason
  whodid.revocation.id whodid.revocation.action whodid.revocation.target.kind whodid.revocation.target.id
  whodid.revocation.cause whodid.revocation.initiator.id
  whodid.seen.revocation whodid.seen.revocation_id
  whodid.record.kind
`

const frozenValues: readonly (readonly [string, readonly string[], string])[] = [
  ['actor types', actorTypes, 'agent human service'],
  ['delegator types', delegatorTypes, 'human service schedule agent none'],
  ['prompt origins', promptOrigins, 'human agent system schedule tool unknown'],
  ['outcomes', outcomes, 'success failure denied unknown'],
  ['input trusts', inputTrusts, 'trusted untrusted unknown'],
  ['approval decisions', approvalDecisions, 'allow deny require_approval'],
  [
    'record kinds',
    recordKinds,
    'session prompt plan model_call tool_call action delegation approval input other',
  ],
  [
    'handle kinds',
    handleKinds,
    'trace span action instance template delegator correlation credential resource',
  ],
  ['verdicts', verdicts, 'agent human service undetermined'],
  [
    'grades',
    grades,
    'countersigned attested token_bound channel asserted inferred none contradicted',
  ],
  [
    'gap codes',
    gapCodes,
    'missing_parent missing_delegator missing_instance missing_prompt missing_plan sequence_gap content_withheld content_erased unsealed conflicting_identity dropped_attributes',
  ],
]

describe('contract', () => {
  it('keeps every frozen attribute', () => {
    expect(missing(frozenAttributes, Object.values(attribute))).toEqual([])
    expect(missing('whodid.seq whodid.gone', Object.values(attribute))).toEqual(['whodid.gone'])
  })

  it.each(frozenValues)('keeps every one of the %s', (_, values, frozen) => {
    expect(missing(frozen, values)).toEqual([])
  })

  it('gives each attribute one name, and its own names one namespace', () => {
    const keys: readonly string[] = Object.values(attribute)
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys.filter((key) => !/^(whodid|gen_ai|user|session|service)\./u.test(key))).toEqual([])
  })
})

function missing(frozen: string, present: readonly string[]): string[] {
  return frozen
    .trim()
    .split(/\s+/u)
    .filter((name) => !present.includes(name))
}
