import type { EvidenceRecord } from './evidence-record.ts'

/** Whom a claim is about, as far as tokens are bound: `agent:<template>`, `human`, `service`; '' for nobody. */
export type ActorKey = '' | 'human' | 'service' | `agent:${string}`

/** What one exporter's entitled records show. */
interface Shown {
  readonly actors: Set<ActorKey>
  /** Whether its records may stand under everybody's, and whether it speaks for every template. */
  isUnderAll: boolean
  isOfAnyAgent: boolean
}

/** What the evidence shows of whom each exporter may speak for. Nothing else is known of it: tokens change, records stay. */
export interface Entitlements {
  /** Whether what it says of that actor settles anything on another exporter's record. */
  readonly speaks: (exporter: string, actor: ActorKey) => boolean
  /** Whether its records may stand under that actor's: it speaks for the actor, or for whoever stands above. */
  readonly inherits: (exporter: string, actor: ActorKey) => boolean
  /**
   * Whether a record's exporter may speak for whom it is of: by its own word, or, where it names nobody, by what its own
   * exporter's nearest record above it names.
   */
  readonly isBacked: (record: EvidenceRecord) => boolean
}

/** Records above one that are looked at for whom it is of; a longer way is no call of an agent. */
const ownHopsMax = 64

/**
 * Reads from all versions of all records whom their exporters are entitled to. An entitled record that names an actor shows
 * its exporter entitled to that actor; one of an agent of no template, to every agent; one that names nobody, to stand under
 * everybody.
 */
export function readEntitlements(
  relatedRecords: ReadonlyMap<string, readonly EvidenceRecord[]>,
): Entitlements {
  const shown = new Map<string, Shown>()
  for (const versions of relatedRecords.values())
    for (const record of versions) {
      if (record.channel !== 'entitled') continue
      const one = shown.get(record.exporter) ?? {
        actors: new Set(),
        isUnderAll: false,
        isOfAnyAgent: false,
      }
      shown.set(record.exporter, one)
      const actor = ownActorOf(record)
      if (actor !== '') one.actors.add(actor)
      else if (record.actor_type === '') one.isUnderAll = true
      else one.isOfAnyAgent = true
    }
  const speaks = (exporter: string, actor: ActorKey): boolean => {
    const one = shown.get(exporter)
    if (one === undefined || actor === '') return false
    return one.actors.has(actor) || (one.isOfAnyAgent && actor.startsWith('agent:'))
  }
  return {
    isBacked: (record) =>
      isBacked(record, (below) => {
        const versions = relatedRecords.get(below.parent)
        return (
          versions?.find(({ exporter }) => exporter === record.exporter) ??
          versions?.find((version) => version.channel === 'entitled' && version.actor_type === '')
        )
      }),
    speaks,
    inherits: (exporter, actor) =>
      speaks(exporter, actor) || (shown.get(exporter)?.isUnderAll ?? false),
  }
}

/**
 * Whether a record's exporter may speak for whom it is of: by its own word, or, where it names nobody, by what its own
 * exporter's nearest record above it names.
 */
export function isBacked(
  record: EvidenceRecord,
  aboveOf: (below: EvidenceRecord) => EvidenceRecord | undefined,
): boolean {
  let above: EvidenceRecord | undefined = record
  for (let hops = 0; above !== undefined && hops < ownHopsMax; hops += 1) {
    const isOwn = above.exporter === record.exporter
    if (isOwn && above.channel === 'entitled') return true
    if (isOwn && (above.channel === 'unentitled' || !namesNobody(above))) return false
    above = aboveOf(above)
  }
  return false
}

/** Whom a record itself names, as far as tokens are bound. An agent of no template is nobody in particular. */
export function ownActorOf({ actor_type: type, template }: EvidenceRecord): ActorKey {
  if (type === 'human' || type === 'service') return type
  return type === 'agent' && template !== '' ? `agent:${template}` : ''
}

/** Whether it names nobody in particular: nobody at all, or an agent without a name, as frameworks do on their calls. */
export function namesNobody({
  actor_type: type,
  template,
  instance,
}: Pick<EvidenceRecord, 'actor_type' | 'template' | 'instance'>): boolean {
  return type === '' || (type === 'agent' && template === '' && instance === '')
}
