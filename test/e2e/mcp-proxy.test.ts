import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import {
  Client as NewClient,
  StreamableHTTPClientTransport as NewHttp,
} from '@modelcontextprotocol/client'
import { StdioClientTransport as NewStdio } from '@modelcontextprotocol/client/stdio'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

// `whodid mcp-proxy` between the official clients and servers of both lines, over both transports, and a running Whodid behind it.

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const fixture = fileURLToPath(new URL('../harness/mcp-server.mjs', import.meta.url))
const info = { name: 'test-client', version: '9.9.9' }
const hostile = 'drop\n\u001b[31m"table"\u202e'

let whodid: WhodidProcess
const children: ChildProcess[] = []

beforeAll(async () => {
  whodid = await startWhodidProcess()
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await whodid.remove()
})

type Line = 'old' | 'new'
type Over = 'stdio' | 'http'

interface Result {
  readonly isError?: boolean | undefined
  readonly content?: unknown
}

/** A client of either line behind the proxy. */
interface Proxied {
  readonly call: (
    name: string,
    given?: Record<string, unknown>,
    options?: { signal?: AbortSignal; onprogress?: (progress: unknown) => void },
  ) => Promise<Result>
  readonly read: (uri: string) => Promise<unknown>
  readonly prompt: (name: string) => Promise<unknown>
  readonly close: () => Promise<void>
}

function runOf(instance: string, other: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: String(process.env['PATH']),
    WHODID_ENDPOINT: whodid.otlpUrl,
    WHODID_INGEST_TOKEN: whodid.tokens.ingest,
    WHODID_AGENT_INSTANCE: instance,
    WHODID_AGENT_TEMPLATE: 'mcp-user',
    WHODID_DELEGATOR: 'dev@acme.example',
    ...other,
  }
}

const options = [
  '--name',
  'fix',
  '--resource',
  'echo=db:row:shop/{table}/{id}',
  '--verb',
  'echo=update',
]

/** Starts a process and resolves with the first line that it prints. */
async function printedLine(args: readonly string[], env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return line
}

async function open(
  line: Line,
  over: Over,
  { env, more = [] }: { env: Record<string, string>; more?: readonly string[] },
): Promise<Proxied> {
  if (over === 'stdio') {
    const args = [
      main,
      'mcp-proxy',
      ...options,
      ...more,
      '--',
      process.execPath,
      fixture,
      line,
      over,
    ]
    return connect(line, { command: process.execPath, args, env })
  }
  const server = await printedLine([fixture, line, over], { PATH: String(process.env['PATH']) })
  const proxy = await printedLine([main, 'mcp-proxy', ...options, ...more, '--url', server], env)
  return connect(line, new URL(proxy))
}

async function connect(
  line: Line,
  to: URL | { command: string; args: string[]; env: Record<string, string> },
): Promise<Proxied> {
  const answer = { action: 'accept' as const, content: { sure: true } }
  const capabilities = { elicitation: { form: {} } }
  if (line === 'new') {
    const client = new NewClient(info, { versionNegotiation: { mode: 'auto' }, capabilities })
    client.setRequestHandler('elicitation/create', () => answer)
    await client.connect(to instanceof URL ? new NewHttp(to) : new NewStdio(to))
    return {
      call: (name, given = {}, how = {}) => client.callTool({ name, arguments: given }, how),
      read: (uri) => client.readResource({ uri }),
      prompt: (name) => client.getPrompt({ name }),
      close: () => client.close(),
    }
  }
  const client = new OldClient(info, { capabilities })
  client.setRequestHandler(ElicitRequestSchema, () => answer)
  await client.connect(to instanceof URL ? new OldHttp(to) : new OldStdio(to))
  return {
    call: async (name, given = {}, how = {}) =>
      (await client.callTool({ name, arguments: given }, undefined, how)) as Result,
    read: (uri) => client.readResource({ uri }),
    prompt: (name) => client.getPrompt({ name }),
    close: () => client.close(),
  }
}

const textOf = (result: Result): string =>
  String((result.content as { text?: string }[] | undefined)?.[0]?.text)

interface Action {
  readonly tool: string | null
  readonly outcome: string
  readonly verb: string
  readonly resource: { readonly id: string } | null
  readonly error?: string | null
}

/** Waits for every outcome: an action whose intent alone has arrived is `unknown` until then. */
async function actionsOf(instance: string, count: number): Promise<readonly Action[]> {
  let actions: readonly Action[] = []
  await expect
    .poll(async () => {
      const answer = await whodid.get(`/v1/actions?instance=${instance}&limit=200`)
      actions = ((await answer.json()) as { actions: Action[] }).actions
      return actions.filter(({ outcome }) => outcome !== 'unknown').length
    })
    .toBeGreaterThanOrEqual(count)
  return actions
}

const lines = [
  ['old', 'stdio'],
  ['old', 'http'],
  ['new', 'stdio'],
  ['new', 'http'],
] as const

describe.each(lines)('the %s line over %s', (line, over) => {
  const instance = `run-${line}-${over}`

  it('passes calls, failures, reads and prompts, and the ledger says whose they were', async () => {
    const proxied = await open(line, over, { env: runOf(instance) })
    const row = `db:row:shop/${line}/${over}`
    const echoed = JSON.parse(textOf(await proxied.call('echo', { table: line, id: over }))) as {
      given: unknown
      meta: Record<string, unknown>
    }
    expect(echoed.given).toEqual({ table: line, id: over })
    expect(echoed.meta).toMatchObject({
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/u),
      baggage: expect.stringContaining(`whodid.agent.instance.id=${instance}`),
      'io.github.whodid/delegation': { instance, delegator: 'dev@acme.example' },
    })
    expect(await proxied.call('fail')).toMatchObject({ isError: true })
    await expect(proxied.call('throw')).rejects.toThrow(/out of order/u)
    expect(textOf(await proxied.call('big'))).toHaveLength(5 * 1024 * 1024)
    expect(JSON.parse(textOf(await proxied.call(hostile)))).toMatchObject({ name: hostile })
    expect(await proxied.read(`file:///srv/${instance}`)).toMatchObject({ contents: [{}] })
    expect(await proxied.prompt('tidy')).toMatchObject({ messages: [{}] })
    expect(JSON.parse(textOf(await proxied.call('ask')))).toMatchObject({ action: 'accept' })
    await proxied.close()

    const answer = await whodid.whoDid(row, ({ verdict }) => verdict === 'agent')
    expect(answer).toMatchObject({
      verdict: 'agent',
      action: { verb: 'update', outcome: 'success', tool: 'echo' },
      agent: { instance: { id: instance }, template: { id: 'mcp-user' } },
      delegator: { id: 'dev@acme.example' },
    })
    const trace = String(echoed.meta['traceparent']).slice(3, 35)
    expect((await whodid.whoDid(`trace:${trace}`)).agent?.instance?.id).toBe(instance)
    const asked = `/v1/who-did?verb=read&of=${encodeURIComponent(`file:/srv/${instance}`)}`
    await expect
      .poll(async () => (await whodid.get(asked)).json())
      .toMatchObject({
        action: { verb: 'read', tool: 'resources/read' },
        actor: { id: instance },
      })
    const outcomes = new Set(
      (await actionsOf(instance, 8)).map(({ tool, outcome }) => `${tool} ${outcome}`),
    )
    for (const expected of ['echo success', 'fail failure', 'throw failure', 'big success'])
      expect([...outcomes]).toContain(expected)
    for (const expected of ['ask success', 'prompts/get success'])
      expect([...outcomes]).toContain(expected)
    expect(JSON.stringify([...outcomes])).toMatch(/drop/u)
  })

  it('keeps parallel calls apart, passes progress, and a cancelled call has no outcome', async () => {
    const run = `${instance}-parallel`
    const proxied = await open(line, over, { env: runOf(run) })
    const giveUp = new AbortController()
    const progress = new Promise<unknown>((resolve) => {
      const slow = proxied.call('slow', {}, { signal: giveUp.signal, onprogress: resolve })
      slow.catch(() => undefined)
    })
    const ids = Array.from({ length: 20 }, (_, index) => String(index))
    const all = await Promise.all(ids.map((id) => proxied.call('echo', { table: run, id })))
    expect(all.map((result) => (JSON.parse(textOf(result)) as { given: object }).given)).toEqual(
      ids.map((id) => ({ table: run, id })),
    )
    const spans = all.map(
      (result) =>
        (JSON.parse(textOf(result)) as { meta: { traceparent: string } }).meta.traceparent,
    )
    expect(new Set(spans).size).toBe(ids.length)
    expect(await progress).toMatchObject({ progress: 1 })
    giveUp.abort('enough')
    await expect
      .poll(async () => (await whodid.whoDid('mcp:tool:fix/slow')).action?.outcome)
      .toBe('unknown')
    await proxied.close()
    const answers = await Promise.all(
      ids.map((id) =>
        whodid.whoDid(`db:row:shop/${run}/${id}`, ({ verdict }) => verdict === 'agent'),
      ),
    )
    expect(answers.map(({ agent }) => agent?.instance?.id)).toEqual(ids.map(() => run))
  })
})

describe('a ledger out of reach', () => {
  const nowhere = { WHODID_ENDPOINT: 'http://127.0.0.1:9' }

  it.each(lines)('breaks no call of the %s line over %s', async (line, over) => {
    const proxied = await open(line, over, { env: runOf('run-alone', nowhere) })
    expect(JSON.parse(textOf(await proxied.call('echo', { table: 'a', id: 1 })))).toMatchObject({
      given: { table: 'a', id: 1 },
    })
    await proxied.close()
  })

  it.each(lines)('stops every call of the %s line over %s that requires it', async (line, over) => {
    const proxied = await open(line, over, {
      env: runOf('run-strict', nowhere),
      more: ['--require-ledger'],
    })
    await expect(proxied.call('echo', { table: 'a', id: 2 })).rejects.toThrow(/action_unrecorded/u)
    await proxied.close()
  })

  it('is no obstacle where it refuses the token', async () => {
    const proxied = await open('new', 'stdio', {
      env: runOf('run-refused', { WHODID_INGEST_TOKEN: 'wrong' }),
    })
    expect((await proxied.call('echo')).isError ?? false).toBe(false)
    await proxied.close()
  })
})
