import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runWhodid } from '../harness/run-whodid.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

// Who may send and who may ask, changed while the service runs.

let whodid: WhodidProcess

beforeAll(async () => {
  whodid = await startWhodidProcess()
})

afterAll(async () => {
  await whodid.remove()
})

async function addAccess(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runWhodid(whodid, [...args, '--json'])
  expect(code, stderr).toBe(0)
  return (JSON.parse(stdout) as { token: string }).token
}

let spans = 0

/** Sends one act on a resource, and gives the status. */
async function send(token: string, resource: string): Promise<number> {
  spans += 1
  const attributes = Object.entries({
    'whodid.actor.type': 'agent',
    'gen_ai.agent.id': 'fixer',
    'whodid.agent.instance.id': 'fixer-1',
    'whodid.action.verb': 'update',
    'whodid.action.outcome': 'success',
    'whodid.resource.id': resource,
  }).map(([key, stringValue]) => ({ key, value: { stringValue } }))
  const span = {
    traceId: 'ac'.repeat(16),
    spanId: spans.toString(16).padStart(16, '0'),
    name: 'execute_tool fix',
    startTimeUnixNano: `${BigInt(Date.now()) * 1_000_000n}`,
    endTimeUnixNano: `${BigInt(Date.now()) * 1_000_000n}`,
    attributes,
  }
  const answer = await fetch(`${whodid.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  })
  return answer.status
}

async function verdictFor(token: string, resource: string): Promise<string> {
  const answer = await whodid.get(`/v1/who-did?of=${encodeURIComponent(resource)}`, token)
  const body = (await answer.json()) as { verdict?: string; code?: string }
  return body.verdict ?? `${body.code}`
}

it('takes up an exporter that is added, and shuts out one that is removed, without a restart', async () => {
  const token = await addAccess('exporter', 'add', '--name', 'late', '--template', 'fixer')
  await expect.poll(() => send(token, 'db:row:shop/a/1')).toBe(200)
  expect((await runWhodid(whodid, ['exporter', 'remove', '--name', 'late'])).code).toBe(0)
  await expect.poll(() => send(token, 'db:row:shop/a/1')).toBe(401)
  expect(await send(whodid.tokens.ingest, 'db:row:shop/a/1')).toBe(200)
})

it('shows a reader of a tenant that tenant’s records and no others, and lets nobody else see them', async () => {
  const sender = await addAccess(
    'exporter',
    'add',
    '--name',
    'beta-ci',
    '--tenant',
    'beta',
    '--template',
    '*',
  )
  const reader = await addAccess('reader', 'add', '--name', 'beta-eyes', '--tenant', 'beta')
  await expect.poll(() => send(sender, 'db:row:beta/b/1')).toBe(200)
  expect(await send(whodid.tokens.ingest, 'db:row:shop/d/1')).toBe(200)
  await expect.poll(() => verdictFor(reader, 'db:row:beta/b/1')).toBe('agent')
  const own = whodid.tokens.investigator
  await expect.poll(() => verdictFor(own, 'db:row:shop/d/1')).toBe('agent')
  expect(await verdictFor(reader, 'db:row:shop/d/1')).toBe('undetermined')
  expect(await verdictFor(own, 'db:row:beta/b/1')).toBe('undetermined')
  // Lists, streams and the record of reads are a tenant's as well.
  const from = new Date(Date.now() - 3_600_000).toISOString()
  for (const path of [`/v1/actions?from=${from}`, `/v1/tail?from=${from}&follow=false`]) {
    const text = await (await whodid.get(path, reader)).text()
    expect(text).toContain('db:row:beta/b/1')
    expect(text).not.toContain('shop')
  }
  expect((await whodid.get('/v1/reads', reader)).status).toBe(403)
  const reads = await (await whodid.get('/v1/reads', whodid.tokens.admin)).text()
  expect(reads).toContain('db:row:shop/d/1')
  expect(reads).not.toContain('beta-eyes')
  expect((await runWhodid(whodid, ['reader', 'remove', '--name', 'beta-eyes'])).code).toBe(0)
  await expect.poll(() => verdictFor(reader, 'db:row:beta/b/1')).toBe('unauthenticated')
})

it('a file that becomes unusable lets nobody in and nobody out, and a warning says so', async () => {
  const token = await addAccess('exporter', 'add', '--name', 'kept', '--template', 'fixer')
  await expect.poll(() => send(token, 'db:row:shop/a/2')).toBe(200)
  await writeFile(join(whodid.dataDir, 'exporters.json'), '{"exporters": 7}')
  const warned = (): boolean =>
    whodid.events.some(({ message }) => String(message).includes('the exporters stay as they were'))
  await expect.poll(warned).toBe(true)
  expect(await send(token, 'db:row:shop/a/2')).toBe(200)
})

it('refuses a reader’s name that is taken, and lists readers without their tokens', async () => {
  for (const args of [
    ['--name', 'investigator'],
    ['--name', 'a b'],
    ['--name', 'x', '--tenant', ''],
  ])
    expect((await runWhodid(whodid, ['reader', 'add', ...args])).code).not.toBe(0)
  await addAccess('reader', 'add', '--name', 'one', '--tenant', 'beta')
  expect((await runWhodid(whodid, ['reader', 'add', '--name', 'one'])).code).not.toBe(0)
  const listed = await runWhodid(whodid, ['reader', 'list', '--json'])
  expect(JSON.parse(listed.stdout)).toEqual({
    readers: expect.arrayContaining([{ name: 'one', tenant: 'beta' }]) as unknown,
  })
  expect(listed.stdout).not.toMatch(/whodid_inv_|[0-9a-f]{64}/u)
})
