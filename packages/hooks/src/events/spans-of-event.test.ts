import { describe, expect, it } from 'vitest'
import type { SpanToSend } from '../otlp-json.ts'
import type { Payload } from './hook-event.ts'
import { productEvents, products, readProduct } from './read-products.ts'
import type { Product } from './read-products.ts'
import { agentAttributes, spansOfEvent } from './spans-of-event.ts'

const trace = 'a'.repeat(32)
const run = {
  TRACEPARENT: `00-${trace}-${'b'.repeat(16)}-01`,
  WHODID_RUN_INSTANCE: 'i-1',
  WHODID_AGENT_TEMPLATE: 'triage',
  WHODID_DELEGATOR: 'ada@acme.example',
}

function spans(
  product: Product,
  payload: Payload,
  more: { readonly event?: string; readonly environment?: Record<string, string> } = {},
): SpanToSend[] {
  const event = readProduct(product, payload, more.event ?? '')
  const environment = more.environment ?? run
  return event === undefined ? [] : spansOfEvent(product, event, { environment, nowUnixMs: 1_000 })
}

const common = { session_id: 's-1', transcript_path: '/t', cwd: '/srv/app' }
const claude = { ...common, permission_mode: 'default' }
const edit = {
  ...claude,
  tool_name: 'Edit',
  tool_input: { file_path: '/srv/app/a.ts', old_string: 'a', new_string: 'b' },
  tool_use_id: 'toolu_1',
}

describe('a call', () => {
  it('of Claude Code is an intent, then an outcome under the same ID', () => {
    const [intent] = spans('claude-code', { ...edit, hook_event_name: 'PreToolUse' })
    expect(intent).toMatchObject({
      traceId: trace,
      parentSpanId: 'b'.repeat(16),
      attributes: {
        'whodid.record.kind': 'tool_call',
        'gen_ai.tool.name': 'Edit',
        'gen_ai.tool.call.id': 'toolu_1',
        'whodid.action.id': 'toolu_1',
        'whodid.action.verb': 'update',
        'whodid.action.outcome': 'unknown',
        'whodid.resource.id': 'file:/srv/app/a.ts',
      },
    })
    const [end] = spans('claude-code', {
      ...edit,
      hook_event_name: 'PostToolUse',
      tool_response: { filePath: '/srv/app/a.ts', success: true },
    })
    expect(end?.attributes).toMatchObject({
      'whodid.action.id': 'toolu_1',
      'whodid.action.outcome': 'success',
    })
    expect(end?.spanId).not.toBe(intent?.spanId)
    const [failed] = spans('claude-code', {
      ...edit,
      hook_event_name: 'PostToolUseFailure',
      error: 'no such file',
      is_interrupt: false,
    })
    expect(failed?.attributes).toMatchObject({ 'whodid.action.outcome': 'failure' })
  })

  it('that only reads has no intent', () => {
    const read = { ...edit, tool_name: 'Read', hook_event_name: 'PreToolUse' }
    expect(spans('claude-code', read)).toEqual([])
    expect(spans('claude-code', { ...read, hook_event_name: 'PostToolUse' })).toHaveLength(1)
  })

  it('has the permission that was asked for, and its denial, below its intent', () => {
    const [intent] = spans('claude-code', { ...edit, hook_event_name: 'PreToolUse' })
    const [denied] = spans('claude-code', {
      ...edit,
      hook_event_name: 'PermissionDenied',
      reason: 'not in the plan',
    })
    expect(denied).toMatchObject({
      parentSpanId: intent?.spanId,
      attributes: {
        'whodid.record.kind': 'approval',
        'whodid.approval.decision': 'deny',
        'whodid.approval.reason': 'not in the plan',
        'gen_ai.tool.call.id': 'toolu_1',
      },
    })
  })

  it.each<[Product, string, Payload, Record<string, unknown>]>([
    [
      'codex',
      '',
      {
        ...common,
        turn_id: 't',
        hook_event_name: 'PostToolUse',
        model: 'm',
        permission_mode: 'default',
        tool_name: 'Bash',
        tool_input: { command: 'rm a' },
        tool_response: 'done',
        tool_use_id: 'call_7',
      },
      {
        'whodid.action.id': 'call_7',
        'whodid.action.verb': 'execute',
        'whodid.action.outcome': 'success',
      },
    ],
    [
      'gemini-cli',
      '',
      {
        ...common,
        hook_event_name: 'AfterTool',
        timestamp: '2026-11-28T00:00:00Z',
        tool_name: 'write_file',
        tool_input: { file_path: 'notes/a.md', content: 'x' },
        tool_response: { llmContent: '', returnDisplay: '', error: { message: 'no' } },
      },
      {
        'whodid.action.verb': 'update',
        'whodid.resource.id': 'file:/srv/app/notes/a.md',
        'whodid.action.outcome': 'failure',
      },
    ],
    [
      'cursor',
      '',
      {
        conversation_id: 'c-1',
        generation_id: 'g',
        hook_event_name: 'postToolUseFailure',
        workspace_roots: ['/srv/app'],
        user_email: 'ada@acme.example',
        cwd: '/srv/app',
        tool_name: 'Shell',
        tool_input: { command: 'ls' },
        tool_use_id: 'tu_9',
        error_message: 'permission_denied',
      },
      { 'whodid.action.id': 'tu_9', 'whodid.action.outcome': 'denied' },
    ],
    [
      'copilot-cli',
      'postToolUse',
      {
        sessionId: 's',
        timestamp: 1,
        cwd: '/srv/app',
        toolName: 'create',
        toolArgs: '{"path":"/srv/app/b.ts"}',
        toolResult: { resultType: 'success', textResultForLlm: 'ok' },
      },
      { 'whodid.resource.id': 'file:/srv/app/b.ts', 'whodid.action.outcome': 'success' },
    ],
    [
      'opencode',
      'tool.execute.after',
      {
        sessionID: 's',
        tool: 'edit',
        callID: 'c_1',
        args: { filePath: '/srv/app/c.ts' },
        output: 'ok',
      },
      { 'whodid.action.id': 'c_1', 'whodid.resource.id': 'file:/srv/app/c.ts' },
    ],
  ])('of %s is read in its documented form', (product, event, payload, attributes) => {
    expect(spans(product, payload, { event })[0]?.attributes).toMatchObject(attributes)
  })
})

describe('what an agent is asked, and whom it asks', () => {
  it('is a prompt with its hash, and without secrets', () => {
    const prompt = `Use password=${'hunter2hunter2'} and go`
    const [span] = spans('claude-code', { ...claude, hook_event_name: 'UserPromptSubmit', prompt })
    const attributes = JSON.stringify(span?.attributes)
    expect(attributes).toContain('"whodid.prompt.origin":"human"')
    expect(attributes).not.toContain('hunter2')
    const silent = { ...run, WHODID_CAPTURE: 'hash' }
    const hashed = { ...claude, hook_event_name: 'UserPromptSubmit', prompt: 'Tidy up' }
    const [only] = spans('claude-code', hashed, { environment: silent })
    expect(only?.attributes['gen_ai.input.messages']).toBe('')
    expect(only?.attributes['whodid.prompt.hash']).toMatch(/^sha256:[0-9a-f]{64}$/u)
  })

  it('makes a sub-agent an instance below the run’s', () => {
    const payload = {
      ...claude,
      hook_event_name: 'SubagentStart',
      agent_id: 'a-7',
      agent_type: 'Explore',
    }
    const event = readProduct('claude-code', payload, '')
    if (event === undefined) throw new Error('no event')
    expect(agentAttributes('claude-code', event, run)).toMatchObject({
      'gen_ai.agent.id': 'triage',
      'whodid.agent.instance.id': 'i-1/a-7',
      'whodid.agent.instance.parent_id': 'i-1',
      'whodid.delegator.id': 'ada@acme.example',
    })
    expect(agentAttributes('claude-code', event, {})).toMatchObject({
      'gen_ai.agent.id': 'claude-code',
      'whodid.agent.instance.id': 'a-7',
      'whodid.agent.instance.parent_id': 's-1',
    })
  })

  it('has one trace a session, where no run gives one', () => {
    const environment = {}
    const [start] = spans(
      'cursor',
      { conversation_id: 'c', hook_event_name: 'sessionStart' },
      { environment },
    )
    const prompt = { conversation_id: 'c', hook_event_name: 'beforeSubmitPrompt', prompt: 'x' }
    const [asked] = spans('cursor', prompt, { environment })
    const [other] = spans('cursor', { ...prompt, conversation_id: 'd' }, { environment })
    expect(start?.parentSpanId).toBeUndefined()
    expect(asked).toMatchObject({ traceId: start?.traceId, parentSpanId: start?.spanId })
    expect(other?.traceId).not.toBe(start?.traceId)
  })
})

it.each(products)('no event of %s throws, whatever it holds', (product) => {
  for (const event of [...Object.keys(productEvents[product]), 'Unknown', '__proto__'])
    for (const payload of [
      {},
      { tool_input: null, tool_name: 7, prompt: [] },
      { args: 'x'.repeat(100_000) },
    ])
      expect(() => spans(product, payload, { event })).not.toThrow()
})
