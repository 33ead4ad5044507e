import { createHmac } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { findingAnswerSchema, findingsAnswerSchema } from '@whodid/model/answers'
import type { Finding, FindingAnswer } from '@whodid/model'
import { signInConsole } from '../harness/console-session.ts'
import { startMessageReceiver } from '../harness/message-receiver.ts'
import type { MessageReceiver } from '../harness/message-receiver.ts'
import { runWhodid } from '../harness/run-whodid.ts'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

// A whole Whodid acts on what it finds: real receivers, a real program, its own cases and revocations, and a restart.

const waitMs = 120_000
const secret = 'a-secret-of-the-receiver'

let whodid: WhodidProcess
let receiver: MessageReceiver
let dir: string
let environment: Record<string, string>

beforeAll(async () => {
  receiver = await startMessageReceiver()
  dir = await mkdtemp(join(tmpdir(), 'whodid-responses-'))
  await writeFile(join(dir, 'secret'), secret)
  await writeFile(join(dir, 'headers'), 'Authorization: Bearer receiver-token\n')
  const keep = "require('fs').appendFileSync(process.argv[1], require('fs').readFileSync(0))"
  const argv = [process.execPath, '-e', keep, join(dir, 'told')]
  const borrowed = { rules: ['borrowed-credential'] }
  const to = (path: string) => ({ kind: 'webhook', url: `${receiver.url}${path}`, ...borrowed })
  const file = {
    console_url: 'https://whodid.example/',
    responses: [
      { name: 'soc', ...to('/hook'), secret_file: 'secret', header_file: 'headers' },
      { name: 'chat', kind: 'slack', url: `${receiver.url}/slack`, ...borrowed },
      { name: 'flaky', ...to('/flaky') },
      { name: 'hanging', ...to('/hang') },
      { name: 'moved', ...to('/moved') },
      { name: 'tell', kind: 'program', argv, ...borrowed },
      {
        name: 'fails',
        kind: 'program',
        argv: [process.execPath, '-e', 'process.exit(3)'],
        ...borrowed,
      },
      { name: 'notebook', kind: 'case', ...borrowed },
      {
        name: 'critical-only',
        kind: 'webhook',
        url: `${receiver.url}/critical`,
        severity: 'critical',
      },
      { name: 'hold', kind: 'pause' },
    ],
  }
  await writeFile(join(dir, 'responses.json'), JSON.stringify(file))
  environment = {
    WHODID_DETECT_SECONDS: '1',
    WHODID_RESPONSES: join(dir, 'responses.json'),
  }
  whodid = await startWhodidProcess({ environment })
  await actBorrowed('borrowed', 'fixer-1', 'pat-1')
})

afterAll(async () => {
  await whodid.remove()
  await receiver.stop()
  await rm(dir, { recursive: true, force: true })
})

function agent(instance: string): Record<string, string> {
  return {
    'whodid.actor.type': 'agent',
    'gen_ai.agent.id': 'fixer <!channel>',
    'whodid.agent.instance.id': instance,
    'whodid.delegator.id': 'dev@acme.example',
    'whodid.delegator.type': 'human',
  }
}

/** An act under the person's own credential: one rule, high. */
function actBorrowed(trace: string, instance: string, credential: string): Promise<void> {
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

/** An act under the credential of somebody else: another rule, critical. */
function actAsOther(trace: string, instance: string): Promise<void> {
  return sendSpans(whodid, trace, [
    {
      ...agent(instance),
      ...toolCall('update', 'db:row:shop/a/2'),
      'whodid.credential.id': `boss-${instance}`,
      'whodid.credential.subject': 'boss@acme.example',
    },
  ])
}

async function until<Value>(what: string, find: () => Promise<Value | undefined>): Promise<Value> {
  const endMs = Date.now() + waitMs
  for (;;) {
    const found = await find()
    if (found !== undefined) return found
    if (Date.now() > endMs) throw new Error(`${what} did not come: ${whodid.stderr()}`)
    await sleep(300)
  }
}

function awaitFinding(rule: string, subject: string): Promise<Finding> {
  return until(`${rule} on ${subject}`, async () => {
    const response = await whodid.get(`/v1/findings?rule=${rule}`)
    const { findings } = findingsAnswerSchema.parse(await response.json())
    return findings.find((one) => one.subject === subject)
  })
}

async function describe(id: string): Promise<FindingAnswer> {
  return findingAnswerSchema.parse(await (await whodid.get(`/v1/findings/${id}`)).json())
}

/** The finding, once a response to it has ended as `outcome`. */
function awaitResponse(id: string, name: string, outcome: string) {
  return until(`${name} ${outcome}`, async () => {
    const { responses } = await describe(id)
    return responses.find((one) => one.response === name && one.outcome === outcome)
  })
}

const revocationsSchema = z.object({
  revocations: z.array(
    z.looseObject({
      action: z.string(),
      target: z.object({ kind: z.string(), id: z.string() }),
      cause: z.string(),
      initiator: z.string(),
    }),
  ),
})

async function revocations() {
  return revocationsSchema.parse(await (await whodid.get('/v1/revocations')).json()).revocations
}

test('a webhook gets the finding, signed, with an ID and the headers of its file', async () => {
  const { id } = await awaitFinding('borrowed-credential', 'credential:pat-1')
  const row = await awaitResponse(id, 'soc', 'done')
  expect(row).toMatchObject({ kind: 'webhook', attempt: 1, target: null, error: null })
  const [message, ...more] = receiver.to('/hook')
  expect(more).toEqual([])
  const { headers, body = '' } = message ?? {}
  expect(headers).toMatchObject({
    authorization: 'Bearer receiver-token',
    'content-type': 'application/json',
    'webhook-id': row.delivery,
  })
  const signed = `${row.delivery}.${String(headers?.['webhook-timestamp'])}.${body}`
  expect(headers?.['webhook-signature']).toBe(
    `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`,
  )
  expect(JSON.parse(body)).toMatchObject({
    type: 'whodid.finding',
    version: 1,
    delivery: row.delivery,
    attempt: 1,
    response: 'soc',
    tenant: 'default',
    finding: { id, rule: 'borrowed-credential', state: 'open', subject: 'credential:pat-1' },
    hit: { hit: 'instance:fixer-1', spans: [expect.stringMatching(/^[0-9a-f]{32}-/u)] },
    rule: { id: 'borrowed-credential', advice: expect.stringMatching(/\S/u) },
    url: `https://whodid.example/finding?id=${id}`,
  })
})

test('Slack gets a text that names of agents cannot mark up, nor mention anybody with', async () => {
  const { id } = await awaitFinding('borrowed-credential', 'credential:pat-1')
  await awaitResponse(id, 'chat', 'done')
  const { text } = z
    .object({ text: z.string() })
    .parse(JSON.parse(receiver.to('/slack')[0]?.body ?? ''))
  expect(text).toContain('HIGH: The agent fixer &lt;!channel&gt; acted under')
  expect(text).toContain(`https://whodid.example/finding?id=${id}`)
  expect(text).not.toContain('<')
})

test('a program gets the finding on its input, and one that fails is tried again', async () => {
  const { id } = await awaitFinding('borrowed-credential', 'credential:pat-1')
  await awaitResponse(id, 'tell', 'done')
  const told = await readFile(join(dir, 'told'), 'utf8')
  expect(JSON.parse(told)).toMatchObject({ response: 'tell', finding: { id } })
  await awaitResponse(id, 'fails', 'failed')
  const second = await until('a second attempt', async () => {
    const { responses } = await describe(id)
    return responses.find(({ response, attempt }) => response === 'fails' && attempt === 2)
  })
  expect(second).toMatchObject({ outcome: 'failed', error: 'exit_3' })
})

test('a receiver that answers 500 gets the same message again; one that hangs or redirects holds nothing up', async () => {
  const { id } = await awaitFinding('borrowed-credential', 'credential:pat-1')
  expect(await awaitResponse(id, 'flaky', 'done')).toMatchObject({ attempt: 2 })
  const ids = receiver.to('/flaky').map(({ headers }) => headers['webhook-id'])
  expect(ids).toHaveLength(2)
  expect(new Set(ids).size).toBe(1)
  expect(await awaitResponse(id, 'hanging', 'failed')).toMatchObject({ error: 'timed_out' })
  expect(await awaitResponse(id, 'moved', 'given_up')).toMatchObject({ error: 'status_302' })
  expect(receiver.to('/redirected')).toEqual([])
  expect(receiver.to('/critical')).toEqual([])
})

test('a case is opened, with the record pinned and the finding named', async () => {
  const { id } = await awaitFinding('borrowed-credential', 'credential:pat-1')
  expect(await awaitResponse(id, 'notebook', 'done')).toMatchObject({
    target: `case:finding-${id}`,
  })
  const answer = await (await whodid.get(`/v1/cases/finding-${id}`)).json()
  const { hits } = await describe(id)
  expect(answer).toMatchObject({
    entries: [
      {
        kind: 'pin',
        author: 'response:notebook',
        text: expect.stringContaining('borrowed-credential on credential:pat-1'),
        question: { of: `span:${hits[0]?.spans[0] ?? ''}` },
      },
    ],
  })
})

test('an agent is paused when two rules agree on it, and none for one rule, however severe', async () => {
  const first = await awaitFinding('borrowed-credential', 'credential:pat-1')
  // Its one rule is critical, and hits twice.
  await actAsOther('other-lone', 'fixer-lone')
  await actAsOther('other-lone-2', 'fixer-lone')
  const lone = await awaitFinding('other-persons-credential', 'instance:fixer-lone')
  await awaitResponse(lone.id, 'critical-only', 'done')
  expect(await revocations()).toEqual([])
  await actAsOther('other', 'fixer-1')
  const second = await awaitFinding('other-persons-credential', 'instance:fixer-1')
  const row = await awaitResponse(second.id, 'hold', 'done')
  expect(row).toMatchObject({ kind: 'pause', target: 'instance:fixer-1', error: null })
  expect(await awaitResponse(first.id, 'hold', 'done')).toMatchObject({ delivery: row.delivery })
  const [order, ...others] = await revocations()
  expect(others).toEqual([])
  expect(order).toMatchObject({
    action: 'pause',
    target: { kind: 'instance', id: 'fixer-1' },
    initiator: 'response:hold',
  })
  for (const { id, rule } of [first, second]) expect(order?.cause).toContain(`${rule} (${id})`)
  const shown = await runWhodid(whodid, ['findings', 'show', second.id])
  expect(shown.stdout).toMatch(/pause instance:fixer-1 by hold: done/u)
  const session = await signInConsole(whodid, whodid.tokens.investigator)
  const page = await (await session.get(`/finding?id=${first.id}`)).text()
  expect(page).toMatch(/Responses[\s\S]*instance:fixer-1[\s\S]*finding-[0-9a-f]{32}/u)
  expect(page).toContain('href="/case?id=finding-')
})

test('after a restart nothing is sent twice, and what is new is sent', async () => {
  const { id } = await awaitFinding('borrowed-credential', 'credential:pat-1')
  await awaitResponse(id, 'soc', 'done')
  expect(await whodid.stop()).toBe(0)
  whodid = await startWhodidProcess({ dataDir: whodid.dataDir, environment })
  await actBorrowed('later', 'fixer-9', 'pat-9')
  const later = await awaitFinding('borrowed-credential', 'credential:pat-9')
  for (const name of ['soc', 'chat', 'notebook', 'tell'])
    await awaitResponse(later.id, name, 'done')
  const idsOf = (path: string) => receiver.to(path).map(({ headers }) => headers['webhook-id'])
  expect(idsOf('/hook')).toHaveLength(2)
  expect(new Set(idsOf('/hook')).size).toBe(2)
  expect(receiver.to('/slack')).toHaveLength(2)
  expect((await readFile(join(dir, 'told'), 'utf8')).trim().split('\n')).toHaveLength(2)
  expect(await revocations()).toHaveLength(1)
})

test('a finding that is found again after it was acknowledged is told again', async () => {
  const { id } = await awaitFinding('borrowed-credential', 'credential:pat-9')
  await awaitResponse(id, 'soc', 'done')
  const acked = await runWhodid(whodid, ['findings', 'ack', id, '--reason', 'seen'])
  expect(acked.code, acked.stderr).toBe(0)
  await actBorrowed('once more', 'fixer-10', 'pat-9')
  const bodies = await until('a second message', async () => {
    const of = receiver.to('/hook').map(({ body }) => JSON.parse(body) as { finding: Finding })
    const own = of.filter(({ finding }) => finding.id === id)
    return own.length === 2 ? own : undefined
  })
  expect(bodies[1]).toMatchObject({ finding: { hits: 2, triage: { action: 'acknowledge' } } })
})

test('a file that cannot be used keeps the service from starting, and says why', async () => {
  const path = join(dir, 'wrong.json')
  await writeFile(
    path,
    JSON.stringify({ responses: [{ name: 'a', kind: 'pause', rules: ['no-rule', 'zombie-act'] }] }),
  )
  const started = startWhodidProcess({ environment: { WHODID_RESPONSES: path } })
  await expect(started).rejects.toThrow(/responses\[0\]\.rules in .* expected IDs of rules/u)
})
