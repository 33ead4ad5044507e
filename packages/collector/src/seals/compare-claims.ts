import type { VerifiedInstance } from '@whodid/identity'
import { attribute } from '@whodid/model'
import type { LedgerRecord, SealableClaim } from '@whodid/model'
import type { Attributes, OtlpSpan } from '../otlp/batch.ts'
import { textOf } from './attribute-text.ts'

/** A span, the record that it makes, and the attributes of its resource. */
export interface SaidClaims {
  readonly span: OtlpSpan
  readonly record: LedgerRecord
  readonly resource: Attributes
}

/** The claims of a record that a token backs, and whether the two differ. */
export interface ComparedClaims {
  readonly backed: readonly SealableClaim[]
  readonly differs: 'nothing' | 'instance' | 'delegator'
}

const nothing: ComparedClaims = { backed: [], differs: 'nothing' }

/**
 * Compares the claims that a span itself makes with those of a token. A claim that a rule derived, or that the sender's credential
 * completed, is none that a seal covers; a record of a person or a service makes none that a token of an agent could back.
 */
export function compareClaims(
  token: Pick<VerifiedInstance, 'instance' | 'template' | 'delegator'>,
  said: SaidClaims,
): ComparedClaims {
  const { record } = said
  if (record.actorType !== 'agent') return nothing
  const saysInstance = isSaid(said, attribute.instanceId, record.instanceId)
  const saysTemplate = isSaid(said, attribute.templateId, record.templateId)
  const isOther =
    (saysInstance && record.instanceId !== token.instance) ||
    (saysTemplate && record.templateId !== token.template)
  if (isOther) return { backed: [], differs: 'instance' }
  if (!saysInstance) return nothing
  const backed: SealableClaim[] = saysTemplate ? ['instance', 'template'] : ['instance']
  const standing = delegatorStanding(said, token.delegator)
  if (standing === 'other') return { backed, differs: 'delegator' }
  return { backed: standing === 'same' ? [...backed, 'delegator'] : backed, differs: 'nothing' }
}

/**
 * Compares the person whom the span itself names with that of the token. One that came from the resource, or from another attribute,
 * the instance has not named: it is neither backed nor a contradiction.
 */
function delegatorStanding(
  said: SaidClaims,
  named: VerifiedInstance['delegator'],
): 'same' | 'other' | 'unbacked' {
  const { attributes } = said.span
  const id = textOf(attributes, attribute.delegatorId)
  const issuer = textOf(attributes, attribute.delegatorIssuer)
  if (id === '' || named === undefined) return 'unbacked'
  if (id !== named.id || (issuer !== '' && issuer !== named.issuer)) return 'other'
  const { delegatorId, delegatorIssuer, delegatorType } = said.record
  const isOwn =
    delegatorId === id &&
    delegatorIssuer === issuer &&
    delegatorType === textOf(attributes, attribute.delegatorType)
  return isOwn ? 'same' : 'unbacked'
}

function isSaid({ span }: SaidClaims, key: string, value: string): boolean {
  return value !== '' && textOf(span.attributes, key) === value
}
