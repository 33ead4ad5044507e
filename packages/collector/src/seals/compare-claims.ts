import type { VerifiedInstance } from '@whodid/identity'
import { attribute } from '@whodid/model'
import type { LedgerRecord, SealableClaim } from '@whodid/model'
import type { OtlpSpan } from '../otlp/batch.ts'
import { textOf } from './attribute-text.ts'

/** A span, and the record that it makes. */
export interface SaidClaims {
  readonly span: OtlpSpan
  readonly record: LedgerRecord
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
  if (record.delegatorId === '' || token.delegator === undefined)
    return { backed, differs: 'nothing' }
  return isSameDelegator(said, token.delegator)
    ? { backed: [...backed, 'delegator'], differs: 'nothing' }
    : { backed, differs: 'delegator' }
}

function isSameDelegator(
  said: SaidClaims,
  { id, issuer }: NonNullable<VerifiedInstance['delegator']>,
): boolean {
  const { delegatorId, delegatorIssuer } = said.record
  const isSameIssuer = delegatorIssuer === '' || delegatorIssuer === issuer
  return isSaid(said, attribute.delegatorId, delegatorId) && delegatorId === id && isSameIssuer
}

function isSaid({ span }: SaidClaims, key: string, value: string): boolean {
  return value !== '' && textOf(span.attributes, key) === value
}
