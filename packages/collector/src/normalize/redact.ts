import { createHash } from 'node:crypto'
import { redactSecrets, redactSecretsInName } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import type { Attributes, OtlpEvent, OtlpLink } from '../otlp/batch.ts'
import type { Draft } from './draft.ts'
import { redactAttributes } from './redact-attributes.ts'

type TextField = {
  [Field in keyof LedgerRecord]: LedgerRecord[Field] extends string ? Field : never
}[keyof LedgerRecord]

/** The texts of a record. */
const textFields: readonly TextField[] = [
  'name',
  'statusMessage',
  'approvalReason',
  'content',
  'result',
]

/** The identities it names: two that differ must not become one, so that one which holds a secret is replaced by its hash. */
const identityFields: readonly TextField[] = [
  ...(['serviceName', 'templateId', 'instanceId', 'instanceParentId', 'identityId'] as const),
  ...(['delegatorId', 'delegationId', 'delegationParentId', 'userId', 'sessionId'] as const),
  ...(['conversationId', 'correlationId', 'toolCallId', 'actionId', 'credentialId'] as const),
  ...(['credentialSubject', 'credentialActor', 'approvalId', 'approverId'] as const),
  'approvalPolicyId',
]

/** Names and remarks that nothing is joined by, and names that are read: an address without its secrets is one still. */
const nameFields: readonly TextField[] = [
  ...(['traceState', 'scopeName', 'scopeVersion', 'templateName', 'templateVersion'] as const),
  ...([
    'delegatorIssuer',
    'delegationIssuer',
    'delegationAudience',
    'delegationExpiresAt',
  ] as const),
  ...(['promptRef', 'promptHash', 'planRef', 'planHash', 'toolName', 'argumentsHash'] as const),
  ...(['resultHash', 'verb', 'resourceId', 'resourceType', 'inputSource', 'inputHash'] as const),
  ...(['credentialType', 'credentialIssuer', 'credentialExpiresAt'] as const),
  ...(['approvalDecision', 'approvalSource'] as const),
]

const listFields = ['delegationScopes', 'delegationChain', 'credentialScopes'] as const

/**
 * Takes secrets out of a whole record: its text, its names, its attributes with their keys, its events and links,
 * its resource. Records joined by a value that holds a secret stay joined, under the hash of that value.
 *
 * The draft's record is changed in place; attributes without a secret come back as they are.
 */
export function redact(draft: Draft): Draft {
  redactColumns(draft.record)
  return {
    record: draft.record,
    mark: draft.mark,
    attributes: redactAttributes(draft.attributes),
    resource: redactResource(draft.resource),
    events: draft.events.length === 0 ? draft.events : draft.events.map(redactEvent),
    links: draft.links.length === 0 ? draft.links : draft.links.map(redactLink),
  }
}

function redactColumns(record: LedgerRecord): void {
  for (const field of textFields) setField(record, field, redactSecrets)
  for (const field of identityFields) setField(record, field, redactIdentity)
  for (const field of nameFields) setField(record, field, redactSecretsInName)
  for (const field of listFields)
    if (record[field].length > 0) record[field] = record[field].map(redactIdentity)
}

function setField(
  record: LedgerRecord,
  field: TextField,
  redactText: (text: string) => string,
): void {
  const text = record[field]
  if (text === '') return
  const clean = redactText(text)
  if (clean !== text) Object.assign(record, { [field]: clean })
}

/** The same identity for the same secret, as the SDK names a credential: `sha256:` and 32 hex digits. */
function redactIdentity(identity: string): string {
  if (redactSecretsInName(identity) === identity) return identity
  return `sha256:${createHash('sha256').update(identity).digest('hex').slice(0, 32)}`
}

function redactEvent(event: OtlpEvent): OtlpEvent {
  const attributes = redactAttributes(event.attributes)
  return { ...event, name: redactSecrets(event.name), attributes }
}

function redactLink(link: OtlpLink): OtlpLink {
  const attributes = redactAttributes(link.attributes)
  return { ...link, traceState: redactSecretsInName(link.traceState), attributes }
}

/** Resources that were redacted: all spans of a group share one. */
const cleanResources = new WeakMap<Attributes, Attributes>()

function redactResource(resource: Attributes): Attributes {
  const known = cleanResources.get(resource)
  if (known !== undefined) return known
  const clean = redactAttributes(resource)
  cleanResources.set(resource, clean)
  return clean
}
