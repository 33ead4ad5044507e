import { ownActorOf } from '../evidence/entitlements.ts'
import type { ActorKey, Entitlements } from '../evidence/entitlements.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import type { Ancestors } from './join-path.ts'
import { resolveClaims, silenced } from './resolve-claims.ts'

/** The ancestors as far as their claims are admitted. */
export interface Crossed {
  /** The ancestors that may make claims on the actor; cut where an exporter's claims no longer count. */
  readonly ancestors: Ancestors
  /** The subject's actor; '' when nobody is named. */
  readonly actor: ActorKey
  /** The record that is not admitted; undefined when all are. */
  readonly notAdmitted: NotAdmitted | undefined
}

/** A record above the subject whose claims do not count for the subject. */
export interface NotAdmitted {
  /** The nearest that names somebody, else the record at which the ancestors were cut. */
  readonly record: EvidenceRecord
  /** The exporter that may not speak for that actor; if it is the record's own, it counts only on its own records. */
  readonly exporter: string
}

/**
 * Rule `crosses_exporters`: a claim on the actor is inherited across exporters only when all of them may speak for that
 * actor: the one whose record makes the claim, and each one whose record leads up to it by its parent. The rule does
 * not apply within the records of one exporter.
 *
 * A parent's ID is only a number that a sender writes. Without this rule a token for one agent could attach its act to
 * any span it had seen, and supply the missing parent of another's span with claims for that span to inherit.
 */
export function crossExporters(ancestors: Ancestors, entitlements: Entitlements): Crossed {
  const { records } = ancestors
  const isAdmitted = admission(records, entitlements)
  const { actor, template } = resolveClaims(
    records.map((record, index) => (isAdmitted(index) ? record : silenced(record))),
  )
  const key =
    actor?.actor_type === 'agent' ? (`agent:${template?.template ?? ''}` as const) : keyOf(actor)
  const reach = reachOf(records, key, entitlements)
  return {
    actor: key,
    notAdmitted: findNotAdmitted(records, reach, { isAdmitted, entitlements }),
    ancestors:
      reach === records.length
        ? ancestors
        : {
            records: records.slice(0, reach),
            missingParent: records[reach]?.key ?? '',
            cycleAt: '',
          },
  }
}

function findNotAdmitted(
  records: readonly EvidenceRecord[],
  reach: number,
  {
    isAdmitted,
    entitlements,
  }: { readonly isAdmitted: (index: number) => boolean; readonly entitlements: Entitlements },
): NotAdmitted | undefined {
  const named = records.findIndex(
    (record, index) => index >= reach && record.actor_type !== '' && !isAdmitted(index),
  )
  const record = records[named < 0 ? reach : named]
  if (record === undefined) return undefined
  const actor = keyWithin(records, named < 0 ? reach : named)
  const below = records
    .slice(0, named < 0 ? reach : named)
    .find((one) => one.exporter !== record.exporter && !entitlements.inherits(one.exporter, actor))
  const isBacked = record.channel === 'entitled' && record.actor_type !== ''
  return {
    record,
    exporter: isBacked && below !== undefined ? below.exporter : record.exporter,
  }
}

function keyOf(actor: EvidenceRecord | undefined): ActorKey {
  return actor === undefined ? '' : ownActorOf(actor)
}

/** Returns a test: true when an ancestor's claim on the actor counts for the subject. */
function admission(
  records: readonly EvidenceRecord[],
  { speaks, inherits }: Entitlements,
): (index: number) => boolean {
  const admitted: boolean[] = []
  const passed = new Set<string>()
  records.forEach((record, index) => {
    passed.add(record.exporter)
    const key = keyWithin(records, index)
    admitted.push(
      passed.size === 1 ||
        (record.actor_type !== '' &&
          record.channel === 'entitled' &&
          (speaks(record.exporter, key) || inherits(record.exporter, key)) &&
          [...passed].every((one) => one === record.exporter || inherits(one, key))),
    )
  })
  return (index) => admitted[index] ?? false
}

/** Returns a record's actor: the one it names, else the one that its exporter's nearest record above it names. */
function keyWithin(records: readonly EvidenceRecord[], index: number): ActorKey {
  const record = records[index]
  if (record === undefined) return ''
  if (record.actor_type !== 'agent') return ownActorOf(record)
  for (let above = index; above < index + templateHopsMax; above += 1) {
    const one = records[above]
    if (one === undefined || one.exporter !== record.exporter) break
    if (one.actor_type === 'agent' && one.template !== '') return `agent:${one.template}`
  }
  return 'agent:'
}

/** The maximum number of records read upwards to find a record's template. */
const templateHopsMax = 64

/** Returns the number of records, from the subject on, whose exporters may all speak for the actor, or are one. */
function reachOf(
  records: readonly EvidenceRecord[],
  actor: ActorKey,
  { inherits }: Entitlements,
): number {
  const own = records[0]?.exporter
  const isOwn = (record: EvidenceRecord): boolean => record.exporter === own
  const border = records.findIndex((record) => !isOwn(record))
  if (border < 0) return records.length
  const mayInherit = (record: EvidenceRecord): boolean =>
    actor !== '' && inherits(record.exporter, actor)
  const [subject] = records
  if (subject === undefined || !mayInherit(subject)) return border
  const end = records.findIndex((record) => !mayInherit(record))
  return end < 0 ? records.length : end
}
