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

/** Whose a record is, for an instance: its own, or its parent's. A record that is neither, or that is disputed, is nobody's. */
export type RecordOwner = 'own' | 'parent' | undefined

/**
 * The instances on which at least two rules agree: one of them high or critical, and resting on at least two different records of the
 * instance's own. A hit counts only where `ownerOf` knows every record that it rests on: one record of somebody else, joined to honest
 * ones, could have another's agent stopped. One rule alone is never enough, however severe.
 */
export function agreeingRules(
  hits: readonly NamingHit[],
  ownerOf: (span: string, instance: string) => RecordOwner,
): Agreement[] {
  const byInstance = new Map<string, NamingHit[]>()
  for (const hit of hits)
    byInstance.set(hit.instance, [...(byInstance.get(hit.instance) ?? []), hit])
  return [...byInstance].flatMap(([instance, named]) => {
    const backed = named.filter(
      ({ spans }) =>
        spans.every((span) => ownerOf(span, instance) !== undefined) &&
        spans.some((span) => ownerOf(span, instance) === 'own'),
    )
    const rules = new Set(backed.map(({ rule }) => rule))
    const own = backed
      .flatMap(({ spans }) => spans)
      .filter((span) => ownerOf(span, instance) === 'own')
    const records = new Set(own)
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
