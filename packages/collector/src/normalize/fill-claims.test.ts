import { readFileSync } from 'node:fs'
import type { LedgerRecord } from '@whodid/model'
import { describe, expect, it } from 'vitest'
import { collectorLimits } from '../limits.ts'
import { decode } from '../otlp/decode.ts'
import { normalize } from './normalize.ts'

const exporter = {
  name: 'any',
  tenant: 'default',
  tokenSha256: '',
  templates: '*' as const,
  humans: true,
  services: true,
}

/** The records of what an emitter sent, by the name of their span; of one name the first. */
function recorded(
  emitter: string,
  signal: 'spans' | 'logs' = 'spans',
): ReadonlyMap<string, LedgerRecord> {
  const name = `${emitter}/0001-${signal === 'spans' ? 'traces' : 'logs'}.json`
  const file = new URL(`../../../../test/vectors/otlp/${name}`, import.meta.url)
  const batch = decode({
    bytes: readFileSync(file),
    encoding: 'json',
    signal,
    limits: collectorLimits,
  })
  const records = new Map<string, LedgerRecord>()
  const rejection = normalize(batch, { client: exporter, receivedUnixNs: 5n }, ({ record }) => {
    if (!records.has(record.name)) records.set(record.name, record)
  })
  expect(rejection.count).toBe(0)
  return records
}

describe('what unmodified emitters claim', () => {
  it('Langfuse: observations by their type, the user and the session', () => {
    const records = recorded('langfuse')
    expect(records.get('support-agent')).toMatchObject({
      recordKind: 'prompt',
      actorType: 'agent',
      content: 'Refund order 7',
      delegatorId: 'ann@acme.example',
      sessionId: 'sess-1',
    })
    expect(records.get('llm')).toMatchObject({ recordKind: 'model_call', result: 'calling refund' })
    expect(records.get('refund_order')).toMatchObject({
      recordKind: 'tool_call',
      toolName: 'refund_order',
      outcome: 'success',
      content: '{"order":7}',
      result: '{"ok":true}',
    })
    expect(records.get('kb')?.recordKind).toBe('input')
  })

  it.each(['pydantic-ai-v2', 'pydantic-ai-v5'])(
    '%s: what was asked, and how the tool ended',
    (emitter) => {
      const records = [...recorded(emitter).values()]
      expect(records.find(({ recordKind }) => recordKind === 'prompt')).toMatchObject({
        templateId: 'mailer',
        instanceRule: 'gen_ai.agent_call_id',
        content: 'Mail bob',
      })
      expect(records.find(({ recordKind }) => recordKind === 'tool_call')).toMatchObject({
        toolName: 'send_mail',
        toolCallId: 'pyd_ai_tool_call_id__send_mail',
        outcome: 'success',
        content: '{"to":"a"}',
        result: 'sent a',
      })
    },
  )

  it('LangChain under OpenInference: agent and user stand in its metadata', () => {
    const records = recorded('openinference-langchain')
    expect(records.get('repo_agent')).toMatchObject({
      recordKind: 'prompt',
      content: 'Merge 42 of acme/app',
    })
    for (const record of records.values())
      expect(record).toMatchObject({
        templateId: 'repo_agent',
        templateRule: 'openinference.lc_agent_name',
        delegatorId: 'ann@acme.example',
        delegatorRule: 'openinference.metadata_user_id',
      })
  })

  it('LangGraph under OpenLLMetry: its run is an instance, and is asked something', () => {
    const records = recorded('traceloop-langchain')
    expect(records.get('repo_agent.workflow')).toMatchObject({
      recordKind: 'prompt',
      templateId: 'repo_agent',
      instanceRule: 'gen_ai.agent_id_of_instance_scope',
      content: 'Merge 42 of acme/app',
    })
    expect(records.get('execute_tool merge_pull_request')).toMatchObject({
      recordKind: 'tool_call',
      toolName: 'merge_pull_request',
      delegatorRule: 'traceloop.user_id',
      conversationId: 'th-9',
      outcome: 'success',
    })
  })

  it('Codex: its log records, by the name that an attribute gives them', () => {
    const records = recorded('codex', 'logs')
    expect(records.get('codex.user_prompt')).toMatchObject({
      recordKind: 'prompt',
      content: 'Write hi to out.txt',
    })
    expect(records.get('codex.tool_decision')).toMatchObject({
      recordKind: 'approval',
      approvalDecision: 'allow',
      approvalSource: 'config',
    })
    const call = records.get('codex.tool_result')
    expect(call).toMatchObject({
      recordKind: 'tool_call',
      actorType: 'agent',
      toolName: 'exec_command',
      verb: 'execute',
      outcome: 'success',
      content: '{"cmd":"echo hi > /srv/app/out.txt"}',
    })
    expect(call?.toolCallId).toBe(records.get('codex.tool_decision')?.toolCallId)
    expect(call?.result).toContain('Process exited with code 0')
  })

  it('Gemini CLI: operations under names of its own, and log records where traces are off', () => {
    const logs = recorded('gemini-cli', 'logs')
    expect(logs.get('gemini_cli.user_prompt')).toMatchObject({
      recordKind: 'prompt',
      content: 'Write hi to g.txt',
    })
    expect(logs.get('gemini_cli.tool_call')).toMatchObject({
      recordKind: 'tool_call',
      toolName: 'run_shell_command',
      outcome: 'success',
    })
    const spans = recorded('gemini-cli')
    expect(spans.get('schedule_tool_calls')?.recordKind).toBe('other')
    expect(spans.get('tool_call')).toMatchObject({
      recordKind: 'tool_call',
      templateId: 'gemini-cli',
      toolName: 'run_shell_command',
      outcome: 'success',
    })
    expect(spans.get('tool_call')?.toolCallId).toMatch(/^run_shell_command__/u)
  })
})
