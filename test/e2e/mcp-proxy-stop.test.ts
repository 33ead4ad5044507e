import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

// `whodid mcp-proxy` obeys the kill switch: an official client in front of it, a server behind it, and a running Whodid.

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const fixture = fileURLToPath(new URL('../harness/mcp-server.mjs', import.meta.url))
const nowhere = 'http://127.0.0.1:9'

let whodid: WhodidProcess
const children: ChildProcess[] = []

beforeAll(async () => {
  whodid = await startWhodidProcess()
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await whodid.remove()
})

/** An agent behind the proxy. */
interface Proxied {
  /** Calls the tool `echo` on a row; in the name of another instance where one is given. */
  readonly echo: (id: string, instance?: string) => Promise<unknown>
  readonly close: () => Promise<void>
}

interface Opening {
  readonly over: 'stdio' | 'http'
  readonly instance: string
  readonly more?: readonly string[]
  readonly orders?: string
}

async function open({ over, instance, more = [], orders }: Opening): Promise<Proxied> {
  const env = {
    PATH: String(process.env['PATH']),
    WHODID_ENDPOINT: whodid.otlpUrl,
    WHODID_INGEST_TOKEN: whodid.tokens.ingest,
    WHODID_AGENT_INSTANCE: instance,
    WHODID_AGENT_TEMPLATE: 'mcp-user',
    WHODID_DELEGATOR: 'dev@acme.example',
    WHODID_REVOCATIONS_FROM: orders ?? whodid.apiUrl,
  }
  const options = ['--name', 'fix', '--resource', 'echo=db:row:shop/{table}/{id}', ...more]
  const client = new Client({ name: 'test-client', version: '1.0.0' })
  if (over === 'stdio') {
    const args = [main, 'mcp-proxy', ...options, '--', process.execPath, fixture, 'old', over]
    await client.connect(new StdioClientTransport({ command: process.execPath, args, env }))
  } else {
    const server = await printedLine([fixture, 'old', over], { PATH: env.PATH })
    const proxy = await printedLine([main, 'mcp-proxy', ...options, '--url', server], env)
    await client.connect(new StreamableHTTPClientTransport(new URL(proxy)))
  }
  return {
    echo: (id, other) =>
      client.callTool({
        name: 'echo',
        arguments: { table: instance, id },
        ...(other === undefined ? {} : { _meta: { baggage: baggageOf(other) } }),
      }),
    close: () => client.close(),
  }
}

const baggageOf = (instance: string): string =>
  `whodid.agent.instance.id=${instance},gen_ai.agent.id=mcp-user,whodid.delegator.id=dev%40acme.example`

async function printedLine(args: readonly string[], env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return line
}

async function order(action: 'revoke' | 'pause' | 'resume', instance: string): Promise<string> {
  const response = await fetch(`${whodid.apiUrl}/v1/revocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${whodid.tokens.admin}` },
    body: JSON.stringify({ action, target: { kind: 'instance', id: instance }, cause: 'test' }),
  })
  expect(response.status).toBe(200)
  return ((await response.json()) as { id: string }).id
}

/** Calls until the proxy has been told of an order, and resolves with what the call came to: '' where it ran. */
async function untilTold(call: () => Promise<unknown>, isTold: (end: string) => boolean) {
  let end = ''
  await expect
    .poll(async () => {
      end = await call().then(
        () => '',
        (thrown: unknown) => String(thrown),
      )
      return isTold(end)
    })
    .toBe(true)
  return end
}

async function outcomesOf(row: string): Promise<readonly string[]> {
  const response = await whodid.get(`/v1/actions?resource=${encodeURIComponent(row)}&limit=50`)
  const { actions } = (await response.json()) as { actions: { outcome: string }[] }
  return actions.map(({ outcome }) => outcome)
}

describe.each(['stdio', 'http'] as const)('over %s', (over) => {
  it('refuses every call of a killed instance, on record as denied, and no call of its sibling', async () => {
    const instance = `killed-${over}`
    const proxied = await open({ over, instance })
    await proxied.echo('before')
    const id = await order('revoke', instance)
    const refused = await untilTold(
      () => proxied.echo('after'),
      (end) => end !== '',
    )
    expect(refused).toContain('-32011')
    expect(refused).toContain('agent_stopped: ')
    expect(refused).toContain(`by order ${id}`)
    await expect(proxied.echo('again')).rejects.toThrow(/agent_stopped/u)
    await proxied.echo('sibling', `sibling-${over}`)
    await proxied.close()
    const row = (name: string): string => `db:row:shop/${instance}/${name}`
    await expect.poll(() => outcomesOf(row('again'))).toEqual(['denied'])
    await expect.poll(() => outcomesOf(row('sibling'))).toContain('success')
    expect(await outcomesOf(row('before'))).toContain('success')
  })

  it('lets a paused instance go on when it is resumed', async () => {
    const instance = `paused-${over}`
    const proxied = await open({ over, instance })
    await proxied.echo('1')
    await order('pause', instance)
    const refused = await untilTold(
      () => proxied.echo('2'),
      (end) => end !== '',
    )
    expect(refused).toContain('the agent is paused')
    await order('resume', instance)
    await untilTold(
      () => proxied.echo('3'),
      (end) => end === '',
    )
    await proxied.close()
  })
})

describe('a service whose orders are not heard', () => {
  it('stops no call by default', async () => {
    const proxied = await open({ over: 'stdio', instance: 'unheard', orders: nowhere })
    await proxied.echo('1')
    await proxied.echo('2')
    await proxied.close()
    await expect.poll(() => outcomesOf('db:row:shop/unheard/2')).toContain('success')
  })

  it('stops what can change something with --require-standing, and lets a read pass', async () => {
    const strict = {
      over: 'stdio',
      orders: nowhere,
      more: ['--require-standing'],
    } as const
    const proxied = await open({ ...strict, instance: 'strict' })
    await expect(proxied.echo('1')).rejects.toThrow(/-32012.*standing_unknown/u)
    await proxied.close()
    await expect.poll(() => outcomesOf('db:row:shop/strict/1')).toEqual(['denied'])
    const reader = await open({
      ...strict,
      instance: 'reader',
      more: [...strict.more, '--verb', 'echo=read'],
    })
    await reader.echo('1')
    await reader.close()
  })
})
