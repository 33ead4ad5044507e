import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startCollector } from '@whodid/collector'
import type { Collector } from '@whodid/collector'
import { ContentKeys, createContentReader, encryptContents } from '@whodid/content'
import type { LedgerRecord, WhoDidAnswer } from '@whodid/model'
import { parseQuestion, whoDid } from '@whodid/query'
import {
  createAppender,
  createSelector,
  encodeContents,
  encodeRecords,
  migrate,
} from '@whodid/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLoad, loadExporter } from '../faults/load.ts'
import type { Load } from '../faults/load.ts'
import { seeded } from '../faults/seeded.ts'
import { incident } from '../harness/incident.ts'
import { startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'
import { openGivenCluster } from './given-cluster.ts'
import type { GivenCluster, GivenNode } from './given-cluster.ts'

// Servers of one's own, by WHODID_CLUSTER_URLS: docs/howto/cluster.md#prove-it-on-your-own says how to run it.

const isGiven = process.env['WHODID_CLUSTER_URLS'] !== undefined
if (!isGiven)
  process.stdout.write(
    'NOT RUN: a cluster of servers with Keeper. WHODID_CLUSTER_URLS=<url>,<url>… runs it: docs/howto/cluster.md\n',
  )

let cluster: GivenCluster
let ledger: Ledger
let dir: string
let logs = 0

describe.skipIf(!isGiven)('a cluster of one’s own', () => {
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'whodid-own-cluster-'))
    cluster = await openGivenCluster(process.env)
    ledger = await startLedger()
  })

  afterAll(async () => {
    await ledger.stop()
    await cluster.drop()
    await rm(dir, { recursive: true, force: true })
  })

  it('has replicas that can be written to, and a schema that a service leaves alone', async () => {
    for (const node of cluster.nodes) {
      expect(await migrate(node.access('migrator'))).toMatchObject({ applied: [] })
      const state = await node.sql(
        "SELECT countIf(is_readonly), count() > 0 FROM system.replicas WHERE database = 'whodid_shard' FORMAT TSV",
      )
      expect(state, node.url).toBe(cluster.engine === 'MergeTree' ? '0\t0' : '0\t1')
    }
  })

  it('stores each acknowledged span once on each replica, while a node is lost and returns', async () => {
    const { nodes, victim } = cluster
    const entries = nodes.filter((node) => node !== victim?.node)
    const collectors = await Promise.all(entries.slice(0, 2).map(collectorAt))
    try {
      const loads = Array.from({ length: 12 }, (_, index) =>
        createLoad({ run: 910_000 + index, batches: 8, spansPerBatch: 3, senders: 1 }),
      )
      const sending = loads.map((load, index) =>
        load.run(() => collectors[index % collectors.length]?.collector.port, seeded(index)),
      )
      victim?.stop()
      await Promise.all(sending)
      // With internal replication the other replica takes what the lost one would have: stored before it returns.
      if (cluster.engine === 'ReplicatedMergeTree')
        for (const { collector } of collectors) await collector.stored()
      victim?.start()
      for (const { collector } of collectors) await collector.stored()
      await untilReplicated(nodes)
      await checkShards(nodes, loads)
    } finally {
      for (const { stop } of collectors) await stop()
    }
  })

  it('answers as a single ledger does, from every node', async () => {
    const suffix = 'own-cluster'
    const records = Object.values(incident(suffix))
    await ledger.insert(records)
    await insert(cluster.nodes[0], records)
    await untilReplicated(cluster.nodes)
    const resources = records.map(({ resourceId }) => resourceId).filter((id) => id !== '')
    const asked = [...new Set(resources), `instance:triage-${suffix}`, `correlation:corr-${suffix}`]
    let decided = 0
    for (const of of asked) {
      const { cost: _, ...alone } = await ledger.ask(of)
      if (alone.action !== null) decided += 1
      for (const node of cluster.nodes) {
        const { cost: __, ...answer } = await ask(node, of)
        expect(answer, `${of} at ${node.url}`).toEqual(alone)
      }
    }
    expect(decided).toBeGreaterThanOrEqual(3)
    expect((await ask(cluster.nodes[0], asked[0] ?? '', 'another')).verdict).toBe('undetermined')
  })
})

interface Running {
  readonly collector: Collector
  readonly stop: () => Promise<void>
}

async function collectorAt(node: GivenNode): Promise<Running> {
  const appender = createAppender(node.access('writer'))
  const collector = await startCollector({
    host: '127.0.0.1',
    httpPort: 0,
    logDir: join(dir, `log-${(logs += 1)}`),
    ingestClients: [loadExporter],
    appender,
    limits: { segmentAgeMaxMs: 20, segmentRowsMax: 30, retryDelayMs: 20, retryDelayMaxMs: 200 },
  })
  const stop = async (): Promise<void> => {
    await collector.stop()
    await appender.close()
  }
  return { collector, stop }
}

async function insert(
  node: GivenNode | undefined,
  records: readonly LedgerRecord[],
): Promise<void> {
  if (node === undefined) throw new Error('the cluster has no node')
  const appender = createAppender(node.access('writer'))
  const copies = records.map((record) => ({ ...record }))
  await encryptContents(ledger.keys, copies)
  const blocks = { blocks: [encodeRecords(copies)], contents: [encodeContents(copies)] }
  await appender.append({ ...blocks, token: 'own-cluster-incident' })
  await appender.close()
}

async function ask(
  node: GivenNode | undefined,
  of: string,
  tenant = 'default',
): Promise<WhoDidAnswer> {
  if (node === undefined) throw new Error('the cluster has no node')
  const selector = createSelector(node.access('reader'))
  const contents = createContentReader(await ContentKeys.open(join(dir, 'keys')), () => 0n)
  try {
    const reader = tenant === 'default' ? createContentReader(ledger.keys, () => 0n) : contents
    return await whoDid({ selector, contents: reader }, tenant, parseQuestion({ of }))
  } finally {
    await selector.close()
  }
}

/** Waits until every replica is back and has fetched and inserted all that it knows of. */
async function untilReplicated(nodes: readonly GivenNode[]): Promise<void> {
  const waiting =
    "SELECT count() FROM system.replicas WHERE database = 'whodid_shard' AND (is_readonly OR queue_size > 0 OR absolute_delay > 0) FORMAT TSV"
  const isDone = async ({ sql }: GivenNode): Promise<boolean> => {
    try {
      for (const table of ['spans', 'contents'])
        await sql(`SYSTEM FLUSH DISTRIBUTED whodid.${table}`)
      return (await sql(waiting)).trim() === '0'
    } catch {
      // A server that is still starting answers later.
      return false
    }
  }
  for (let looks = 0; ; looks += 1) {
    const done = await Promise.all(nodes.map(isDone))
    if (done.every(Boolean)) return
    expect(looks, 'looks at replicas that do not catch up').toBeLessThan(600)
    await sleep(500)
  }
}

/** The replicas of a shard hold the same rows, and the shards together hold each acknowledged span once. */
async function checkShards(nodes: readonly GivenNode[], loads: readonly Load[]): Promise<void> {
  const acknowledged = loads.flatMap(({ traceId, acknowledged: ids }) =>
    [...ids].map((id) => `${traceId}-${id}`),
  )
  for (const table of ['spans', 'actions']) {
    const shards = new Map<string, string[]>()
    for (const { url, shard, sql } of nodes) {
      const held = linesOf(await sql(keysOf(`whodid_shard.${table}`)))
      expect(held, `${table} of ${url}, shard ${shard}`).toEqual(shards.get(shard) ?? held)
      shards.set(shard, held)
    }
    expect([...shards.values()].flat().toSorted(), table).toEqual(acknowledged.toSorted())
    for (const { url, sql } of nodes)
      expect(linesOf(await sql(keysOf(`whodid.${table}`))), `${table} at ${url}`).toEqual(
        acknowledged.toSorted(),
      )
  }
}

function keysOf(table: string): string {
  return `SELECT lower(hex(trace_id)) || '-' || lower(hex(span_id)) AS key FROM ${table} ORDER BY key FORMAT TSV`
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}
