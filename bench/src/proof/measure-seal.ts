import { hash } from 'node:crypto'
import { blankRecord, leafInput } from '@whodid/model'
import type { Measure } from '../bench.ts'
import { dirWithin } from '../ingest/in-bench-dir.ts'
import { runRound } from '../ingest/run-round.ts'
import { startLoad } from '../ingest/start-load.ts'
import { startWhodid } from '../ingest/start-whodid.ts'
import { median } from '../percentile.ts'
import { canReadUsage, noUsageReason } from '../process-usage.ts'

/** How much is ingested to see what sealing costs. */
export interface SealEffort {
  readonly rounds: number
  readonly batches: number
  readonly say: (line: string) => void
}

const leavesTimed = 50_000

/**
 * Ingests the same spans with a collector that seals and with one that does not, in turns. Both hash each record's leaf
 * when they number it, so what that takes is timed apart and added.
 */
export async function measureSeal(dataDir: string, effort: SealEffort): Promise<Measure> {
  const measure = { name: 'seal_cpu_share', unit: 'share' } as const
  const of =
    'CPU of canonical form, leaf hash, tree, tiles and checkpoints / CPU of the whole write path, collector and engine'
  if (!canReadUsage) return { ...measure, value: null, of, why: noUsageReason }
  const load = startLoad()
  const sealing = await startWhodid(await dirWithin(dataDir, 'sealing'))
  const plain = await startWhodid(await dirWithin(dataDir, 'plain'), false)
  try {
    const shares: number[] = []
    for (let round = 0; round <= effort.rounds; round += 1) {
      const ingest = async (whodid: typeof sealing) => {
        await load.prepare({ seed: 9_000 + round, batches: effort.batches, gzip: false })
        return runRound(whodid, { load, batches: effort.batches, gzip: false })
      }
      const sealed = await ingest(sealing)
      const unsealed = await ingest(plain)
      const leaf = leafCpuSeconds(averageFormBytes(await formBytes(sealing)))
      const tree =
        sealed.collectorCpuSeconds / sealed.spans - unsealed.collectorCpuSeconds / unsealed.spans
      const whole = (sealed.collectorCpuSeconds + sealed.engineCpuSeconds) / sealed.spans
      effort.say(JSON.stringify({ leaf, tree, whole }))
      // The first round warms both up.
      if (round > 0) shares.push((leaf + Math.max(tree, 0)) / whole)
    }
    const spread = [Math.min(...shares), Math.max(...shares)] as const
    return { ...measure, value: median(shares), of, spread }
  } finally {
    await Promise.all([load.stop(), sealing.stop(), plain.stop()])
  }
}

async function formBytes({ sql }: Awaited<ReturnType<typeof startWhodid>>): Promise<string> {
  return sql('SELECT avg(length(attributes) + length(resource_attributes)) FROM whodid.spans')
}

function averageFormBytes(text: string): number {
  return Math.round(Number(text))
}

/** CPU seconds for one record's canonical form and leaf hash. */
function leafCpuSeconds(attributeBytes: number): number {
  const id = '0197c2a4-7d1e-7c43-9b6f-3c1d5a7e9f10'
  const record = {
    ...blankRecord(),
    logId: 'whodid.invalid/0123456789abcdef',
    tenant: 'default',
    exporter: 'agents',
    traceIdHex: 'ab'.repeat(16),
    spanIdHex: 'cd'.repeat(8),
    parentSpanIdHex: 'ef'.repeat(8),
    startUnixNs: 1_763_800_000_000_000_000n,
    name: 'execute_tool merge_pull_request',
    serviceName: 'repo-agents',
    scopeName: '@whodid/sdk',
    templateId: 'repo-triage',
    instanceId: id,
    delegatorId: 'dev@acme.example',
    delegationChain: ['dev@acme.example', id],
    correlationId: id,
    promptRef: `${'ab'.repeat(16)}-${'cd'.repeat(8)}`,
    planRef: `${'ab'.repeat(16)}-${'cd'.repeat(8)}`,
    argumentsHash: `sha256:${'ab'.repeat(32)}`,
    resultHash: `sha256:${'ab'.repeat(32)}`,
    actionId: id,
    resourceId: 'github:pull:acme/app/812',
    attributes: 'x'.repeat(attributeBytes),
  }
  const before = process.cpuUsage()
  for (let index = 0; index < leavesTimed; index += 1) {
    record.logIndex = index
    hash('sha256', leafInput(record), 'binary')
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000_000 / leavesTimed
}
