import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApiClient, Schemas } from '@whodid/client'
import { createCheckedClient } from '../harness/checked-client.ts'
import { runWhodid } from '../harness/run-whodid.ts'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

/** The demo's incident, told without the SDK: by a code host's audit log, a database's log, and telemetry as Claude Code sends it. */
const startMs = Date.now() - 600_000
const at = (seconds: number): string => new Date(startMs + seconds * 1_000).toISOString()
const from = at(-60)
const traceId = createHash('md5').update('claude run').digest('hex')
const deleteSpan = '00000000000000b2'
const session = 'a7c1f0de-5b1c-4f1e-9d55-0b6a2c0f4e11'
const token = 'ghp_of_dev'

let whodid: WhodidProcess
let client: ApiClient
let admin: ApiClient

/** The audit log of GitHub: the agent's merge under the engineer's token, and one that the engineer made by hand. */
const auditLog = [
  {
    '@timestamp': startMs + 10_000,
    _document_id: 'audit-812',
    action: 'pull_request.merge',
    actor: 'dev',
    user_agent: 'claude-code/2.1',
    hashed_token: createHash('sha256').update(token).digest('base64'),
    pull_request_url: 'https://github.com/acme/app/pull/812',
  },
  {
    '@timestamp': startMs + 20_000,
    _document_id: 'audit-813',
    action: 'pull_request.merge',
    actor: 'dev',
    user_agent: 'Mozilla/5.0',
    pull_request_url: 'https://github.com/acme/app/pull/813',
  },
]

/** The log of Postgres: the agent's statement carries its trace; the nightly job's carries nothing. */
const databaseLog = [
  `${at(31).replace('T', ' ').replace('Z', ' UTC')} [77] app@shop LOG:  duration: 0.4 ms  statement: DELETE FROM customers WHERE id = 42 /*traceparent='00-${traceId}-${deleteSpan}-01'*/`,
  `${at(40).replace('T', ' ').replace('Z', ' UTC')} [78] billing@shop LOG:  duration: 0.2 ms  statement: UPDATE customers SET balance = 1 WHERE id = 7`,
  'a torn line',
]

async function sendClaudeCode(): Promise<void> {
  const unixNs = (seconds: number): string => `${BigInt(startMs + seconds * 1_000) * 1_000_000n}`
  const span = (spanId: string, parentSpanId: string, fields: Record<string, string>): object => ({
    traceId,
    spanId,
    parentSpanId,
    name: fields['span.name'],
    kind: 1,
    startTimeUnixNano: unixNs(30),
    endTimeUnixNano: unixNs(32),
    attributes: Object.entries({ 'session.id': session, ...fields }).map(([key, value]) => ({
      key,
      value: { stringValue: value },
    })),
  })
  const spans = [
    span('00000000000000b0', '', {
      'span.name': 'claude_code.interaction',
      user_prompt: 'tidy up the customers',
    }),
    span('00000000000000b1', '00000000000000b0', {
      'span.name': 'claude_code.tool',
      tool_name: 'Bash',
    }),
    span(deleteSpan, '00000000000000b1', {
      'span.name': 'claude_code.tool.execution',
      tool_name: 'Bash',
      success: 'true',
    }),
  ]
  const resource = {
    attributes: [{ key: 'service.name', value: { stringValue: 'claude-code' } }],
  }
  const scope = { name: 'com.anthropic.claude_code.tracing' }
  const answer = await fetch(`${whodid.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${whodid.tokens.ingest}`,
    },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] }),
  })
  expect(answer.status).toBe(200)
}

async function ghosts(): Promise<Schemas['Ghosts']> {
  const { data } = await client.GET('/v1/ghosts', { params: { query: { from } } })
  return data!
}

beforeAll(async () => {
  whodid = await startWhodidProcess()
  client = createCheckedClient(whodid.apiUrl, whodid.tokens.investigator)
  admin = createCheckedClient(whodid.apiUrl, whodid.tokens.admin)
  await sendClaudeCode()
  // An agent says that it updated a pull request, of which the code host's log knows nothing.
  await sendSpans(whodid, 'boast', [
    {
      'gen_ai.agent.id': 'boaster',
      'whodid.actor.type': 'agent',
      'whodid.agent.instance.id': 'boaster-1',
      ...toolCall('update', 'github:pull:acme/app/900'),
    },
  ])
  const audit = join(whodid.dataDir, 'audit.ndjson')
  const database = join(whodid.dataDir, 'postgres.log')
  await writeFile(audit, auditLog.map((event) => JSON.stringify(event)).join('\n'))
  await writeFile(database, databaseLog.join('\n'))
  const covers = ['--covers', 'github:pull:acme/app/', '--system', 'github']
  const period = ['--from', at(-3600), '--to', at(3600)]
  const imports = [
    await runWhodid(whodid, ['import', 'github-audit', audit, ...covers, ...period, '--json']),
    await runWhodid(whodid, ['import', 'postgres', database, '--json']),
    // Again: the same records.
    await runWhodid(whodid, ['import', 'postgres', database, '--json']),
  ]
  expect(imports.map(({ code, stderr }) => [code, stderr])).toEqual([
    [0, ''],
    [0, ''],
    [0, ''],
  ])
  expect(JSON.parse(imports[0]?.stdout ?? '')).toMatchObject({ taken: 2, refused: 0 })
  expect(JSON.parse(imports[1]?.stdout ?? '')).toMatchObject({ taken: 2, passed_over: 1 })
  const deadline = performance.now() + 60_000
  while ((await ghosts()).counts.events < 4 || (await ghosts()).counts.confirmed < 1) {
    if (performance.now() > deadline) throw new Error(JSON.stringify(await ghosts()))
    await sleep(200)
  }
})

afterAll(async () => {
  await whodid.remove()
})

describe('the incident, from logs alone', () => {
  it('names the two acts that were an agent’s, one of them under the engineer’s name', async () => {
    const report = await ghosts()
    expect(report.borrowed).toMatchObject([
      {
        system: 'github',
        person: 'dev',
        resource: 'github:pull:acme/app/812',
        result: 'agent_unrecorded',
        reason: 'client_carries_agent_mark',
        agent: 'claude-code',
        credential: `sha256:${createHash('sha256').update(token).digest('hex').slice(0, 32)}`,
        records: [],
      },
    ])
    expect(report.agents).toMatchObject([
      {
        system: 'postgres',
        person: null,
        principal: 'app',
        resource: 'db:row:shop/customers/42',
        result: 'confirmed',
        rule: 'carried_span',
        agent: session,
        records: [{ verdict: 'agent', span: `${traceId}-${deleteSpan}` }],
      },
    ])
    expect(report.counts).toMatchObject({ events: 4, confirmed: 1, agent_unrecorded: 1, human: 0 })
    expect(report.incidents).toMatchObject([{ agent: 'claude-code', person: 'dev', acts: 1 }])
  })

  it('calls nobody a person for want of a record', async () => {
    const { unexplained } = await ghosts()
    expect(unexplained.map(({ resource, reason }) => [resource, reason])).toEqual([
      ['github:pull:acme/app/813', 'no_record'],
      ['db:row:shop/customers/7', 'no_record'],
    ])
  })

  it('reports the act that the code host, by its declared coverage, does not know', async () => {
    const { unconfirmed, counts } = await ghosts()
    expect(unconfirmed).toMatchObject([
      { instance: 'boaster-1', resource: 'github:pull:acme/app/900' },
    ])
    expect(counts.acts_not_seen_downstream).toBe(1)
  })

  it('tells the same on the command line', async () => {
    const { code, stdout } = await runWhodid(whodid, ['ghosts', '--from', from])
    expect(code).toBe(0)
    expect(stdout).toContain('github:pull:acme/app/812')
    expect(stdout).toContain('the client carried an agent’s mark')
  })
})

describe('an imported record', () => {
  it('decides no verdict; who-did says what the log says, and what would have decided', async () => {
    const answer = await whodid.whoDid('github:pull:acme/app/812')
    expect(answer).toMatchObject({ verdict: 'undetermined', action: null, actor: null })
    const told = answer.reasons.map(({ code }) => code)
    expect(told).toEqual(['no_record', 'imported_event', 'imports_decide_nothing'])
    expect(answer.reasons[1]?.text).toContain('under the name dev')
    const span = answer.reasons[1]?.span ?? ''
    const itself = await whodid.whoDid(
      `span:${span}`,
      ({ integrity }) => integrity.state === 'sealed',
    )
    expect(itself).toMatchObject({
      verdict: 'undetermined',
      actor: null,
      agent: null,
      delegator: null,
    })
    expect(itself.integrity.state).toBe('sealed')
  })

  it('is no act of the person whose account it names, and is erased with their text', async () => {
    const params = { path: { id: 'dev' }, query: {} }
    const { data: person } = await client.GET('/v1/delegators/{id}', { params })
    expect(person).toMatchObject({ direct: { acts: 0 }, delegated: { acts: 0, agents_total: 0 } })
    const body = { subject: 'delegator:dev', reason: 'asked for' }
    expect((await admin.POST('/v1/erasures', { body })).data).toMatchObject({ keys: 1 })
    const { data } = await client.GET('/v1/actions', { params: { query: { from } } })
    expect(data?.actions.map(({ resource }) => resource?.id ?? null)).not.toContain(
      'github:pull:acme/app/812',
    )
  })
})

describe('POST /v1/imports', () => {
  it('takes objects and lines, and names what it refuses', async () => {
    const { data } = await admin.POST('/v1/imports', {
      body: { format: 'ocsf', events: [{ time: startMs, api: { operation: 'x' } }, 'no JSON', {}] },
    })
    expect(data).toMatchObject({ taken: 1, refused: 2, refusals: [{ event: 2 }, { event: 3 }] })
  })

  it('is for the admin alone', async () => {
    const { response } = await client.POST('/v1/imports', { body: { format: 'ocsf', events: [] } })
    expect(response.status).toBe(403)
  })

  it('wants a period for ghosts', async () => {
    expect((await whodid.get('/v1/ghosts')).status).toBe(422)
  })
})

describe('two names of one person', () => {
  const merge = 'github:pull:acme/app/950'

  it('are one where the list of people has both', async () => {
    await sendSpans(whodid, 'sam', [
      {
        'gen_ai.agent.id': 'merger',
        'whodid.actor.type': 'agent',
        'whodid.agent.instance.id': 'merger-1',
        'whodid.delegator.id': 'sam@acme.example',
        ...toolCall('merge', merge),
      },
    ])
    const events = [
      {
        '@timestamp': Date.now(),
        _document_id: 'audit-950',
        action: 'pull_request.merge',
        actor: 'sam',
        user_agent: 'Mozilla/5.0',
        pull_request_url: 'https://github.com/acme/app/pull/950',
      },
    ]
    await admin.POST('/v1/imports', { body: { format: 'github-audit', events } })
    const placeOf = async (): Promise<string | undefined> => {
      const report = await ghosts()
      const lists = ['open', 'borrowed', 'unexplained'] as const
      const list = lists.find((name) => report[name].some(({ resource }) => resource === merge))
      const found = list && report[list].find(({ resource }) => resource === merge)
      return found && `${list} ${found.reason} ${found.agent}`
    }
    await expect.poll(placeOf, { timeout: 60_000 }).toBe('open authority_unknown null')
    const names = [{ person: 'sam@acme.example', name: 'sam', kind: 'github' }]
    const added = await admin.POST('/v1/people', { body: { source: 'test', names } })
    expect(added.error).toBeUndefined()
    await expect.poll(placeOf, { timeout: 60_000 }).toBe('borrowed one_record merger-1')
    const { by } = await ghosts()
    expect(by.person.map(({ name }) => name)).toContain('sam@acme.example')
  })
})
