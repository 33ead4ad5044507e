import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { query as claude } from '@anthropic-ai/claude-agent-sdk'
import { recordQuery } from '@whodid/claude-agent-sdk'
import { shutdown, start } from '@whodid/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startModelApi } from '../harness/model-api.ts'
import type { ModelApi } from '../harness/model-api.ts'
import { startOtlpSink } from '../harness/otlp-sink.ts'
import type { OtlpSink, SinkSpan } from '../harness/otlp-sink.ts'

/** `1` installs Claude Code into a temporary directory; a directory that has it as `node_modules` is used as it is. */
const given = process.env['WHODID_REAL_AGENTS'] ?? ''
const program = '@anthropic-ai/claude-agent-sdk-linux-x64'

const write = (id: string, path: string) =>
  ({ id, name: 'Write', input: { file_path: path, content: 'x' } }) as const

describe.skipIf(given === '')('the real Claude Code under the SDK (WHODID_REAL_AGENTS=1)', () => {
  let home: string
  let executable: string
  let api: ModelApi
  let sink: OtlpSink
  const named = (name: string): SinkSpan[] => sink.spans.filter((span) => span.name === name)

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'whodid-claude-'))
    const directory = existsSync(given) ? given : join(home, 'program')
    if (directory !== given)
      execFileSync('npm', ['install', '--prefix', directory, '--no-audit', `${program}@0.3.332`])
    executable = join(directory, 'node_modules', program, 'claude')
    const rounds = [
      [write('call_1', 'a.md'), write('call_2', 'deny.md')],
      [{ id: 'call_3', name: 'Bash', input: { command: 'exit 3', description: 'Fails' } }],
      [
        {
          id: 'call_4',
          name: 'Agent',
          input: {
            description: 'Ask',
            prompt: 'Look it up',
            subagent_type: 'clerk',
            run_in_background: false,
          },
        },
      ],
    ]
    const looked = [
      { id: 'call_5', name: 'Bash', input: { command: 'echo 1', description: 'Looks' } },
    ]
    api = await startModelApi(({ asked, results }) => {
      if (asked === 'Look it up') return results === 0 ? looked : 'found'
      const round = [0, 2, 3].indexOf(results)
      return asked === 'Do it' ? (rounds[round] ?? 'Done.') : 'Done.'
    })
    sink = await startOtlpSink()
    start({ endpoint: sink.url })
    const query = recordQuery(claude, { template: 'titler', onBehalfOf: 'ada@acme.example' })
    const running = query({
      prompt: 'Do it',
      options: {
        pathToClaudeCodeExecutable: executable,
        cwd: home,
        model: 'claude-sonnet-4-5',
        permissionMode: 'default',
        settingSources: [],
        agents: { clerk: { description: 'Looks things up', prompt: 'You look things up' } },
        canUseTool: async (_name, input) =>
          Promise.resolve(
            String(input['file_path']).includes('deny')
              ? { behavior: 'deny', message: 'not on a Friday' }
              : { behavior: 'allow', updatedInput: input },
          ),
        env: {
          PATH: process.env['PATH'],
          HOME: home,
          ANTHROPIC_BASE_URL: api.url,
          ANTHROPIC_API_KEY: 'scripted',
          DISABLE_AUTOUPDATER: '1',
          CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        },
      },
    })
    for await (const message of running) expect(message.type).not.toBe('error')
    await shutdown()
  }, 300_000)

  afterAll(async () => {
    await api.stop()
    await sink.stop()
    await rm(home, { recursive: true, force: true })
  })

  it('its prompt, calls, failure and refusal are on record', () => {
    expect(named('session titler')).toHaveLength(1)
    expect(named('session end titler').map(({ statusCode }) => statusCode)).toEqual([0])
    expect(named('invoke_agent titler')[0]?.attributes['gen_ai.input.messages']).toContain('Do it')
    const outcomes = (name: string): unknown[] =>
      named(name).map(({ attributes }) => attributes['whodid.action.outcome'])
    expect(outcomes('execute_tool Write')).toEqual(['success', 'denied'])
    expect(outcomes('execute_tool Bash')).toEqual(['failure', 'success'])
    expect(named('execute_tool Write')[0]?.attributes).toMatchObject({
      'whodid.resource.id': `file:${join(home, 'a.md')}`,
      'whodid.delegator.id': 'ada@acme.example',
    })
    expect(named('approval')[0]?.attributes).toMatchObject({
      'gen_ai.tool.call.id': 'call_2',
      'whodid.approval.reason': 'not on a Friday',
    })
    // Four of its own, and the sub-agent's first: the last words of a sub-agent are told as its tool's result only.
    expect(named('chat scripted-1')).toHaveLength(5)
  })

  it('its sub-agent is one, below the call that started it', () => {
    const [clerk] = named('session clerk')
    const [call] = named('execute_tool Agent')
    expect(clerk?.parentSpanId).toBe(call?.spanId)
    expect(named('invoke_agent clerk')[0]?.attributes['gen_ai.input.messages']).toContain(
      'Look it up',
    )
    const looked = named('execute_tool Bash').find(
      ({ attributes }) => attributes['gen_ai.tool.call.id'] === 'call_5',
    )
    expect(looked?.attributes['gen_ai.agent.id']).toBe('clerk')
  })
})
