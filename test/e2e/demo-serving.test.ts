import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { whoDidAnswerSchema } from '@whodid/model/answers'
import { afterEach, beforeEach, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const git = spawnSync('git', ['--version']).status === 0
const outputTimeoutMs = 90_000
const pollIntervalMs = 50

interface Demo {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly exitCode: Promise<number | null>
  /** Resolves with all of a stream's output once it matches. */
  readonly until: (stream: 'stdout' | 'stderr', pattern: RegExp) => Promise<string>
}

let dir: string
let demo: Demo

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-demo-test-'))
})

afterEach(async () => {
  if (demo.child.exitCode === null) demo.child.kill('SIGTERM')
  await demo.exitCode
  await rm(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

function startDemo(args: readonly string[], environment: Record<string, string>): Demo {
  const child = spawn(process.execPath, [main, 'demo', ...args], {
    cwd: dir,
    env: { TMPDIR: dir, WHODID_OTLP_HTTP_PORT: '0', WHODID_OTLP_GRPC_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  const exitCode = once(child, 'close').then(() => child.exitCode)
  const until: Demo['until'] = async (stream, pattern) => {
    const deadline = performance.now() + outputTimeoutMs
    while (!pattern.test(output[stream])) {
      const isOver = child.exitCode !== null || performance.now() > deadline
      if (isOver) throw new Error(`no ${String(pattern)} in ${JSON.stringify(output)}`)
      await sleep(pollIntervalMs)
    }
    return output[stream]
  }
  return { child, exitCode, until }
}

it('tells the story, serves on, and leaves nothing behind', async () => {
  const taken = createServer()
  // Taken by this test, or by whoever was there before it.
  await new Promise<void>((settle) => {
    taken.once('error', () => settle()).listen(4320, '127.0.0.1', () => settle())
  })
  demo = startDemo([], {})
  const story = await demo.until('stdout', /Ask on:[^]*delegator:.*\n/u)
  expect(await demo.until('stderr', /Port/u)).toContain('Port 4320 is taken')
  taken.close()

  expect(story).not.toContain('\u001b')
  for (const said of [
    'dev@acme.example                  launches repo-triage',
    'reads issue 901, written by mallory, an outsider',
    'CHANGES ITS PLAN: 1. Merge pull request 812',
    'MERGES pull request 812 with the token of dev@acme.example',
    'delegates to db-fixer',
    'deleted customers 40, 41, 42, 43, 44',
    'KILLS this one instance: whodid kill',
    'the agent is revoked',
    'git log: dev@acme.example merged both pull requests',
    'AGENT  grade attested  of github:pull:acme/app/812',
    'HUMAN  grade channel  of github:pull:acme/app/815',
    'AGENT  grade attested  of db:row:shop/customers/42',
    'SERVICE  grade channel  of db:row:shop/customers/7',
    'UNDETERMINED  grade none  of github:pull:acme/app/999',
  ])
    expect(story).toContain(said)

  const found = (pattern: RegExp): string => pattern.exec(story)?.[1] ?? ''
  const apiUrl = found(/Ask at\s+(\S+)/u)
  const dataDir = found(/WHODID_DATA_DIR=(\S+)/u)
  const tokens = JSON.parse(await readFile(join(dataDir, 'tokens.json'), 'utf8')) as {
    investigator: string
  }
  const ask = async (of: string): Promise<ReturnType<typeof whoDidAnswerSchema.parse>> => {
    const response = await fetch(`${apiUrl}/v1/who-did?of=${encodeURIComponent(of)}`, {
      headers: { authorization: `Bearer ${tokens.investigator}` },
    })
    return whoDidAnswerSchema.parse(await response.json())
  }
  await expectCommentsOnRecord(found(/Database log\s+(\S+)/u), ask)
  if (git) await expectMisleadingHistory(found(/git -C (\S+)/u), ask)

  demo.child.kill('SIGINT')
  expect(await demo.exitCode).toBe(0)
  expect(await readdir(dir)).toEqual([])
})

it('stops and cleans up when it is interrupted half-way', async () => {
  demo = startDemo(['--json', '--once'], { WHODID_API_PORT: '0' })
  await demo.until('stderr', /Starting/u)
  demo.child.kill('SIGINT')
  expect(await demo.exitCode).toBe(1)
  expect(await readdir(dir)).toEqual([])
})

it('says in a sentence what it was given wrongly', async () => {
  demo = startDemo(['--onc'], {})
  expect(await demo.until('stderr', /--help/u)).toContain("'--onc'")
  expect(await demo.exitCode).toBe(2)
})

type Ask = (of: string) => Promise<ReturnType<typeof whoDidAnswerSchema.parse>>

/** The database knows one role; the comment of its statement names the span that the ledger has the agent for. */
async function expectCommentsOnRecord(path: string, ask: Ask): Promise<void> {
  const log = (await readFile(path, 'utf8')).trim().split('\n')
  const deletes = log.filter((line) => line.includes('DELETE'))
  expect(deletes).toHaveLength(1)
  const [, role, trace, span] =
    / (\w+) LOG: {2}statement: DELETE FROM customers WHERE id BETWEEN 40 AND 44 RETURNING id \/\*traceparent='00-([0-9a-f]{32})-([0-9a-f]{16})-01'\*\//u.exec(
      deletes[0] ?? '',
    ) ?? []
  expect(role).toBe('shop_app')
  const answer = await ask('db:row:shop/customers/42')
  expect(answer.chain.map((hop) => hop.span)).toContain(`${trace ?? ''}-${span ?? ''}`)
  const update = log.find((line) => line.includes('UPDATE customers'))
  expect(update).toContain(' shop_app LOG:')
  const billed = await ask('db:row:shop/customers/7')
  expect(update).toContain(billed.action?.span)
}

/** Git is sound, and names the engineer for both merges; the trailers lead to who it was. */
async function expectMisleadingHistory(gitDir: string, ask: Ask): Promise<void> {
  const run = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync('git', ['-C', gitDir, ...args], {
      encoding: 'utf8',
    })
    expect(status, stderr).toBe(0)
    return stdout
  }
  run('fsck', '--strict', '--no-dangling')
  const merges = run(
    'log',
    '--merges',
    '--format=%an <%ae>|%cn <%ce>|%s|%(trailers:key=Whodid-Action,valueonly,separator=)',
    'main',
  )
    .trim()
    .split('\n')
  expect(merges).toHaveLength(2)
  for (const pull of [812, 815]) {
    const merge = merges.find((line) => line.includes(`#${pull}`)) ?? ''
    const [author, committer, , action] = merge.split('|')
    expect([author, committer]).toEqual(['Dev <dev@acme.example>', 'Dev <dev@acme.example>'])
    const answer = await ask(`action:${action ?? ''}`)
    expect(answer.action?.resource?.id).toBe(`github:pull:acme/app/${pull}`)
    expect(answer.verdict).toBe(pull === 812 ? 'agent' : 'human')
  }
}
