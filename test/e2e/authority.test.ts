import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuthorityAnswer } from '@whodid/model'
import { createCheckedClient } from '../harness/checked-client.ts'
import { runWhodid } from '../harness/run-whodid.ts'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import type { SpanAttributes } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

// What was an instance allowed at a time? Asked of a running Whodid, over records, the registry and orders that came one after another.

let whodid: WhodidProcess
beforeAll(async () => {
  whodid = await startWhodidProcess()
})
afterAll(() => whodid.remove())

const later = '2261-01-01T00:00:00Z'

interface Asked {
  readonly instance: string
  readonly at?: string
  readonly tool?: string
  readonly resource?: string
}

async function ask(query: Asked): Promise<AuthorityAnswer> {
  const client = createCheckedClient(whodid.apiUrl, whodid.tokens.investigator)
  const { data } = await client.GET('/v1/authority', { params: { query } })
  if (data === undefined) throw new Error('no answer')
  return data
}

async function askUntil(
  query: Asked,
  until: (answer: AuthorityAnswer) => boolean,
): Promise<AuthorityAnswer> {
  let answer = await ask(query)
  const deadline = performance.now() + 60_000
  while (!until(answer) && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    answer = await ask(query)
  }
  return answer
}

async function register(template: string, more: object): Promise<{ readonly recorded_at: string }> {
  const response = await fetch(`${whodid.apiUrl}/v1/registry/templates`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${whodid.tokens.admin}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      template,
      owner: 'platform',
      justification: 'repairs',
      expires_at: later,
      ...more,
    }),
  })
  expect(response.status).toBe(200)
  // The API's own tests hold it to its document.
  return (await response.json()) as { recorded_at: string }
}

/** An act of an instance, in a trace of its own; resolves when it is on record. */
async function act(instance: string, template: string, more: SpanAttributes = {}): Promise<void> {
  const name = `${instance} ${template} ${JSON.stringify(more)}`
  const resource = `db:row:shop/${Buffer.from(name).toString('hex').slice(-40)}/1`
  await sendSpans(whodid, name, [
    {
      ...toolCall('update', resource),
      'gen_ai.agent.id': template,
      'whodid.actor.type': 'agent',
      'whodid.agent.instance.id': instance,
      'whodid.delegator.id': 'jane@acme.example',
      'whodid.delegator.type': 'human',
      ...more,
    },
  ])
  await whodid.whoDid(resource, ({ action }) => action !== null)
}

const codes = (reasons: readonly { readonly code: string }[]): string[] =>
  reasons.map(({ code }) => code)

async function order(...args: readonly string[]): Promise<void> {
  const ran = await runWhodid(whodid, [...args, '--cause', 'incident 42'])
  expect(ran.code, ran.stderr).toBe(0)
}

test('an instance is active while its template is registered, and was not before', async () => {
  await act('i1', 'fixer', {
    'whodid.delegation.id': 'd1',
    'whodid.delegation.expires_at': later,
    'whodid.credential.id': 'cred-1',
    'whodid.credential.type': 'oauth',
  })
  const unregistered = await ask({ instance: 'i1', tool: 'merge' })
  expect(unregistered).toMatchObject({
    state: 'unregistered',
    template: { id: 'fixer', grade: 'channel' },
    registration: null,
    decision: { answer: 'unknown', rule: 'template_unregistered' },
  })
  const first = await register('fixer', { tools: ['get_*', 'merge'], resources: ['db:row:shop/*'] })
  const known = await askUntil({ instance: 'i1' }, ({ state }) => state === 'active')
  expect(known).toMatchObject({
    state: 'active',
    decision: null,
    instance: { id: 'i1', parent_id: null, grade: 'channel' },
    registration: { template: 'fixer', owner: 'platform', tools: ['get_*', 'merge'], scopes: null },
    delegations: [
      { id: 'd1', delegator: { id: 'jane@acme.example' }, expired: false, scopes: null },
    ],
    credentials: [{ id: 'cred-1', type: 'oauth', expired: false }],
    approvals: [],
    stops: [],
    scopes: { human: null, template: null, task: null, grant: null, at_most: null },
  })
  expect(codes(known.unknowns)).toContain('scopes_not_stated')
  const before = await ask({ instance: 'i1', at: unregistered.question.at })
  expect([before.state, before.registration]).toEqual(['unregistered', null])
  const empty = await ask({ instance: 'i1', at: '2020-01-01T00:00:00Z' })
  expect([empty.state, codes(empty.reasons), empty.instance]).toEqual([
    'unknown',
    ['no_record'],
    null,
  ])
  // A second version replaces the first from then on, and not before.
  const second = await register('fixer', { tools: ['merge'] })
  await askUntil(
    { instance: 'i1' },
    ({ registration }) => registration?.recorded_at === second.recorded_at,
  )
  const then = await ask({ instance: 'i1', at: first.recorded_at, tool: 'get_file' })
  expect(then.decision).toMatchObject({ answer: 'allowed', rule: 'tool_listed', grade: 'channel' })
  const now = await ask({ instance: 'i1', tool: 'get_file' })
  expect(now.decision).toMatchObject({ answer: 'not_allowed', rule: 'tool_not_listed' })
  const sealed = await askUntil({ instance: 'i1' }, ({ integrity }) => integrity.state === 'sealed')
  expect(sealed.integrity).toMatchObject({ state: 'sealed', findings: [] })
  expect(sealed.integrity.checkpoint).toContain('\n')
  expect(sealed.integrity.records[0]).toMatchObject({ state: 'sealed' })
  expect(sealed.integrity.records.map(({ span }) => span)).toContain(sealed.registration?.record)
})

test.each([
  ['a tool that is listed', { tool: 'merge' }, 'allowed', 'tool_listed'],
  ['a tool whose beginning is', { tool: 'get_file' }, 'allowed', 'tool_listed'],
  ['a tool that is not', { tool: 'drop' }, 'not_allowed', 'tool_not_listed'],
  ['a tool in other case', { tool: 'Merge' }, 'not_allowed', 'tool_not_listed'],
  ['a resource', { resource: 'file:/srv/app/a.ts' }, 'allowed', 'resource_listed'],
  ['a resource elsewhere', { resource: 'file:/etc/passwd' }, 'not_allowed', 'resource_not_listed'],
  [
    'a path that leads out',
    { resource: 'file:/srv/app/%2e%2e/%2e%2e/etc/passwd' },
    'unknown',
    'resource_ambiguous',
  ],
  [
    'both',
    { tool: 'merge', resource: 'file:/srv/app/a.ts' },
    'allowed',
    'tool_and_resource_listed',
  ],
  [
    'a good tool on a bad resource',
    { tool: 'merge', resource: 'file:/etc/passwd' },
    'not_allowed',
    'resource_not_listed',
  ],
])('the registry decides about %s', async (_, asked, answer, rule) => {
  await act('judge-1', 'judge')
  const { registration } = await ask({ instance: 'judge-1' })
  if (registration === null) {
    await register('judge', { tools: ['merge', 'get_*'], resources: ['file:/srv/app/*'] })
    await askUntil({ instance: 'judge-1' }, ({ state }) => state === 'active')
  }
  const { decision, summary } = await ask({ instance: 'judge-1', ...asked })
  expect(decision).toMatchObject({ answer, rule })
  expect(summary).toContain(
    { allowed: 'was allowed', not_allowed: 'was not allowed', unknown: 'is not on record' }[
      answer
    ] ?? '?',
  )
})

test('what the registration does not state is unknown, and an empty list allows nothing', async () => {
  await act('mute-1', 'mute')
  await act('shut-1', 'shut')
  await register('mute', {})
  await register('shut', { tools: [], resources: [] })
  const of = (instance: string) =>
    askUntil({ instance, tool: 'merge', resource: 'file:/a' }, ({ state }) => state === 'active')
  expect((await of('mute-1')).decision).toMatchObject({
    answer: 'unknown',
    rule: 'tools_not_stated',
  })
  expect(codes((await of('mute-1')).unknowns)).toEqual(
    expect.arrayContaining(['tools_not_stated', 'resources_not_stated']),
  )
  expect((await of('shut-1')).decision).toMatchObject({
    answer: 'not_allowed',
    rule: 'tool_not_listed',
  })
})

test('orders in force then are told, and those that had ended or were yet to come are not', async () => {
  await act('stop-1', 'stopper', { 'whodid.correlation.id': 'task-9' })
  await register('stopper', { tools: ['*'] })
  const active = await askUntil({ instance: 'stop-1' }, ({ state }) => state === 'active')
  await order('pause', 'instance:stop-1')
  const paused = await ask({ instance: 'stop-1', tool: 'merge' })
  expect(paused).toMatchObject({
    state: 'paused',
    decision: { answer: 'not_allowed', rule: 'instance_paused' },
    stops: [
      {
        state: 'paused',
        target: { kind: 'instance', id: 'stop-1' },
        cause: 'incident 42',
        initiator: 'admin',
      },
    ],
  })
  await order('resume', 'instance:stop-1')
  const resumed = await ask({ instance: 'stop-1', tool: 'merge' })
  expect([resumed.state, resumed.decision?.answer, resumed.stops]).toEqual([
    'active',
    'allowed',
    [],
  ])
  // A pause that a kill ended was a pause until then.
  await order('pause', 'correlation:task-9')
  const again = await ask({ instance: 'stop-1' })
  await order('kill', 'correlation:task-9')
  expect(await ask({ instance: 'stop-1' })).toMatchObject({
    state: 'revoked',
    stops: [{ state: 'revoked', target: { kind: 'task', id: 'task-9' } }],
  })
  for (const [answer, state] of [
    [active, 'active'],
    [paused, 'paused'],
    [resumed, 'active'],
    [again, 'paused'],
  ] as const)
    expect((await ask({ instance: 'stop-1', at: answer.question.at })).state).toBe(state)
  // An order on an instance that never said anything is known all the same.
  await order('kill', 'instance:stop-2')
  expect(await ask({ instance: 'stop-2', tool: 'merge' })).toMatchObject({
    state: 'revoked',
    instance: null,
    decision: { answer: 'not_allowed' },
  })
})

test('a template whose registration ended, and a delegation that did, are expired', async () => {
  await act('old-1', 'old')
  const soon = new Date(Date.now() + 1_500).toISOString()
  const registered = await register('old', { tools: ['*'], expires_at: soon })
  const then = { instance: 'old-1', tool: 'merge', at: registered.recorded_at }
  expect(await askUntil(then, ({ state }) => state === 'active')).toMatchObject({
    decision: { answer: 'allowed' },
  })
  expect(
    await askUntil({ instance: 'old-1', tool: 'merge' }, ({ state }) => state === 'expired'),
  ).toMatchObject({
    reasons: [{ code: 'registration_expired' }],
    decision: { answer: 'not_allowed', rule: 'registration_expired' },
  })

  await act('ended-1', 'ended', {
    'whodid.delegation.id': 'd2',
    'whodid.delegation.expires_at': '2020-01-01T00:00:00Z',
  })
  await register('ended', { tools: ['*'] })
  expect(
    await askUntil(
      { instance: 'ended-1', tool: 'merge' },
      ({ registration }) => registration !== null,
    ),
  ).toMatchObject({
    state: 'expired',
    reasons: [{ code: 'delegation_expired' }],
    delegations: [{ id: 'd2', expired: true }],
    decision: { answer: 'not_allowed', rule: 'delegation_expired' },
  })
})

test('names that contradict each other decide nothing, and a time to come is not known', async () => {
  await act('two-1', 'two-a')
  await act('two-1', 'two-b')
  await register('two-a', { tools: ['*'] })
  await register('two-b', { tools: ['*'] })
  expect(await ask({ instance: 'two-1', tool: 'merge' })).toMatchObject({
    state: 'unknown',
    reasons: [{ code: 'conflicting_template' }],
    template: null,
    registration: null,
    decision: { answer: 'unknown', grade: 'none' },
  })
  await act('ahead-1', 'two-a')
  await askUntil({ instance: 'ahead-1' }, ({ state }) => state === 'active')
  expect(
    await ask({ instance: 'ahead-1', tool: 'merge', at: '2200-01-01T00:00:00Z' }),
  ).toMatchObject({
    state: 'unknown',
    reasons: [{ code: 'at_in_future' }],
    decision: { answer: 'unknown' },
  })
})

test('the chain above an instance bounds its scopes and stops it', async () => {
  await act('top-1', 'planner')
  await act('mid-1', 'chained', { 'whodid.agent.instance.parent_id': 'top-1' })
  await act('low-1', 'chained', { 'whodid.agent.instance.parent_id': 'mid-1' })
  await register('chained', { scopes: ['repo:read', 'db:write'], tools: ['*'] })
  const answer = await askUntil({ instance: 'low-1' }, ({ state }) => state === 'active')
  expect(answer.scopes).toEqual({
    human: null,
    template: ['repo:read', 'db:write'],
    task: null,
    grant: null,
    parents: [
      { instance: 'mid-1', scopes: null },
      { instance: 'top-1', scopes: null },
    ],
    at_most: ['repo:read', 'db:write'],
    unknown: ['human', 'task', 'grant', 'parent mid-1', 'parent top-1'],
  })
  await order('kill', 'template:planner')
  expect(await ask({ instance: 'low-1' })).toMatchObject({
    state: 'revoked',
    stops: [{ target: { kind: 'template', id: 'planner' } }],
  })
})

test('only readers ask, about their own tenant, and each question is on record', async () => {
  const { ingest } = whodid.tokens
  expect((await whodid.get('/v1/authority?instance=i1', ingest)).status).toBe(403)
  for (const [query, code] of [
    ['', 'invalid_parameter'],
    ['instance=i1&at=soon', 'invalid_time'],
    ['instance=i1&tool=%20', 'invalid_parameter'],
    ['instance=i1&resource=%20', 'invalid_handle'],
    ['instance=%20', 'invalid_handle'],
    ['instance=i1&toool=x', 'invalid_parameter'],
  ] as const) {
    const response = await whodid.get(`/v1/authority?${query}`)
    expect([query, response.status, ((await response.json()) as { code: string }).code]).toEqual([
      query,
      400,
      code,
    ])
  }
  await ask({ instance: 'i1', tool: 'a-tool-of-this-test' })
  const reads = await (await whodid.get('/v1/reads?limit=20', whodid.tokens.admin)).text()
  expect(reads).toContain('a-tool-of-this-test')
  const added = await runWhodid(whodid, ['reader', 'add', '--name', 'b', '--tenant', 'b', '--json'])
  const { token } = JSON.parse(added.stdout) as { token: string }
  await expect
    .poll(async () => (await whodid.get('/v1/authority?instance=i1', token)).json())
    .toMatchObject({ state: 'unknown', instance: null, registration: null, delegations: [] })
})

test('the command prints the answer for a person, and as JSON', async () => {
  const ran = await runWhodid(whodid, ['authority', 'instance:i1', '--tool', 'merge'])
  expect(ran).toMatchObject({ code: 0, stderr: '' })
  expect(ran.stdout).toContain('Use of the tool merge was allowed.')
  expect(ran.stdout).toMatch(/State +active/u)
  const json = await runWhodid(whodid, [
    'authority',
    'i1',
    '--at',
    '2020-01-01T00:00:00Z',
    '--json',
  ])
  expect(JSON.parse(json.stdout)).toMatchObject({ state: 'unknown', instance: null })
})
