import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { findingAnswerSchema, findingsAnswerSchema } from '@whodid/model/answers'
import type { Finding } from '@whodid/model'
import { createCheckedClient } from '../harness/checked-client.ts'
import { runWhodid } from '../harness/run-whodid.ts'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

// A whole Whodid finds by itself: spans through the real collector, the service's own rounds, then the API and the command.

const waitMs = 120_000

let whodid: WhodidProcess

beforeAll(async () => {
  whodid = await startWhodidProcess({ environment: { WHODID_DETECT_SECONDS: '1' } })
  await act('borrowed', 'fixer-1', 'pat-1')
  await sendSpans(whodid, 'own', [
    {
      ...agent('fixer-2'),
      ...toolCall('update', 'db:row:shop/a/2'),
      'whodid.credential.id': 'own',
    },
  ])
})

afterAll(async () => {
  await whodid.remove()
})

function agent(instance: string): Record<string, string> {
  return {
    'whodid.actor.type': 'agent',
    'gen_ai.agent.id': 'fixer',
    'whodid.agent.instance.id': instance,
    'whodid.delegator.id': 'dev@acme.example',
    'whodid.delegator.type': 'human',
  }
}

/** An act under the person's own credential. */
function act(trace: string, instance: string, credential: string): Promise<void> {
  return sendSpans(whodid, trace, [
    {
      ...agent(instance),
      ...toolCall('update', 'db:row:shop/a/1'),
      'whodid.credential.id': credential,
      'whodid.credential.subject': 'dev@acme.example',
      'whodid.credential.borrowed': true,
    },
  ])
}

async function borrowedFindings(query = ''): Promise<readonly Finding[]> {
  const response = await whodid.get(`/v1/findings?rule=borrowed-credential${query}`)
  expect(response.status).toBe(200)
  return findingsAnswerSchema.parse(await response.json()).findings
}

/** The finding on the borrowed credential, once it is as `until` says. */
async function awaitFinding(until: (finding: Finding) => boolean): Promise<Finding> {
  const endMs = Date.now() + waitMs
  for (;;) {
    const found = (await borrowedFindings()).find(
      (one) => one.subject === 'credential:pat-1' && until(one),
    )
    if (found !== undefined) return found
    if (Date.now() > endMs) throw new Error('the finding did not come')
    await sleep(500)
  }
}

async function command(...args: readonly string[]): Promise<unknown> {
  const ran = await runWhodid(whodid, [...args, '--json'])
  expect(ran.code, ran.stderr).toBe(0)
  return JSON.parse(ran.stdout)
}

function triage(id: string, body: object, token = whodid.tokens.investigator): Promise<Response> {
  return fetch(`${whodid.apiUrl}/v1/findings/${id}/triage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

test('the service finds an act under a person’s credential, and shows what it rests on', async () => {
  const finding = await awaitFinding(() => true)
  expect(finding).toMatchObject({ severity: 'high', state: 'open', hits: 1, triage: null })
  expect((await borrowedFindings()).map(({ subject }) => subject)).toEqual(['credential:pat-1'])
  const response = await whodid.get(`/v1/findings/${finding.id}`)
  const { hits, detection } = findingAnswerSchema.parse(await response.json())
  expect(hits).toMatchObject([
    { hit: 'instance:fixer-1', measured: { person: 'dev@acme.example', acts: '1' } },
  ])
  expect(detection).toMatchObject({ owasp: ['ASI03'], advice: expect.stringMatching(/\S/u) })
  const [span = ''] = hits[0]?.spans ?? []
  expect(await whodid.whoDid(`span:${span}`)).toMatchObject({ verdict: 'agent' })
})

test('a reader acknowledges it in a terminal; another act opens it again; it is suppressed, and reopened', async () => {
  const { id } = await awaitFinding(() => true)
  expect(await command('findings', 'ack', id, '--reason', 'looking')).toMatchObject({
    finding: { state: 'acknowledged', triage: { reader: 'investigator', reason: 'looking' } },
  })
  await act('again', 'fixer-3', 'pat-1')
  const again = await awaitFinding(({ hits }) => hits === 2)
  expect(again.state).toBe('open')
  const suppress = ['findings', 'suppress', id, '--reason', 'a test', '--until', '7d'] as const
  expect(await command(...suppress)).toMatchObject({ finding: { state: 'suppressed' } })
  expect(await command('findings', '--state', 'suppressed')).toMatchObject({ findings: [{ id }] })
  expect(await command('findings', 'reopen', id)).toMatchObject({ finding: { state: 'open' } })
  const shown = await runWhodid(whodid, ['findings', 'show', id])
  expect(shown.stdout).toMatch(/fixer[\s\S]*suppress until [\s\S]*Advice: /u)
  const listed = await runWhodid(whodid, ['findings', '--rule', 'borrowed-credential'])
  expect(listed.stdout).toMatch(/credential:pat-1 +2 /u)
})

test('what is no decision is refused, and changes nothing', async () => {
  const { id } = await awaitFinding(({ hits }) => hits >= 1)
  const before = (await borrowedFindings()).find((one) => one.id === id)
  const soon = new Date(Date.now() + 60_000).toISOString()
  const past = '2020-01-01T00:00:00Z'
  for (const [body, code] of [
    [{ action: 'close' }, 'invalid_body'],
    [{ action: 'suppress', until: soon }, 'invalid_parameter'],
    [{ action: 'suppress', reason: 'x' }, 'invalid_time'],
    [{ action: 'suppress', reason: 'x', until: past }, 'invalid_time'],
    [{ action: 'reopen', until: soon }, 'invalid_parameter'],
    [{ action: 'acknowledge', more: 1 }, 'invalid_body'],
  ] as const)
    expect(await (await triage(id, body)).json(), JSON.stringify(body)).toMatchObject({ code })
  expect((await triage('0'.repeat(32), { action: 'reopen' })).status).toBe(404)
  expect((await triage(id, { action: 'reopen' }, whodid.tokens.ingest)).status).toBe(403)
  expect((await whodid.get(`/v1/findings`, whodid.tokens.ingest)).status).toBe(403)
  expect((await whodid.get('/v1/findings?state=closed')).status).toBe(400)
  expect((await whodid.get('/v1/findings?limit=501')).status).toBe(400)
  for (const path of ['findings?rule=No', 'findings?subject=%20', 'detections?rule=a%20b'])
    expect(await (await whodid.get(`/v1/${path}`)).json(), path).toMatchObject({
      code: 'invalid_parameter',
    })
  expect((await borrowedFindings()).find((one) => one.id === id)).toEqual(before)
})

test('a back-test says how often each detection would have fired', async () => {
  await awaitFinding(() => true)
  const schema = z.object({
    detections: z.array(z.object({ id: z.string(), back_test: z.looseObject({}).nullable() })),
  })
  const plain = schema.parse(await command('detect'))
  expect(plain.detections.length).toBeGreaterThanOrEqual(14)
  expect(plain.detections.every((one) => one.back_test === null)).toBe(true)
  const rule = ['--rule', 'borrowed-credential'] as const
  const tested = schema.parse(await command('detect', '--back-test', '2d', ...rule))
  expect(tested.detections).toMatchObject([{ back_test: { days: 2, findings: 1, error: null } }])
  const words = await runWhodid(whodid, ['detect', '--back-test', '2d', ...rule])
  expect(words.stdout).toMatch(/last 2 days:[\s\S]*\d times?, 1 finding/u)
  for (const wrong of [
    ['--back-test', '91d'],
    ['--back-test', '30'],
    ['--rule', 'no-such-rule'],
  ])
    expect((await runWhodid(whodid, ['detect', ...wrong])).code, wrong.join(' ')).not.toBe(0)
})

test('answers are what the document says', async () => {
  await awaitFinding(() => true)
  const client = createCheckedClient(whodid.apiUrl, whodid.tokens.investigator)
  await client.GET('/v1/findings', { params: { query: { limit: '5' } } })
  await client.GET('/v1/detections', { params: { query: {} } })
})

test('every read and decision is in the access log', async () => {
  const { id } = await awaitFinding(() => true)
  await triage(id, { action: 'reopen' })
  const log = await (await whodid.get('/v1/reads?limit=50', whodid.tokens.admin)).text()
  expect(log).toContain(`/v1/findings/${id}/triage`)
})
