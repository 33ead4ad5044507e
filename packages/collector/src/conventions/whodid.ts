import {
  actorTypes,
  approvalDecisions,
  attribute,
  delegatorTypes,
  inputTrusts,
  outcomes,
  parseSpanRef,
  promptOrigins,
  recordKinds,
} from '@whodid/model'
import type { AttributeKey, RecordKind } from '@whodid/model'
import type { Value } from '../otlp/batch.ts'
import { isInstanceScope } from './instance-scopes.ts'
import type { Convention } from './convention.ts'
import type { Claims, Telemetry } from './telemetry.ts'

type TextField = {
  [Field in keyof Claims]-?: NonNullable<Claims[Field]> extends string ? Field : never
}[keyof Claims]
type ListField = 'delegationScopes' | 'delegationChain' | 'credentialScopes'
type CountField = 'planStep' | 'seq'

/** Canonical attributes that are text, and the field each fills. */
const textFields: readonly (readonly [TextField, AttributeKey])[] = [
  ['correlationId', attribute.correlationId],
  // Several jobs may run in one process: what a span says of itself goes before its resource.
  ['serviceName', attribute.serviceName],
  ['templateName', attribute.templateName],
  ['templateVersion', attribute.templateVersion],
  ['instanceId', attribute.instanceId],
  ['instanceParentId', attribute.instanceParentId],
  ['identityId', attribute.identityId],
  ['delegatorId', attribute.delegatorId],
  ['delegatorIssuer', attribute.delegatorIssuer],
  ['delegationId', attribute.delegationId],
  ['delegationParentId', attribute.delegationParentId],
  ['delegationIssuer', attribute.delegationIssuer],
  ['delegationAudience', attribute.delegationAudience],
  ['delegationExpiresAt', attribute.delegationExpiresAt],
  ['sessionId', attribute.sessionId],
  ['conversationId', attribute.conversationId],
  ['promptHash', attribute.promptHash],
  ['planHash', attribute.planHash],
  ['toolName', attribute.toolName],
  ['toolCallId', attribute.toolCallId],
  ['argumentsHash', attribute.toolArgumentsHash],
  ['resultHash', attribute.toolResultHash],
  ['actionId', attribute.actionId],
  ['verb', attribute.actionVerb],
  ['resourceId', attribute.resourceId],
  ['resourceType', attribute.resourceType],
  ['inputSource', attribute.inputSource],
  ['inputHash', attribute.inputHash],
  ['credentialId', attribute.credentialId],
  ['credentialType', attribute.credentialType],
  ['credentialSubject', attribute.credentialSubject],
  ['credentialActor', attribute.credentialActor],
  ['credentialIssuer', attribute.credentialIssuer],
  ['credentialExpiresAt', attribute.credentialExpiresAt],
  ['approvalId', attribute.approvalId],
  ['approvalSource', attribute.approvalSource],
  ['approverId', attribute.approverId],
  ['approvalPolicyId', attribute.approvalPolicyId],
  ['approvalReason', attribute.approvalReason],
]

const listFields: readonly (readonly [ListField, AttributeKey])[] = [
  ['delegationScopes', attribute.delegationScopes],
  ['delegationChain', attribute.delegationChain],
  ['credentialScopes', attribute.credentialScopes],
]

const countFields: readonly (readonly [CountField, AttributeKey])[] = [
  ['planStep', attribute.planStep],
  ['seq', attribute.seq],
]

/** Attributes of the resource that only a span can say of itself. */
const ofSpanOnly = new Set<string>([attribute.seq, attribute.planStep, attribute.recordKind])

/** Whodid's own attributes, and the standard ones that it emits. A claim it fills needs no rule. */
export const whodid: Convention = {
  name: 'whodid',
  speaks: () => true,
  ofAgent: (telemetry) => find(telemetry, attribute.actorType) === 'agent',
  kind: (telemetry) => oneOf<RecordKind>(recordKinds, find(telemetry, attribute.recordKind)),
  read: readWhodid,
}

/** Keys whose value stands in a column of its own when it is of the expected form. */
export const promotedKeys: ReadonlySet<string> = new Set<string>([
  ...textFields.map(([, key]) => key),
  ...listFields.map(([, key]) => key),
  ...countFields.map(([, key]) => key),
  attribute.recordKind,
  attribute.actorType,
  attribute.templateId,
  attribute.delegatorType,
  attribute.promptRef,
  attribute.planRef,
  attribute.promptOrigin,
  attribute.actionOutcome,
  attribute.inputTrust,
  attribute.approvalDecision,
  attribute.credentialBorrowed,
])

function readWhodid(telemetry: Telemetry): Claims {
  const claims: Claims = {
    actorType: oneOf(actorTypes, find(telemetry, attribute.actorType)),
    templateId: isInstanceScope(telemetry.scopeName) ? '' : text(telemetry, attribute.templateId),
    delegatorType: oneOf(delegatorTypes, find(telemetry, attribute.delegatorType)),
    promptRef: reference(text(telemetry, attribute.promptRef)),
    planRef: reference(text(telemetry, attribute.planRef)),
    promptOrigin: oneOf(promptOrigins, find(telemetry, attribute.promptOrigin)),
    outcome: oneOf(outcomes, find(telemetry, attribute.actionOutcome)),
    inputTrust: oneOf(inputTrusts, find(telemetry, attribute.inputTrust)),
    approvalDecision: oneOf(approvalDecisions, find(telemetry, attribute.approvalDecision)),
    credentialBorrowed: find(telemetry, attribute.credentialBorrowed) === true,
  }
  for (const [field, key] of textFields) Object.assign(claims, { [field]: text(telemetry, key) })
  for (const [field, key] of listFields) claims[field] = list(find(telemetry, key))
  for (const [field, key] of countFields) claims[field] = count(find(telemetry, key))
  return claims
}

/** The span's own attribute, else the resource's: a launcher can name an agent that cannot be changed. */
function find(telemetry: Telemetry, key: AttributeKey): Value | undefined {
  const own = telemetry.attributes.get(key)
  if (own !== undefined && own !== null) return own
  return ofSpanOnly.has(key) ? undefined : telemetry.resource.get(key)
}

function text(telemetry: Telemetry, key: AttributeKey): string {
  const value = find(telemetry, key)
  if (typeof value === 'string') return value
  return typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : ''
}

function oneOf<Member extends string>(
  members: readonly Member[],
  value: Value | undefined,
): Member | '' {
  return members.find((member) => member === value) ?? ''
}

function reference(typed: string): string {
  const parsed = parseSpanRef(typed)
  return parsed === undefined ? '' : `${parsed.trace}-${parsed.span}`
}

function list(value: Value | undefined): string[] {
  if (!Array.isArray(value)) return []
  return value.filter((element): element is string => typeof element === 'string')
}

function count(value: Value | undefined): number {
  return typeof value === 'bigint' && value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : -1
}
