import { randomBytes } from 'node:crypto'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { agent, shutdown, start, tool } from '@whodid/sdk'
import { completenessAnswerSchema } from '@whodid/model/answers'
import type { CompletenessAnswer } from '@whodid/model'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
let whodid: WhodidProcess
let stranger: string
const secondNs = 1_000_000_000n
/** A minute ago: the records of a test are a second apart. */
const startNs = BigInt(Date.now()) * 1_000_000n - 60n * secondNs
const instant = (second: number): string =>
  new Date(Number(startNs / 1_000_000n) + second * 1_000).toISOString()

beforeAll(async () => {
  whodid = await startWhodidProcess()
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [main, 'exporter', 'add', '--name', 'ci', '--template', 'other', '--json'],
    { env: { PATH: process.env['PATH'], WHODID_DATA_DIR: whodid.dataDir } },
  )
  stranger = String(Reflect.get(Object(JSON.parse(stdout)), 'token'))
})

afterAll(async () => {
  await whodid.remove()
})

interface Sent {
  /** The record's number, and its place in the trace; none where it has none. */
  readonly seq?: number
  /** Seconds after the first. */
  readonly second: number
  readonly kind?: 'session' | 'tool_call'
  /** The span of its parent, by its place in the list. */
  readonly below?: number
  readonly lost?: number
}

const spanId = (place: number): string => (place + 1).toString(16).padStart(16, '0')

async function send(
  instance: string,
  records: readonly Sent[],
  { token = whodid.tokens.ingest, template = 'triage' } = {},
): Promise<void> {
  const traceId = randomBytes(16).toString('hex')
  const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } })
  const number = (key: string, intValue: number): object => ({ key, value: { intValue } })
  const spans = records.map(({ seq, second, kind = 'tool_call', below, lost }, place) => ({
    traceId,
    spanId: spanId(place),
    parentSpanId: below === undefined ? '' : spanId(below),
    name: 'act',
    startTimeUnixNano: `${startNs + BigInt(second) * secondNs}`,
    endTimeUnixNano: `${startNs + BigInt(second) * secondNs}`,
    attributes: [
      text('whodid.actor.type', 'agent'),
      text('gen_ai.agent.id', template),
      text('whodid.agent.instance.id', instance),
      text('whodid.record.kind', kind),
      ...(seq === undefined ? [] : [number('whodid.seq', seq)]),
      ...(lost === undefined ? [] : [number('whodid.run.lost_batches', lost)]),
    ],
  }))
  const response = await fetch(`${whodid.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  })
  expect(response.status, await response.text()).toBe(200)
}

async function ask(instance: string, more = ''): Promise<CompletenessAnswer> {
  const response = await whodid.get(`/v1/completeness?instance=${instance}${more}`)
  const body: unknown = await response.json()
  expect(response.status, JSON.stringify(body)).toBe(200)
  return completenessAnswerSchema.parse(body)
}

/** The answer once so many records are there and sealed. */
async function sealed(instance: string, count: number, more = ''): Promise<CompletenessAnswer> {
  return vi.waitFor(
    async () => {
      const answer = await ask(instance, more)
      expect(answer.sealed).toBe(count)
      return answer
    },
    { timeout: 60_000, interval: 200 },
  )
}

const codes = ({ reasons }: CompletenessAnswer): string[] => reasons.map(({ code }) => code)
const whole: readonly Sent[] = [
  { seq: 1, second: 0, kind: 'session' },
  { seq: 2, second: 1, below: 0 },
  { seq: 3, second: 2, below: 0 },
  { seq: 4, second: 3, kind: 'session', below: 0 },
]

test('a run whose every number has come, sealed, up to its end is complete', async () => {
  await send('whole', whole)
  const answer = await sealed('whole', 4)
  expect(answer).toMatchObject({
    verdict: 'complete',
    reasons: [],
    records: 4,
    first_number: 1,
    last_number: 4,
    missing: [],
    logs: [{ first_index: expect.any(Number), size: expect.any(Number) }],
  })
  expect(answer.ended).toMatch(/-0000000000000004$/u)
})

test('a hole is located, and nobody else’s record fills it', async () => {
  await send(
    'holed',
    whole.filter(({ seq }) => seq !== 3),
  )
  await sealed('holed', 3)
  // A sender of another template claims the number; its record names the instance, and is not believed.
  await send('holed', [{ seq: 3, second: 2 }], { token: stranger })
  await whodid.whoDid('instance:holed', ({ alternatives }) => alternatives.length > 0)
  const answer = await sealed('holed', 3)
  expect(answer).toMatchObject({ verdict: 'incomplete', missing_total: 1, records: 3 })
  expect(answer.missing).toEqual([
    expect.objectContaining({
      from: 3,
      to: 3,
      earliest_at: expect.stringContaining(instant(1).slice(0, 19)),
      latest_at: expect.stringContaining(instant(3).slice(0, 19)),
    }),
  ])
  expect(codes(answer)).toEqual(['numbers_missing'])
  // Before the hole nothing is missing, and the next number shows that nothing came after.
  const before = await ask('holed', `&to=${instant(0)}`)
  expect(before).toMatchObject({ verdict: 'complete', records: 1, missing_total: 0 })
  const around = await ask('holed', `&from=${instant(2)}&to=${instant(2)}`)
  expect(around).toMatchObject({ verdict: 'incomplete', missing_total: 1, records: 0 })
})

test('what leaves it open is named', async () => {
  expect(codes(await ask('nobody'))).toEqual(['no_record'])

  await send('open', whole.slice(0, 3))
  const open = await sealed('open', 3)
  expect([open.verdict, codes(open)]).toEqual(['unknown', ['not_ended']])

  await send('mixed', [...whole, { second: 2, below: 0 }])
  expect(codes(await sealed('mixed', 5))).toEqual(['records_without_number'])

  await send('plain', [{ second: 0 }, { second: 1 }])
  expect(codes(await sealed('plain', 2))).toEqual(['not_numbered'])

  await send('twice', [...whole, { seq: 3, second: 2, below: 0 }])
  expect(codes(await sealed('twice', 5))).toEqual(['numbers_repeated'])

  await send('lossy', [
    ...whole.slice(0, 3),
    { seq: 4, second: 3, kind: 'session', below: 0, lost: 2 },
  ])
  const lossy = await sealed('lossy', 4)
  expect([lossy.verdict, lossy.lost_batches, codes(lossy)]).toEqual([
    'incomplete',
    2,
    ['loss_reported'],
  ])

  const bad = await whodid.get('/v1/completeness?instance=a&from=yesterday')
  expect(await bad.json()).toMatchObject({ status: 400, code: 'invalid_time' })
})

test('a run of the SDK is complete, calls that ran beside each other included', async () => {
  start({ endpoint: whodid.otlpUrl, token: whodid.tokens.ingest, serviceName: 'test' })
  let instance = ''
  await agent({ template: 'sdk-agent' }, async (run) => {
    instance = run.id
    const call = (n: number): Promise<number> =>
      tool('look', { verb: 'read', resource: `file:/srv/${n}` }, async () => n)
    await Promise.all(Array.from({ length: 20 }, (_, n) => call(n)))
  })
  await shutdown(10_000)
  const answer = await vi.waitFor(
    async () => {
      const found = await ask(instance)
      expect(found).toMatchObject({ verdict: 'complete' })
      return found
    },
    { timeout: 60_000, interval: 200 },
  )
  expect(answer.records).toBeGreaterThanOrEqual(22)
  expect(answer.last_number).toBe(answer.records)
})
