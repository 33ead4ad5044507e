/**
 * The attribute keys Whodid emits and reads: the frozen names of the product, one place.
 *
 * Own names live under `whodid.`; a standard name is used wherever OpenTelemetry has merged one. Un-merged names are
 * never emitted under `gen_ai.`. Keys are grouped as a responder thinks of them, not by span type.
 */
export const attribute = {
  recordKind: 'whodid.record.kind',
  actorType: 'whodid.actor.type',
  seq: 'whodid.seq',
  correlationId: 'whodid.correlation.id',

  // `gen_ai.agent.id` is the template: semantic conventions advise against in-memory instance IDs there.
  templateId: 'gen_ai.agent.id',
  templateName: 'gen_ai.agent.name',
  templateVersion: 'gen_ai.agent.version',
  instanceId: 'whodid.agent.instance.id',
  instanceParentId: 'whodid.agent.instance.parent_id',
  identityId: 'whodid.agent.identity.id',

  delegatorId: 'whodid.delegator.id',
  delegatorType: 'whodid.delegator.type',
  delegatorIssuer: 'whodid.delegator.issuer',
  delegationId: 'whodid.delegation.id',
  delegationParentId: 'whodid.delegation.parent_id',
  delegationIssuer: 'whodid.delegation.issuer',
  delegationAudience: 'whodid.delegation.audience',
  delegationExpiresAt: 'whodid.delegation.expires_at',
  delegationScopes: 'whodid.delegation.scopes',
  delegationChain: 'whodid.delegation.chain',

  userId: 'user.id',
  sessionId: 'session.id',
  conversationId: 'gen_ai.conversation.id',
  serviceName: 'service.name',

  promptRef: 'whodid.prompt.ref',
  promptOrigin: 'whodid.prompt.origin',
  promptHash: 'whodid.prompt.hash',
  planRef: 'whodid.plan.ref',
  planHash: 'whodid.plan.hash',
  planStep: 'whodid.plan.step',

  operationName: 'gen_ai.operation.name',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  systemInstructions: 'gen_ai.system_instructions',
  toolName: 'gen_ai.tool.name',
  toolType: 'gen_ai.tool.type',
  toolDescription: 'gen_ai.tool.description',
  toolCallId: 'gen_ai.tool.call.id',
  toolCallArguments: 'gen_ai.tool.call.arguments',
  toolCallResult: 'gen_ai.tool.call.result',
  toolArgumentsHash: 'whodid.tool.arguments_hash',
  toolResultHash: 'whodid.tool.result_hash',

  actionId: 'whodid.action.id',
  actionVerb: 'whodid.action.verb',
  actionOutcome: 'whodid.action.outcome',
  // Written by the collector alone, beside an outcome that it derived.
  outcomeRule: 'whodid.outcome.rule',
  resourceId: 'whodid.resource.id',
  resourceType: 'whodid.resource.type',

  inputSource: 'whodid.input.source',
  inputTrust: 'whodid.input.trust',
  inputHash: 'whodid.input.hash',

  credentialId: 'whodid.credential.id',
  credentialType: 'whodid.credential.type',
  credentialSubject: 'whodid.credential.subject',
  credentialActor: 'whodid.credential.actor',
  credentialIssuer: 'whodid.credential.issuer',
  credentialExpiresAt: 'whodid.credential.expires_at',
  credentialScopes: 'whodid.credential.scopes',
  credentialBorrowed: 'whodid.credential.borrowed',

  approvalId: 'whodid.approval.id',
  approvalDecision: 'whodid.approval.decision',
  approvalSource: 'whodid.approval.source',
  approverId: 'whodid.approval.approver.id',
  approvalPolicyId: 'whodid.approval.policy.id',
  approvalReason: 'whodid.approval.reason',
  revocationId: 'whodid.revocation.id',
  revocationAction: 'whodid.revocation.action',
  revocationTargetKind: 'whodid.revocation.target.kind',
  revocationTargetId: 'whodid.revocation.target.id',
  revocationCause: 'whodid.revocation.cause',
  revocationInitiatorId: 'whodid.revocation.initiator.id',
  seenRevocation: 'whodid.seen.revocation',
  seenRevocationId: 'whodid.seen.revocation_id',

  // `<trace>-<span>` of the seal that covers the span.
  sealId: 'whodid.seal.id',
  sealJws: 'whodid.seal.jws',
  // SHA-256 of the instance token under which the span is sent, base64url.
  identityToken: 'whodid.agent.identity.token',
  // Written by the collector alone, when it verifies.
  sealResult: 'whodid.seal.result',
  sealKey: 'whodid.seal.key',
  sealToken: 'whodid.seal.token',
  sealClaims: 'whodid.seal.claims',
} as const

/** One of the keys in {@link attribute}. */
export type AttributeKey = (typeof attribute)[keyof typeof attribute]

/** The kinds of record, in `whodid.record.kind`. Derived on ingest when the emitter did not say. */
export const recordKinds = [
  'session',
  'prompt',
  'plan',
  'model_call',
  'tool_call',
  'action',
  'delegation',
  'approval',
  'input',
  'other',
] as const
export type RecordKind = (typeof recordKinds)[number]

/** The kinds of actor, in `whodid.actor.type`. */
export const actorTypes = ['agent', 'human', 'service'] as const
export type ActorType = (typeof actorTypes)[number]

/** The kinds of delegator on whose behalf an instance acts, in `whodid.delegator.type`. `none` is said explicitly, never implied by absence. */
export const delegatorTypes = ['human', 'service', 'schedule', 'agent', 'none'] as const
export type DelegatorType = (typeof delegatorTypes)[number]

/** The origins of a prompt, in `whodid.prompt.origin`. */
export const promptOrigins = ['human', 'agent', 'system', 'schedule', 'tool', 'unknown'] as const
export type PromptOrigin = (typeof promptOrigins)[number]

/** The outcomes of an action, in `whodid.action.outcome`. `unknown` stands on the intent that is exported before the act. */
export const outcomes = ['success', 'failure', 'denied', 'unknown'] as const
export type Outcome = (typeof outcomes)[number]

/** The trust in content that entered a model's context, in `whodid.input.trust`. */
export const inputTrusts = ['trusted', 'untrusted', 'unknown'] as const
export type InputTrust = (typeof inputTrusts)[number]

/** The decisions on a requested action, in `whodid.approval.decision`. */
export const approvalDecisions = ['allow', 'deny', 'require_approval'] as const
export type ApprovalDecision = (typeof approvalDecisions)[number]

/** Baggage keys that cross a process border: opaque identifiers only, never prompts, e-mail bodies or tokens. */
export const baggageKeys: readonly AttributeKey[] = [
  attribute.templateId,
  attribute.instanceId,
  attribute.delegatorId,
  attribute.delegatorType,
  attribute.delegatorIssuer,
  attribute.delegationId,
  attribute.correlationId,
  attribute.promptRef,
  attribute.planRef,
  attribute.delegationChain,
]

/**
 * Rules of ingest whose attribute only goes with a claim and does not make it: a session may hold several runs of an
 * agent, and a service several agents. Their values are shown and searched; they never name an instance, never contradict
 * a claim, and are never held against the ingest client.
 */
export const hintRules: ReadonlySet<string> = new Set(['session_id', 'resource.service_name'])
