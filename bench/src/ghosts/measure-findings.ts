import { setTimeout as sleep } from 'node:timers/promises'
import { startService } from '../identity/start-service.ts'
import type { Service } from '../identity/start-service.ts'
import { readUsageOfChildren } from '../process-usage.ts'
import { deliverWorld } from './deliver-world.ts'
import { playWorld } from './play-world.ts'
import type { WorldAct } from './world-act.ts'

/** The findings about a live world. */
export interface FoundGhosts {
  /** Seconds from each ghost act to the finding that names it. */
  readonly delays: readonly number[]
  /** Ghost acts that log and telemetry suffice to see, and those that a finding names. */
  readonly sought: number
  readonly found: number
  /** Hits of the rule, and those of them that name the agent whose act it was. */
  readonly hits: number
  readonly right: number
  /** CPU seconds of the engine. */
  readonly engineCpuSeconds: number
}

/** Acts a second, seconds between two imports of the logs, and seconds in which the last acts must be found. */
const stepMs = 250
const importEveryMs = 5_000
const afterMs = 50_000

/** Plays a world at its own pace into a service of its own, and waits for the findings. `detectSeconds` 0 runs no detections. */
export async function measureFindings(
  dataDir: string,
  { seconds, seed, detectSeconds }: { seconds: number; seed: number; detectSeconds: number },
): Promise<FoundGhosts> {
  const service = await startService(dataDir, { WHODID_DETECT_SECONDS: String(detectSeconds) })
  try {
    const beginMs = Date.now()
    const acts = (seconds * 1_000) / stepMs
    const world = playWorld({ seed, acts, beginMs, stepMs, hasSdk: true }).filter(
      ({ atMs }) => atMs < beginMs + seconds * 1_000,
    )
    const before = readUsageOfChildren(service.processId).cpuSeconds
    for (let at = beginMs; at < beginMs + seconds * 1_000; at += importEveryMs) {
      await sleep(Math.max(0, at + importEveryMs - Date.now()))
      await deliverWorld(
        service,
        world.filter(({ atMs }) => atMs >= at && atMs < at + importEveryMs),
      )
    }
    await sleep(afterMs)
    const engineCpuSeconds = readUsageOfChildren(service.processId).cpuSeconds - before
    return { ...scoreHits(await hitsOf(service), world), engineCpuSeconds }
  } finally {
    await service.stop()
  }
}

interface Hit {
  readonly hit: string
  readonly acted_at: string
  readonly found_at: string
}

async function hitsOf(service: Service): Promise<Hit[]> {
  // The API's own schema is held by its tests.
  const { findings } = (await service.get('/v1/findings?rule=ghost-act&limit=100')) as {
    readonly findings: readonly { readonly id: string }[]
  }
  const described = await Promise.all(
    findings.map(async ({ id }) => {
      const finding = await service.get(`/v1/findings/${id}`)
      // As above.
      return finding as { readonly hits: readonly Hit[] }
    }),
  )
  return described.flatMap(({ hits }) => hits)
}

function scoreHits(
  hits: readonly Hit[],
  world: readonly WorldAct[],
): Omit<FoundGhosts, 'engineCpuSeconds'> {
  const byName = new Map(
    hits.map((hit) => [hit.hit.replace(/^(?:instance|template|marked):/u, ''), hit]),
  )
  const ghosts = world.filter(
    ({ actor, isDecidable, isUnderPerson }) => actor === 'agent' && isDecidable && isUnderPerson,
  )
  const named = ghosts.flatMap(
    ({ agentNames }) =>
      agentNames.map((name) => byName.get(name)).find((hit) => hit !== undefined) ?? [],
  )
  const agents = new Set(
    world.filter(({ actor }) => actor === 'agent').flatMap(({ agentNames }) => agentNames),
  )
  return {
    delays: named.map((hit) => (Date.parse(hit.found_at) - Date.parse(hit.acted_at)) / 1_000),
    sought: ghosts.length,
    found: named.length,
    hits: hits.length,
    right: [...byName.keys()].filter((name) => agents.has(name)).length,
  }
}
