import { spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const trace = '5b'.repeat(16)
const secret = 'Refund the order of Jane Roe at once'

let whodid: WhodidProcess

beforeAll(async () => {
  whodid = await startWhodidProcess()
})

afterAll(() => whodid.remove())

const text = (key: string, value: string) => ({ key, value: { stringValue: value } })

/** A prompt of `delegator`, and a call under it; `n` keeps their spans apart. */
async function send(n: number, delegator: string): Promise<{ call: string }> {
  const prompt = `aa0000000000000${n}`
  const call = `bb0000000000000${n}`
  const who = [
    text('whodid.actor.type', 'agent'),
    text('whodid.agent.instance.id', `inst-${n}`),
    text('gen_ai.agent.id', 'refunds'),
    text('whodid.delegator.id', delegator),
    text('whodid.delegator.type', 'human'),
  ]
  const span = (spanId: string, kind: string, attributes: object[]) => ({
    traceId: trace,
    spanId,
    name: kind,
    startTimeUnixNano: `176380000${n}000000000`,
    endTimeUnixNano: `176380000${n}100000000`,
    attributes: [...who, text('whodid.record.kind', kind), ...attributes],
  })
  const messages = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: secret }] }])
  const spans = [
    span(prompt, 'prompt', [
      text('gen_ai.operation.name', 'invoke_agent'),
      text('whodid.prompt.origin', 'human'),
      text('gen_ai.input.messages', messages),
    ]),
    span(call, 'tool_call', [
      text('whodid.prompt.ref', `${trace}-${prompt}`),
      text('whodid.action.verb', 'update'),
      text('whodid.action.outcome', 'success'),
      text('whodid.resource.id', `db:row:shop/orders/${n}`),
    ]),
  ]
  const response = await fetch(`${whodid.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${whodid.tokens.ingest}`,
    },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  })
  expect(response.status).toBe(200)
  return { call: `span:${trace}-${call}` }
}

async function post(path: string, body: object, token = whodid.tokens.admin) {
  const response = await fetch(`${whodid.apiUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  })
  // Every answer of these routes is an object.
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

function run(
  args: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const env = {
      PATH: process.env['PATH'],
      WHODID_API_URL: whodid.apiUrl,
      WHODID_DATA_DIR: whodid.dataDir,
    }
    const child = spawn(process.execPath, [main, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** Files of the data directory that hold the text in the clear. */
async function filesWith(words: string): Promise<string[]> {
  const found: string[] = []
  for (const name of await readdir(whodid.dataDir, { recursive: true })) {
    const bytes = await readFile(join(whodid.dataDir, name)).catch(() => Buffer.alloc(0))
    if (bytes.includes(words)) found.push(name)
  }
  return found
}

test('text is answered to those who may read, and stands nowhere in the clear', async () => {
  const { call } = await send(1, 'jane@acme.example')
  const answer = await whodid.whoDid(call, ({ prompt }) => prompt?.text === secret)
  expect(answer.prompt?.text).toBe(secret)
  expect(answer.cost.statements).toBeLessThanOrEqual(5)
  expect(await filesWith('Jane Roe')).toEqual([])
})

test('a hold refuses erasure and pruning, by HTTP and at the command line', async () => {
  const held = await run([
    'hold',
    'add',
    '--case',
    'C-7',
    '--subject',
    'delegator:jane@acme.example',
    '--reason',
    'lawsuit',
    '--json',
  ])
  expect(held).toMatchObject({ code: 0, stderr: '' })
  const erased = await post('/v1/erasures', {
    subject: 'delegator:jane@acme.example',
    reason: 'asked',
  })
  expect(erased).toMatchObject({ status: 409, body: { code: 'under_hold' } })
  const pruned = await run([
    'prune',
    '--before',
    '2026-01-01T00:00:00Z',
    '--reason',
    'age',
    '--json',
  ])
  expect(pruned.code).toBe(1)
  expect(pruned.stderr).toContain('under_hold')
  expect((await run(['hold', 'list'])).stdout).toContain('C-7')
  expect((await run(['hold', 'release', '--case', 'C-7', '--reason', 'settled'])).code).toBe(0)
  expect((await run(['hold', 'list'])).stdout).toContain('No hold')
})

test('only the admin erases, and only a subject', async () => {
  const asked = { subject: 'delegator:jane@acme.example', reason: 'asked' }
  expect(await post('/v1/erasures', asked, whodid.tokens.investigator)).toMatchObject({
    status: 403,
  })
  expect(await post('/v1/erasures', { ...asked, subject: 'trace:x' })).toMatchObject({
    status: 400,
  })
  expect(await post('/v1/erasures', { ...asked, reason: ' ' })).toMatchObject({ status: 400 })
})

test('erasure takes the text of one person, says so, and is itself on record; others keep theirs', async () => {
  const other = await send(2, 'li@acme.example')
  await whodid.whoDid(other.call, ({ prompt }) => prompt?.text === secret)
  const erased = await run([
    'erase',
    '--subject',
    'delegator:jane@acme.example',
    '--reason',
    'request 9',
    '--json',
  ])
  expect(erased.stderr).toBe('')
  // One object, as --json promises.
  const outcome = JSON.parse(erased.stdout) as { record: string; keys: number; done: boolean }
  expect(outcome).toMatchObject({ keys: 1, done: true })
  const gone = await whodid.whoDid(`span:${trace}-bb00000000000001`)
  expect(gone.prompt?.text).toBeNull()
  expect(gone.gaps.map(({ code }) => code)).toContain('content_erased')
  expect(gone.gaps.find(({ code }) => code === 'content_erased')?.text).toContain(outcome.record)
  expect((await whodid.whoDid(other.call)).prompt?.text).toBe(secret)
  const record = await whodid.whoDid(`span:${outcome.record}`, ({ action }) => action !== null)
  expect(record).toMatchObject({
    verdict: 'service',
    actor: { id: 'whodid' },
    action: { verb: 'delete' },
  })
  // Repeated, it is recorded and finds nothing more.
  const again = await post('/v1/erasures', {
    subject: 'delegator:jane@acme.example',
    reason: 'again',
  })
  expect(again).toMatchObject({ status: 200, body: { keys: 0 } })
})

test('text expires by age, and the answer says that, not that it was tampered with', async () => {
  const before = new Date(Date.now() - 1).toISOString()
  const pruned = await run(['prune', '--before', before, '--reason', 'retention', '--json'])
  expect(pruned).toMatchObject({ code: 0, stderr: '' })
  const gone = await whodid.whoDid(`span:${trace}-bb00000000000002`)
  expect(gone.gaps.map(({ code }) => code)).toContain('content_expired')
  const later = await post('/v1/prunes', {
    before: '2999-01-01T00:00:00Z',
    what: 'text',
    reason: 'x',
  })
  expect(later).toMatchObject({ status: 400, body: { code: 'invalid_time' } })
})
