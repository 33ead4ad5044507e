import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchOptions, Measure } from '../bench.ts'
import { dirWithin, inBenchDir } from '../ingest/in-bench-dir.ts'
import type { FocusedAct } from './agents-messages.ts'
import { killDescendants } from './kill-descendants.ts'
import { killMeasures } from './kill-measures.ts'
import type { Killed } from './kill-measures.ts'
import { launchAgent } from './launched-agents.ts'
import type { LaunchedAgent } from './launched-agents.ts'
import { startProxied } from './proxied-agents.ts'
import type { ProxiedAgents } from './proxied-agents.ts'
import { startAgents } from './start-agents.ts'
import type { AgentsProcess } from './start-agents.ts'
import { startService } from './start-service.ts'
import type { Service } from './start-service.ts'

/** The numbers of a run. */
interface Extent {
  readonly processes: number
  readonly agentsPerProcess: number
  readonly launched: number
  readonly proxied: number
  /** Kills of agents with the SDK, per process; all of those at the other points are killed but one. */
  readonly killsPerProcess: number
  readonly proxyKills: number
  /** Agents of which every act is asked about. */
  readonly asked: number
  readonly children: number
  readonly grandchildren: number
}

const full: Extent = {
  processes: 5,
  agentsPerProcess: 190,
  launched: 10,
  proxied: 40,
  killsPerProcess: 20,
  proxyKills: 30,
  asked: 20,
  children: 10,
  grandchildren: 19,
}
const quickExtent: Extent = {
  processes: 2,
  agentsPerProcess: 8,
  launched: 2,
  proxied: 3,
  killsPerProcess: 1,
  proxyKills: 2,
  asked: 2,
  children: 2,
  grandchildren: 3,
}

const person = 'jane@acme.example'
/** Milliseconds for which an agent acts without a pause before it is killed. */
const focusMs = 1_000

/**
 * Kills agents at work and measures when each acted last: of agents with the SDK in several processes, of agents under the launcher and
 * behind the MCP proxy, and of the descendants of one agent in all of the processes. Then asks about the acts of some. Throws when
 * anybody is stopped who was not killed, or anybody goes on who was.
 */
export function measureKills({ quick, say }: BenchOptions): Promise<readonly Measure[]> {
  return inBenchDir(async (dir) => {
    const service = await startService(await dirWithin(dir, 'service'))
    try {
      return await measure(service, quick ? quickExtent : full, say)
    } finally {
      await service.stop()
    }
  })
}

interface Points {
  readonly processes: readonly AgentsProcess[]
  readonly launched: readonly LaunchedAgent[]
  readonly proxied: ProxiedAgents
}

async function measure(
  service: Service,
  extent: Extent,
  say: (line: string) => void,
): Promise<readonly Measure[]> {
  const points = await startPoints(service, extent)
  const { processes, launched, proxied } = points
  try {
    const subscribed = extent.processes * extent.agentsPerProcess + extent.launched + extent.proxied
    say(`${subscribed} agents listen`)
    const bySdk = await killFocused(service, processes, extent)
    say(`${bySdk.killed.length} agents with the SDK are killed`)
    const killed = [
      ...bySdk.killed,
      ...(await killLaunched(service, launched)),
      ...(await killProxied(service, proxied, extent)),
    ]
    await checkOthers(points, bySdk.instances, extent)
    say(`${killed.length} are killed at all points; nobody else is stopped`)
    const cascade = await killDescendants(service, processes, extent)
    say(`${cascade.descendants} descendants are stopped`)
    for (const one of processes) await one.ask({ kind: 'flush' }, 'flushed')
    const classes = await classify(service, bySdk.around.slice(0, extent.asked))
    return killMeasures({ subscribed, killed, cascade, classes })
  } finally {
    await Promise.all([...processes, ...launched, proxied].map((one) => one.stop()))
  }
}

async function startPoints(service: Service, extent: Extent): Promise<Points> {
  const { apiUrl, otlpUrl: endpoint, ingestToken: token } = service
  const template = 'bench-agent'
  const settings = { endpoint, apiUrl, token, count: extent.agentsPerProcess, template, person }
  const times = <One>(count: number, make: () => Promise<One>): Promise<One[]> =>
    Promise.all(Array.from({ length: count }, make))
  const [processes, launched, proxied] = await Promise.all([
    times(extent.processes, () => startAgents(settings)),
    times(extent.launched, () => launchAgent(service, person)),
    startProxied(service, person),
  ])
  // Every process is told what is in force before it is measured.
  for (const one of processes) await one.ask({ kind: 'round' }, 'rounded')
  return { processes, launched, proxied }
}

/** The acts of one agent that ran from a second before its order on. */
interface ActsAround {
  readonly instance: string
  readonly acts: readonly FocusedAct[]
}

interface KilledFocused {
  readonly killed: readonly Killed[]
  readonly instances: ReadonlySet<string>
  readonly around: readonly ActsAround[]
}

/** Kills agents of each process in turn, each in the middle of its work. */
async function killFocused(
  service: Service,
  processes: readonly AgentsProcess[],
  { killsPerProcess }: Extent,
): Promise<KilledFocused> {
  const killed: Killed[] = []
  const instances = new Set<string>()
  const around: ActsAround[] = []
  const killOne = async (at: AgentsProcess, instance = ''): Promise<void> => {
    const focused = at.ask({ kind: 'focus', instance }, 'focused')
    await sleep(focusMs)
    const orderedAtMs = await service.kill(instance)
    const { acts } = await focused
    const lastRanAtMs = Math.max(...acts.map(({ ranAtMs }) => ranAtMs))
    killed.push({ point: 'sdk', orderedAtMs, lastRanAtMs })
    instances.add(instance)
    const sinceMs = orderedAtMs - focusMs
    around.push({ instance, acts: acts.filter(({ ranAtMs }) => ranAtMs >= sinceMs) })
  }
  for (let kill = 0; kill < killsPerProcess; kill += 1)
    for (const at of processes) await killOne(at, at.instances[kill])
  return { killed, instances, around }
}

/** Kills all launched agents but the first, each at work. */
async function killLaunched(
  service: Service,
  [, ...launched]: readonly LaunchedAgent[],
): Promise<readonly Killed[]> {
  const killed: Killed[] = []
  for (const one of launched) {
    const orderedAtMs = await service.kill(one.instance)
    await one.ended
    killed.push({ point: 'launcher', orderedAtMs, lastRanAtMs: one.lastActMs() })
  }
  return killed
}

const proxiedName = (place: number): string => `proxied-${place}`

/** Kills the first of the agents behind the proxy, each at work. */
async function killProxied(
  service: Service,
  proxied: ProxiedAgents,
  { proxyKills }: Extent,
): Promise<readonly Killed[]> {
  const killed: Killed[] = []
  for (let place = 0; place < proxyKills; place += 1) {
    const calling = proxied.callUntilRefused(proxiedName(place))
    await sleep(focusMs / 4)
    const orderedAtMs = await service.kill(proxiedName(place))
    killed.push({ point: 'mcp_proxy', orderedAtMs, lastRanAtMs: await calling })
  }
  return killed
}

/** Throws when anybody is stopped who was not killed, or anybody goes on who was. */
async function checkOthers(
  { processes, launched, proxied }: Points,
  killed: ReadonlySet<string>,
  { proxied: count, proxyKills }: Extent,
): Promise<void> {
  const rounds = await Promise.all(processes.map((one) => one.ask({ kind: 'round' }, 'rounded')))
  const refused = new Set(rounds.flatMap((round) => round.refused))
  if (refused.size !== killed.size || [...killed].some((instance) => !refused.has(instance)))
    throw new Error(`${refused.size} agents were refused; ${killed.size} were killed`)
  if (!rounds.every(({ personActed }) => personActed))
    throw new Error('the person was stopped with an agent')
  for (let place = 0; place < count; place += 1)
    if ((await proxied.call(proxiedName(place))) === place < proxyKills)
      throw new Error(`behind the proxy, agent ${place} of ${count} is not as it was ordered`)
  const [sibling] = launched
  const beforeMs = Date.now()
  await sleep(focusMs)
  if (sibling === undefined || sibling.lastActMs() < beforeMs)
    throw new Error('a launched agent was stopped that was not killed')
}

const questionsAtOnce = 4
/** Acts that are asked about: of the first agents whole. */
const actsAskedMax = 300
const recordTimeoutMs = 60_000
const recordLookMs = 500

/** The class of every act, and of the act that each agent was refused, as answers give it. */
async function classify(
  service: Service,
  around: readonly ActsAround[],
): Promise<readonly string[]> {
  const refused = around.map(({ instance }) => onRecord(() => service.refusedAct(instance)))
  const ran = around.flatMap(({ acts }) => acts.map(({ span }) => span))
  const spans = [...(await Promise.all(refused)), ...ran.slice(0, actsAskedMax)]
  const classes: string[] = []
  const classOf = (span: string): Promise<string> => onRecord(() => service.classOf(span))
  const ask = async (): Promise<void> => {
    for (let span = spans.pop(); span !== undefined; span = spans.pop())
      classes.push(await classOf(span))
  }
  await Promise.all(Array.from({ length: questionsAtOnce }, ask))
  return classes
}

/** Asks until something is on record. Throws where it is not within a minute. */
async function onRecord(look: () => Promise<string | undefined>): Promise<string> {
  const deadlineMs = Date.now() + recordTimeoutMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > deadlineMs) throw new Error('an act of a killed agent is not on record')
    await sleep(recordLookMs)
  }
}
