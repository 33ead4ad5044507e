import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { AdmittedRecords } from './admit-evidence.ts'
import type { Ancestors } from './join-path.ts'
import { claimStrength } from './resolve-claims.ts'
import type { Claims } from './resolve-claims.ts'

/** The records that are searched for a better name. */
interface Around {
  readonly evidence: Evidence
  readonly ancestors: Ancestors
  readonly admitted: AdmittedRecords
}

/**
 * Replaces the template when only a service's name identifies the agent: by the name that any record of the same
 * instance gives (rule `same_instance`); else, when the parent is missing, by that of the only agent run of the trace
 * and the exporter, if it encloses the act in time (rule `enclosing_agent_run`).
 */
export function nameTemplate(claims: Claims, around: Around): Claims {
  const { actor, template, instance } = claims
  const isWeak = template === undefined || !isName(template)
  if (actor?.actor_type !== 'agent' || !isWeak) return claims
  const better =
    (instance && ofSameInstance(instance, around)) ??
    (around.ancestors.missingParent === '' ? undefined : enclosingRun(around))
  return better === undefined ? claims : { ...claims, template: better }
}

function isName(record: EvidenceRecord): boolean {
  const strength = claimStrength(record, 'template')
  return strength === 'said' || strength === 'read'
}

function ofSameInstance(
  { instance }: EvidenceRecord,
  { evidence, admitted }: Around,
): EvidenceRecord | undefined {
  return only(namedRecords(evidence, admitted).filter((record) => record.instance === instance))
}

function enclosingRun({ evidence, ancestors, admitted }: Around): EvidenceRecord | undefined {
  const [subject] = ancestors.records
  if (subject === undefined) return undefined
  const trace = subject.key.slice(0, 32)
  const runs = namedRecords(evidence, admitted).filter(
    (record) =>
      record.key.startsWith(trace) &&
      record.exporter === subject.exporter &&
      (record.kind === 'prompt' || record.kind === 'session'),
  )
  const enclosing = only(runs)
  return enclosing !== undefined && enclosing.ts <= subject.ts && subject.ts <= enclosing.end_ts
    ? enclosing
    : undefined
}

function namedRecords(
  { relatedRecords }: Evidence,
  { mergedRecord, isOwn }: AdmittedRecords,
): EvidenceRecord[] {
  return [...relatedRecords.keys()].flatMap((key) => {
    const record = mergedRecord(key)?.record
    const speaks =
      record !== undefined &&
      record.actor_type === 'agent' &&
      record.channel !== 'unentitled' &&
      isOwn(record) &&
      isName(record)
    return speaks ? [record] : []
  })
}

/** Returns the first record when all of them name one template; else undefined. */
function only(records: readonly EvidenceRecord[]): EvidenceRecord | undefined {
  return new Set(records.map(({ template }) => template)).size === 1 ? records[0] : undefined
}
