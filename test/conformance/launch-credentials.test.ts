import { afterAll, beforeAll, expect, it } from 'vitest'
import { runWhodid } from '../harness/run-whodid.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

let whodid: WhodidProcess
let bound: string

beforeAll(async () => {
  whodid = await startWhodidProcess()
  const added = await runWhodid(whodid, ['exporter', 'add', '--name', 'ci', '--template', 'triage'])
  bound = added.stdout.trim()
})

afterAll(() => whodid.remove())

const request = (fields: object): object => ({ template: 'triage', instance: 'i-1', ...fields })

async function ask(asked: {
  readonly authorization: string
  readonly body?: unknown
  readonly method?: string
}): Promise<{ status: number; body: Record<string, string> }> {
  const response = await fetch(`${whodid.otlpUrl}/v1/launch-credentials`, {
    method: asked.method ?? 'POST',
    headers: { authorization: `Bearer ${asked.authorization}` },
    ...(asked.body === undefined
      ? {}
      : { body: typeof asked.body === 'string' ? asked.body : JSON.stringify(asked.body) }),
  })
  // Every answer of this route is an object.
  return { status: response.status, body: (await response.json()) as Record<string, string> }
}

it('a token vouches for the templates that it may speak for, and for no other', async () => {
  // The file of senders is read again within a second.
  await expect
    .poll(() => ask({ authorization: bound, body: request({}) }))
    .toMatchObject({ status: 201 })
  const issued = await ask({ authorization: bound, body: request({ lifetime_s: 60 }) })
  expect(issued.status).toBe(201)
  expect(issued.body).toMatchObject({ template: 'triage', instance: 'i-1' })
  expect(Date.parse(issued.body['expires_at'] ?? '')).toBeLessThanOrEqual(Date.now() + 60_000)
  for (const [authorization, fields, status] of [
    [bound, { template: 'another' }, 403],
    [bound, { may_launch: ['another'] }, 403],
    ['whodid_ing_unknown', {}, 401],
    [whodid.tokens.investigator, {}, 401],
    [bound, { instance: 'a/b' }, 400],
    [bound, { instance: undefined }, 400],
    [bound, { template: '' }, 400],
    [bound, { lifetime_s: 1e9 }, 400],
    [bound, { may_launch: 'everything' }, 400],
  ] as const)
    expect(
      (await ask({ authorization, body: request(fields) })).status,
      JSON.stringify(fields),
    ).toBe(status)
  expect((await ask({ authorization: bound, body: '[' })).status).toBe(400)
  expect((await ask({ authorization: bound, body: `"${'x'.repeat(70_000)}"` })).status).toBe(413)
  expect((await ask({ authorization: bound, method: 'PUT', body: '{}' })).status).toBe(405)
  expect((await ask({ authorization: bound, method: 'DELETE' })).status).toBe(403)
})

it('a launched agent launches others of its template, under IDs that it does not choose', async () => {
  const outer = await ask({ authorization: bound, body: request({}) })
  const authorization = outer.body['credential'] ?? ''
  const inner = await ask({ authorization, body: request({ instance: 'of-somebody-else' }) })
  expect(inner.status).toBe(201)
  expect(inner.body['instance']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/u)
  expect((await ask({ authorization, body: request({ template: 'another' }) })).status).toBe(403)
  expect((await ask({ authorization, body: { renew: true } })).status).toBe(200)
  expect((await ask({ authorization, method: 'DELETE' })).status).toBe(200)
  expect((await ask({ authorization, body: { renew: true } })).status).toBe(401)
  expect(
    (await ask({ authorization: inner.body['credential'] ?? '', body: { renew: true } })).status,
  ).toBe(200)
})
