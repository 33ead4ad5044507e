import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const verifier = fileURLToPath(new URL('../../packages/evidence/verify.mjs', import.meta.url))
const resource = 'github:pull:acme/app/812'
const trace = 'ab'.repeat(16)
const waitMs = { timeout: 90_000, interval: 200 }

let whodid: WhodidProcess
let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-export-'))
  whodid = await startWhodidProcess()
  await send()
  await whodid.whoDid(resource, ({ verdict }) => verdict === 'agent')
})

afterAll(async () => {
  await whodid.remove()
  await rm(dir, { recursive: true, force: true })
})

/** A prompt, and the merge it led to, as an SDK sends them. */
async function send(): Promise<void> {
  const common = {
    'whodid.actor.type': 'agent',
    'gen_ai.agent.id': 'repo-triage',
    'whodid.agent.instance.id': 'run-1',
    'whodid.delegator.id': 'dev@acme.example',
    'whodid.delegator.type': 'human',
  }
  const spans = [
    spanOf('01', '', {
      ...common,
      'whodid.record.kind': 'prompt',
      'whodid.prompt.origin': 'human',
      'gen_ai.input.messages': 'Triage the issues\u202e',
    }),
    spanOf('02', '01', {
      ...common,
      'whodid.record.kind': 'tool_call',
      'gen_ai.tool.name': 'merge',
      'whodid.action.verb': 'update',
      'whodid.action.outcome': 'success',
      'whodid.resource.id': resource,
      'whodid.prompt.ref': `${trace}-${'01'.padStart(16, '0')}`,
    }),
  ]
  const answer = await fetch(`${whodid.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${whodid.tokens.ingest}`,
    },
    body: JSON.stringify({ resourceSpans: [{ resource: {}, scopeSpans: [{ scope: {}, spans }] }] }),
  })
  expect(answer.status).toBe(200)
}

function spanOf(id: string, parent: string, attributes: Record<string, string>): object {
  const startUnixNs = BigInt(Date.now() - 1000) * 1_000_000n + BigInt(id)
  return {
    traceId: trace,
    spanId: id.padStart(16, '0'),
    parentSpanId: parent === '' ? '' : parent.padStart(16, '0'),
    name: 'call',
    kind: 1,
    startTimeUnixNano: String(startUnixNs),
    endTimeUnixNano: String(startUnixNs + 1_000n),
    attributes: Object.entries(attributes).map(([key, value]) => ({
      key,
      value: { stringValue: value },
    })),
  }
}

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(argv: readonly string[], cwd = dir): Promise<Ran> {
  const environment = {
    PATH: process.env['PATH'],
    WHODID_API_URL: whodid.apiUrl,
    WHODID_TOKEN: whodid.tokens.investigator,
  }
  return new Promise((resolve) => {
    execFile(process.execPath, [...argv], { cwd, env: environment }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

test('an answer is exported, and verified by plain Node in an empty directory', async () => {
  const exported = await run([main, 'export', resource, '--case', 'INC-7', '--json'])
  expect(exported).toMatchObject({ code: 0, stderr: '' })
  expect(await run([main, 'export', '--trust'])).toMatchObject({ code: 0 })
  const empty = await mkdtemp(join(tmpdir(), 'whodid-empty-'))
  await cp(join(dir, 'evidence.zip'), join(empty, 'evidence.zip'))
  await cp(join(dir, 'trust.json'), join(empty, 'trust.json'))
  await cp(verifier, join(empty, 'verify.mjs'))
  const argv = ['verify.mjs', 'evidence.zip', '--trust', 'trust.json']
  const verified = await run(argv, empty)
  expect(verified.stdout).toMatch(/OK .* 2 records, .* 1 texts as they were committed to/u)
  expect(verified.stdout).toContain('UNWITNESSED')
  expect(verified.stdout).toContain(`case INC-7, asked ${resource}`)
  expect(verified.code).toBe(0)

  const bytes = await readFile(join(empty, 'evidence.zip'))
  const at = bytes.indexOf('merge')
  bytes.write('purge', at)
  await writeFile(join(empty, 'evidence.zip'), bytes)
  const altered = await run(argv, empty)
  expect(altered).toMatchObject({ code: 40 })
  expect(altered.stdout).toContain('FAILED tampered: ')
  await rm(empty, { recursive: true })
})

test('the export is recorded under its case, and evidence is not written over', async () => {
  const reads = await whodid.get('/v1/reads', whodid.tokens.admin)
  expect(await reads.json()).toMatchObject({
    reads: expect.arrayContaining([
      expect.objectContaining({ route: '/v1/exports', case_id: 'INC-7', reader: 'investigator' }),
    ]),
  })
  // And in the ledger itself, sealed, by the package's own digest.
  const digest = createHash('sha256')
    .update(await readFile(join(dir, 'evidence.zip')))
    .digest('hex')
  const of = encodeURIComponent(`resource:whodid:export:${digest}`)
  await vi.waitFor(async () => {
    const answer = await (await whodid.get(`/v1/who-did?of=${of}&verb=read`)).json()
    expect(answer).toMatchObject({
      verdict: 'service',
      actor: { id: 'whodid' },
      action: { verb: 'read' },
      integrity: { state: 'sealed' },
    })
  }, waitMs)
  const again = await run([main, 'export', resource])
  expect(again.code).not.toBe(0)
  expect(again.stderr).toContain('expected a new file')
})

test('what cannot be exported is refused by name', async () => {
  expect((await run([main, 'export'])).stderr).toContain('expected either a handle or --trust')
  expect((await run([main, 'export', 'nonsense', '--out', 'x.zip'])).stderr).toContain(
    'invalid_handle',
  )
  const post = (token: string, body: string) =>
    fetch(`${whodid.apiUrl}/v1/exports`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body,
    })
  expect((await post(whodid.tokens.ingest, JSON.stringify({ of: resource }))).status).toBe(403)
  expect((await post(whodid.tokens.admin, JSON.stringify({ of: resource, more: 1 }))).status).toBe(
    400,
  )
})

test('nothing on record is evidence too: a package without records verifies', async () => {
  const of = 'github:pull:acme/app/999'
  expect(await run([main, 'export', of, '--out', 'none.zip'])).toMatchObject({ code: 0 })
  const verified = await run([verifier, 'none.zip', '--trust', 'trust.json'])
  expect(verified).toMatchObject({ code: 0 })
  expect(verified.stdout).toContain('0 records')
})
