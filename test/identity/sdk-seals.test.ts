import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { attribute } from '@whodid/model'
import { agent, flush, health, shutdown, start, tool } from '@whodid/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryStore, startMemoryCollector, token } from '../harness/memory-collector.ts'
import type { MemoryCollector, MemoryStore } from '../harness/memory-collector.ts'
import { recordsOf } from './seal-world.ts'

let store: MemoryStore
let collector: MemoryCollector

beforeEach(async () => {
  store = memoryStore()
  collector = await startMemoryCollector({}, store)
})

afterEach(async () => {
  await shutdown()
  await collector.remove()
})

type Row = ReturnType<typeof recordsOf>[number]

function attributesOf(row: Row): Readonly<Record<string, unknown>> {
  const text = String(row['attributes'])
  // The collector writes an object, or nothing.
  return (text === '' ? {} : JSON.parse(text)) as Readonly<Record<string, unknown>>
}

async function recorded(): Promise<readonly Row[]> {
  await collector.stored()
  return recordsOf(store)
}

const ofAgents = (rows: readonly Row[]): readonly Row[] =>
  rows.filter((row) => row['actor_type'] === 'agent' && row['name'] !== 'whodid.seal')

const markOf = (row: Row): unknown[] => {
  const attributes = attributesOf(row)
  return [attributes[attribute.sealResult], attributes[attribute.sealClaims]]
}

const all = ['verified', 'instance template delegator']

function act(template: string, onBehalfOf?: string): Promise<void> {
  const who = onBehalfOf === undefined ? { template } : { template, onBehalfOf }
  return agent(who, async () => {
    await tool('drop', { verb: 'delete', resource: 'db:table:shop/customers' }, () => 1)
  })
}

describe('an SDK that seals', () => {
  it('has every record of its agents verified, for each instance and each person', async () => {
    start({ endpoint: collector.url, token, sealing: 'on', exitHooks: false })
    await Promise.all([act('triage', 'jane@acme.example'), act('fixer', 'joe@acme.example')])
    await act('fixer')
    expect(await flush()).toBe(true)
    const rows = await recorded()
    const acts = ofAgents(rows)
    expect(acts.length).toBeGreaterThan(5)
    const named = acts.filter((row) => row['delegator_id'] !== '')
    for (const row of named) expect(markOf(row)).toEqual(all)
    for (const row of acts) expect(markOf(row)[0]).toBe('verified')
    // Each instance has its own key, and its token is on record with it.
    const keys = new Set(acts.map((row) => attributesOf(row)[attribute.sealKey]))
    expect(keys.size).toBe(3)
    expect(rows.filter((row) => row['name'] === 'whodid.credential')).toHaveLength(3)
    expect(health()).toMatchObject({ unsealed: 0, lastError: '' })
  })

  it('sends the same again where an answer was lost, so that nothing is on record twice', async () => {
    let lostAnswers = 2
    const lossy = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = []
        for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
        const { authorization = '', dpop, 'content-type': type = '' } = request.headers
        const answer = await fetch(`${collector.url}${request.url ?? ''}`, {
          method: request.method ?? 'POST',
          headers: {
            authorization,
            'content-type': type,
            ...(typeof dpop === 'string' ? { dpop } : {}),
          },
          ...(request.method === 'GET' ? {} : { body: Buffer.concat(chunks) }),
        })
        const isLost = request.url === '/v1/traces' && (lostAnswers -= 1) >= 0
        response.writeHead(isLost ? 503 : answer.status)
        response.end(Buffer.from(await answer.arrayBuffer()))
      })()
    })
    await new Promise<void>((resolve) => lossy.listen(0, '127.0.0.1', resolve))
    // A server on a port has such an address.
    const { port } = lossy.address() as AddressInfo
    const limits = { retryDelayMs: 10, retryDelayMsMax: 20 }
    start({ endpoint: `http://127.0.0.1:${port}`, token, sealing: 'on', exitHooks: false, limits })
    await act('fixer', 'jane@acme.example')
    await act('fixer', 'jane@acme.example')
    expect(await flush()).toBe(true)
    const rows = await recorded()
    const spans = rows.map((row) => `${String(row['trace_id'])}-${String(row['span_id'])}`)
    expect(new Set(spans).size).toBe(spans.length)
    expect(lostAnswers).toBeLessThan(0)
    for (const row of ofAgents(rows)) expect(markOf(row)).toEqual(all)
    await shutdown()
    lossy.closeAllConnections()
    lossy.close()
  })

  it('makes as many requests as the seals of many instances need', async () => {
    start({ endpoint: collector.url, token, sealing: 'on', exitHooks: false })
    await Promise.all(Array.from({ length: 20 }, (_, place) => act(`fixer-${place}`, 'jane')))
    expect(await flush()).toBe(true)
    const acts = ofAgents(await recorded())
    expect(new Set(acts.map((row) => row['template_id'])).size).toBe(20)
    for (const row of acts) expect(markOf(row)).toEqual(all)
  })

  it('sends unsealed, and counts, what no token can name', async () => {
    start({ endpoint: collector.url, token, sealing: 'on', exitHooks: false })
    await act('bad name', 'jane')
    await agent({ template: 'fixer', onBehalfOf: 'jane' }, () =>
      tool('look', { verb: 'read' }, () => 1),
    )
    expect(await flush()).toBe(true)
    const acts = ofAgents(await recorded())
    const marksOf = (template: string): unknown[] =>
      acts.filter((row) => row['template_id'] === template).map((row) => markOf(row)[0])
    expect(new Set(marksOf('bad name'))).toEqual(new Set([undefined]))
    expect(new Set(marksOf('fixer'))).toEqual(new Set(['verified']))
  })

  it('goes on without seals where the collector gives no token', async () => {
    const sink = createServer((request, response) => {
      request.resume()
      response.writeHead(request.url === '/v1/traces' ? 200 : 404).end()
    })
    await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve))
    // A server on a port has such an address.
    const { port } = sink.address() as AddressInfo
    start({ endpoint: `http://127.0.0.1:${port}`, token, sealing: 'on', exitHooks: false })
    await act('fixer', 'jane')
    expect(await flush()).toBe(true)
    expect(health()).toMatchObject({ pending: 0, lastError: 'HTTP 404' })
    expect(health().unsealed).toBe(health().exported)
    await shutdown()
    sink.closeAllConnections()
    sink.close()
  })
})
