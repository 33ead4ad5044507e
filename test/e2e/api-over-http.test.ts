import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemSchema, whoDidAnswerSchema } from '@whodid/model/answers'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

let whodid: WhodidProcess
beforeAll(async () => {
  whodid = await startWhodidProcess()
})
afterAll(async () => {
  await whodid.remove()
})

const ask = (of: string, more = ''): Promise<Response> =>
  whodid.get(`/v1/who-did?of=${encodeURIComponent(of)}${more}`)

/** Sends one span as an exporter would, over OTLP/JSON. */
async function send(attributes: Record<string, string>, count = 1): Promise<string> {
  const trace = createHash('md5').update(JSON.stringify(attributes)).digest('hex')
  const nowNs = `${BigInt(Date.now()) * 1_000_000n}`
  const spans = Array.from({ length: count }, (_, index) => ({
    traceId: trace,
    spanId: `${trace.slice(0, 12)}${index.toString(16).padStart(4, '0')}`,
    name: 'act',
    kind: 1,
    startTimeUnixNano: nowNs,
    endTimeUnixNano: nowNs,
    attributes: Object.entries(attributes).map(([key, value]) => ({
      key,
      value: { stringValue: value },
    })),
  }))
  const response = await fetch(`${whodid.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${whodid.tokens.ingest}`,
    },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  })
  expect(response.status).toBe(200)
  return `${trace}-${trace.slice(0, 12)}0000`
}

const agentAct = (resource: string): Record<string, string> => ({
  'gen_ai.agent.id': 'repo-triage',
  'whodid.actor.type': 'agent',
  'whodid.agent.instance.id': 'instance-1',
  'whodid.delegator.id': 'dev@acme.example',
  'whodid.delegator.type': 'human',
  'whodid.record.kind': 'tool_call',
  'whodid.action.verb': 'update',
  'whodid.action.outcome': 'success',
  'whodid.resource.id': resource,
})

test('a span that was stored is answered for, in the shape of the contract and by one statement', async () => {
  const span = await send(agentAct('github:pull:acme/app/812'))
  const found = await whodid.whoDid(
    'https://github.com/acme/app/pull/812',
    ({ action }) => action !== null,
  )
  const answer = whoDidAnswerSchema.parse(found)
  expect(answer.verdict).toBe('agent')
  expect(answer.action?.span).toBe(span)
  expect(answer.agent?.instance?.id).toBe('instance-1')
  expect(answer.delegator?.id).toBe('dev@acme.example')
  expect(answer.cost.statements).toBeLessThanOrEqual(5)
})

test('a handle that nobody recorded is 200 and undetermined', async () => {
  const response = await ask('github:pull:acme/app/999')
  expect(response.status).toBe(200)
  const answer = whoDidAnswerSchema.parse(await response.json())
  expect(answer.verdict).toBe('undetermined')
  expect(answer.reasons.map(({ code }) => code)).toContain('no_record')
  expect(answer.action).toBeNull()
})

const hostileHandles = [
  "resource:'; DROP TABLE whodid.spans; --",
  "template:x' OR 1=1 /*",
  'template:{of:String}',
  'delegator:<script>alert(1)</script>',
  'correlation:\u001b[2J\u001b]0;owned\u0007',
  'instance:\u202egnp.exe',
  'action:\ud83d\ude00'.repeat(3),
  'resource:https://user:secret@example.com/%00/../..//',
  'resource:\\\\server\\share',
  'credential:' + 'a'.repeat(4000),
  `trace:${'0'.repeat(32)}`,
  `span:${'f'.repeat(32)}-${'f'.repeat(15)}`,
  'template:a\0b',
  'template:' + 'é'.repeat(4096),
  ':',
  'resource:',
  '%',
  '__proto__',
]

test.each(hostileHandles)(
  'the hostile handle %j is answered or refused, never a 500',
  async (of) => {
    const response = await ask(of)
    const text = await response.text()
    expect([200, 400]).toContain(response.status)
    // oxlint-disable-next-line no-control-regex -- what is looked for are control characters
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/u)
    if (response.status === 200)
      expect(whoDidAnswerSchema.parse(JSON.parse(text)).verdict).toBe('undetermined')
    else expect(problemSchema.parse(JSON.parse(text)).code).toMatch(/^invalid_/u)
  },
)

test.each([
  ['&at=2026-02-30T00:00:00Z', 'invalid_time'],
  ['&at=2026-11-22', 'invalid_time'],
  ['&at=0000-00-00T00:00:00Z', 'invalid_time'],
  ['&from=9999-12-31T23:59:59Z', 'invalid_time'],
  ['&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'invalid_time'],
  ['&limit=-1', 'invalid_parameter'],
  ['&limit=99999999999999999999', 'invalid_parameter'],
  ['&verb=%27%3B--', 'invalid_parameter'],
  ['&at=2026-01-01T00:00:00Z&at=2026-01-01T00:00:00Z', 'invalid_parameter'],
  ['&tenant=other', 'invalid_parameter'],
  ['&of=template%3Ab', 'invalid_parameter'],
  ['&%C3%28=1', 'invalid_parameter'],
])('the parameters %s are refused as %s', async (more, code) => {
  const response = await ask('template:repo-triage', more)
  expect(response.status).toBe(400)
  expect(problemSchema.parse(await response.json()).code).toBe(code)
})

test('wrong methods, wrong tokens and foreign hosts are refused', async () => {
  const path = `${whodid.apiUrl}/v1/who-did?of=template%3Aa`
  expect((await fetch(path)).status).toBe(401)
  const headers = { authorization: `Bearer ${whodid.tokens.investigator}` }
  for (const method of ['PUT', 'DELETE', 'PATCH'])
    expect((await fetch(path, { method, headers, body: 'x' })).status).toBe(405)
  // The handles of a POST are in its body.
  expect((await fetch(path, { method: 'POST', headers, body: 'x' })).status).toBe(400)
  expect((await fetch(`${whodid.apiUrl}/readyz`, { method: 'DELETE' })).status).toBe(405)
  expect((await whodid.get('/v1/who-did?of=template:a', whodid.tokens.ingest)).status).toBe(403)
  expect((await whodid.get('/v1/reads', whodid.tokens.investigator)).status).toBe(403)
  expect((await whodid.get('/v1/reads', `${whodid.tokens.admin}x`)).status).toBe(401)
  const foreign = await raw(
    'GET /readyz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
  )
  expect(foreign).toMatch(/^HTTP\/1\.1 403 /u)
})

test.each([
  [
    'a handle of 100 KB',
    `GET /v1/who-did?of=${'a'.repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  ],
  ['what is not HTTP', 'EHLO whodid\r\n\r\n'],
  ['a request without Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['a bad Host', 'GET / HTTP/1.1\r\nHost: local host\r\nConnection: close\r\n\r\n'],
  [
    'two lengths',
    'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
  ],
])('%s is refused, and the service lives on', async (_what, request) => {
  expect(await raw(request)).toMatch(/^HTTP\/1\.1 4\d\d /u)
  expect((await whodid.get('/readyz')).status).toBe(200)
})

test('every read is on record, with its case', async () => {
  const response = await fetch(`${whodid.apiUrl}/v1/who-did?of=template%3Aon-record`, {
    headers: { authorization: `Bearer ${whodid.tokens.investigator}`, 'whodid-case': 'INC-42' },
  })
  expect(response.status).toBe(200)
  const list = await whodid.get('/v1/reads?limit=1000', whodid.tokens.admin)
  const { reads } = (await list.json()) as { reads: Record<string, string>[] }
  const read = reads.find(({ case_id: caseId }) => caseId === 'INC-42')
  expect(read).toMatchObject({
    request_id: response.headers.get('whodid-request-id'),
    reader: 'investigator',
    role: 'investigator',
    route: '/v1/who-did',
    question: '{"of":"template:on-record"}',
    remote_address: '127.0.0.1',
  })
})

test('a tail gives what came in, and ends whole', async () => {
  await send(agentAct('file:/srv/tailed'))
  await whodid.whoDid('file:/srv/tailed', ({ action }) => action !== null)
  const response = await whodid.get('/v1/tail')
  const lines = (await response.text()).trimEnd().split('\n')
  const records = lines.slice(0, -1).map((line) => JSON.parse(line) as { resource: string })
  expect(records.map(({ resource }) => resource)).toContain('file:/srv/tailed')
  expect(JSON.parse(lines.at(-1)!)).toEqual({ _end: { rows: records.length } })
})

test('a tail parts no batch, though its records were received at one instant', async () => {
  const resource = 'file:/srv/batch'
  await send(agentAct(resource), 2_500)
  await whodid.whoDid(resource, ({ action }) => action !== null)
  const lines = (await (await whodid.get('/v1/tail')).text()).split('\n')
  expect(lines.filter((line) => line.includes(resource))).toHaveLength(2_500)
})

test('a followed tail shows a span that comes in while it runs', async () => {
  const leave = new AbortController()
  const response = await fetch(`${whodid.apiUrl}/v1/tail?follow=true`, {
    headers: { authorization: `Bearer ${whodid.tokens.investigator}` },
    signal: leave.signal,
  })
  await send(agentAct('file:/srv/followed'))
  let seen = ''
  for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
    seen += text
    if (seen.includes('file:/srv/followed')) break
  }
  leave.abort()
  expect(seen).toContain('file:/srv/followed')
})

function raw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(whodid.apiUrl)
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(request))
    let answer = ''
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => (answer += text))
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}
