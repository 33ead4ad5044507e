import { ownActorOf } from '../evidence/entitlements.ts'
import type { ActorKey, Entitlements } from '../evidence/entitlements.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import type { Ancestors } from './join-path.ts'
import { resolveClaims, silenced } from './resolve-claims.ts'

/** The ancestors as far as they can be believed. */
export interface Crossed {
  /** As many of the ancestors as say something of the actor; cut where a sender's word reaches no farther. */
  readonly ancestors: Ancestors
  /** Whom the subject is of; '' when nobody is named. */
  readonly actor: ActorKey
  /** What is not admitted; undefined when everything is. */
  readonly notAdmitted: NotAdmitted | undefined
}

/** A record above the subject whose exporter's word does not reach it. */
export interface NotAdmitted {
  /** The nearest that names somebody, else the one at which the ancestors were cut. */
  readonly record: EvidenceRecord
  /** The exporter that may not speak for that actor; where it is the record's own, its word settles nothing but on its own records. */
  readonly exporter: string
}

/**
 * Rule `crosses_exporters`: between records of two exporters a claim on who acted is inherited only where both may speak for
 * that actor: the one whose record makes the claim, and every one whose record leads up to it by its parent. Within the
 * records of one exporter nothing crosses.
 *
 * A parent's ID is only a number that a sender writes. Without this rule a token for one agent could put its act on whoever's
 * span it had seen, and supply the missing parent of another's span with what that one is to have inherited.
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

/** Tells of each ancestor whether its word on who acted reaches the subject. */
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

/** Whom a record is of: as it says, or as its own exporter's nearest record above it does. */
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

/** Records above one that are looked at for its template. */
const templateHopsMax = 64

/** How many of the records, from the subject on, come from senders that may all speak for the actor, or from one. */
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
