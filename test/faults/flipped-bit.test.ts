import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCollector } from '@whodid/collector'
import type { Collector } from '@whodid/collector'
import { createLeafReader } from '@whodid/store'
import type { LeafReader } from '@whodid/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'
import { sendHttp, spanJson, token } from '../harness/memory-collector.ts'

// A bit that flips in a segment whose rows are in ClickHouse takes nothing: the ledger is asked before anything is told as lost,
// sealed as damage, or given another record's place.

let ledger: Ledger
let rows: LeafReader
let root: string

beforeAll(async () => {
  ledger = await startLedger()
  rows = createLeafReader(ledger.access('verifier'))
  root = await mkdtemp(join(tmpdir(), 'whodid-flip-'))
})

afterAll(async () => {
  await rows.close()
  await ledger.stop()
  await rm(root, { recursive: true, force: true })
})

const exporter = {
  name: 'test',
  tenant: 'default',
  tokenSha256: createHash('sha256').update(token).digest('hex'),
  templates: '*',
  humans: true,
  services: true,
} as const

interface Life {
  readonly collector: Collector
  readonly problems: readonly string[]
}

async function start(name: string, seals: boolean): Promise<Life> {
  const problems: string[] = []
  const collector = await startCollector({
    host: '127.0.0.1',
    httpPort: 0,
    logDir: join(root, name),
    sequencer: seals
      ? { treeDir: join(root, `${name}-tlog`), keysDir: join(root, `${name}-keys`) }
      : undefined,
    ingestClients: [exporter],
    appender: ledger.appender,
    rows,
    limits: { segmentAgeMaxMs: 5, checkpointIntervalMs: 20, heartbeatIntervalMs: 3_600_000 },
    onEvent: ({ message }) => problems.push(message),
  })
  return { collector, problems }
}

/** Requests of one span each, every one in a segment of its own that is stored. */
async function send(collector: Collector, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 1) {
    expect((await sendHttp(collector, { body: spanJson() })).status).toBe(200)
    await collector.stored()
  }
}

/** Flips a bit in the middle of each of these segments, counted from the oldest; negative from the newest. */
async function flip(name: string, state: string, places: readonly number[]): Promise<void> {
  const dir = join(root, name)
  const files = (await readdir(dir)).filter((file) => file.endsWith(`.${state}`)).toSorted()
  for (const place of places) {
    const path = join(dir, files.at(place) ?? '')
    const bytes = await readFile(path)
    const middle = Math.floor(bytes.length / 2)
    bytes[middle] = (bytes[middle] ?? 0) ^ 1
    await writeFile(path, bytes)
  }
}

/** How many rows a log has, at how many places, up to which, and how many of them are about damage. */
async function rowsOf(logId: string): Promise<string> {
  return ledger.sql(
    'verifier',
    `SELECT count(), uniqExact(log_index), max(log_index) + 1, countIf(name LIKE 'whodid.ledger.%') FROM whodid.v_spans
      WHERE log_id = '${logId}' FORMAT CSV`,
  )
}

describe('a flipped bit in a segment whose rows are in ClickHouse', () => {
  it.each([
    ['in the middle, sealed', true, [1]],
    ['in the newest, sealed', true, [-1]],
    ['in the middle, not sealed yet', false, [1]],
    ['in the newest, not sealed yet', false, [-1]],
    ['in all of them, not sealed yet', false, [0, 1, 2, 3]],
  ] as const)('%s: nothing is told as lost', async (title, sealsAtFirst, places) => {
    const name = title.replace(/\W+/gu, '-')
    const first = await start(name, sealsAtFirst)
    await send(first.collector, 4)
    await first.collector.stop()
    await flip(name, 'stored', places)

    const { collector, problems } = await start(name, true)
    await send(collector, 1)
    await collector.sealed()
    expect(problems.join('\n')).not.toMatch(/\blost to damage\b|\bhole\b/u)
    expect(collector.metrics()).toMatchObject({ sealedSize: 5, sealFailure: '' })
    const logId = collector.logOrigin
    await collector.stop()
    expect(await rowsOf(logId)).toBe('5,5,5,0')
  })

  it('also where the crash came before the segment was called stored', async () => {
    const first = await start('crashed', true)
    await send(first.collector, 3)
    await first.collector.stop()
    const dir = join(root, 'crashed')
    const newest = (await readdir(dir))
      .filter((file) => file.endsWith('.stored'))
      .toSorted()
      .at(-1)
    const path = join(dir, newest ?? '')
    await writeFile(path.replace(/stored$/u, 'sealed'), await readFile(path))
    await rm(path)
    await flip('crashed', 'sealed', [0])

    const { collector } = await start('crashed', true)
    await collector.stored()
    await send(collector, 1)
    await collector.sealed()
    const logId = collector.logOrigin
    await collector.stop()
    expect(await rowsOf(logId)).toBe('4,4,4,0')
  })
})
