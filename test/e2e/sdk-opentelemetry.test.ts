import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startOtlpSink } from '../harness/otlp-sink.ts'
import type { OtlpSink, SinkSpan } from '../harness/otlp-sink.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const application = fileURLToPath(new URL('../harness/traced-application.mjs', import.meta.url))

/** The application's last words. */
interface Told {
  readonly instance: string
  readonly traceId: string
  readonly runTraceId: string
  readonly isWhole: boolean
}

let backEnd: OtlpSink
let ledger: OtlpSink

beforeAll(() => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'packages/cli'], {
    cwd: root,
  })
})

beforeEach(async () => {
  backEnd = await startOtlpSink()
  ledger = await startOtlpSink()
})

afterEach(async () => {
  await backEnd.stop()
  await ledger.stop()
})

async function run(environment: Readonly<Record<string, string>> = {}): Promise<Told> {
  const { stdout } = await promisify(execFile)(process.execPath, [application], {
    env: {
      PATH: process.env['PATH'] ?? '',
      BACK_END: backEnd.url,
      WHODID_ENDPOINT: ledger.url,
      ...environment,
    },
  })
  // The application prints one object of this form.
  return JSON.parse(stdout) as Told
}

const only = (sink: OtlpSink, test: (span: SinkSpan) => boolean): SinkSpan => {
  const found = sink.spans.filter(test)
  expect(found).toHaveLength(1)
  return found[0]!
}
const named = (name: string) => (span: SinkSpan) => span.name === name
const isDelete = (span: SinkSpan): boolean =>
  String(span.attributes['db.statement'] ?? span.attributes['db.query.text']).startsWith('DELETE')
const isFetch = (span: SinkSpan): boolean =>
  span.name === 'GET' && String(span.attributes['url.full']).includes('/stock/42')

describe('beside the application’s own OpenTelemetry', () => {
  it('a run has the trace of its request, and a database span in a tool is the tool’s child', async () => {
    const { traceId, runTraceId, instance, isWhole } = await run()
    expect(isWhole).toBe(true)
    expect(runTraceId).toBe(traceId)
    const call = only(ledger, named('execute_tool cancel_order'))
    const statement = only(ledger, isDelete)
    expect(statement.parentSpanId).toBe(call.spanId)
    expect(statement.attributes).toMatchObject({
      'whodid.agent.instance.id': instance,
      'gen_ai.agent.id': 'order-clerk',
      'whodid.delegator.id': 'dev@acme.example',
      'whodid.prompt.ref': call.attributes['whodid.prompt.ref'],
      'db.collection.name': 'orders',
    })
    // A tool below a span of the application's hangs from it, because the ledger receives it too.
    const between = only(ledger, named('notify'))
    expect(between.parentSpanId).toBe(call.spanId)
    const inner = only(ledger, named('execute_tool notify'))
    expect(inner.parentSpanId).toBe(between.spanId)
    const request = only(ledger, isFetch)
    expect(request.parentSpanId).toBe(inner.spanId)
    expect(request.attributes['url.full']).not.toContain('ghp_')
    // The run hangs from the request that it serves, which is on record and is no act of the agent's.
    const session = only(ledger, named('session order-clerk'))
    const served = only(ledger, (span) => span.spanId === session.parentSpanId)
    expect(served.attributes).not.toHaveProperty('whodid.agent.instance.id')
    const numbers = ledger.spans.map((span) => span.attributes['whodid.seq']).filter(Number)
    expect(numbers.toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from(numbers, (_, index) => index + 1),
    )
    // What is outside of any run stays with the application.
    expect(
      ledger.spans.filter((span) => JSON.stringify(span.attributes).includes('SELECT')),
    ).toEqual([])

    // The application's back end goes on getting what it got, and none of the records.
    const sent = only(backEnd, isDelete)
    expect(sent.attributes).not.toHaveProperty('gen_ai.agent.id')
    expect(only(backEnd, isFetch).attributes['url.full']).toContain('ghp_')
    expect(backEnd.spans.some((span) => 'whodid.seq' in span.attributes)).toBe(false)
    expect(only(backEnd, (span) => span.name === 'POST' && span.parentSpanId === '')).toBeDefined()
  })

  it('what its sampler leaves out reaches the ledger alone; with capture hash, without any text', async () => {
    const { traceId, runTraceId } = await run({
      APPLICATION_SAMPLES: 'none',
      WHODID_CAPTURE: 'hash',
    })
    expect(runTraceId).toBe(traceId)
    expect(backEnd.spans).toEqual([])
    const statement = only(ledger, isDelete)
    expect(statement.parentSpanId).toBe(only(ledger, named('execute_tool cancel_order')).spanId)
    expect(JSON.stringify(statement.attributes)).not.toContain('WHERE')
    expect(statement.attributes['db.collection.name']).toBe('orders')
    expect(String(only(ledger, isFetch).attributes['url.full'])).toMatch(/\/stock\/42$/u)
  })
})

it('the application’s trace ID answers, and the statement in the tool is the agent’s act', async () => {
  const whodid = await startWhodidProcess()
  try {
    const { traceId, instance } = await run({
      WHODID_ENDPOINT: whodid.otlpUrl,
      WHODID_INGEST_TOKEN: whodid.tokens.ingest,
    })
    const answer = await whodid.whoDid(`trace:${traceId}`, ({ action }) => action !== null)
    expect(answer).toMatchObject({
      verdict: 'agent',
      agent: { template: { id: 'order-clerk' }, instance: { id: instance } },
      delegator: { id: 'dev@acme.example' },
      prompt: { text: 'Cancel order 42' },
    })
    expect(answer.gaps.map(({ code }) => code)).not.toContain('missing_parent')
    const row = await whodid.whoDid('db:table:shop/orders', ({ action }) => action !== null)
    expect(row).toMatchObject({
      verdict: 'agent',
      agent: { instance: { id: instance } },
      action: { verb: 'delete', outcome: 'success' },
      prompt: { text: 'Cancel order 42' },
    })
    expect(row.chain.map(({ record_kind }) => record_kind)).toContain('tool_call')
  } finally {
    await whodid.stop()
    await whodid.remove()
  }
})
