import { handleOf } from './act.ts'
import type { Act, ActHandle } from './act.ts'
import type { Chance } from './chance.ts'
import { agentTemplates } from './corpus-exporter.ts'
import type { ExporterName } from './corpus-exporter.ts'
import { milliseconds, spanRefOf } from './sim-span.ts'
import type { SimSpan } from './sim-span.ts'
import { inputsBefore } from './inputs-before.ts'
import type { ReadInput } from './read-input.ts'
import { evidenceOf } from './truth.ts'
import type { CorpusQuestion } from './truth.ts'

/** A span on its way to the collector. */
export interface Emission {
  readonly span: SimSpan
  readonly by: ExporterName
  /** When it reaches the collector. */
  readonly arriveNs: bigint
}

/** A question before its truth is closed: which records arrived is known only in the end. */
export interface OpenQuestion extends Omit<CorpusQuestion, 'truth' | 'subjects'> {
  readonly act: Act | undefined
}

/** What one case put into the world. */
export interface SceneRecord {
  readonly emissions: Emission[]
  readonly acts: Act[]
  readonly questions: OpenQuestion[]
  /** What entered the context of an instance. */
  readonly reads: ReadInput[]
  /** Of each instance, the one that started it; '' of a root. */
  readonly descent: Map<string, string>
}

const people = ['ana', 'li', 'sam', 'kim', 'omar', 'eva', 'jo', 'mia', 'raj', 'tom'] as const
const batchDelayMs = 5_000

/** One case: the hands and eyes of a situation in the simulated world. */
export class Scene {
  readonly id: string
  readonly situation: string
  readonly chance: Chance
  /** When the case begins. */
  readonly startNs: bigint
  readonly record: SceneRecord = {
    emissions: [],
    acts: [],
    questions: [],
    reads: [],
    descent: new Map(),
  }

  constructor(given: { id: string; situation: string; chance: Chance; startNs: bigint }) {
    this.id = given.id
    this.situation = given.situation
    this.chance = given.chance
    this.startNs = given.startNs
  }

  /** Some person of the organisation. */
  human(): string {
    return `${this.chance.pick(people)}@acme.example`
  }

  /** Two people who are not the same. */
  twoHumans(): [string, string] {
    const at = this.chance.int(people.length)
    const other = (at + 1 + this.chance.int(people.length - 1)) % people.length
    return [`${people[at] ?? ''}@acme.example`, `${people[other] ?? ''}@acme.example`]
  }

  template(): string {
    return this.chance.pick(agentTemplates)
  }

  /** Something that many cases touch. */
  sharedResource(): string {
    const number = this.chance.int(6)
    return this.chance.pick([
      `github:pull:acme/app/${800 + number}`,
      `db:row:shop/customers/${40 + number}`,
      `file:/srv/app/src/module-${number}.ts`,
      `https://wiki.acme.example/pages/${number}`,
    ])
  }

  /** Something that this case alone touches. */
  ownResource(): string {
    return `db:row:shop/orders/${this.chance.hex(10)}`
  }

  /** Sends a span; it arrives `afterMs` after its end, by default as a batch processor would have it. */
  emit(span: SimSpan, by: ExporterName, afterMs?: number): SimSpan {
    const delayMs = afterMs ?? 200 + this.chance.int(batchDelayMs)
    this.record.emissions.push({ span, by, arriveNs: span.endNs + milliseconds(delayMs) })
    return span
  }

  /** Takes back what was sent of a span: it never arrives. */
  lose(span: SimSpan): void {
    const kept = this.record.emissions.filter(
      ({ span: sent }) => spanRefOf(sent) !== spanRefOf(span),
    )
    this.record.emissions.splice(0, Infinity, ...kept)
  }

  /** Lets every span that was sent so far arrive so much later. */
  delay(spans: readonly SimSpan[], byMs: number): void {
    const late = new Set(spans.map(spanRefOf))
    const moved = this.record.emissions.map((emission) =>
      late.has(spanRefOf(emission.span))
        ? { ...emission, arriveNs: emission.arriveNs + milliseconds(byMs) }
        : emission,
    )
    this.record.emissions.splice(0, Infinity, ...moved)
  }

  /** What was sent so far, each span once. */
  get sent(): SimSpan[] {
    return this.record.emissions.map(({ span }) => span)
  }

  /** Registers an act, so that it can be the answer to a question. */
  act(act: Act): Act {
    this.record.acts.push(act)
    return act
  }

  /** Puts another truth in the place of an act's. */
  replace(act: Act, by: Act): Act {
    this.record.acts.splice(this.record.acts.indexOf(act), 1, by)
    return by
  }

  /** The records of this case that began at that time or later. */
  refsSince(ns: bigint): string[] {
    return this.sent.filter(({ startNs }) => startNs >= ns).map(spanRefOf)
  }

  /** Asks for an act under each of these kinds of handle that it has. */
  ask(act: Act, ...kinds: readonly ActHandle[]): void {
    for (const kind of kinds) {
      const of = handleOf(act, kind)
      if (of !== undefined) this.askFor(act, of)
    }
  }

  /** Asks for an act under words of its own; a handle that names more than one act is bounded by the act's time. */
  askFor(act: Act, of: string, verb?: string): void {
    const namesOne = /^(?:span|action):/u.test(of)
    this.#add({ of, act, atNs: namesOne ? undefined : act.span.startNs + 1_000n, verb })
  }

  /** Asks under a name that acts share which nobody can put in order; `why` says so. Of one template, that is known. */
  askTied(acts: readonly [Act, ...Act[]], kind: ActHandle, why: string): void {
    const [first] = acts
    const subjects = acts.flatMap((act) => act.subjects)
    const isOneTemplate = new Set(acts.map(({ truth }) => truth.template)).size === 1
    const parts = { instance: why, delegator: why, prompt: why, chain: why }
    this.ask({ ...first, subjects, lacking: isOneTemplate ? parts : { verdict: why } }, kind)
  }

  /** Asks for something of which no act can be named. */
  askNothing(of: string, atNs?: bigint): void {
    this.#add({ of, act: undefined, atNs, verb: undefined })
  }

  #add({
    atNs,
    ...asked
  }: Pick<OpenQuestion, 'of' | 'act' | 'verb'> & { atNs: bigint | undefined }): void {
    const id = `${this.id}#${this.record.questions.length + 1}`
    const at = atNs === undefined ? undefined : formatNs(atNs)
    this.record.questions.push({ ...asked, id, situation: this.situation, at })
  }
}

/** Closes a question: of its chain and of its inputs, what never arrived is not asked for. */
export function closeQuestion(
  { act, ...question }: OpenQuestion,
  record: SceneRecord,
  arrived: ReadonlySet<string>,
): CorpusQuestion {
  if (act === undefined)
    return {
      ...question,
      subjects: [],
      truth: {
        verdict: 'undetermined',
        who: null,
        instance: null,
        template: null,
        delegator: null,
        prompt: null,
        chain: [],
        beside: [],
        inputs: [],
        evidence: evidenceOf({ verdict: 'nothing of it is on record' }),
      },
    }
  const { truth, lacking } = act
  return {
    ...question,
    subjects: act.subjects,
    truth: {
      ...truth,
      chain: truth.chain.filter((ref) => arrived.has(ref)),
      inputs: inputsBefore(act, record).filter(({ span }) => arrived.has(span)),
      evidence: evidenceOf(lacking),
    },
  }
}

function formatNs(ns: bigint): string {
  const second = new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19)
  return `${second}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`
}
