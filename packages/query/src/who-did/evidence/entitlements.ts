import type { EvidenceRecord } from './evidence-record.ts'

/** The subject of a claim, in the terms of tokens: `agent:<template>`, `human`, `service`; '' for nobody. */
export type ActorKey = '' | 'human' | 'service' | `agent:${string}`

/** The entitlements that one exporter's entitled records show. */
interface Shown {
  readonly actors: Set<ActorKey>
  /** True when its records may be below anyone's; `isOfAnyAgent` is true when it may speak for every template. */
  isUnderAll: boolean
  isOfAnyAgent: boolean
}

/**
 * The actors that each exporter may speak for, as the evidence shows. Tokens are not read, since they change and records do
 * not.
 */
export interface Entitlements {
  /** True when the exporter's claim on that actor can decide another exporter's record. */
  readonly speaks: (exporter: string, actor: ActorKey) => boolean
  /** True when its records may be below that actor's: it speaks for the actor, or may be below anyone. */
  readonly inherits: (exporter: string, actor: ActorKey) => boolean
  /**
   * True when a record's exporter may speak for its actor: by the record's own claim, or, where it names nobody, by the claim
   * of the nearest record above it of the same exporter.
   */
  readonly isBacked: (record: EvidenceRecord) => boolean
}

/** The most ancestors searched for a record's actor; a longer chain is no call of an agent. */
const ownHopsMax = 64

/**
 * Reads from all versions of all records the actors that their exporters are entitled to. An entitled record that names an
 * actor entitles its exporter to that actor; one of an agent without a template, to every agent; one that names nobody, to
 * be below anyone.
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
        const versions = relatedRecords.get(below.parent) ?? []
        const own = versions.filter(({ exporter }) => exporter === record.exporter)
        return (
          // Of an exporter's own versions the best backed leads, in whatever order they came.
          own.toSorted((a, b) => rankOf(a) - rankOf(b))[0] ??
          versions.find((version) => version.channel === 'entitled' && version.actor_type === '')
        )
      }),
    speaks,
    inherits: (exporter, actor) =>
      speaks(exporter, actor) || (shown.get(exporter)?.isUnderAll ?? false),
  }
}

/**
 * True when a record's exporter may speak for its actor: by the record's own claim, or, where it names nobody, by the claim
 * of the nearest record above it of the same exporter.
 */
export function isBacked(
  record: EvidenceRecord,
  aboveOf: (below: EvidenceRecord) => EvidenceRecord | undefined,
): boolean {
  let above: EvidenceRecord | undefined = record
  for (let hops = 0; above !== undefined && hops < ownHopsMax; hops += 1) {
    const isOwn = above.exporter === record.exporter
    if (isOwn && above.channel === 'entitled') return true
    if (isOwn && (isNeverBacked(above) || !namesNobody(above))) return false
    above = aboveOf(above)
  }
  return false
}

/** True for a claim that its sender may not make, and for what an importer read in another system's log. */
function isNeverBacked({ channel }: Pick<EvidenceRecord, 'channel'>): boolean {
  return channel === 'unentitled' || channel === 'imported'
}

const channels = ['entitled', 'unbound', 'unentitled', 'imported']

/** Returns the place of a record's channel among the channels, the best backed first. */
export function rankOf({ channel }: Pick<EvidenceRecord, 'channel'>): number {
  return channels.indexOf(channel)
}

/** Returns the actor that a record itself names, in the terms of tokens. An agent without a template counts as nobody. */
export function ownActorOf({ actor_type: type, template }: EvidenceRecord): ActorKey {
  if (type === 'human' || type === 'service') return type
  return type === 'agent' && template !== '' ? `agent:${template}` : ''
}

/** True when a record names nobody, or only an agent without a name, as frameworks do on their calls. */
export function namesNobody({
  actor_type: type,
  template,
  instance,
}: Pick<EvidenceRecord, 'actor_type' | 'template' | 'instance'>): boolean {
  return type === '' || (type === 'agent' && template === '' && instance === '')
}
