import type { FindingSeverity } from '@whodid/model'
import type { AgreeingFinding } from './response-policy.ts'

/** A hit that names an instance. */
export interface NamingHit {
  readonly findingId: string
  readonly rule: string
  readonly severity: FindingSeverity
  readonly instance: string
  readonly foundAtUnixNs: bigint
  /** `<trace>-<span>` of the records that it rests on. */
  readonly spans: readonly string[]
}

/** An instance that different rules agree on. */
export interface Agreement {
  readonly instance: string
  /** One for each finding, by their IDs. */
  readonly findings: readonly AgreeingFinding[]
}

/**
 * The instances on which at least two rules agree: one of them high or critical, and resting on at least two different records. A record
 * counts only where `isOwn` says that it is the instance's own, from a sender that is entitled to speak for it: whoever may only send
 * records cannot have another's agent stopped. One rule alone is never enough, however severe.
 */
export function agreeingRules(
  hits: readonly NamingHit[],
  isOwn: (span: string, instance: string) => boolean,
): Agreement[] {
  const byInstance = new Map<string, NamingHit[]>()
  for (const hit of hits)
    byInstance.set(hit.instance, [...(byInstance.get(hit.instance) ?? []), hit])
  return [...byInstance].flatMap(([instance, named]) => {
    const backed = named
      .map((hit) => ({ ...hit, spans: hit.spans.filter((span) => isOwn(span, instance)) }))
      .filter(({ spans }) => spans.length > 0)
    const rules = new Set(backed.map(({ rule }) => rule))
    const records = new Set(backed.flatMap(({ spans }) => spans))
    if (rules.size < 2 || records.size < 2 || !backed.some(isSevere)) return []
    const findings = new Map(
      backed.map(({ findingId: id, rule, severity }) => [id, { id, rule, severity }]),
    )
    return [{ instance, findings: [...findings.values()].toSorted(byId) }]
  })
}

function isSevere({ severity }: NamingHit): boolean {
  return severity === 'high' || severity === 'critical'
}

function byId(a: AgreeingFinding, b: AgreeingFinding): number {
  return a.id < b.id ? -1 : 1
}
