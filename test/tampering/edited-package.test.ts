import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApi } from '@whodid/api'
import type { Api } from '@whodid/api'
import { startCollector } from '@whodid/collector'
import type { Collector } from '@whodid/collector'
import { createContentReader } from '@whodid/content'
import { createAppender, createReadRecorder, createSelector, openLogTrees } from '@whodid/store'
import type { Appender, ReadRecorder, Selector } from '@whodid/store'
import { generateNoteKey, parseSkey } from '@whodid/tlog'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadExporter } from '../faults/load.ts'
import { startCleanLedger } from './clean-ledger.ts'
import type { CleanLedger } from './clean-ledger.ts'

// An administrator edits a row in ClickHouse; then an honest service, asked for evidence, hands out what it finds there.

const verifier = fileURLToPath(new URL('../../packages/export/verify.mjs', import.meta.url))
const resource = 'db:row:shop/orders/42'
const token = 'whodid-test-token'

let ledger: CleanLedger
let appender: Appender
let collector: Collector
let selector: Selector
let readRecorder: ReadRecorder
let api: Api

beforeAll(async () => {
  ledger = await startCleanLedger()
  const { engine, root, keysDir, keys, now } = ledger
  appender = createAppender(engine.access('writer'))
  selector = createSelector(engine.access('reader'))
  readRecorder = createReadRecorder(engine.access('recorder'))
  const treeDir = join(root, 'tlog')
  collector = await startCollector({
    host: '127.0.0.1',
    httpPort: 0,
    logDir: join(root, 'log'),
    logOrigin: 'edited.test/log',
    seal: { treeDir, keysDir },
    exporters: [loadExporter],
    keys,
    appender,
  })
  const sha256 = createHash('sha256').update(token).digest('hex')
  api = createApi({
    selector,
    readRecorder,
    contents: createContentReader(keys, () => 0n),
    trees: openLogTrees(treeDir),
    exports: {
      signer: parseSkey(generateNoteKey('whodid/export', 'note').skey),
      witnesses: [],
      product: 'whodid',
    },
    tokens: () => [{ name: 'investigator', role: 'investigator', tenant: 'default', sha256 }],
    readiness: () => Promise.resolve([]),
    now,
  })
})

afterAll(async () => {
  await collector.stop()
  await Promise.all([appender.close(), selector.close(), readRecorder.close()])
  await ledger.stop()
})

async function send(): Promise<void> {
  const said: Record<string, string> = {
    'whodid.record.kind': 'tool_call',
    'whodid.actor.type': 'agent',
    'gen_ai.agent.id': 'refunds',
    'whodid.agent.instance.id': 'run-1',
    'whodid.delegator.id': 'mallory@acme.example',
    'whodid.delegator.type': 'human',
    'whodid.action.verb': 'delete',
    'whodid.action.outcome': 'success',
    'whodid.resource.id': resource,
  }
  const span = {
    traceId: 'ed'.repeat(16),
    spanId: 'ed'.repeat(8),
    name: 'refund',
    startTimeUnixNano: '1700000000000000000',
    endTimeUnixNano: '1700000000000000001',
    attributes: Object.entries(said).map(([key, value]) => ({
      key,
      value: { stringValue: value },
    })),
  }
  const answer = await fetch(`${collector.url}/v1/traces`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  })
  expect(answer.status).toBe(200)
  await collector.sealed()
  await collector.stored()
}

async function asked(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return api.fetch(new Request(`http://127.0.0.1:4320${path}`, { ...init, headers }), {})
}

/** Exports the evidence into a directory of its own and runs the verifier there, on plain Node. */
async function exportAndVerify(name: string): Promise<{ code: number; stdout: string }> {
  const dir = join(ledger.root, name)
  await mkdir(dir)
  const exported = await asked('/v1/exports', {
    method: 'POST',
    body: JSON.stringify({ of: resource }),
  })
  expect(exported.status).toBe(200)
  await writeFile(join(dir, 'evidence.zip'), Buffer.from(await exported.arrayBuffer()))
  await writeFile(join(dir, 'trust.json'), await (await asked('/v1/trust')).text())
  await cp(verifier, join(dir, 'verify.mjs'))
  const argv = ['verify.mjs', 'evidence.zip', '--trust', 'trust.json']
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { cwd: dir, env: {} }, (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout })
    })
  })
}

test('a package made of an edited ledger fails offline, and the verifier names the record', async () => {
  await send()
  const honest = await exportAndVerify('honest')
  expect(honest.stdout).toContain('OK ')
  expect(honest.code).toBe(0)
  await ledger.engine.dba(
    `ALTER TABLE whodid.spans UPDATE delegator_id = 'jane@acme.example' WHERE resource_id = '${resource}'`,
  )
  expect(
    await ledger.engine.dba(
      `SELECT delegator_id FROM whodid.spans WHERE resource_id = '${resource}'`,
    ),
  ).toBe('jane@acme.example')
  const edited = await exportAndVerify('edited')
  expect(edited.code).toBe(40)
  expect(edited.stdout).toContain('FAILED tampered: ')
  expect(edited.stdout).toMatch(
    /records\.bin: (?:ed){16}-(?:ed){8}.*, record 0 of the log, is not what was sealed there/u,
  )
})
