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
import type { AttributeKey, LedgerRecord, RecordKind } from '@whodid/model'
import type { Value } from '../../otlp/batch.ts'
import { isInstanceScope, namesObject } from './object-id.ts'
import type { Claims, Telemetry } from './telemetry.ts'

type TextField = {
  [Field in keyof Claims]-?: NonNullable<Claims[Field]> extends string ? Field : never
}[keyof Claims]
type ListField = 'delegationScopes' | 'delegationChain' | 'credentialScopes'
type CountField = 'planStep' | 'seq'

/** Canonical attributes that are text, and the field each fills. */
const textFields: readonly (readonly [TextField, AttributeKey])[] = [
  ['correlationId', attribute.correlationId],
  // Several jobs may run in one process: a span's own attributes go before its resource's.
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

/** Attributes that only a span can say of itself, never its resource. */
const ofSpanOnly = new Set<string>([attribute.seq, attribute.planStep, attribute.recordKind])

/** A canonical attribute: the field it fills, and how. */
export interface OwnClaim {
  readonly field: keyof Claims
  /** The form of a value that fills it. A reference is `<trace>-<span>`, a flag is true. */
  readonly form: 'text' | 'choice' | 'ref' | 'count' | 'flag' | 'list'
  /** The words of a choice. */
  readonly members?: readonly string[]
  /** Fills the field when the value is of the expected form; leaves it as it is otherwise. */
  readonly fill: (record: LedgerRecord, value: Value) => void
}

/** By key, everything that is stated in Whodid's own attributes and the standard ones that it emits. */
const ownClaims: ReadonlyMap<string, OwnClaim> = new Map<string, OwnClaim>([
  ...textFields.map(([field, key]): [string, OwnClaim] => [key, textClaim(field)]),
  ...listFields.map(([field, key]): [string, OwnClaim] => [key, listClaim(field)]),
  ...countFields.map(([field, key]): [string, OwnClaim] => [key, countClaim(field)]),
  [attribute.templateId, textClaim('templateId')],
  [attribute.promptRef, refClaim('promptRef')],
  [attribute.planRef, refClaim('planRef')],
  [attribute.recordKind, choiceClaim('recordKind', recordKinds)],
  [attribute.actorType, choiceClaim('actorType', actorTypes)],
  [attribute.delegatorType, choiceClaim('delegatorType', delegatorTypes)],
  [attribute.promptOrigin, choiceClaim('promptOrigin', promptOrigins)],
  [attribute.actionOutcome, choiceClaim('outcome', outcomes)],
  [attribute.inputTrust, choiceClaim('inputTrust', inputTrusts)],
  [attribute.approvalDecision, choiceClaim('approvalDecision', approvalDecisions)],
  [
    attribute.credentialBorrowed,
    {
      field: 'credentialBorrowed',
      form: 'flag',
      fill: (record, value) => {
        if (value === true) record.credentialBorrowed = true
      },
    },
  ],
])

/** The canonical attribute of a key: its value stands in a field when it is of the expected form; undefined when the key is none. */
export function ownClaimOf(key: string): OwnClaim | undefined {
  return ownClaims.get(key)
}

/** The kind of record that an attribute says; '' when none does. */
export function saidKind({ attributes }: Telemetry): RecordKind | '' {
  const value = attributes.get(attribute.recordKind)
  return recordKinds.find((kind) => kind === value) ?? ''
}

/**
 * Fills a record from Whodid's own attributes and the standard ones that it emits: one pass over the
 * span's, then the resource's attributes that the span does not have, for a launcher can name an agent that cannot be changed. A
 * claim that is filled so needs no rule. A value of another form leaves its field as it was.
 */
export function fillOwnClaims(record: LedgerRecord, telemetry: Telemetry): void {
  const { attributes } = telemetry
  const isOfInstance = isInstanceScope(telemetry.scopeName)
  const isOfObject = !isOfInstance && namesObject(telemetry)
  const isNoTemplate = isOfInstance || isOfObject
  for (const [key, value] of attributes) {
    if (value === null) continue
    const claim = ownClaims.get(key)
    if (claim !== undefined && !(isNoTemplate && claim.field === 'templateId'))
      claim.fill(record, value)
  }
  fillFromResource(record, telemetry, { isOfInstance, isOfObject })
}

function fillFromResource(
  record: LedgerRecord,
  { attributes, resource }: Telemetry,
  { isOfInstance, isOfObject }: { readonly isOfInstance: boolean; readonly isOfObject: boolean },
): void {
  for (const [key, value] of resource) {
    const claim = ownClaims.get(key)
    if (claim === undefined || value === null || ofSpanOnly.has(key)) continue
    const isTemplate = claim.field === 'templateId'
    if (isOfInstance && isTemplate) continue
    // An object's number says nothing against the template that its launcher named.
    const isUnsaid = (attributes.get(key) ?? null) === null || (isOfObject && isTemplate)
    if (isUnsaid) claim.fill(record, value)
  }
}

function textClaim(field: TextField): OwnClaim {
  return {
    field,
    form: 'text',
    fill: (record, value) => {
      const text = textValue(value)
      // Sound for text fields alone: the field's own type holds any text.
      if (text !== '') (record as Record<TextField, string>)[field] = text
    },
  }
}

function listClaim(field: ListField): OwnClaim {
  return {
    field,
    form: 'list',
    fill: (record, value) => {
      if (!Array.isArray(value)) return
      const texts = value.filter((element): element is string => typeof element === 'string')
      if (texts.length > 0) record[field] = texts
    },
  }
}

function countClaim(field: CountField): OwnClaim {
  return {
    field,
    form: 'count',
    fill: (record, value) => {
      if (typeof value === 'bigint' && value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER))
        record[field] = Number(value)
    },
  }
}

function refClaim(field: 'promptRef' | 'planRef'): OwnClaim {
  return {
    field,
    form: 'ref',
    fill: (record, value) => {
      const ref = parseSpanRef(textValue(value))
      if (ref !== undefined) record[field] = `${ref.trace}-${ref.span}`
    },
  }
}

function choiceClaim(field: TextField, members: readonly string[]): OwnClaim {
  const { fill } = textClaim(field)
  return {
    field,
    form: 'choice',
    members,
    fill: (record, value) => {
      if (typeof value === 'string' && members.includes(value)) fill(record, value)
    },
  }
}

function textValue(value: Value): string {
  if (typeof value === 'string') return value
  return typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : ''
}
