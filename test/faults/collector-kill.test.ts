import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { CollectorMetrics } from '@whodid/collector'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

const token = 'whodid-test-token'
const killsMax = 4
const sendersMax = 4
const spansPerBatch = 25

const root = fileURLToPath(new URL('../../', import.meta.url))
let ledger: Ledger
let logDir: string

beforeAll(async () => {
  // The child runs what is built, as users do.
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  await promisify(execFile)(process.execPath, [compiler, '-b', join(root, 'packages/collector')])
  ledger = await startLedger()
  logDir = await mkdtemp(join(tmpdir(), 'whodid-kill-'))
})

afterAll(async () => {
  await ledger.stop()
  await rm(logDir, { recursive: true, force: true })
})

interface Child {
  readonly process: ChildProcess
  readonly port: number
  readonly lines: NodeJS.AsyncIterator<string>
}

async function startChild(): Promise<Child> {
  const options = {
    access: ledger.access('writer'),
    logDir,
    limits: { segmentAgeMaxMs: 30, segmentRowsMax: 400, stopTimeoutMs: 120_000 },
    ingestClients: [
      {
        name: 'load',
        tenant: 'default',
        tokenSha256: createHash('sha256').update(token).digest('hex'),
        templates: '*',
        humans: true,
        services: true,
      },
    ],
  }
  const script = join(root, 'test/faults/collector-child.mjs')
  const process_ = spawn(process.execPath, [script, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: process_.stdout })[Symbol.asyncIterator]()
  const first = await lines.next()
  const { port } = JSON.parse(String(first.value)) as { port: number }
  return { process: process_, port, lines }
}

/** The same numbers for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Batch {
  readonly spanIds: readonly string[]
  readonly body: string
}

let batchCount = 0

function nextBatch(): Batch {
  batchCount += 1
  const spanIds = Array.from({ length: spansPerBatch }, (_, index) =>
    (batchCount * 1_000 + index).toString(16).padStart(16, '0'),
  )
  const attributes = [{ key: 'whodid.record.kind', value: { stringValue: 'action' } }]
  const spans = spanIds.map((spanId) => ({
    traceId: 'ab'.repeat(16),
    spanId,
    name: 'load',
    startTimeUnixNano: '1700000000000000000',
    endTimeUnixNano: '1700000000000000001',
    attributes,
  }))
  return { spanIds, body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }) }
}

/** Sends batches until told to stop; one that got no answer is sent again, as exporters do, to whoever listens then. */
async function sender(
  target: { port: number; isOver: boolean },
  acknowledged: Set<string>,
): Promise<void> {
  let batch = nextBatch()
  while (!target.isOver) {
    const isAcknowledged = await post(target.port, batch.body)
    if (isAcknowledged) {
      for (const id of batch.spanIds) acknowledged.add(id)
      batch = nextBatch()
    } else await sleep(5)
  }
}

async function post(port: number, body: string): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    })
    await answer.arrayBuffer()
    return answer.status === 200
  } catch {
    // The collector was killed, before or after the batch was durable: the sender cannot know.
    return false
  }
}

it('killed under load again and again, loses no acknowledged span and stores none twice', async () => {
  const random = seeded(20_261_122)
  const acknowledged = new Set<string>()
  let child = await startChild()
  const target = { port: child.port, isOver: false }
  const senders = Array.from({ length: sendersMax }, () => sender(target, acknowledged))
  for (let kill = 0; kill < killsMax; kill += 1) {
    const before = acknowledged.size
    while (acknowledged.size < before + 500) await sleep(1)
    await sleep(random() * 120)
    const ended = once(child.process, 'exit')
    child.process.kill('SIGKILL')
    await ended
    child = await startChild()
    target.port = child.port
  }
  const before = acknowledged.size
  while (acknowledged.size < before + 500) await sleep(1)
  target.isOver = true
  await Promise.all(senders)
  child.process.kill('SIGTERM')
  const last = await child.lines.next()
  const metrics = JSON.parse(String(last.value)) as CollectorMetrics
  await once(child.process, 'exit')

  expect(metrics).toMatchObject({ logBytes: 0, insertRefusals: 0 })
  for (const table of ['spans', 'actions']) {
    const rows = await ledger.sql(
      'migrator',
      `SELECT lower(hex(span_id)), count() FROM whodid.${table} GROUP BY span_id FORMAT TSV`,
    )
    const counts = new Map(
      rows
        .split('\n')
        .map((row) => row.split('\t'))
        .map(([id = '', count]) => [id, Number(count)]),
    )
    const lost = [...acknowledged].filter((id) => !counts.has(id))
    const twice = [...counts].filter(([, count]) => count !== 1)
    expect(lost, `acknowledged and not in ${table}`).toEqual([])
    expect(twice, `more than once in ${table}`).toEqual([])
  }
  expect(acknowledged.size).toBeGreaterThan((killsMax + 1) * 500)
})
