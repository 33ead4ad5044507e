import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startCollector } from '../collector.ts'
import type { Collector } from '../collector.ts'
import { collectorLimits } from '../limits.ts'
import type { CollectorLimits } from '../limits.ts'
import { decode } from '../otlp/decode.ts'
import { encodeRejected } from './encode-rejected.ts'
import { listQuarantine, requestReplay } from './quarantine-entry.ts'

const waitMs = { timeout: 60_000 }

const good = 'a'.repeat(32)
const opened: Collector[] = []
let dir: string
let problems: string[]

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-quarantine-'))
  problems = []
})

afterEach(async () => {
  for (const collector of opened.splice(0)) await collector.stop()
  await rm(dir, { recursive: true })
})

async function open(limits: Partial<CollectorLimits> = {}): Promise<Collector> {
  const collector = await startCollector({
    host: '127.0.0.1',
    httpPort: 0,
    logDir: dir,
    limits,
    appender: { append: () => Promise.resolve() },
    onEvent: ({ message }) => problems.push(message),
    ingestClients: [
      {
        name: 'load',
        tenant: 'default',
        tokenSha256: createHash('sha256').update('token').digest('hex'),
        templates: null,
        humans: false,
        services: false,
      },
    ],
  })
  opened.push(collector)
  return collector
}

function span(traceId: string, name = 'x'): object {
  return { traceId, spanId: 'b'.repeat(16), name, startTimeUnixNano: '1700000000000000000' }
}

async function send(collector: Collector, spans: readonly object[]): Promise<string> {
  const response = await fetch(`${collector.url}/v1/traces`, {
    method: 'POST',
    headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  })
  expect(response.status).toBe(200)
  return response.text()
}

describe('quarantine', () => {
  it('stores the good spans of a batch, keeps the bad ones, and says so', async () => {
    const collector = await open()
    const answer = await send(collector, [span(good), span('abcd', 'bad')])
    expect(JSON.parse(answer)).toEqual({
      partialSuccess: {
        rejectedSpans: '1',
        errorMessage: expect.stringContaining('kept in quarantine') as string,
      },
    })
    expect(collector.metrics()).toMatchObject({
      recordsLogged: 1,
      recordsRejected: 1,
      recordsQuarantined: 1,
      quarantineFiles: 1,
    })
    const [entry] = await listQuarantine(dir)
    expect(entry).toMatchObject({ exporter: 'load', reasonCode: 'invalid_span' })
    expect(entry?.reasons).toEqual(['"traceId" expected 32 hex digits, not all zero; got "abcd"'])
    expect(JSON.stringify(entry?.request)).toContain('"name":"bad"')
    expect(JSON.stringify(entry?.request)).not.toContain(good)
  })

  it('keeps what is resent once, also over a start', async () => {
    const collector = await open()
    for (let time = 0; time < 2; time += 1) await send(collector, [span('abcd')])
    await collector.stop()
    const next = await open()
    await send(next, [span('abcd')])
    expect(next.metrics()).toMatchObject({ quarantineFiles: 1, recordsQuarantined: 1 })
    expect(await readdir(join(dir, 'quarantine'))).toHaveLength(1)
  })

  it('says so when it is full, and still stores the good spans', async () => {
    const collector = await open({ quarantineFilesMax: 1 })
    await send(collector, [span('abcd')])
    const answer = await send(collector, [span(good), span('abce')])
    expect(answer).toContain('not kept')
    expect(problems[0]).toContain('the quarantine is full')
    expect(collector.metrics()).toMatchObject({
      recordsLogged: 1,
      recordsRejected: 2,
      recordsQuarantined: 1,
      quarantineFiles: 1,
    })
  })

  it('replays: what the ledger can hold by now is logged, the rest comes back', async () => {
    const collector = await open()
    await send(collector, [span('abcd', 'one'), span('abce', 'two')])
    const [name = ''] = await readdir(join(dir, 'quarantine'))
    const path = join(dir, 'quarantine', name)
    // As if a later version knew what to make of the first ID.
    await writeFile(path, (await readFile(path, 'utf8')).replace('"abcd"', `"${good}"`))
    expect(await requestReplay(dir)).toEqual([name.slice(0, 32)])
    await vi.waitFor(async () => {
      const left = await listQuarantine(dir)
      expect(left.map(({ isReplayWanted }) => isReplayWanted)).toEqual([false])
      expect(left[0]?.reasons).toHaveLength(1)
    }, waitMs)
    expect(collector.metrics()).toMatchObject({
      recordsReplayed: 1,
      quarantineFiles: 1,
      logBytes: expect.any(Number) as number,
    })
    await collector.stored()
    expect(collector.metrics().recordsStored).toBe(1)
  })

  it('does not go on for ever with what is damaged', async () => {
    const collector = await open()
    await send(collector, [span('abcd')])
    const [name = ''] = await readdir(join(dir, 'quarantine'))
    await writeFile(join(dir, 'quarantine', name), '{"damaged')
    await requestReplay(dir)
    await vi.waitFor(
      async () => expect(await readdir(join(dir, 'quarantine'))).toEqual([name]),
      waitMs,
    )
    expect(problems.join()).toContain('is damaged')
  })

  it('writes a span so that it is read back as it was', () => {
    const value = {
      kvlistValue: {
        values: [
          { key: 'i', value: { intValue: '-9223372036854775808' } },
          { key: 'd', value: { doubleValue: 'NaN' } },
          { key: 'b', value: { bytesValue: 'AAEC/w==' } },
          { key: 'n', value: {} },
          { key: 'a', value: { arrayValue: { values: [{ boolValue: true }] } } },
        ],
      },
    }
    const rich = {
      ...span('abcd'),
      attributes: [{ key: 'k', value }],
      events: [{ name: 'e', timeUnixNano: '7', attributes: [{ key: 'k', value }] }],
      links: [{ traceId: good, spanId: 'cc', attributes: [{ key: 'k', value }] }],
      status: { code: 2, message: 'no' },
    }
    const request = {
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'k', value }], droppedAttributesCount: 3 },
          scopeSpans: [
            { scope: { name: 's', version: '1', droppedAttributesCount: 4 }, spans: [rich] },
          ],
        },
      ],
    }
    const read = (from: object): ReturnType<typeof decode> =>
      decode({
        bytes: Buffer.from(JSON.stringify(from)),
        encoding: 'json',
        signal: 'spans',
        limits: collectorLimits,
      })
    const batch = read(request)
    expect(read(encodeRejected(batch).request).groups).toEqual(batch.groups)
  })
})
