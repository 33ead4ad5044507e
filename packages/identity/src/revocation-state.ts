import { WhodidError } from '@whodid/model'
import { identityLimits } from './identity-limits.ts'

/** The objects that can be stopped. `agents_of`: every agent that acts for one person, and never the person. */
export const revocationKinds = [
  'instance',
  'delegation',
  'task',
  'credential',
  'template',
  'agents_of',
] as const

/** The steps of stopping. `revoke` is final; `resume` ends a `pause`. */
export const revocationActions = ['revoke', 'pause', 'resume'] as const

/** An object that is stopped, paused or resumed. */
export interface RevocationTarget {
  readonly kind: (typeof revocationKinds)[number]
  readonly id: string
}

/** A revocation that is on record. */
export interface Revocation {
  /** Counts up by one from 1, without a hole, per service. */
  readonly seq: number
  readonly id: string
  readonly tenant: string
  readonly action: (typeof revocationActions)[number]
  readonly target: RevocationTarget
  /** True when the descendants of the target are stopped with it. */
  readonly cascade: boolean
  /** The cause. It stands in the ledger indefinitely and names no person. */
  readonly cause: string
  readonly initiator: string
  /** Nanoseconds since 1970. */
  readonly atUnixNs: bigint
}

/** The names of an agent by which it may be stopped. All that are known are given. */
export interface RevocableAgent {
  readonly instance?: string | undefined
  /** Instances that started this one, and those that started them. */
  readonly ancestors?: readonly string[]
  readonly template?: string | undefined
  /** Templates of the ancestors. */
  readonly ancestorTemplates?: readonly string[]
  readonly delegator?: string | undefined
  readonly delegations?: readonly string[]
  readonly task?: string | undefined
  readonly credentials?: readonly string[]
}

/** The state of an agent, and the revocation that put it there. */
export interface AgentStanding {
  readonly standing: 'active' | 'paused' | 'revoked'
  readonly by: Revocation | undefined
}

/** A time during which an agent was stopped. */
export interface Stop {
  readonly by: Revocation
  /** The end of a pause; undefined while the stop is in force. */
  readonly until: Revocation | undefined
}

/** Who is stopped now and who was when. In memory, of one tenant; {@link Revocation}s are added in their order. */
export class RevocationState {
  readonly #byTarget = new Map<string, Revocation[]>()
  readonly #max: number
  #count = 0
  #newestSeq = 0

  constructor(max: number = identityLimits.revocationsMax) {
    this.#max = max
  }

  /** The number of the newest revocation; 0 where there is none. */
  get newestSeq(): number {
    return this.#newestSeq
  }

  /** Throws `log_full` where no more are held: a revocation that cannot be held must not be confirmed. */
  checkRoom(): void {
    if (this.#count >= this.#max)
      throw new WhodidError('log_full', `${this.#max} revocations are held already`)
  }

  /** Adds one. Throws as {@link checkRoom}. */
  add(revocation: Revocation): void {
    this.checkRoom()
    const key = keyOf(revocation.target)
    const known = this.#byTarget.get(key)
    if (known === undefined) this.#byTarget.set(key, [revocation])
    else known.push(revocation)
    this.#count += 1
    this.#newestSeq = Math.max(this.#newestSeq, revocation.seq)
  }

  /** The state of an agent: the worst that any of its names, or with cascade any of its ancestors', says. */
  standingOf(agent: RevocableAgent): AgentStanding {
    let worst: AgentStanding = { standing: 'active', by: undefined }
    for (const { revocations } of this.#concerning(agent)) {
      const [last] = stopsOf(revocations).slice(-1)
      if (last === undefined || last.until !== undefined) continue
      const standing = last.by.action === 'revoke' ? 'revoked' : 'paused'
      if (standing === 'revoked') return { standing, by: last.by }
      worst = { standing, by: last.by }
    }
    return worst
  }

  /** The times during which an agent was or is stopped, of each of its names, and with cascade of its ancestors'. */
  stopsOf(agent: RevocableAgent): Stop[] {
    return [...this.#concerning(agent)].flatMap(({ revocations }) => stopsOf(revocations))
  }

  /** The revocations of each name of an agent; of an ancestor's name, those that cascade. */
  *#concerning(agent: RevocableAgent): Generator<{ revocations: readonly Revocation[] }> {
    for (const target of targetsOf(agent)) {
      const revocations = this.#byTarget.get(keyOf(target))
      if (revocations !== undefined) yield { revocations }
    }
    for (const target of ancestorTargetsOf(agent)) {
      const revocations = this.#byTarget.get(keyOf(target))?.filter(
        // A resume ends the pause of the descendants too.
        ({ cascade, action }) => cascade || action === 'resume',
      )
      if (revocations !== undefined) yield { revocations }
    }
  }
}

/** The times during which a target was stopped. Nothing ends a revocation, which ends a pause; a pause of what is revoked adds nothing. */
function stopsOf(revocations: readonly Revocation[]): readonly Stop[] {
  const stops: Stop[] = []
  let paused: Revocation | undefined
  for (const each of revocations) {
    if (each.action === 'pause') paused ??= each
    if (each.action === 'resume' && paused !== undefined) {
      stops.push({ by: paused, until: each })
      paused = undefined
    }
    if (each.action === 'revoke') {
      const before = paused === undefined ? [] : [{ by: paused, until: each }]
      return [...stops, ...before, { by: each, until: undefined }]
    }
  }
  return paused === undefined ? stops : [...stops, { by: paused, until: undefined }]
}

function targetsOf(agent: RevocableAgent): RevocationTarget[] {
  const { instance, template, delegator, task, delegations = [], credentials = [] } = agent
  return [
    ...named('instance', instance),
    ...named('template', template),
    ...named('agents_of', delegator),
    ...named('task', task),
    ...delegations.flatMap((id) => named('delegation', id)),
    ...credentials.flatMap((id) => named('credential', id)),
  ]
}

function ancestorTargetsOf({
  ancestors = [],
  ancestorTemplates = [],
}: RevocableAgent): RevocationTarget[] {
  return [
    ...ancestors.flatMap((id) => named('instance', id)),
    ...ancestorTemplates.flatMap((id) => named('template', id)),
  ]
}

function named(kind: RevocationTarget['kind'], id: string | undefined): RevocationTarget[] {
  return id === undefined || id === '' ? [] : [{ kind, id }]
}

function keyOf({ kind, id }: RevocationTarget): string {
  return `${kind}:${id}`
}
