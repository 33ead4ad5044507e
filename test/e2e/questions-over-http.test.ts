import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemSchema } from '@whodid/model/answers'
import type { ApiClient } from '@whodid/client'
import { checkResponse, createCheckedClient } from '../harness/checked-client.ts'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import type { SpanAttributes } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

let whodid: WhodidProcess
let client: ApiClient
beforeAll(async () => {
  whodid = await startWhodidProcess()
  client = createCheckedClient(whodid.apiUrl, whodid.tokens.investigator)
  await sendSpans(whodid, 'one', [
    { ...triage, ...kind('session') },
    { ...triage, ...kind('prompt'), 'whodid.prompt.origin': 'human' },
    { ...triage, ...toolCall('update', 'https://github.com/acme/app/pull/812'), ...borrowed },
    { ...fixer, ...toolCall('delete', 'db:row:shop/customers/42'), 'whodid.action.id': 'del-42' },
    { ...human, ...toolCall('approve', 'github:pull:acme/app/812') },
  ])
  await until(async () => (await listed({ delegator: 'dev@acme.example' })).length === 3)
})
afterAll(async () => {
  await whodid.remove()
})

const kind = (name: string): SpanAttributes => ({ 'whodid.record.kind': name })
const triage: SpanAttributes = {
  'gen_ai.agent.id': 'repo-triage',
  'whodid.actor.type': 'agent',
  'whodid.agent.instance.id': 'triage-1',
  'whodid.delegator.id': 'dev@acme.example',
  'whodid.delegator.type': 'human',
  'whodid.correlation.id': 'corr-1',
}
const fixer: SpanAttributes = {
  ...triage,
  'gen_ai.agent.id': 'db-fixer',
  'whodid.agent.instance.id': 'fixer-1',
  'whodid.agent.instance.parent_id': 'triage-1',
}
const human: SpanAttributes = { 'whodid.actor.type': 'human', 'user.id': 'dev@acme.example' }
const borrowed: SpanAttributes = { 'whodid.credential.id': 'pat-1' }

async function until(satisfied: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!(await satisfied())) {
    if (performance.now() > deadline) throw new Error('what was sent never became visible')
    await sleep(50)
  }
}

async function listed(query: Record<string, string>) {
  const { data } = await client.GET('/v1/actions', { params: { query } })
  return data!.actions
}

test.each<[Record<string, string>, readonly string[]]>([
  [{ resource: 'https://github.com/acme/app/pull/812' }, ['approve', 'update']],
  [{ instance: 'triage-1' }, ['update']],
  [{ delegator: 'dev@acme.example', verdict: 'agent' }, ['delete', 'update']],
  [{ delegator: 'dev@acme.example', verdict: 'human' }, ['approve']],
  [{ correlation: 'corr-1', verb: 'delete' }, ['delete']],
  [{ credential: 'pat-1' }, ['update']],
  [{ action: 'del-42' }, ['delete']],
  [{ template: 'db-fixer', from: '2020-01-01T00:00:00Z' }, ['delete']],
  [{ instance: 'triage-1', grade: 'contradicted' }, []],
  [{ instance: 'triage-1', outcome: 'denied' }, []],
  [{ instance: 'triage-1', to: '2020-01-01T00:00:00Z' }, []],
  [{ instance: 'triage-1', as_recorded: '2020-01-01T00:00:00Z' }, []],
])('actions by %j', async (query, verbs) => {
  expect((await listed(query)).map(({ verb }) => verb)).toEqual(verbs)
})

test('actions by trace and by span, each with who did it', async () => {
  const [removed] = await listed({ action: 'del-42' })
  expect(removed).toMatchObject({
    verdict: 'agent',
    actor: 'fixer-1',
    template: 'db-fixer',
    delegator: 'dev@acme.example',
    tool: 'delete_it',
    resource: { id: 'db:row:shop/customers/42' },
  })
  expect(await listed({ span: removed!.span })).toEqual([removed])
  expect(await listed({ trace: removed!.span.slice(0, 32) })).toHaveLength(3)
})

test('a listing goes on where it ended, whatever arrives meanwhile', async () => {
  const on = (n: number) => ({
    ...triage,
    'whodid.agent.instance.id': 'pages',
    ...toolCall('update', `t:p:${n}`),
  })
  await sendSpans(
    whodid,
    'pages',
    Array.from({ length: 9 }, (_, n) => on(n)),
  )
  await until(async () => (await listed({ instance: 'pages' })).length === 9)
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const query = { instance: 'pages', limit: '2', ...(cursor === undefined ? {} : { cursor }) }
    const { data } = await client.GET('/v1/actions', { params: { query } })
    seen.push(...data!.actions.map(({ resource }) => resource!.id))
    cursor = data!.next_cursor ?? undefined
    await sendSpans(whodid, `pages ${seen.length}`, [on(100 + seen.length)])
  } while (cursor !== undefined)
  expect(seen.filter((id) => !/^t:p:1\d\d$/u.test(id))).toEqual(
    Array.from({ length: 9 }, (_, n) => `t:p:${8 - n}`),
  )
  expect(new Set(seen).size).toBe(seen.length)
})

test('an instance, its timeline and its blast radius', async () => {
  const path = { id: 'triage-1' }
  const { data: told } = await client.GET('/v1/instances/{id}', { params: { path } })
  expect(told!.instance).toMatchObject({
    templates: [{ id: 'repo-triage' }],
    children: [{ id: 'fixer-1', template: 'db-fixer' }],
    records: 3,
  })
  expect(told!.timeline.map((entry) => entry.record_kind)).toEqual([
    'session',
    'prompt',
    'tool_call',
  ])
  const { data: radius } = await client.GET('/v1/instances/{id}/blast-radius', { params: { path } })
  expect(radius!.instances.map(({ id }) => id)).toEqual(['triage-1', 'fixer-1'])
  expect(radius!.resources.map(({ id, touches }) => [id, touches[0]?.verb])).toEqual([
    ['db:row:shop/customers/42', 'delete'],
    ['github:pull:acme/app/812', 'update'],
  ])
})

test('the templates of a time', async () => {
  const query = { from: '2020-01-01T00:00:00Z' }
  const { data } = await client.GET('/v1/templates', { params: { query } })
  expect(data!.templates.map(({ id }) => id)).toEqual(['db-fixer', 'repo-triage'])
  expect(data!.templates[0]).toMatchObject({ tools: ['delete_it'], instances_total: 1 })
})

test('a delegator’s direct and delegated acts', async () => {
  const { data } = await client.GET('/v1/delegators/{id}', {
    params: { path: { id: 'dev@acme.example' } },
  })
  expect(data!.direct).toMatchObject({ acts: 1, latest: [{ verb: 'approve', verdict: 'human' }] })
  expect(data!.delegated.agents.map(({ template }) => template)).toContain('db-fixer')
})

describe('many handles at once', () => {
  const ask = (body: object) =>
    // Tests of wrong bodies send what the types forbid.
    client.POST('/v1/who-did', { body: body as { of: string[] } })
  const askOne = async (of: string) =>
    (await client.GET('/v1/who-did', { params: { query: { of } } })).data
  // Between two questions a checkpoint may be signed and the self-check may run: what is decided does not depend on that.
  const decided = (answer: Awaited<ReturnType<typeof askOne>> | null) => {
    const { cost: _cost, integrity, ...rest } = answer!
    return { ...rest, place: [integrity.log, integrity.index] }
  }

  test('each has its answer, or its own problem', async () => {
    const of = ['action:del-42', 'nonsense', 'github:pull:acme/app/812', 'template:nobody']
    await until(async () => (await askOne(of[0]!))?.integrity.state === 'sealed')
    const { data } = await ask({ of })
    expect(data!.outcomes.map((outcome) => [outcome.of, outcome.answer?.verdict ?? null])).toEqual([
      ['action:del-42', 'agent'],
      ['nonsense', null],
      ['github:pull:acme/app/812', 'human'],
      ['template:nobody', 'undetermined'],
    ])
    expect(data!.outcomes[1]!.problem).toMatchObject({ code: 'invalid_handle', status: 400 })
    const [answer] = data!.outcomes
    expect(decided(answer!.answer)).toEqual(decided(await askOne(of[0]!)))
  })

  test.each([
    [{ of: [] }, 'invalid_parameter'],
    [{ of: Array.from({ length: 51 }, () => 'template:a') }, 'invalid_parameter'],
    [{ of: 'template:a' }, 'invalid_body'],
    [{}, 'invalid_body'],
    [{ of: ['template:a'], form: 'x' }, 'invalid_body'],
    [{ of: ['template:a'], at: 'yesterday' }, 'invalid_time'],
    [{ of: ['template:a'], limit: '1e3' }, 'invalid_parameter'],
  ])('%j is refused as %s', async (body, code) => {
    expect((await ask(body)).error).toMatchObject({ code })
  })

  test.each([
    ['text/plain', '{"of":["template:a"]}', 415],
    ['application/json', '{"of":', 400],
    ['application/json', Buffer.from([0x22, 0xff, 0x22]), 400],
    ['application/json', JSON.stringify({ of: ['a'.repeat(300_000)] }), 413],
    ['application/json', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 400],
    ['application/json', '', 400],
  ])('a body of %s that is not one: %#', async (type, body, status) => {
    const request = new Request(`${whodid.apiUrl}/v1/who-did`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${whodid.tokens.investigator}`,
        'content-type': type,
      },
      body,
    })
    const response = await fetch(request)
    expect(response.status).toBe(status)
    await checkResponse(request, response)
  })
})

const hostile = [
  "x' OR 1=1 --",
  '\\',
  '${jndi:x}',
  '{id:String}',
  '</script>',
  '‮x',
  'é',
  '%',
  '; DROP TABLE whodid.spans',
]

test.each(hostile)('the hostile ID %j finds nothing, and breaks nothing', async (id) => {
  expect(await listed({ instance: id })).toEqual([])
  const path = { id }
  expect((await client.GET('/v1/instances/{id}', { params: { path } })).data!.instance).toBeNull()
  const radius = await client.GET('/v1/instances/{id}/blast-radius', { params: { path } })
  expect(radius.data!.resources).toEqual([])
  const delegator = await client.GET('/v1/delegators/{id}', { params: { path } })
  expect(delegator.data!.delegated.acts).toBe(0)
})

const span = `${'a'.repeat(32)}-${'b'.repeat(16)}`
const forged = (...parts: unknown[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url')

test.each([
  ['/v1/actions', 422, 'range_required'],
  ['/v1/actions?template=a', 422, 'range_required'],
  ['/v1/actions?verdict=human&grade=none', 422, 'range_required'],
  ['/v1/templates', 422, 'range_required'],
  ['/v1/actions?instance=a&verb=a%20b', 400, 'invalid_parameter'],
  ['/v1/actions?instance=a&outcome=won', 400, 'invalid_parameter'],
  ['/v1/actions?instance=a&verdict=robot', 400, 'invalid_parameter'],
  ['/v1/actions?instance=a&grade=A', 400, 'invalid_parameter'],
  ['/v1/actions?instance=a&limit=0', 400, 'invalid_parameter'],
  ['/v1/actions?instance=a&limit=501', 400, 'invalid_parameter'],
  ['/v1/actions?instance=a&limit=-1', 400, 'invalid_parameter'],
  ['/v1/actions?instance=a&instance=b', 400, 'invalid_parameter'],
  ['/v1/actions?instance=', 400, 'invalid_parameter'],
  ['/v1/actions?tenant=other&instance=a', 400, 'invalid_parameter'],
  ['/v1/actions?instance=a%00b', 400, 'invalid_handle'],
  ['/v1/actions?trace=xyz', 400, 'invalid_handle'],
  [`/v1/actions?span=${'a'.repeat(32)}`, 400, 'invalid_handle'],
  [`/v1/actions?instance=${'a'.repeat(5_000)}`, 400, 'invalid_handle'],
  ['/v1/actions?instance=a&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 400, 'invalid_time'],
  ['/v1/actions?instance=a&as_recorded=now', 400, 'invalid_time'],
  ['/v1/actions?instance=a&cursor=!', 400, 'invalid_cursor'],
  ['/v1/actions?instance=a&cursor=bm9wZQ', 400, 'invalid_cursor'],
  [`/v1/actions?instance=a&cursor=${forged(1, 'x', 'a', 'b', 'c')}`, 400, 'invalid_cursor'],
  [`/v1/actions?instance=a&cursor=${forged(2)}`, 400, 'invalid_cursor'],
  [`/v1/templates?from=2026-01-01T00:00:00Z&cursor=${forged(1, 'x', 'a')}`, 400, 'invalid_cursor'],
  ['/v1/templates?from=2026-01-01T00:00:00Z&limit=201', 400, 'invalid_parameter'],
  ['/v1/instances/a?limit=501', 400, 'invalid_parameter'],
  ['/v1/instances/a?verb=read', 400, 'invalid_parameter'],
  ['/v1/instances/a%00', 400, 'invalid_handle'],
  ['/v1/instances/%20', 400, 'invalid_handle'],
  ['/v1/instances/a/blast-radius?cursor=x', 400, 'invalid_parameter'],
  ['/v1/instances/a/blast-radius?limit=1001', 400, 'invalid_parameter'],
  ['/v1/delegators/a?limit=101', 400, 'invalid_parameter'],
  ['/v1/delegators/a?from=x', 400, 'invalid_time'],
])('%s is refused with %i %s', async (path, status, code) => {
  const response = await whodid.get(path)
  const problem = problemSchema.parse(await response.clone().json())
  expect([response.status, problem.code]).toEqual([status, code])
  await checkResponse(new Request(`${whodid.apiUrl}${path}`), response)
})

test('a cursor of one list is refused by another', async () => {
  const query = { instance: 'pages', limit: '1' }
  const { data } = await client.GET('/v1/actions', { params: { query } })
  const cursor = data!.next_cursor!
  const other = await client.GET('/v1/actions', { params: { query: { instance: 'x', cursor } } })
  expect(other.error).toMatchObject({ code: 'invalid_cursor' })
})

test('every question needs a reader’s token, and is on record with what was asked', async () => {
  const paths = [
    `/v1/actions?span=${span}`,
    '/v1/instances/on%2Frecord',
    '/v1/instances/on%2Frecord/blast-radius',
    '/v1/templates?from=2026-01-01T00:00:00Z',
    '/v1/delegators/on%2Frecord',
  ]
  for (const path of paths) {
    expect((await fetch(`${whodid.apiUrl}${path}`)).status).toBe(401)
    expect((await whodid.get(path, whodid.tokens.ingest)).status).toBe(403)
    expect((await whodid.get(path)).status, path).toBe(200)
  }
  await client.POST('/v1/who-did', { body: { of: ['template:a', 'template:b'] } })
  const list = await whodid.get('/v1/reads?limit=1000', whodid.tokens.admin)
  const { reads } = (await list.json()) as { reads: { route: string; question: string }[] }
  for (const path of paths) expect(reads.map(({ route }) => route)).toContain(path.split('?')[0])
  expect(reads.map(({ question }) => question)).toEqual(
    expect.arrayContaining([
      `{"span":"${span}"}`,
      '{"id":"on/record"}',
      '{"of":"[\\"template:a\\",\\"template:b\\"]"}',
    ]),
  )
})
