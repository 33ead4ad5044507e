import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { WhodidError } from '@whodid/model'
import { problemSchema } from '@whodid/model/answers'
import type { LedgerRead, ReadRecorder, Selector, Statement } from '@whodid/store'
import { createApi } from './app.ts'
import type { Api, ApiOptions } from './api-options.ts'
import { requestsInFlightMax } from './middleware/request-scope.ts'
import { streamsMax } from './routes/tail-stream.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const tokens: ReturnType<ApiOptions['tokens']> = [
  { name: 'ingest', role: 'ingest', tenant: 'default', sha256: sha256('whodid_ing_x') },
  { name: 'investigator', role: 'investigator', tenant: 'default', sha256: sha256('whodid_inv_x') },
  { name: 'admin', role: 'admin', tenant: 'acme', sha256: sha256('whodid_adm_x') },
]

const noRows = () =>
  Promise.resolve({
    rows: [],
    isCut: false,
    cost: { statements: new Set<number>(), rowsRead: 0, bytesRead: 0 },
  })

interface Ledger {
  readonly statements: Statement[]
  readonly reads: LedgerRead[]
}

function apiOf(overrides: {
  readonly rows?: (statement: Statement) => unknown[]
  readonly record?: (read: LedgerRead) => Promise<void>
  readonly options?: Partial<ApiOptions>
}): Api & Ledger {
  const statements: Statement[] = []
  const reads: LedgerRead[] = []
  const selector: Selector = {
    select: async <Row>(statement: Statement) => {
      statements.push(statement)
      const rows = overrides.rows?.(statement) ?? []
      return { rows: rows as Row[], rowsRead: rows.length, bytesRead: 0 }
    },
    points: {
      records: noRows,
      recordsUnder: noRows,
      names: noRows,
      firstNames: noRows,
      textBlocks: noRows,
      acts: noRows,
      newestPlaces: noRows,
      unnamedActs: noRows,
    },
    ping: async () => {},
    close: async () => {},
  }
  const readRecorder: ReadRecorder = {
    record: async (read) => {
      await overrides.record?.(read)
      reads.push(read)
    },
    stored: async () => true,
    close: async () => {},
  }
  const contents = { open: () => Promise.reject(new Error('no text is asked for')) }
  const options = {
    selector,
    contents,
    readRecorder,
    tokens: () => tokens,
    readiness: async () => [],
  }
  return { ...createApi({ ...options, ...overrides.options }), statements, reads }
}

async function get(api: Api, path: string, init: RequestInit & { token?: string } = {}) {
  const headers = new Headers(init.headers)
  if (init.token !== undefined) headers.set('authorization', `Bearer ${init.token}`)
  return api.fetch(new Request(`http://127.0.0.1:4320${path}`, { ...init, headers }), {})
}

async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = problemSchema.parse(await response.json())
  expect(problem.status).toBe(response.status)
  expect(problem.type).toBe(`/docs/errors#${problem.code}`)
  expect(problem.request_id).toBe(response.headers.get('whodid-request-id'))
  return problem
}

const record = {
  received_at: '2026-11-22T14:00:00.000000001Z',
  started_at: '2026-11-22T13:59:59.000000000Z',
  span: `${'a'.repeat(32)}-${'b'.repeat(16)}`,
  record_kind: 'tool_call',
  name: 'merge_pull_request',
  actor_type: 'agent',
  template: 'repo-triage',
  instance: 'instance-1',
  delegator: 'dev@acme.example',
  verb: 'update',
  outcome: 'success',
  resource: 'github:pull:acme/app/812',
}

test('a request without a token, with another scheme or with an unknown token is 401 and says how to authenticate', async () => {
  const api = apiOf({})
  const path = '/v1/who-did?of=template:repo-triage'
  for (const authorization of [undefined, 'Basic eDp5', 'Bearer', 'Bearer a b', 'Bearer nobody']) {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
    const response = await get(api, path, { headers })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="whodid"')
    const problem = await problemOf(response)
    expect(problem.code).toBe('unauthenticated')
    expect(JSON.stringify(problem)).not.toContain('nobody')
  }
  expect(api.counts()).toEqual({ unauthenticated: 5, forbidden: 0 })
  expect(api.statements).toEqual([])
})

test('an ingest token may not read, and an investigator may not list the reads', async () => {
  const api = apiOf({})
  const asIngest = await get(api, '/v1/who-did?of=template:x', { token: 'whodid_ing_x' })
  expect(asIngest.status).toBe(403)
  expect((await problemOf(asIngest)).detail).toBe(
    'the token "ingest" has the role "ingest"; expected "investigator" or "admin"',
  )
  expect((await get(api, '/v1/tail', { token: 'whodid_ing_x' })).status).toBe(403)
  expect((await get(api, '/v1/reads', { token: 'whodid_inv_x' })).status).toBe(403)
  expect(api.counts().forbidden).toBe(3)
  expect(api.statements).toEqual([])
  expect(api.reads).toEqual([])
})

test.each([
  ['/v1/who-did', 'invalid_parameter', '"of" was not taken'],
  ['/v1/who-did?of=', 'invalid_parameter', '"of" expected a value'],
  ['/v1/who-did?of=nonsense', 'invalid_handle', 'is not recognised'],
  ['/v1/who-did?of=template:a&form=2026-01-01', 'invalid_parameter', 'unknown parameter "form"'],
  ['/v1/who-did?of=template:a&of=template:b', 'invalid_parameter', '"of" expected once'],
  ['/v1/who-did?of=template:a&at=yesterday', 'invalid_time', '"at" expected an RFC 3339'],
  ['/v1/who-did?of=template:a&at=', 'invalid_parameter', '"at" expected a value'],
  ['/v1/who-did?of=template:a&limit=101', 'invalid_parameter', '"limit" expected'],
  ['/v1/who-did?of=template:a&verb=a%20b', 'invalid_parameter', '"verb" expected'],
  ['/v1/who-did?of=%ff', 'invalid_parameter', 'percent-encoded UTF-8'],
  ['/v1/who-did?of=template:a%00b', 'invalid_handle', 'contains NUL'],
  ['/v1/who-did?of=template:a&__proto__=1', 'invalid_parameter', 'unknown parameter "__proto__"'],
  ['/v1/who-did?of=template:a&%1b[31m=1', 'invalid_parameter', 'unknown parameter "\ufffd[31m"'],
  ['/v1/tail?follow=yes', 'invalid_parameter', '"follow" was not taken'],
  ['/v1/tail?from=now', 'invalid_time', '"from" expected an RFC 3339'],
])('%s is 400 %s', async (path, code, detail) => {
  const api = apiOf({})
  const response = await get(api, path, { token: 'whodid_inv_x' })
  expect(response.status).toBe(400)
  const problem = await problemOf(response)
  expect(problem.code).toBe(code)
  expect(problem.detail).toContain(detail)
  expect(api.reads).toEqual([])
  expect(api.statements).toEqual([])
})

test.each(['0', '1001', '-1', '1e2'])(
  'the limit %s of a list of reads is refused',
  async (limit) => {
    const response = await get(apiOf({}), `/v1/reads?limit=${limit}`, { token: 'whodid_adm_x' })
    expect((await problemOf(response)).code).toBe('invalid_parameter')
  },
)

test('a read is on record with who, what and the case, and for the tenant of the token', async () => {
  const api = apiOf({ options: { now: () => 1_795_356_000_000_000_000n } })
  const response = await get(api, '/v1/reads?limit=5', {
    token: 'whodid_adm_x',
    headers: { 'whodid-case': 'INC-7', 'user-agent': 'curl/8' },
  })
  expect(response.status).toBe(200)
  expect(api.statements.map(({ tenant }) => tenant)).toEqual(['acme'])
  expect(api.reads).toEqual([
    {
      tenant: 'acme',
      readAtUnixNs: 1_795_356_000_000_000_000n,
      requestId: response.headers.get('whodid-request-id'),
      reader: 'admin',
      role: 'admin',
      route: '/v1/reads',
      question: '{"limit":"5"}',
      caseId: 'INC-7',
      remoteAddress: '',
      userAgent: 'curl/8',
    },
  ])
})

test('an answer is withheld when its read was not recorded', async () => {
  const failures: unknown[] = []
  const api = apiOf({
    rows: () => [record],
    record: () => Promise.reject(new WhodidError('read_not_recorded', 'the disk is full')),
    options: { onFailure: (_id, thrown) => failures.push(thrown) },
  })
  const response = await get(api, '/v1/tail', { token: 'whodid_inv_x' })
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('1')
  const problem = await problemOf(response)
  expect(problem.code).toBe('read_not_recorded')
  expect(JSON.stringify(problem)).not.toContain('merge_pull_request')
  expect(failures).toHaveLength(1)
})

test('a case that could not be kept as it is, is refused', async () => {
  const response = await get(apiOf({}), '/v1/tail', {
    token: 'whodid_inv_x',
    headers: { 'whodid-case': 'x'.repeat(201) },
  })
  expect((await problemOf(response)).code).toBe('invalid_parameter')
})

test('failures of the store have their own status, and an own bug shows its request and not its cause', async () => {
  const failing = (thrown: Error): Api =>
    apiOf({
      rows: () => {
        throw thrown
      },
    })
  const statusOf = async (thrown: Error): Promise<number> =>
    (await get(failing(thrown), '/v1/tail', { token: 'whodid_inv_x' })).status
  expect(await statusOf(new WhodidError('store_unavailable', 'gone'))).toBe(503)
  expect(await statusOf(new WhodidError('query_too_expensive', 'long'))).toBe(422)
  const bug = failing(new TypeError('secret of the inside'))
  const response = await get(bug, '/v1/tail', { token: 'whodid_inv_x' })
  expect(response.status).toBe(500)
  const problem = await problemOf(response)
  expect(problem.detail).not.toContain('secret')
  expect(problem.detail).toContain(problem.request_id)
})

test('a tail gives one record a line and an end that tells it is whole', async () => {
  const api = apiOf({ rows: () => [record] })
  const response = await get(api, '/v1/tail?from=2026-11-22T13:00:00Z', { token: 'whodid_inv_x' })
  expect(response.headers.get('content-type')).toBe('application/x-ndjson')
  expect(await response.text()).toBe(`${JSON.stringify(record)}\n{"_end":{"rows":1}}\n`)
  expect(api.statements[0]?.parameters['after']).toBe('1795352400000000000')
})

test('a followed tail goes on from its last record and ends when the client leaves', async () => {
  const second = { ...record, received_at: '2026-11-22T14:00:01.000000000Z' }
  let looks = 0
  const api = apiOf({ rows: () => [[record], [], [second]][looks++] ?? [] })
  const response = await get(api, '/v1/tail?follow=true', { token: 'whodid_inv_x' })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader.read()).value).toBe(`${JSON.stringify(record)}\n`)
  expect((await reader.read()).value).toBe(`${JSON.stringify(second)}\n`)
  expect(api.statements[1]?.parameters['after']).toBe('1795356000000000001')
  await reader.cancel()
  const looksAtLeave = looks
  await new Promise((resolve) => setTimeout(resolve, 700))
  expect(looks).toBeLessThanOrEqual(looksAtLeave + 1)
})

test('a tail that fails on the way says so in its last line, and one that is stopped ends whole', async () => {
  let looks = 0
  const failing = apiOf({
    rows: () => {
      if (looks++ > 0) throw new WhodidError('store_unavailable', 'gone')
      return [record]
    },
  })
  const broken = await get(failing, '/v1/tail?follow=true', { token: 'whodid_inv_x' })
  const lines = (await broken.text()).trimEnd().split('\n')
  expect(lines).toHaveLength(2)
  expect(JSON.parse(lines[1]!)).toEqual({
    _error: { code: 'store_unavailable', status: 503, detail: 'gone' },
  })
  const stopping = new AbortController()
  const stopped = apiOf({ rows: () => [], options: { stopping: stopping.signal } })
  const stream = await get(stopped, '/v1/tail?follow=true', { token: 'whodid_inv_x' })
  stopping.abort()
  expect(await stream.text()).toBe('{"_end":{"rows":0}}\n')
})

test('a stream that nobody will read gives its place back', async () => {
  let isRecorded = false
  const unrecorded = (): Promise<void> =>
    isRecorded
      ? Promise.resolve()
      : Promise.reject(new WhodidError('read_not_recorded', 'the disk is full'))
  const api = apiOf({ record: unrecorded })
  const follow = (method: string): Promise<Response> =>
    get(api, '/v1/tail?follow=true', { method, token: 'whodid_inv_x' })
  for (let count = 0; count <= streamsMax; count += 1)
    expect((await follow('GET')).status).toBe(503)
  isRecorded = true
  for (let count = 0; count <= streamsMax; count += 1)
    expect((await follow('HEAD')).status).toBe(200)
  const open = await Promise.all(Array.from({ length: streamsMax }, () => follow('GET')))
  expect(open.map(({ status }) => status)).toEqual(open.map(() => 200))
  expect((await follow('GET')).status).toBe(429)
  for (const { body } of open) await body?.cancel()
  expect((await follow('HEAD')).status).toBe(200)
})

test('more requests than the bound are told to wait, and places come free', async () => {
  let open: (() => void) | undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const api = apiOf({ record: () => gate })
  const ask = () => get(api, '/v1/reads', { token: 'whodid_adm_x' })
  const waiting = Array.from({ length: requestsInFlightMax }, ask)
  const refused = await ask()
  expect(refused.status).toBe(429)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect((await problemOf(refused)).code).toBe('too_many_requests')
  open?.()
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(waiting.map(() => 200))
  expect((await ask()).status).toBe(200)
})

test('readiness names what is missing', async () => {
  expect((await get(apiOf({}), '/readyz')).status).toBe(200)
  const api = apiOf({ options: { readiness: async () => ['migrations are not applied'] } })
  const response = await get(api, '/readyz')
  expect(response.status).toBe(503)
  expect((await problemOf(response)).detail).toBe('not ready: migrations are not applied')
  expect((await get(api, '/healthz')).status).toBe(200)
})

test('only the methods of a path, no body for GET, and nothing at unknown paths', async () => {
  const api = apiOf({})
  for (const [path, method, allow] of [
    ['/v1/who-did', 'PUT', 'GET, HEAD, POST'],
    ['/v1/who-did', 'OPTIONS', 'GET, HEAD, POST'],
    ['/v1/actions', 'POST', 'GET, HEAD'],
    ['/v1/instances/a%2Fb', 'DELETE', 'GET, HEAD'],
    ['/v1/instances/a/blast-radius', 'PATCH', 'GET, HEAD'],
    ['/readyz', 'POST', 'GET, HEAD'],
    ['/openapi.json', 'POST', 'GET, HEAD'],
  ] as const) {
    const response = await get(api, path, { method, token: 'whodid_inv_x' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe(allow)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  }
  // Whatever else is wrong with such a request: neither its body nor its token is looked at.
  for (const [path, method, init] of [
    ['/v1/exports', 'GET', { headers: { 'content-length': '3' } }],
    ['/v1/prunes', 'PUT', { body: '{' }],
    ['/v1/actions', 'POST', { body: 'x'.repeat(300_000) }],
    ['/v1/holds/release', 'GET', { token: 'unknown' }],
    ['/v1/logs/c1/checkpoint', 'POST', {}],
    ['/metrics', 'DELETE', {}],
  ] as const) {
    const response = await get(api, path, { method, ...init })
    expect((await problemOf(response)).code, path).toBe('method_not_allowed')
    expect(response.headers.get('allow'), path).toMatch(/^(?:GET, HEAD|POST|GET, HEAD, POST)$/u)
  }
  expect((await get(api, '/healthz', { method: 'HEAD' })).status).toBe(200)
  const body = await get(api, '/healthz', { headers: { 'content-length': '3' } })
  expect((await problemOf(body)).code).toBe('invalid_body')
  expect((await problemOf(await get(api, '/v2/<script>'))).code).toBe('not_found')
  expect((await problemOf(await get(api, '/v1/nothing'))).code).toBe('unauthenticated')
})

test('a host that is no loopback name is refused on loopback, and taken where the operator opened it', async () => {
  const api = apiOf({})
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '10.0.0.1:4320',
    '127.0.0.1.nip.io',
  ])
    expect((await problemOf(await get(api, '/healthz', { headers: { host } }))).code).toBe(
      'forbidden',
    )
  for (const host of ['localhost', 'LOCALHOST:4320', '127.0.0.1:1', '[::1]:4320'])
    expect((await get(api, '/healthz', { headers: { host } })).status).toBe(200)
  const open = apiOf({ options: { hostCheck: 'any' } })
  expect((await get(open, '/healthz', { headers: { host: 'whodid.acme.example' } })).status).toBe(
    200,
  )
})

test('every answer carries the security headers', async () => {
  for (const path of [
    '/healthz',
    '/openapi.json',
    '/docs/api',
    '/docs/errors',
    '/nothing',
    '/v1/tail',
  ]) {
    const { headers } = await get(apiOf({}), path)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  }
})

test('metrics are for those who may read, in the text format, and are no read of the ledger', async () => {
  const metrics: ApiOptions['metrics'] = () => [
    { name: 'whodid_x', type: 'gauge', help: 'X', samples: [{ value: 7 }] },
  ]
  const api = apiOf({ options: { metrics } })
  expect((await problemOf(await get(api, '/metrics'))).status).toBe(401)
  expect((await problemOf(await get(api, '/metrics', { token: 'whodid_ing_x' }))).status).toBe(403)
  const response = await get(api, '/metrics', { token: 'whodid_inv_x' })
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const text = await response.text()
  expect(text).toContain('# TYPE whodid_x gauge\nwhodid_x 7\n')
  expect(text).toContain('whodid_api_refusals_total{code="forbidden"} 1\n')
  expect(api.reads).toEqual([])
})

test.each([
  ['/v1/holds', { case_id: '', reason: 'r' }, 'invalid_body'],
  ['/v1/erasures', { subject: 'delegator:kim', reason: '' }, 'invalid_body'],
  ['/v1/prunes', { before: '', what: 'text', reason: 'r' }, 'invalid_body'],
  ['/v1/who-did', { of: ['template:a'], at: '' }, 'invalid_body'],
  ['/v1/who-did', { of: [] }, 'invalid_parameter'],
  ['/v1/exports', { of: 'template:a', from: '' }, 'invalid_body'],
  ['/v1/erasures', { subject: 'delegator:kim', reason: ' \t' }, 'invalid_parameter'],
  ['/v1/erasures', { subject: 'delegator:kim', reason: 'x'.repeat(1_001) }, 'invalid_parameter'],
  ['/v1/holds', { case_id: '\f', reason: 'r' }, 'invalid_parameter'],
])('what is empty or too long in the body of %s is refused: %j', async (path, asked, code) => {
  const response = await get(apiOf({}), path, {
    method: 'POST',
    token: 'whodid_adm_x',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(asked),
  })
  expect(await problemOf(response)).toMatchObject({ code, status: 400 })
})

test('characters are counted as the document counts them', async () => {
  const erase = (reason: string) =>
    get(apiOf({}), '/v1/erasures', {
      method: 'POST',
      token: 'whodid_adm_x',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ subject: 'delegator:kim', reason }),
    })
  // Taken: the missing part then is the retention service.
  expect((await problemOf(await erase('\u{1f600}'.repeat(1_000)))).code).toBe('not_found')
  expect((await problemOf(await erase('\u{1f600}'.repeat(1_001)))).code).toBe('invalid_parameter')
})

test('a case takes 500 entries and no more, and without a writer none', async () => {
  const written: unknown[] = []
  const caseWriter = {
    write: async (entry: unknown) => void written.push(entry),
    close: async () => {},
  }
  const post = async (entries: number, options: Partial<ApiOptions>) => {
    const api = apiOf({ rows: () => [{ entries: String(entries) }], options })
    const answer = await get(api, '/v1/cases/INC-7/entries', {
      token: 'whodid_inv_x',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'note', text: 'a' }),
    })
    // A problem has a code; an entry has an author.
    const { code, author } = (await answer.json()) as { code?: string; author?: string }
    return [answer.status, code ?? author]
  }
  expect(await post(499, { caseWriter })).toEqual([200, 'investigator'])
  expect(await post(500, { caseWriter })).toEqual([409, 'case_full'])
  expect(written).toMatchObject([{ caseId: 'INC-7', tenant: 'default', author: 'investigator' }])
  expect(await post(0, {})).toEqual([404, 'not_found'])
})
