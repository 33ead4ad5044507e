import { seededRandom } from '../random.ts'
import type { Random } from '../random.ts'
import { lineOf, thingOf } from './log-lines.ts'
import type { Person } from './log-lines.ts'
import { spansOf, spansOfPerson } from './spans-of-call.ts'
import type { Call } from './spans-of-call.ts'
import { emitterNames, logNames } from './world-act.ts'
import type { ActKind, EmitterName, LogName, WorldAct } from './world-act.ts'

/** The share of each kind, in hundredths. Most acts in any log are people's. */
const shares: readonly (readonly [ActKind, number])[] = [
  ['by_hand', 34],
  ['by_hand_on_the_same_thing', 6],
  ['by_hand_recorded', 8],
  ['agent_recorded', 28],
  ['agent_stated', 4],
  ['agent_marked', 6],
  ['agent_hidden', 5],
  ['mark_forged', 3],
  ['agents_at_once', 3],
  ['person_beside_agent', 3],
]

const people: readonly Person[] = Array.from({ length: 12 }, (_, index) => ({
  login: `dev${index}`,
  email: `dev${index}@acme.example`,
}))

/** Logs into which an application's own instrumentation carries `traceparent`, whatever the agent is. */
const carriesTrace: ReadonlySet<LogName> = new Set(['postgres', 'access-log'])
/** Logs that know the credential by the name that the SDK gives it. */
const knowsCredential: ReadonlySet<LogName> = new Set(['github-audit', 'cloudtrail'])

/** The settings of a world. */
export interface WorldOptions {
  readonly seed: number
  readonly acts: number
  /** The time of the first act, and between two, in milliseconds. */
  readonly beginMs: number
  readonly stepMs: number
  /** True where agents have the SDK. Without it they have the telemetry of their products. */
  readonly hasSdk: boolean
}

/** Plays what people and agents do in five systems, and what of it each log and each telemetry has. The same options give the same world. */
export function playWorld(options: WorldOptions): readonly WorldAct[] {
  const random = seededRandom(options.seed)
  const acts: WorldAct[] = []
  for (let turn = 0; turn < options.acts; turn += 1) {
    const atMs = options.beginMs + turn * options.stepMs
    acts.push(...play({ random, options, id: acts.length, atMs, thing: 1_000 + turn }))
  }
  return acts.toSorted((a, b) => a.atMs - b.atMs)
}

interface Turn {
  readonly random: Random
  readonly options: WorldOptions
  readonly id: number
  readonly atMs: number
  readonly thing: number
}

function play(turn: Turn): WorldAct[] {
  const { random, options } = turn
  const kind = kindOf(random.int(100))
  const any = random.pick(logNames)
  // A commit is one act, and has one hash.
  const log = any === 'git-log' && ofTwoActs.has(kind) ? 'postgres' : any
  const person = pick(random, people)
  const emitters: readonly EmitterName[] = options.hasSdk ? ['whodid'] : emitterNames.slice(1)
  const emitter = pick(random, emitters)
  switch (kind) {
    case 'by_hand':
      return [act(turn, { kind, log, person })]
    case 'mark_forged':
      return [act(turn, { kind, log, person, program: 'claude-code' })]
    case 'by_hand_on_the_same_thing': {
      const agents = act(turn, { kind: 'agent_recorded', log, person, emitter })
      const later = { ...turn, id: turn.id + 1, atMs: turn.atMs + 90_000 }
      return [agents, act(later, { kind, log, person })]
    }
    case 'by_hand_recorded':
      return [act(turn, { kind, log, person, isRecorded: true })]
    case 'agent_recorded':
      return [act(turn, { kind, log, person, emitter })]
    case 'agent_stated':
      return [act(turn, { kind, log: 'github-audit', person, stated: `session-${turn.id}` })]
    case 'agent_marked':
      return [act(turn, { kind, log, person, program: 'claude-code' })]
    case 'agent_hidden':
      return [act(turn, { kind, log, person })]
    case 'agents_at_once': {
      const first = act(turn, { kind, log, person, emitter, isBare: true })
      const second = act(
        { ...turn, id: turn.id + 1, atMs: turn.atMs + 100 },
        { kind, log, person, emitter, isBare: true },
      )
      return [first, second]
    }
    case 'person_beside_agent': {
      const agents = act(turn, { kind, log, person, emitter, isBare: true })
      const own = act({ ...turn, id: turn.id + 1, atMs: turn.atMs + 150 }, { kind, log, person })
      return [agents, own]
    }
  }
}

const ofTwoActs: ReadonlySet<ActKind> = new Set([
  'by_hand_on_the_same_thing',
  'agents_at_once',
  'person_beside_agent',
])

interface Played {
  readonly kind: ActKind
  readonly log: LogName
  readonly person: Person
  /** The telemetry of the agent that did it; none for a person, or for an agent that sends nothing. */
  readonly emitter?: EmitterName
  readonly program?: string
  readonly stated?: string
  /** True where a person's own act is on record. */
  readonly isRecorded?: boolean
  /** True where nothing but thing, verb and person joins log and record. */
  readonly isBare?: boolean
}

const byHand: ReadonlySet<ActKind> = new Set([
  'by_hand',
  'by_hand_on_the_same_thing',
  'by_hand_recorded',
  'mark_forged',
])

function act(turn: Turn, played: Played): WorldAct {
  const { id, atMs, thing } = turn
  const { kind, log, person, emitter, program = '', stated = '' } = played
  const isBare = played.isBare === true
  const isRecorded = played.isRecorded === true
  const isAgent = isAgents(played)
  const call = callOf(turn, played)
  const { isCarried, isJoined } = linkOf(played)
  const logged = emitter === 'claude-code' ? 'claude-code' : program
  const traceparent = `00-${call.traceId}-${call.spanId}-01`
  const names = [call.instance, call.agent, stated, logged].filter((name) => name !== '')
  return {
    id,
    kind,
    atMs,
    actor: isAgent ? 'agent' : 'human',
    person: person.login,
    isUnderPerson: log !== 'postgres',
    agentNames: isAgent ? names : [],
    isDecidable: isJoined || stated !== '',
    log,
    resource: call.resource,
    line: lineOf(log, {
      id: `event-${id}`,
      atMs,
      thing,
      person,
      token: isBare ? '' : call.token,
      program: logged,
      traceparent: isCarried ? traceparent : '',
      stated,
    }),
    spans:
      emitter === undefined ? (isRecorded ? [spansOfPerson(call)] : []) : [spansOf(emitter, call)],
  }
}

function isAgents({ kind, emitter, program = '', stated = '' }: Played): boolean {
  if (byHand.has(kind)) return false
  return kind === 'agent_hidden' || emitter !== undefined || program !== '' || stated !== ''
}

/** Tells if an identifier reaches the log, and if that, or the credential, joins log and record. */
function linkOf({ emitter, log, isBare = false, isRecorded = false }: Played): {
  isCarried: boolean
  isJoined: boolean
} {
  if (isBare || (emitter === undefined && !isRecorded)) return { isCarried: false, isJoined: false }
  const isSdk = emitter === 'whodid'
  const isCarried = carriesTrace.has(log) || (isSdk && log === 'git-log')
  return { isCarried, isJoined: isCarried || ((isSdk || isRecorded) && knowsCredential.has(log)) }
}

function callOf({ random, id, atMs, thing }: Turn, { log, person, isBare = false }: Played): Call {
  const { resource, verb } = thingOf(log, thing)
  return {
    traceId: random.hex(32),
    spanId: random.hex(16),
    atMs,
    agent: `agent-${id % 7}`,
    instance: `i-${random.hex(12)}`,
    person: person.email,
    token: isBare ? `token-of-nobody-${id}` : `token-${person.login}`,
    resource,
    verb,
    toolCall: `call-${random.hex(12)}`,
  }
}

function kindOf(hundredth: number): ActKind {
  let above = 0
  for (const [kind, share] of shares) {
    above += share
    if (hundredth < above) return kind
  }
  return 'by_hand'
}

function pick<T>(random: Random, choices: readonly T[]): T {
  const [first, ...rest] = choices
  if (first === undefined) throw new Error('nothing to pick from')
  return random.pick([first, ...rest])
}
