import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WhoDidAnswer } from '@whodid/model'
import { revocationSchema, revocationsSchema } from '@whodid/model/answers'
import { agent, human, shutdown, start, tool } from '@whodid/sdk'
import type { z } from 'zod'
import { openEventStream } from '../harness/event-stream.ts'
import { runWhodid } from '../harness/run-whodid.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

let whodid: WhodidProcess
beforeAll(async () => {
  whodid = await startWhodidProcess()
})
afterAll(() => whodid.remove())

const streamUrl = (since = 0): string => `${whodid.apiUrl}/v1/revocations/stream?since=${since}`

interface Act {
  readonly instance: string
  readonly parent?: string
  readonly resource: string
  /** Milliseconds from now. */
  readonly startsIn: number
  /** ID of an order that its record names. */
  readonly seen?: string
}

/** Sends an act as its agent would. The collector must take it, whatever became of the agent. */
async function send({ instance, parent, resource, startsIn, seen }: Act): Promise<void> {
  const startNs = `${BigInt(Date.now() + startsIn) * 1_000_000n}`
  const traceId = createHash('md5').update(resource).digest('hex')
  const attributes = {
    'gen_ai.agent.id': 'db-fixer',
    'whodid.actor.type': 'agent',
    'whodid.agent.instance.id': instance,
    ...(parent === undefined ? {} : { 'whodid.agent.instance.parent_id': parent }),
    'whodid.delegator.id': 'jane@acme.example',
    'whodid.delegator.type': 'human',
    'whodid.record.kind': 'tool_call',
    'whodid.action.verb': 'delete',
    'whodid.action.outcome': 'success',
    'whodid.resource.id': resource,
    ...(seen === undefined ? {} : { 'whodid.seen.revocation_id': seen }),
  }
  const span = {
    traceId,
    spanId: traceId.slice(0, 16),
    name: 'act',
    startTimeUnixNano: startNs,
    endTimeUnixNano: startNs,
    attributes: Object.entries(attributes).map(([key, value]) => ({
      key,
      value: { stringValue: value },
    })),
  }
  const response = await fetch(`${whodid.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${whodid.tokens.ingest}`,
    },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  })
  expect(response.status).toBe(200)
}

async function post(body: object, token = whodid.tokens.admin): Promise<Response> {
  return fetch(`${whodid.apiUrl}/v1/revocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  })
}

async function revoke(
  kind: string,
  id: string,
  more: object = {},
): Promise<z.infer<typeof revocationSchema>> {
  const target = { kind, id }
  const response = await post({ action: 'revoke', target, cause: 'incident 42', ...more })
  expect(response.status).toBe(200)
  return revocationSchema.parse(await response.json())
}

async function reasonsOf(resource: string): Promise<readonly string[]> {
  const answer = await whodid.whoDid(resource, ({ action }) => action !== null)
  expect(answer.verdict).toBe('agent')
  return answer.reasons.map(({ code }) => code).filter((code) => code.includes('revocation'))
}

test('a kill reaches who listens, and answers say which acts came after it', async () => {
  await send({ instance: 'fixer-1', resource: 'db:row:shop/orders/1', startsIn: -2_000 })
  // A clock that runs ahead.
  await send({ instance: 'fixer-1', resource: 'db:row:shop/orders/8', startsIn: 600_000 })
  expect(await reasonsOf('db:row:shop/orders/1')).toEqual([])
  expect(await reasonsOf('db:row:shop/orders/8')).toEqual([])
  const stream = await openEventStream(streamUrl(), whodid.tokens.ingest)

  const ran = await runWhodid(whodid, [
    'kill',
    'instance:fixer-1',
    '--cause',
    'incident 42',
    '--json',
  ])
  expect(ran).toMatchObject({ code: 0, stderr: '' })
  const killed = revocationSchema.parse(JSON.parse(ran.stdout))
  expect(killed).toMatchObject({ seq: 1, action: 'revoke', cascade: true, initiator: 'admin' })
  const told = await stream.find(({ event }) => event === 'revocation')
  expect(JSON.parse(told.data)).toEqual({
    seq: 1,
    id: killed.id,
    action: 'revoke',
    target: { kind: 'instance', id: 'fixer-1' },
    cascade: true,
    at: killed.at,
  })

  // Evidence is always taken: of the stopped agent, of one that it started, and of another of its template.
  await send({ instance: 'fixer-1', resource: 'db:row:shop/orders/2', startsIn: 1_000 })
  await send({ instance: 'fixer-1', resource: 'db:row:shop/orders/3', startsIn: -600_000 })
  await send({
    instance: 'fixer-1-a',
    parent: 'fixer-1',
    resource: 'db:row:shop/orders/4',
    startsIn: 1_000,
  })
  await send({ instance: 'fixer-2', resource: 'db:row:shop/orders/5', startsIn: 1_000 })
  // A clock that runs behind, of an agent whose record names the order.
  await send({
    instance: 'fixer-1',
    resource: 'db:row:shop/orders/9',
    startsIn: -600_000,
    seen: killed.id,
  })
  expect(await reasonsOf('db:row:shop/orders/8')).toEqual(['before_revocation'])
  expect(await reasonsOf('db:row:shop/orders/9')).toEqual(['after_revocation_proven'])
  expect(await reasonsOf('db:row:shop/orders/1')).toEqual(['before_revocation'])
  expect(await reasonsOf('db:row:shop/orders/2')).toEqual(['after_revocation_claimed'])
  expect(await reasonsOf('db:row:shop/orders/3')).toEqual(['revocation_indeterminate'])
  expect(await reasonsOf('db:row:shop/orders/4')).toEqual(['after_revocation_claimed'])
  expect(await reasonsOf('db:row:shop/orders/5')).toEqual([])

  const answer = await whodid.whoDid('db:row:shop/orders/2')
  expect(answer.summary).toContain(`instance fixer-1 was revoked at ${killed.at}`)
  expect(answer.reasons.at(-1)?.span).toBe(killed.record)
  // The kill is itself an act on record.
  const record = await whodid.whoDid(`span:${killed.record}`, ({ action }) => action !== null)
  expect(record).toMatchObject({ verdict: 'service', actor: { id: 'whodid' } })
  stream.close()
})

test('a pause ends, and a kill of a person’s agents names the person nowhere as stopped', async () => {
  const paused = await runWhodid(whodid, ['pause', 'instance:fixer-3', '--cause', 'a look'])
  expect(paused.stdout).toContain('instance fixer-3 is paused, in force since')
  expect(paused.stderr).toContain('No instance fixer-3 is on record')
  const resumed = await runWhodid(whodid, ['resume', 'instance:fixer-3', '--cause', 'all well'])
  expect(resumed.stdout).toContain('instance fixer-3 may go on')
  await send({ instance: 'fixer-3', resource: 'db:row:shop/orders/6', startsIn: 2_000 })
  expect(await reasonsOf('db:row:shop/orders/6')).toEqual([])

  const ran = await runWhodid(whodid, [
    'kill',
    'person:bob@acme.example',
    '--cause',
    'left',
    '--json',
  ])
  expect(revocationSchema.parse(JSON.parse(ran.stdout)).target).toEqual({
    kind: 'agents_of',
    id: 'bob@acme.example',
  })
  const refused = await runWhodid(whodid, ['kill', 'github:pull:acme/app/812', '--cause', 'x'])
  expect(refused.code).not.toBe(0)
  expect(refused.stderr).toContain('invalid_handle')
})

test('an agent is stopped by its exact name, and another whose name looks the same is not', async () => {
  const names = ['batch 7', 'batch  7', 'batch 7 ', 'batch\u200b7']
  for (const [place, killed] of names.entries()) {
    const order = await revoke('instance', killed)
    expect(order.target.id).toBe(killed)
    for (const [number, instance] of names.entries()) {
      const resource = `db:row:shop/alike/${place}-${number}`
      await send({ instance, resource, startsIn: 1_000 })
      const stopped = names.slice(0, place + 1).includes(instance)
      expect([instance, await reasonsOf(resource)]).toEqual([
        instance,
        stopped ? ['after_revocation_claimed'] : [],
      ])
    }
  }
})

test('only the admin stops, and an agent’s token only listens', async () => {
  const body = { action: 'revoke', target: { kind: 'instance', id: 'x' }, cause: 'y' }
  for (const token of [whodid.tokens.investigator, whodid.tokens.ingest])
    expect((await post(body, token)).status).toBe(403)
  expect((await whodid.get('/v1/revocations', whodid.tokens.ingest)).status).toBe(403)
  for (const bad of [
    { ...body, target: { kind: 'human', id: 'jane' } },
    { ...body, target: { kind: 'instance', id: ' ' } },
    { ...body, cause: '' },
    { ...body, action: 'delete' },
    { ...body, more: 1 },
  ])
    expect((await post(bad)).status).toBe(400)
  expect((await whodid.get('/v1/revocations/stream?since=999')).status).toBe(400)
})

test('an agent listens with the token of its own that it sends with, and with no other right', async () => {
  const added = await runWhodid(whodid, [
    'exporter',
    'add',
    '--name',
    'fixers',
    '--template',
    'db-fixer',
    '--json',
  ])
  const { token } = JSON.parse(added.stdout) as { readonly token: string }
  await expect.poll(async () => (await whodid.get('/v1/revocations', token)).status).toBe(403)
  const stream = await openEventStream(streamUrl(), token)
  await stream.find(({ event }) => event === 'alive')
  stream.close()
})

test('a hundred listeners are told the same, in order and without a hole', async () => {
  const before = revocationsSchema.parse(await (await whodid.get('/v1/revocations')).json())
  const since = before.newest_seq
  const streams = await Promise.all(
    Array.from({ length: 100 }, () => openEventStream(streamUrl(since), whodid.tokens.ingest)),
  )
  const made = await Promise.all(
    Array.from({ length: 20 }, (_, n) => revoke('instance', `crowd-${n}`)),
  )
  const expected = made.map(({ seq }) => seq).toSorted((a, b) => a - b)
  expect(expected).toEqual(Array.from({ length: 20 }, (_, n) => since + n + 1))
  for (const stream of streams) {
    await stream.find(({ id }) => id === String(since + 20))
    const told = stream.events.filter(({ event }) => event === 'revocation')
    expect(told.map(({ id }) => Number(id))).toEqual(expected)
    stream.close()
  }
  // Who comes later is told what it missed.
  const late = await openEventStream(streamUrl(since + 18), whodid.tokens.ingest)
  await late.find(({ event }) => event === 'alive')
  expect(late.events.flatMap(({ id }) => id ?? []).map(Number)).toEqual([since + 19, since + 20])
  late.close()
})

test('the SDK refuses the acts of a stopped agent, aborts the one under way, and leaves others be', async () => {
  start({
    serviceName: 'fixers',
    endpoint: whodid.otlpUrl,
    token: whodid.tokens.ingest,
    revocationsFrom: whodid.apiUrl,
    exitHooks: false,
  })
  const options = { template: 'db-cleaner', onBehalfOf: 'jane@acme.example' }
  const act = (n: number) =>
    tool('drop', { verb: 'delete', resource: `db:row:shop/carts/${n}` }, () => n)
  const stopped = agent(options, async (run) => {
    expect(await act(1)).toBe(1)
    // The kill comes while a call is under way.
    await tool('drop', { verb: 'delete', resource: 'db:row:shop/carts/2' }, async ({ signal }) => {
      const aborted = once(signal, 'abort')
      await revoke('instance', run.id)
      await aborted
    })
    await expect(act(3)).rejects.toMatchObject({ code: 'agent_stopped' })
    // What it started is stopped with it; reading counts too.
    await agent({ template: 'helper' }, () =>
      expect(tool('look', { verb: 'read' }, () => 0)).rejects.toMatchObject({
        code: 'agent_stopped',
      }),
    )
  })
  await stopped
  expect(await agent(options, () => act(4))).toBe(4)
  expect(await human({ id: 'jane@acme.example' }, () => act(5))).toBe(5)
  expect(await shutdown()).toBe(true)

  const isOnRecord = ({ reasons }: WhoDidAnswer): boolean =>
    reasons.some(({ code }) => code === 'no_successful_action')
  // The refused call is on record too, as one that did not happen.
  expect(isOnRecord(await whodid.whoDid('db:row:shop/carts/3', isOnRecord))).toBe(true)
  expect(await reasonsOf('db:row:shop/carts/1')).toEqual(['before_revocation'])
  expect(await reasonsOf('db:row:shop/carts/2')).toEqual(['before_revocation'])
  const listed = await whodid.get('/v1/actions?resource=db:row:shop/carts/3')
  const { actions } = (await listed.json()) as { actions: { span: string; outcome: string }[] }
  expect(actions.map(({ outcome }) => outcome)).toEqual(['denied'])
  const refused = await whodid.whoDid(`span:${actions[0]?.span}`)
  expect(refused).toMatchObject({ verdict: 'agent', action: { outcome: 'denied' } })
  expect(refused.reasons.map(({ code }) => code)).toContain('after_revocation_proven')
  expect(await reasonsOf('db:row:shop/carts/4')).toEqual([])
})

test('what was confirmed is in force after kill -9, and the streams end when the service stops', async () => {
  const last = await revoke('template', 'db-fixer')
  await whodid.kill()
  whodid = await startWhodidProcess({ dataDir: whodid.dataDir })
  const list = revocationsSchema.parse(await (await whodid.get('/v1/revocations')).json())
  expect(list.newest_seq).toBe(last.seq)
  expect(list.revocations.at(-1)).toEqual(last)
  expect(list.revocations.map(({ seq }) => seq)).toEqual(list.revocations.map((_, n) => n + 1))
  await send({ instance: 'fixer-2', resource: 'db:row:shop/orders/7', startsIn: 1_000 })
  expect(await reasonsOf('db:row:shop/orders/7')).toEqual(['after_revocation_claimed'])
  const stream = await openEventStream(streamUrl(last.seq), whodid.tokens.ingest)
  expect(await whodid.stop()).toBe(0)
  await stream.ended
})
