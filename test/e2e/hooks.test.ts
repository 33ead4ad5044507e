import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runAgents, temporaryDirectory } from '../harness/run-agents.ts'
import type { RanAgent } from '../harness/run-agents.ts'
import { runWhodid } from '../harness/run-whodid.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

const scripted = fileURLToPath(new URL('../harness/scripted-claude.mjs', import.meta.url))

let whodid: WhodidProcess
let place: Awaited<ReturnType<typeof temporaryDirectory>>
let claude: string

beforeAll(async () => {
  whodid = await startWhodidProcess()
  place = await temporaryDirectory()
  await mkdir(join(place.path, 'bin'))
  claude = join(place.path, 'bin', 'claude')
  await symlink(scripted, claude)
})

afterAll(async () => {
  await whodid.remove()
  await place.remove()
})

interface Step {
  readonly event: string
  readonly payload: object
  readonly span?: { readonly name: string; readonly attributes: Readonly<Record<string, string>> }
}

function environment(): Record<string, string> {
  return {
    HOME: place.path,
    XDG_STATE_HOME: join(place.path, 'state'),
    WHODID_ENDPOINT: whodid.otlpUrl,
    WHODID_INGEST_TOKEN: whodid.tokens.ingest,
  }
}

function runClaude(steps: readonly Step[], more: Record<string, string> = {}): Promise<RanAgent> {
  const args = ['--template', 'reviewer', '--for', 'ada@acme.example', '--', claude, '-p', 'Go']
  const SCRIPT = JSON.stringify(steps)
  return runAgents(args, {
    directory: place.path,
    environment: { ...environment(), SCRIPT, ...more },
  })
}

const editOf = (
  path: string,
  id: string,
): { tool_name: string; tool_input: object; tool_use_id: string } => ({
  tool_name: 'Edit',
  tool_input: { file_path: path, old_string: 'a', new_string: 'b' },
  tool_use_id: id,
})

const toolSpan = (
  path: string,
  id: string,
  more: Record<string, string> = {},
): NonNullable<Step['span']> => ({
  name: 'claude_code.tool',
  attributes: { tool_name: 'Edit', tool_use_id: id, file_path: path, ...more },
})

describe('the hooks of a run', () => {
  it('and the telemetry of one call are one act, with its outcome, its prompt and its person', async () => {
    const path = `/srv/app/${randomUUID()}.ts`
    const call = editOf(path, 'toolu_1')
    const ran = await runClaude([
      { event: 'UserPromptSubmit', payload: { prompt: 'Fix the title' } },
      { event: 'PreToolUse', payload: call },
      {
        event: 'PostToolUse',
        payload: { ...call, tool_response: { success: true } },
        span: toolSpan(path, 'toolu_1'),
      },
      { event: 'SessionEnd', payload: { reason: 'other' } },
    ])
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    const answer = await whodid.whoDid(
      `file:${path}`,
      ({ action, alternatives }) => action?.outcome === 'success' && alternatives.length === 0,
    )
    expect(answer).toMatchObject({
      verdict: 'agent',
      grade: 'channel',
      action: { tool: 'Edit', verb: 'update', outcome: 'success' },
      agent: { template: { id: 'reviewer' }, instance: { id: ran.stdout.trim() } },
      delegator: { id: 'ada@acme.example' },
    })
    const timeline = JSON.stringify(await timelineOf(ran.stdout.trim()))
    for (const name of ['prompt', 'execute_tool Edit', 'claude_code.tool', 'session end'])
      expect(timeline).toContain(`"name":"${name}`)
    // Nothing was written but the run's own directory, which is gone.
    expect((await readdir(place.path)).toSorted()).toEqual(['bin', 'state'])
    expect(await readdir(join(place.path, 'state', 'whodid', 'runs'))).toEqual([])
  })

  it('show a call that a person rejected as denied, by the telemetry alone', async () => {
    const path = `/srv/app/${randomUUID()}.ts`
    const call = editOf(path, 'toolu_2')
    await runClaude([
      { event: 'PreToolUse', payload: call },
      {
        event: 'PermissionRequest',
        payload: { ...call, permission_suggestions: [] },
        span: toolSpan(path, 'toolu_2', { decision: 'reject', source: 'user_reject' }),
      },
    ])
    const answer = await whodid.whoDid(`file:${path}`, ({ alternatives }) =>
      alternatives.some(({ outcome }) => outcome === 'denied'),
    )
    expect(answer).toMatchObject({
      verdict: 'undetermined',
      action: null,
      reasons: [{ code: 'no_successful_action' }],
      alternatives: [{ outcome: 'denied', verdict: 'agent' }],
    })
  })

  it('name the sub-agent of a call as an instance below the run’s', async () => {
    const path = `/srv/app/${randomUUID()}.ts`
    const agent = { agent_id: 'sub-7', agent_type: 'Explore' }
    const call = { ...editOf(path, 'toolu_3'), ...agent }
    const ran = await runClaude([
      { event: 'SubagentStart', payload: agent },
      { event: 'PreToolUse', payload: call },
      {
        event: 'PostToolUse',
        payload: { ...call, tool_response: {} },
        span: toolSpan(path, 'toolu_3', { agent_id: 'sub-7' }),
      },
      { event: 'SubagentStop', payload: agent },
    ])
    const run = ran.stdout.trim()
    const answer = await whodid.whoDid(
      `file:${path}`,
      ({ action }) => action?.outcome === 'success',
    )
    expect(answer).toMatchObject({
      verdict: 'agent',
      agent: { template: { id: 'reviewer' }, instance: { id: `${run}/sub-7`, parent_id: run } },
      delegator: { id: 'ada@acme.example' },
    })
  })

  it('wait on the disk while the ledger is away, and never fail the agent', async () => {
    const path = `/srv/app/${randomUUID()}.ts`
    const call = editOf(path, 'toolu_4')
    const steps = [{ event: 'PostToolUse', payload: { ...call, tool_response: {} } }]
    const ran = await runClaude(steps, { WHODID_ENDPOINT: 'http://127.0.0.1:9' })
    expect(ran.code).toBe(0)
    expect(ran.stderr).not.toContain('hook ')
    // The next run sends what waits.
    await runAgents(['--', process.execPath, '-e', 'setTimeout(() => 0, 3000)'], {
      directory: place.path,
      environment: environment(),
    })
    const answer = await whodid.whoDid(`file:${path}`, ({ action }) => action !== null)
    expect(answer).toMatchObject({
      grade: 'channel',
      agent: { instance: { id: ran.stdout.trim() } },
    })
  })
})

describe('whodid hooks', () => {
  it('shows the change first, makes it with --yes, and takes it back', async () => {
    const home = { HOME: join(place.path, 'home'), XDG_STATE_HOME: join(place.path, 'home-state') }
    const hooks = (...args: string[]) => runWhodid(whodid, ['hooks', ...args], home)
    const path = join(home.HOME, '.claude', 'settings.json')
    const shown = await hooks('install', 'claude-code', '--dry-run')
    expect(shown).toMatchObject({ code: 0, stderr: '' })
    expect(shown.stdout).toContain(`${path} (new)\n+ {\n`)
    await expect(readFile(path)).rejects.toThrow('ENOENT')
    expect(await hooks('install', 'claude-code')).toMatchObject({ code: 2 })
    expect(await hooks('install', 'claude-code', '--yes')).toMatchObject({ code: 0 })
    expect((await hooks('status', 'claude-code')).stdout).toBe(`claude-code  installed  ${path}\n`)
    const removed = await hooks('remove', 'claude-code', '--yes', '--json')
    expect(JSON.parse(removed.stdout)).toMatchObject({ path, applied: true })
    await expect(readFile(path)).rejects.toThrow('ENOENT')
    expect(await hooks('install', 'emacs', '--yes')).toMatchObject({ code: 2 })
  })
})

async function timelineOf(instance: string): Promise<unknown> {
  return (await whodid.get(`/v1/instances/${encodeURIComponent(instance)}`)).json()
}
