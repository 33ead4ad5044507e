import { attribute } from '@whodid/model'
import type { AttributeKey, LedgerRecord } from '@whodid/model'
import type { Attributes } from '../otlp/batch.ts'
import { textOf } from './attribute-text.ts'
import type { SaidClaims } from './compare-claims.ts'

type TextField = {
  [Field in keyof LedgerRecord]: LedgerRecord[Field] extends string ? Field : never
}[keyof LedgerRecord]

/** Fields that say what was done, to what, and by whose right: only the span's own text counts. */
const namingFields: readonly (readonly [TextField, AttributeKey])[] = [
  ['instanceParentId', attribute.instanceParentId],
  ['correlationId', attribute.correlationId],
  ['credentialId', attribute.credentialId],
  ['actionId', attribute.actionId],
  ['resourceId', attribute.resourceId],
  ['argumentsHash', attribute.toolArgumentsHash],
  ['resultHash', attribute.toolResultHash],
  ['promptRef', attribute.promptRef],
]

/** Fields that the collector may infer from the rest of the span, where nothing states them. */
const describingKeys: readonly AttributeKey[] = [
  attribute.recordKind,
  attribute.actorType,
  attribute.actionVerb,
  attribute.actionOutcome,
  attribute.toolName,
]

/**
 * True when everything that a seal covers, and that the record holds, is what the span itself states as text. What came from the resource, from an
 * attribute of another type, or from another attribute of the span, the instance has not signed: a collector on the way may have put it there.
 */
export function isCovered({ span, record, resource }: SaidClaims): boolean {
  const { attributes } = span
  const isUnsigned = ([field, key]: readonly [TextField, AttributeKey]): boolean =>
    record[field] !== '' && textOf(attributes, key) === ''
  const isFilled = (key: AttributeKey): boolean =>
    textOf(attributes, key) === '' && (isStated(attributes, key) || isStated(resource, key))
  const isVerbInferred =
    record.verb !== '' &&
    record.verb !== 'execute' &&
    textOf(attributes, attribute.actionVerb) === ''
  return !isVerbInferred && !namingFields.some(isUnsigned) && !describingKeys.some(isFilled)
}

function isStated(attributes: Attributes, key: AttributeKey): boolean {
  const value = attributes.get(key) ?? null
  return value !== null && value !== ''
}
