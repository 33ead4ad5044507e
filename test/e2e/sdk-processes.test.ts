import { execFileSync, spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import {
  agent,
  childEnvironment,
  continueFrom,
  inject,
  plan,
  prompt,
  shutdown,
  start,
  tool,
} from '@whodid/sdk'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startOtlpSink } from '../harness/otlp-sink.ts'
import type { OtlpSink, SinkSpan } from '../harness/otlp-sink.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const testPackage = fileURLToPath(new URL('..', import.meta.url))

let sink: OtlpSink

beforeAll(() => {
  // Child processes run what is shipped, not the source.
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'packages/sdk'], {
    cwd: root,
  })
})

beforeEach(async () => {
  sink = await startOtlpSink()
})

afterEach(async () => {
  await shutdown(2000)
  await sink.stop()
})

interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** Runs a script in a process of its own; resolves when it has ended. `onLine` sees its standard output as it comes. */
function runScript(
  source: string,
  env: Record<string, string> = {},
  onLine: (line: string, kill: (signal: NodeJS.Signals) => void) => void = () => undefined,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
      cwd: testPackage,
      env: { PATH: process.env['PATH'] ?? '', WHODID_ENDPOINT: sink.url, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      onLine(chunk.toString().trim(), (signal) => child.kill(signal))
    })
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr })
    })
  })
}

const named = (name: string): SinkSpan => {
  const found = sink.spans.filter((span) => span.name === name)
  expect(found, `spans named "${name}"`).toHaveLength(1)
  return found[0]!
}

const ref = (span: SinkSpan): string => `${span.traceId}-${span.spanId}`

describe('a child process', () => {
  it('carries on the run by its environment: sub-agent, prompt, chain, correlation, grant', async () => {
    start({ endpoint: sink.url })
    let ended: Ended | undefined
    const source = `
      import { agent, prompt, start, tool } from '@whodid/sdk'
      start()
      await tool('loose', { verb: 'read' }, () => 1)
      await agent({}, async () => {
        await prompt('delete 40 to 44')
        await tool('delete_rows', { verb: 'delete' }, () => 1)
      })`
    await agent(
      {
        template: 'parent',
        onBehalfOf: { id: 'dev@acme.example', issuer: 'https://idp.acme.example' },
        correlationId: 'OPS-12',
      },
      async () => {
        await prompt('fix it', { origin: 'human' })
        await plan('delegate')
        await tool('spawn', { verb: 'execute' }, async () => {
          const env = childEnvironment({ template: 'db-fixer', scopes: ['customers:write'] })
          expect(JSON.stringify(env)).not.toContain('fix it')
          ended = await runScript(source, env)
        })
      },
    )
    await shutdown()
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    const parent = named('session parent').attributes['whodid.agent.instance.id']
    const grant = named('delegate db-fixer')
    const session = named('session db-fixer')
    const asked = named('invoke_agent parent')
    const instance = session.attributes['whodid.agent.instance.id']
    expect(instance).not.toBe(parent)
    expect(grant.attributes['whodid.delegation.scopes']).toEqual(['customers:write'])
    expect(session.traceId).toBe(grant.traceId)
    expect(session.parentSpanId).toBe(grant.spanId)
    const act = named('execute_tool delete_rows')
    expect(act.attributes).toMatchObject({
      'gen_ai.agent.id': 'db-fixer',
      'whodid.agent.instance.id': instance,
      'whodid.agent.instance.parent_id': parent,
      'whodid.delegator.id': 'dev@acme.example',
      'whodid.delegator.type': 'human',
      'whodid.delegator.issuer': 'https://idp.acme.example',
      'user.id': 'dev@acme.example',
      'whodid.correlation.id': 'OPS-12',
      'whodid.delegation.id': grant.attributes['whodid.delegation.id'],
      'whodid.delegation.chain': ['dev@acme.example', parent, instance],
      'whodid.plan.ref': ref(named('plan parent')),
      'whodid.seq': 3,
    })
    expect(named('invoke_agent db-fixer').attributes['whodid.prompt.ref']).toBe(ref(asked))
    // What the child does outside of a run of its own is the act of the instance that started it.
    const loose = named('execute_tool loose').attributes
    expect(loose['whodid.agent.instance.id']).toBe(parent)
    expect(loose).not.toHaveProperty(['whodid.seq'])
  })

  it('that has only the simple variables still knows whose it is', async () => {
    await runScript(
      `import { agent, start } from '@whodid/sdk'
       start()
       await agent({}, () => 1)`,
      {
        WHODID_AGENT_TEMPLATE: 'plain',
        WHODID_AGENT_INSTANCE: 'instance-1',
        WHODID_DELEGATOR: 'dev@acme.example',
        WHODID_CORRELATION_ID: 'OPS-1',
        BAGGAGE: 'other=1,%%%,whodid.delegation.chain=%7B',
        TRACEPARENT: 'nonsense',
      },
    )
    expect(named('session plain').attributes).toMatchObject({
      'gen_ai.agent.id': 'plain',
      'whodid.agent.instance.parent_id': 'instance-1',
      'whodid.delegator.id': 'dev@acme.example',
      'whodid.correlation.id': 'OPS-1',
    })
  })
})

it('a server carries on the run by its headers', async () => {
  start({ endpoint: sink.url })
  const server = createServer((request, response) => {
    void continueFrom(request.headers, async () => {
      await tool('serve', { verb: 'read' }, () => 1)
      await agent({ template: 'remote' }, () => tool('act', { verb: 'read' }, () => 1))
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await Promise.all(
    [1, 2].map((run) =>
      agent({ template: `caller-${run}`, onBehalfOf: `dev-${run}` }, async () => {
        await prompt('call it')
        await tool(`call-${run}`, { verb: 'read' }, async () => {
          const headers = inject({ baggage: 'app=1;p=2,whodid.correlation.id=forged' })
          expect(headers.baggage.startsWith('app=1;p=2,')).toBe(true)
          expect(headers.baggage).not.toContain('forged')
          expect(inject(new Headers()).get('traceparent')).toMatch(
            /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/u,
          )
          await fetch(url, { headers })
        })
      }),
    ),
  )
  await new Promise((resolve) => server.close(resolve))
  await shutdown()
  for (const run of [1, 2]) {
    const call = named(`execute_tool call-${run}`)
    const serve = sink.spans.find((span) => span.parentSpanId === call.spanId)!
    expect(serve).toMatchObject({ name: 'execute_tool serve', traceId: call.traceId })
    const caller = call.attributes['whodid.agent.instance.id']
    expect(serve.attributes['whodid.agent.instance.id']).toBe(caller)
    const act = sink.spans.find(
      (span) =>
        span.name === 'execute_tool act' &&
        span.attributes['whodid.agent.instance.parent_id'] === caller,
    )!
    expect(act.attributes).toMatchObject({
      'whodid.delegator.id': `dev-${run}`,
      'whodid.correlation.id': call.attributes['whodid.correlation.id'],
      'whodid.prompt.ref': call.attributes['whodid.prompt.ref'],
    })
  }
})

it('starts by --import, from the environment', async () => {
  const ended = await runScript(
    `import { agent } from '@whodid/sdk'
     await agent({}, () => 1)`,
    { NODE_OPTIONS: '--import @whodid/sdk/register', WHODID_AGENT_TEMPLATE: 'auto' },
  )
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(named('session auto').resource['service.name']).toBe('auto')
})

describe('forgetting start()', () => {
  const verbs = `await agent({ template: 'a' }, () => tool('read', { verb: 'read' }, () => 1))`

  it('is said once, and shutdown() resolves false', async () => {
    const ended = await runScript(
      `import { agent, shutdown, tool } from '@whodid/sdk'
       ${verbs}
       ${verbs}
       process.exitCode = (await shutdown()) ? 0 : 3`,
    )
    expect(ended.code).toBe(3)
    expect(ended.stderr).toMatch(/^whodid: NOTHING IS RECORDED: start\(\) .* was not called.*\n$/u)
  })

  it('is told from a verb after shutdown()', async () => {
    const ended = await runScript(
      `import { agent, shutdown, start, tool } from '@whodid/sdk'
       start()
       console.log(await shutdown())
       ${verbs}
       ${verbs}
       console.log(await shutdown())`,
    )
    expect(ended.stdout).toBe('true\nfalse\n')
    expect(ended.stderr).toMatch(
      /^whodid: NOTHING IS RECORDED: a verb was used after shutdown\(\).*\n$/u,
    )
  })
})

describe('however the process ends', () => {
  const patience = 'intentTimeoutMs: 60000, exitFlushMs: 60000'
  const script = (end: string, options = patience): string => `
    import { agent, prompt, start, tool } from '@whodid/sdk'
    start({ limits: { scheduledDelayMs: 60000 }, ${options} })
    await agent({ template: 'a', onBehalfOf: 'dev' }, async () => {
      await prompt('go', { origin: 'human' })
      await tool('done', { verb: 'read' }, () => 1)
      await tool('under_way', { verb: 'delete', resource: 'db:row:shop/customers/42' }, async () => {
        ${end}
      })
    })`
  const all = [
    'execute_tool done',
    'execute_tool under_way',
    'intent under_way',
    'invoke_agent a',
    'session a',
    'session end a',
  ]
  const checkAll = (errorMessage: string): void => {
    expect([...new Set(sink.spans.map((span) => span.name))].toSorted()).toEqual(all)
    const act = named('execute_tool under_way')
    expect(act.attributes['whodid.action.outcome']).toBe('unknown')
    expect(act.attributes['error.type']).toBe('Interrupted')
    expect(act.statusMessage).toBe(errorMessage)
    expect(act.attributes['whodid.action.id']).toBe(
      named('intent under_way').attributes['whodid.action.id'],
    )
    const seqs = sink.spans.map((span) => Number(span.attributes['whodid.seq']))
    expect(seqs.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6])
  }

  it('by itself: everything arrives', async () => {
    const ended = await runScript(script(''))
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(sink.spans.map((span) => span.name).toSorted()).toEqual(all)
    expect(named('execute_tool under_way').attributes['whodid.action.outcome']).toBe('success')
  })

  it('by process.exit within a tool', async () => {
    const ended = await runScript(script('process.exit(7)'))
    expect(ended).toMatchObject({ code: 7, stderr: '' })
    checkAll('process exit')
  })

  it('by an uncaught error', async () => {
    const ended = await runScript(
      script(
        `setImmediate(() => { throw new RangeError('boom') }); await new Promise(() => setTimeout(() => {}, 60000))`,
      ),
    )
    expect(ended.code).toBe(1)
    expect(ended.stderr).toContain('RangeError: boom')
    checkAll('uncaught RangeError')
  })

  it('by an unhandled rejection', async () => {
    const ended = await runScript(
      script(
        `Promise.reject(new Error('boom')); await new Promise(() => setTimeout(() => {}, 60000))`,
      ),
    )
    expect(ended.code).toBe(1)
    checkAll('uncaught Error')
  })

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s: the default happens, after a flush',
    async (signal) => {
      const ended = await runScript(
        script(`console.log('ready'); await new Promise(() => setTimeout(() => {}, 60000))`),
        {},
        (line, kill) => {
          if (line === 'ready') kill(signal)
        },
      )
      expect(ended).toMatchObject({ code: null, signal, stderr: '' })
      checkAll(signal)
    },
  )

  it('by a SIGTERM that the application handles itself: it goes on', async () => {
    const ended = await runScript(
      `let resume
       const handled = new Promise((resolve) => (resume = resolve))
       const alive = setInterval(() => {}, 1000)
       process.on('SIGTERM', () => setTimeout(() => {
         console.log('handled')
         clearInterval(alive)
         resume()
       }, 20))
       ${script(`console.log('ready'); await handled`)}`,
      {},
      (line, kill) => {
        if (line === 'ready') kill('SIGTERM')
      },
    )
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(ended.stdout).toContain('handled')
    expect(named('execute_tool under_way').attributes['whodid.action.outcome']).toBe('success')
  })

  it('by kill -9: the intent, and what led to it, were already there', async () => {
    const ended = await runScript(
      script(`console.log('ready'); await new Promise(() => setTimeout(() => {}, 60000))`),
      {},
      (line, kill) => {
        if (line === 'ready') kill('SIGKILL')
      },
    )
    expect(ended.signal).toBe('SIGKILL')
    expect(sink.spans.map((span) => span.name)).toEqual([
      'session a',
      'invoke_agent a',
      'execute_tool done',
      'intent under_way',
    ])
  })

  it('without a collector: the agent ends as it would, soon, and the loss is told', async () => {
    await sink.stop()
    const ended = await runScript(script('process.exit(7)', ''))
    expect(ended.code).toBe(7)
    expect(ended.stderr).toMatch(
      /^whodid: cannot reach .*; \d+ records wait\nwhodid: 6 records lost \(undelivered/u,
    )
  })

  it.each([
    ['', 'no token was sent; set WHODID_INGEST_TOKEN'],
    ['process.exit(0)', 'no token was sent; set WHODID_INGEST_TOKEN'],
  ])(
    'with a collector that knows no token (%j): the refusal says which is needed',
    async (end, why) => {
      sink.answer = { kind: 'status', status: 401 }
      const ended = await runScript(script(end, 'intentTimeoutMs: 0'))
      expect(ended.code).toBe(0)
      expect(ended.stderr).toContain(`HTTP 401: ${why}`)
    },
  )

  it('with a collector that hangs: it is not held for ever', async () => {
    sink.answer = { kind: 'hang' }
    const source = script('', 'exitFlushMs: 300, intentTimeoutMs: 100').replace(
      'scheduledDelayMs: 60000',
      'scheduledDelayMs: 1',
    )
    const ended = await runScript(source)
    expect(ended.code).toBe(0)
    expect(ended.stderr).toContain('records lost (undelivered')
  })
})
