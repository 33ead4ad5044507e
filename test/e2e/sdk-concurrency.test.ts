import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { agent, delegate, health, plan, prompt, shutdown, start, tool } from '@whodid/sdk'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startOtlpSink } from '../harness/otlp-sink.ts'
import type { OtlpSink, SinkSpan } from '../harness/otlp-sink.ts'

let sink: OtlpSink

beforeEach(async () => {
  sink = await startOtlpSink()
})

afterEach(async () => {
  await shutdown(2000)
  await sink.stop()
})

const runs = 1000
const levels = 3
/** Per level: session, prompt, plan, two parallel reads, a write with its intent, session end. */
const recordsPerLevel = 8

/** A pause that differs from run to run and from place to place, without randomness. */
const wander = async (run: number, place: number): Promise<void> => {
  const kind = (run * 7 + place * 13) % 4
  if (kind === 0) await turn()
  else if (kind === 1) await sleep((run + place) % 5)
  else if (kind === 2) await Promise.resolve()
}

const fails = (run: number, level: number): boolean => (run + level) % 3 === 0

async function level(run: number, depth: number): Promise<void> {
  await wander(run, depth)
  await prompt(`prompt ${run}/${depth}`, { origin: depth === 0 ? 'human' : 'agent' })
  await plan([`plan ${run}/${depth}`])
  await Promise.all(
    ['left', 'right'].map((branch, place) =>
      tool(
        branch,
        { verb: 'read', resource: `test:${branch}:${run}/${depth}`, arguments: { run, depth } },
        async () => {
          await wander(run, depth + place)
          return `${run}/${depth}`
        },
      ),
    ),
  )
  await tool('write', { verb: 'update', resource: `test:write:${run}/${depth}` }, async () => {
    await wander(run, depth + 3)
    if (fails(run, depth)) throw new Error(`failed ${run}/${depth}`)
  }).catch(() => undefined)
  if (depth + 1 < levels)
    await delegate({ template: `template-${depth + 1}` }, async () => level(run, depth + 1))
}

it('1,000 concurrent runs of three levels: nothing crosses over, nothing is missing', async () => {
  start({ endpoint: sink.url, intentTimeoutMs: 60_000 })
  await Promise.all(
    Array.from({ length: runs }, (_, run) =>
      agent(
        { template: 'template-0', onBehalfOf: `dev-${run}`, correlationId: `correlation-${run}` },
        () => level(run, 0),
      ),
    ),
  )
  expect(await shutdown(60_000)).toBe(true)
  expect(health()).toMatchObject({
    dropped: { queueFull: 0, rejected: 0, undelivered: 0 },
    internalErrors: 0,
    unconfirmedIntents: 0,
  })
  // Each run's levels, and one delegation between two of them.
  expect(sink.spans).toHaveLength(runs * (levels * recordsPerLevel + levels - 1))

  const byInstance = new Map<string, SinkSpan[]>()
  for (const span of sink.spans) {
    const instance = String(span.attributes['whodid.agent.instance.id'])
    byInstance.set(instance, [...(byInstance.get(instance) ?? []), span])
  }
  expect(byInstance.size).toBe(runs * levels)
  const bySpan = new Map(sink.spans.map((span) => [span.spanId, span]))
  expect(bySpan.size).toBe(sink.spans.length)
  for (const [instance, spans] of byInstance) checkInstance(instance, spans, bySpan)
})

function checkInstance(
  instance: string,
  spans: SinkSpan[],
  bySpan: ReadonlyMap<string, SinkSpan>,
): void {
  const asked = spans.find((span) => span.attributes['whodid.record.kind'] === 'prompt')!
  const text = String(asked.attributes['gen_ai.input.messages'])
  const [, run = '', depth = ''] = /prompt (\d+)\/(\d+)/u.exec(text)!
  const seqs = spans.map((span) => Number(span.attributes['whodid.seq'])).toSorted((a, b) => a - b)
  expect(seqs).toEqual(Array.from({ length: spans.length }, (_, index) => index + 1))

  const planned = spans.find((span) => span.attributes['whodid.record.kind'] === 'plan')!
  const chain = asked.attributes['whodid.delegation.chain'] as string[]
  expect(chain).toHaveLength(Number(depth) + 2)
  expect(chain[0]).toBe(`dev-${run}`)
  expect(chain.at(-1)).toBe(instance)

  for (const span of spans) {
    const { attributes } = span
    expect(attributes['whodid.delegator.id']).toBe(`dev-${run}`)
    expect(attributes['whodid.correlation.id']).toBe(`correlation-${run}`)
    expect(attributes['gen_ai.agent.id']).toBe(`template-${depth}`)
    expect(attributes['whodid.delegation.chain']).toEqual(chain)
    expect(attributes['whodid.agent.instance.parent_id']).toBe(
      depth === '0' ? undefined : chain.at(-2),
    )
    const parent = bySpan.get(span.parentSpanId)
    expect(parent === undefined).toBe(span.name === 'session template-0')
    if (parent !== undefined) expect(parent.traceId).toBe(span.traceId)
    const resource = attributes['whodid.resource.id']
    if (typeof resource !== 'string') continue
    expect(resource.endsWith(`:${run}/${depth}`)).toBe(true)
    expect(attributes['whodid.prompt.ref']).toBe(`${asked.traceId}-${asked.spanId}`)
    expect(attributes['whodid.plan.ref']).toBe(`${planned.traceId}-${planned.spanId}`)
    if (span.name === 'execute_tool write')
      expect(attributes['whodid.action.outcome']).toBe(
        fails(Number(run), Number(depth)) ? 'failure' : 'success',
      )
  }
}

it('parallel branches keep their own prompts, calls and sub-agents', async () => {
  start({ endpoint: sink.url })
  await agent({ template: 'a' }, () =>
    Promise.all(
      Array.from({ length: 50 }, (_, branch) =>
        prompt(`branch ${branch}`, async () => {
          await wander(branch, 1)
          await tool(`outer-${branch}`, { verb: 'read' }, async () => {
            await wander(branch, 2)
            await tool(`inner-${branch}`, { verb: 'read' }, () => wander(branch, 3))
          })
        }),
      ),
    ),
  )
  await shutdown()
  for (let branch = 0; branch < 50; branch += 1) {
    const find = (name: string): SinkSpan => sink.spans.find((span) => span.name === name)!
    const outer = find(`execute_tool outer-${branch}`)
    const inner = find(`execute_tool inner-${branch}`)
    const asked = sink.spans.find((span) => span.spanId === outer.parentSpanId)!
    expect(asked.attributes['gen_ai.input.messages']).toContain(`"branch ${branch}"`)
    expect(inner.parentSpanId).toBe(outer.spanId)
    expect(inner.attributes['whodid.prompt.ref']).toBe(`${asked.traceId}-${asked.spanId}`)
  }
})
