import type { BenchOptions, Measure } from '../bench.ts'
import { startService } from '../identity/start-service.ts'
import { dirWithin, inBenchDir } from '../ingest/in-bench-dir.ts'
import { percentile } from '../percentile.ts'
import { canReadUsage, noUsageReason } from '../process-usage.ts'
import { deliverWorld } from './deliver-world.ts'
import { measureFindings } from './measure-findings.ts'
import { playWorld } from './play-world.ts'
import { scoreGhosts } from './score-ghosts.ts'
import type { GhostScore, Share } from './score-ghosts.ts'

const seed = 20_261_129
const acts = 3_000
const actsQuick = 400
/** Milliseconds between two acts of the simulated world. */
const stepMs = 2_500

/**
 * Scores the ghost report against worlds in which it is known who did what: real collector, real imports, real API. Once where no agent is
 * instrumented, and once where each has the SDK.
 */
export async function runGhosts({ quick, say }: BenchOptions): Promise<readonly Measure[]> {
  const count = quick ? actsQuick : acts
  return inBenchDir(async (dir) => {
    const measures: Measure[] = []
    for (const hasSdk of [false, true]) {
      const name = hasSdk ? 'sdk' : 'uninstrumented'
      const service = await startService(await dirWithin(dir, name))
      try {
        const beginMs = Date.now() - (count + 60) * stepMs
        const world = playWorld({ seed, acts: count, beginMs, stepMs, hasSdk })
        say(`${name}: ${world.length} acts in five logs`)
        await deliverWorld(service, world)
        const score = await scoreGhosts(service, world)
        for (const [fault, times] of countOf(score.faults)) say(`${name}: ${times} × ${fault}`)
        measures.push(...measuresOf(name, score))
      } finally {
        await service.stop()
      }
    }
    measures.push(...(await measureLive(dir, { quick, say })))
    return measures
  })
}

/** Plays a world live, once with the detections and once without, so that the engine's CPU tells what they cost. */
async function measureLive(
  dir: string,
  { quick, say }: Pick<BenchOptions, 'quick' | 'say'>,
): Promise<Measure[]> {
  const seconds = quick ? 20 : 240
  const live = async (name: string, detectSeconds: number) => {
    say(`${name}: ${seconds} s of four acts a second, logs imported every five seconds`)
    return measureFindings(await dirWithin(dir, name), { seconds, seed, detectSeconds })
  }
  const without = await live('live-without', 0)
  const found = await live('live', 30)
  const of = 'four acts a second in five logs, imported every five seconds, detections every 30 s'
  const share = 1 - without.engineCpuSeconds / found.engineCpuSeconds
  return [
    found.delays.length === 0
      ? { name: 'ghost_act_to_finding_p95_s', value: null, unit: 's', of, why: 'nothing was found' }
      : {
          name: 'ghost_act_to_finding_p95_s',
          value: percentile(found.delays, 0.95),
          unit: 's',
          of: `${of}; from the act's own time`,
        },
    shareOf(
      'ghost_act_recall',
      { of: found.sought, right: found.found },
      `${of}: of the acts of agents under a person's account that log and telemetry suffice to see, those found`,
    ),
    shareOf(
      'ghost_act_precision',
      { of: found.hits, right: found.right },
      `${of}: of the hits of "ghost-act", those whose agent acted`,
    ),
    canReadUsage
      ? {
          name: 'detection_engine_cpu_share',
          value: share,
          unit: 'share',
          of: `${of}: of the engine's CPU, what all detections take, against a run without them`,
        }
      : { name: 'detection_engine_cpu_share', value: null, unit: 'share', of, why: noUsageReason },
  ]
}

function measuresOf(
  name: string,
  { firm, marked, forged, decided, blamed }: GhostScore,
): Measure[] {
  const of = name === 'sdk' ? 'each agent has the SDK' : 'no agent is instrumented'
  return [
    shareOf(
      `${name}_attribution_precision`,
      firm,
      `${of}: of the acts laid to an agent by a record or the system's own statement, those that were that agent's`,
    ),
    shareOf(
      `${name}_mark_precision`,
      marked,
      `${of}: of the acts laid to an agent by a mark that any client can write, those that were that agent's`,
    ),
    shareOf(
      `${name}_decided_share`,
      decided,
      `${of}: of the acts that log and telemetry suffice to decide, those decided rightly`,
    ),
    shareOf(
      `${name}_forged_marks_listed`,
      forged,
      `${of}: of the acts that people marked as an agent's, those listed as an agent's, the mark given as the reason`,
    ),
    {
      name: `${name}_people_blamed`,
      value: blamed,
      unit: 'count',
      of: `${of}: acts of people that were laid to an agent by more than a mark`,
    },
  ]
}

function shareOf(name: string, { of: all, right }: Share, of: string): Measure {
  if (all === 0) return { name, value: null, unit: 'share', of, why: 'there was none' }
  return { name, value: right / all, unit: 'share', of: `${of}; ${right} of ${all}` }
}

/** The different texts, and how often each stands there. */
function countOf(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts) {
    const form = text.replaceAll(/"[^"]*"/gu, '"…"')
    counts.set(form, (counts.get(form) ?? 0) + 1)
  }
  return counts
}
