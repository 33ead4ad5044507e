import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { git, runAgents, temporaryDirectory, whodidMain } from '../harness/run-agents.ts'
import type { AgentRun, RanAgent } from '../harness/run-agents.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

let whodid: WhodidProcess
let place: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  whodid = await startWhodidProcess()
  place = await temporaryDirectory()
})

afterAll(async () => {
  await whodid.remove()
  await place.remove()
})

/** An agent of another make: plain OTLP over HTTP with what OpenTelemetry's variables say. */
const agentSource = `
const resource = process.env.OTEL_RESOURCE_ATTRIBUTES.split(',').map((pair) => pair.split('='))
const headers = Object.fromEntries([process.env.OTEL_EXPORTER_OTLP_HEADERS.split('=')].map(([name, value]) => [name, decodeURIComponent(value)]))
const encode = (pairs) => pairs.map(([key, value]) => ({ key, value: { stringValue: decodeURIComponent(value) } }))
export async function act(resourceId, more = [], withResource = true) {
  const [, traceId, parentSpanId] = process.env.TRACEPARENT.split('-')
  const now = String(BigInt(Date.now()) * 1000000n)
  const span = { traceId, spanId: [...crypto.getRandomValues(new Uint8Array(8))].map((b) => b.toString(16).padStart(2, '0')).join(''), parentSpanId, name: 'write', startTimeUnixNano: now, endTimeUnixNano: now,
    attributes: encode([['whodid.record.kind', 'action'], ['whodid.action.verb', 'update'], ['whodid.action.outcome', 'success'], ['whodid.resource.id', resourceId], ...more]) }
  const body = JSON.stringify({ resourceSpans: [{ resource: { attributes: withResource ? encode(resource) : [] }, scopeSpans: [{ spans: [span] }] }] })
  const response = await fetch(process.env.OTEL_EXPORTER_OTLP_ENDPOINT + '/v1/traces', { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body })
  return response.status
}
`

/** Runs a script that has \`act\` as an agent. */
async function runScript(
  source: string,
  args: readonly string[],
  more: Partial<AgentRun> = {},
): Promise<RanAgent> {
  const path = join(place.path, `agent-${randomUUID()}.mjs`)
  await writeFile(path, `${agentSource}\n${source}`)
  return runAgents([...args, '--', process.execPath, path], {
    directory: place.path,
    ...more,
    environment: { ...environment(), ...more.environment },
  })
}

function environment(): Record<string, string> {
  return {
    HOME: place.path,
    XDG_STATE_HOME: join(place.path, 'state'),
    WHODID_ENDPOINT: whodid.otlpUrl,
    WHODID_INGEST_TOKEN: whodid.tokens.ingest,
    GIT_CONFIG_NOSYSTEM: '1',
  }
}

const sdk = new URL('../../packages/sdk/dist/index.js', import.meta.url).href
const runs = (): string => join(place.path, 'state', 'whodid', 'runs')
const resourceOf = (): string => `file:/srv/app/${randomUUID()}.ts`

describe('whodid run', () => {
  it('makes an agent that knows nothing of it an instance with a person, by a channel of its own', async () => {
    const resource = resourceOf()
    const ran = await runScript(
      `console.log(await act('${resource}'), process.env.WHODID_AGENT_INSTANCE, process.argv.length); process.exit(7)`,
      ['--template', 'night-shift', '--for', 'ada@acme.example', '--ticket', 'OPS-12'],
    )
    expect(ran).toMatchObject({ code: 7, signal: null, stderr: '' })
    const [status = '', instance = ''] = ran.stdout.trim().split(' ')
    expect(status).toBe('200')
    const answer = await whodid.whoDid(resource, ({ action }) => action !== null)
    expect(answer).toMatchObject({
      verdict: 'agent',
      grade: 'channel',
      agent: { template: { id: 'night-shift' }, instance: { id: instance }, grade: 'channel' },
      delegator: { id: 'ada@acme.example', type: 'human' },
    })
    const timeline = await timelineOf(instance, 3)
    expect(timeline).toContain('session night-shift')
    expect(timeline).toContain('session end night-shift')
    // Nothing of the run is left.
    expect(await readdir(runs())).toEqual([])
  })

  it('lets the run’s credential speak for an agent of the SDK, below the run', async () => {
    const resource = resourceOf()
    const ran = await runScript(
      `const { agent, shutdown, start, tool } = await import(${JSON.stringify(sdk)})
      start()
      await agent({ template: 'sdk-run' }, (run) => {
        console.log(process.env.WHODID_AGENT_INSTANCE, run.id)
        return tool('fix', { verb: 'update', resource: '${resource}' }, async () => 1)
      })
      await shutdown(10_000)`,
      ['--template', 'sdk-run', '--for', 'ada@acme.example'],
    )
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    const [outer = '', inner = ''] = ran.stdout.trim().split(' ')
    expect(inner.startsWith(`${outer}/`)).toBe(true)
    const answer = await whodid.whoDid(resource, ({ action }) => action?.outcome === 'success')
    expect(answer).toMatchObject({
      verdict: 'agent',
      // It seals by itself, where the token comes in time.
      grade: expect.stringMatching(/^(?:attested|channel)$/u) as string,
      agent: { template: { id: 'sdk-run' }, instance: { id: inner, parent_id: outer } },
      delegator: { id: 'ada@acme.example' },
    })
  })

  it('ends every process of an agent that is stopped by an order, and holds one that is paused', async () => {
    const beats = join(place.path, `beats-${randomUUID()}`)
    // What the agent started takes no SIGTERM, and beats until it is ended.
    const child = `process.on('SIGTERM', () => undefined); setTimeout(() => process.exit(), 90_000); setInterval(() => require('node:fs').appendFileSync(${JSON.stringify(beats)}, '.'), 20)`
    const size = async (): Promise<number> => (await readFile(beats, 'utf8').catch(() => '')).length
    const grows = async (): Promise<boolean> => {
      const before = await size()
      await sleep(600)
      return (await size()) > before
    }
    let instance = ''
    const ran = runScript(
      `const { spawn } = await import('node:child_process')
      spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'ignore' })
      console.log(process.env.WHODID_AGENT_INSTANCE)
      setInterval(() => undefined, 1_000)`,
      ['--template', 'stoppable'],
      {
        environment: { WHODID_REVOCATIONS_FROM: whodid.apiUrl },
        onOutput: (stdout) => (instance = stdout.trim()),
      },
    )
    await vi.waitFor(async () => expect(await size()).toBeGreaterThan(0), { timeout: 20_000 })
    await order('pause', instance)
    await vi.waitFor(async () => expect(await grows()).toBe(false), { timeout: 20_000 })
    await order('resume', instance)
    await vi.waitFor(async () => expect(await grows()).toBe(true), { timeout: 20_000 })
    await order('revoke', instance)
    const { stderr } = await ran
    expect(stderr).toContain('the agent was revoked by an order')
    expect(await grows()).toBe(false)
    expect(await timelineOf(instance, 2)).toContain('session end stoppable: ended by SIGTERM')
  })

  it('ends a process too that an agent starts while it is being ended', async () => {
    const beats = join(place.path, `beats-${randomUUID()}`)
    const deaf = `process.on('SIGTERM', () => undefined); setTimeout(() => process.exit(), 90_000);`
    const beat = `${deaf} setInterval(() => require('node:fs').appendFileSync(${JSON.stringify(beats)}, '.'), 20)`
    let instance = ''
    const ran = runScript(
      `const { spawn } = await import('node:child_process')
      process.on('SIGTERM', () => setTimeout(() => console.log('started', spawn(process.execPath, ['-e', ${JSON.stringify(beat)}], { stdio: 'ignore' }).pid), 500))
      console.log(process.env.WHODID_AGENT_INSTANCE)
      setInterval(() => undefined, 1_000)`,
      ['--template', 'stoppable'],
      {
        environment: { WHODID_REVOCATIONS_FROM: whodid.apiUrl },
        onOutput: (stdout) => (instance = stdout.trim().split('\n', 1)[0] ?? ''),
      },
    )
    const size = async (): Promise<number> => (await readFile(beats, 'utf8').catch(() => '')).length
    await vi.waitFor(() => expect(instance).not.toBe(''), { timeout: 20_000 })
    await order('revoke', instance)
    // It may be ended before its first beat.
    expect((await ran).stdout).toMatch(/^started \d+$/mu)
    const before = await size()
    await sleep(600)
    expect(await size()).toBe(before)
    expect(await timelineOf(instance, 2)).toContain('session end stoppable: ended by SIGKILL')
  })

  it('keeps its token from the agent, and lets it speak for nobody else', async () => {
    const [forged, silent, below] = [resourceOf(), resourceOf(), resourceOf()]
    const ran = await runScript(
      `const other = [['whodid.actor.type', 'agent'], ['gen_ai.agent.id', 'bound'], ['whodid.agent.instance.id', 'somebody-else']]
      await act('${forged}', other)
      await act('${silent}', [], false)
      await act('${below}', [['whodid.agent.instance.id', process.env.WHODID_AGENT_INSTANCE + '/sub-1']])
      const direct = await fetch('${whodid.otlpUrl}/v1/traces', { method: 'POST', headers: { authorization: 'Bearer ' + process.env.WHODID_INGEST_TOKEN, 'content-type': 'application/json' }, body: '{}' })
      const stranger = await fetch(process.env.WHODID_ENDPOINT + '/v1/traces', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
      const metrics = await fetch(process.env.WHODID_ENDPOINT + '/v1/metrics', { method: 'POST', headers: { authorization: 'Bearer ' + process.env.WHODID_INGEST_TOKEN }, body: '{}' })
      console.log(process.env.WHODID_AGENT_INSTANCE, direct.status, stranger.status, metrics.status, JSON.stringify(process.env).includes('${whodid.tokens.ingest}'))`,
      ['--template', 'bound'],
    )
    const [instance = '', ...seen] = ran.stdout.trim().split(' ')
    expect(seen).toEqual(['401', '401', '200', 'false'])
    const answerOf = (of: string) => whodid.whoDid(of, ({ action }) => action !== null)
    expect(await answerOf(forged)).toMatchObject({ verdict: 'undetermined' })
    expect(await answerOf(silent)).toMatchObject({
      grade: 'channel',
      agent: { instance: { id: instance } },
    })
    expect(await answerOf(below)).toMatchObject({
      agent: { instance: { id: `${instance}/sub-1` } },
      grade: 'channel',
    })
  })

  it('passes signals on, ends by the signal that ended the agent, and records both', async () => {
    const waiting = `console.log(process.env.WHODID_AGENT_INSTANCE); setInterval(() => undefined, 1000)`
    const handled = await runScript(
      `process.on('SIGTERM', () => process.exit(3)); ${waiting}`,
      ['--template', 'signals'],
      { onOutput: (_, kill) => kill('SIGTERM') },
    )
    expect(handled).toMatchObject({ code: 3, signal: null })
    const interrupted = await runScript(waiting, ['--template', 'signals'], {
      onOutput: (_, kill) => kill('SIGINT', true),
    })
    expect(interrupted).toMatchObject({ code: null, signal: 'SIGINT' })
    expect(await attributesOfEnd(interrupted.stdout.trim())).toContain('SIGINT')
    const crashed = await runScript(
      `console.log(process.env.WHODID_AGENT_INSTANCE); process.kill(process.pid, 'SIGKILL')`,
      ['--template', 'signals'],
    )
    expect(crashed).toMatchObject({ code: null, signal: 'SIGKILL' })
    expect(await attributesOfEnd(crashed.stdout.trim())).toContain('SIGKILL')
  })

  it('says what cannot be started, with the exit codes of a shell', async () => {
    const ran = await runAgents(['--', 'no-such-program-here'], {
      directory: place.path,
      environment: environment(),
    })
    expect(ran.code).toBe(127)
    expect(ran.stderr).toContain('whodid run: the command cannot be started')
    const asked = await runAgents(['--template', 'x'], {
      directory: place.path,
      environment: environment(),
    })
    expect(asked).toMatchObject({ code: 2, stdout: '' })
  })

  it('runs on while the ledger is away, says so once, and the next run sends what waits', async () => {
    const resource = resourceOf()
    const away = { WHODID_ENDPOINT: 'http://127.0.0.1:9' }
    const ran = await runScript(
      `console.log(await act('${resource}'), await act('${resource}'), process.env.WHODID_AGENT_INSTANCE)`,
      ['--template', 'offline', '--for', 'ada@acme.example'],
      { environment: away },
    )
    const [first, second, instance = ''] = ran.stdout.trim().split(' ')
    expect([ran.code, first, second]).toEqual([0, '200', '200'])
    expect(ran.stderr.match(/does not answer/gu)).toHaveLength(1)
    expect(ran.stderr).toContain('wait in')
    expect(await readdir(runs())).toHaveLength(1)
    await runScript(`await new Promise((resolve) => setTimeout(resolve, 3000))`, [
      '--template',
      'next',
    ])
    const answer = await whodid.whoDid(resource, ({ action }) => action !== null)
    expect(answer).toMatchObject({
      verdict: 'agent',
      grade: 'channel',
      agent: { template: { id: 'offline' }, instance: { id: instance } },
    })
    expect(await readdir(runs())).toEqual([])
  })

  it('runs on when its token is refused, and says so', async () => {
    const ran = await runScript(
      `console.log(await act('${resourceOf()}'))`,
      ['--template', 'refused'],
      {
        environment: { WHODID_INGEST_TOKEN: 'whodid_ing_nobody_has_this_one' },
      },
    )
    expect(ran.code).toBe(0)
    expect(ran.stderr).toContain('gives this run no credential of its own')
    expect(ran.stderr).toContain('requests with records are lost')
  })

  it('finishes the run of a launcher that was killed', async () => {
    const killed = await runScript(
      `console.log(process.env.WHODID_AGENT_INSTANCE); setTimeout(() => process.exit(0), 500)`,
      ['--template', 'orphan'],
      { onOutput: (_, kill) => kill('SIGKILL') },
    )
    expect(killed.signal).toBe('SIGKILL')
    await runScript(`await new Promise((resolve) => setTimeout(resolve, 2000))`, [
      '--template',
      'next',
    ])
    expect(await attributesOfEnd(killed.stdout.trim())).toContain('the launcher was killed')
  })

  it('gives a run within a run an instance of its own, below it', async () => {
    const inner = resourceOf()
    const path = join(place.path, `inner-${randomUUID()}.mjs`)
    await writeFile(
      path,
      `${agentSource}\nconsole.log(await act('${inner}'), process.env.WHODID_AGENT_INSTANCE)`,
    )
    const nest = `import { spawnSync } from 'node:child_process'
      console.log(process.env.WHODID_AGENT_INSTANCE)
      const ran = spawnSync(process.execPath, [${JSON.stringify(whodidMain)}, 'run', '--template', 'inner', '--', process.execPath, ${JSON.stringify(path)}], { encoding: 'utf8' })
      console.log(ran.stdout.trim()); console.error(ran.stderr)`
    const allowed = await runScript(nest, [
      '--template',
      'outer',
      '--may-launch',
      'inner',
      '--for',
      'ada@acme.example',
    ])
    const [outerInstance = '', line = ''] = allowed.stdout.trim().split('\n')
    const [status, innerInstance = ''] = line.split(' ')
    expect([status, allowed.stderr.trim()]).toEqual(['200', ''])
    expect(await whodid.whoDid(inner, ({ action }) => action !== null)).toMatchObject({
      grade: 'channel',
      agent: {
        template: { id: 'inner' },
        instance: { id: innerInstance, parent_id: outerInstance },
      },
      delegator: { id: 'ada@acme.example' },
    })
    const refused = await runScript(nest, ['--template', 'outer'])
    expect(refused.stderr).toContain('may not speak for the template "inner"')
  })
})

describe('git under whodid run', () => {
  it('marks commits, records them and the push, and calls the repository’s own hooks', async () => {
    const origin = join(place.path, `origin-${randomUUID()}.git`)
    const repository = join(place.path, `app-${randomUUID()}`)
    git(place.path, 'init', '-q', '--bare', '-b', 'main', origin)
    git(place.path, 'init', '-q', '-b', 'main', repository)
    git(repository, 'remote', 'add', 'origin', 'git@github.com:Acme/App.git')
    git(repository, 'remote', 'add', 'mirror', origin)
    const hooks = join(repository, '.git', 'hooks')
    await mkdir(hooks, { recursive: true })
    for (const name of [
      'pre-commit',
      'commit-msg',
      'post-commit',
      'pre-push',
      'reference-transaction',
    ]) {
      await writeFile(
        join(hooks, name),
        `#!/bin/sh\necho ${name} "$#" >> "${place.path}/own-hooks"\n`,
      )
      await chmod(join(hooks, name), 0o755)
    }
    const before = await readdir(hooks)
    const script = `import { execFileSync } from 'node:child_process'
      const git = (...args) => execFileSync('git', ['-c', 'user.name=Bot', '-c', 'user.email=bot@acme.example', ...args], { cwd: ${JSON.stringify(repository)}, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
      git('commit', '-q', '--allow-empty', '-m', 'One thing\\n\\n---\\nAnd why')
      git('commit', '-q', '--allow-empty', '--no-verify', '-m', 'Another')
      git('branch', 'topic'); git('tag', 'v1')
      git('push', '-q', 'mirror', 'main')
      console.log(process.env.WHODID_AGENT_INSTANCE, git('rev-parse', 'HEAD~1'), git('rev-parse', 'HEAD'))`
    const ran = await runScript(script, ['--template', 'committer', '--for', 'ada@acme.example'])
    expect(ran.stderr).toBe('')
    const [instance = '', first = '', second = ''] = ran.stdout.trim().split(' ')
    for (const sha of [first, second])
      expect(
        git(repository, 'log', '-1', '--format=%(trailers:only,unfold)', sha).split('\n'),
      ).toEqual([
        `Whodid-Instance: ${instance}`,
        'Whodid-Template: committer',
        'Whodid-For: ada@acme.example',
      ])
    for (const of of [
      `https://github.com/Acme/App/commit/${first}`,
      `github:commit:acme/app/${second}`,
      'github:branch:acme/app/topic',
      'github:tag:acme/app/v1',
      `git:branch:${origin.replace(/\.git$/u, '')}/main`,
    ])
      expect(
        await whodid.whoDid(of, ({ action }) => action?.outcome === 'success'),
        of,
      ).toMatchObject({
        verdict: 'agent',
        grade: 'channel',
        action: { outcome: 'success' },
        agent: { template: { id: 'committer' }, instance: { id: instance } },
        delegator: { id: 'ada@acme.example' },
      })
    const called = await readFile(join(place.path, 'own-hooks'), 'utf8')
    expect(called.match(/^pre-commit 0$/gmu)).toHaveLength(1)
    expect(called.match(/^commit-msg 1$/gmu)).toHaveLength(1)
    expect(called.match(/^post-commit 0$/gmu)).toHaveLength(2)
    expect(called.match(/^pre-push 2$/gmu)).toHaveLength(1)
    expect(called).toContain('reference-transaction 1')
    expect(await readdir(hooks)).toEqual(before)
    expect(git(repository, 'config', '--local', '--list')).not.toContain('hookspath')
    expect(existsSync(runs()) ? await readdir(runs()) : []).toEqual([])
  })
})

async function timelineOf(instance: string, lengthMin: number): Promise<string> {
  await expect
    .poll(async () => JSON.stringify(await timeline(instance)).split('"name"').length)
    .toBeGreaterThan(lengthMin)
  return JSON.stringify(await timeline(instance))
}

async function timeline(instance: string): Promise<unknown> {
  return (await whodid.get(`/v1/instances/${encodeURIComponent(instance)}`)).json()
}

/** The record of a run's end, as the ledger shows it. */
async function attributesOfEnd(instance: string): Promise<string> {
  const sql = async (): Promise<string> => JSON.stringify(await timeline(instance))
  await expect.poll(sql).toContain('session end')
  return sql()
}

async function order(action: string, instance: string): Promise<void> {
  const answer = await fetch(`${whodid.apiUrl}/v1/revocations`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${whodid.tokens.admin}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      action,
      target: { kind: 'instance', id: instance },
      cause: 'a test',
    }),
  })
  expect(answer.status, await answer.text()).toBe(200)
}
