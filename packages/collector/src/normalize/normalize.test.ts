import { readFileSync } from 'node:fs'
import { blankRecord } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { describe, expect, it } from 'vitest'
import { collectorLimits } from '../limits.ts'
import { decode } from '../otlp/decode.ts'
import type { Rejection } from '../otlp/encode-response.ts'
import type { IngestClient } from '../senders/ingest-clients.ts'
import { recordKey } from '../wal/record-key.ts'
import type { Draft } from './draft.ts'
import { finishRecord } from './finish-record.ts'
import { normalize } from './normalize.ts'
import { redact } from './redact.ts'

const exporter: IngestClient = {
  name: 'laptop',
  tenant: 'acme',
  tokenSha256: '',
  templates: ['repo-triage', 'claude-code', 'svc'],
  humans: true,
  services: false,
}

function run(json: unknown, by = exporter): { drafts: Draft[]; rejection: Rejection } {
  const bytes = Buffer.from(typeof json === 'string' ? json : JSON.stringify(json))
  const signal = bytes.includes('resourceLogs') ? 'logs' : 'spans'
  const batch = decode({ bytes, encoding: 'json', signal, limits: collectorLimits })
  const drafts: Draft[] = []
  const rejection = normalize(batch, { client: by, receivedUnixNs: 5n }, (draft) => {
    drafts.push(draft)
  })
  return { drafts, rejection }
}

const records = (json: unknown, by?: IngestClient): LedgerRecord[] =>
  run(json, by).drafts.map((draft) => finishRecord(redact(draft)))

const fixture = (path: string): LedgerRecord[] =>
  records(readFileSync(new URL(`../../../../test/vectors/otlp/${path}`, import.meta.url), 'utf8'))

type AttributeValue = string | number | boolean | string[]

function pairs(attributes: Record<string, AttributeValue>): unknown[] {
  return Object.entries(attributes).map(([key, value]) => {
    if (typeof value === 'string') return { key, value: { stringValue: value } }
    if (typeof value === 'boolean') return { key, value: { boolValue: value } }
    if (typeof value === 'number') return { key, value: { intValue: value } }
    return { key, value: { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } } }
  })
}

const ids = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }

/** The record of one span with these attributes; other fields of the span override. */
function span(
  attributes: Record<string, AttributeValue>,
  fields: Record<string, unknown> = {},
  resource: Record<string, AttributeValue> = {},
): LedgerRecord {
  const { scope, ...rest } = fields
  const one = { ...ids, name: 'op', startTimeUnixNano: '1', endTimeUnixNano: '2', ...rest }
  const spans = [{ ...one, attributes: pairs(attributes) }]
  const scopeSpans = [{ scope: { name: scope ?? '' }, spans }]
  return records({ resourceSpans: [{ resource: { attributes: pairs(resource) }, scopeSpans }] })[0]!
}

describe('normalize, the recorded emitters', () => {
  it('AI SDK', () => {
    const [, tool, , root] = fixture('ai-sdk-v5/0001-traces.json')
    expect(tool).toMatchObject({
      recordKind: 'tool_call',
      actorType: 'agent',
      templateId: 'refund-agent',
      templateRule: 'ai_sdk.function_id',
      instanceId: '',
      delegatorId: 'user-42',
      delegatorType: 'human',
      delegatorRule: 'ai_sdk.metadata_user_id',
      sessionId: 'sess-9',
      toolName: 'refund_order',
      toolCallId: 'call_1',
      verb: 'execute',
      outcome: 'success',
      content: '{"orderId":"A-1"}',
      result: '{"ok":true,"orderId":"A-1"}',
      channel: 'unentitled',
    })
    // What content and result hold is not stored again.
    expect(tool?.attributes).not.toContain('A-1')
    expect(root).toMatchObject({ recordKind: 'prompt', content: 'Refund order A-1' })
    expect(fixture('ai-sdk-v6/0002-traces.json').map(({ recordKind }) => recordKind)).toEqual([
      'model_call',
      'tool_call',
      'model_call',
      'prompt',
    ])
  })

  it('Claude Code: spans, whose user.id is a device and no person', () => {
    const all = fixture('claude-code-basic/0006-traces.json')
    expect(all.map(({ recordKind }) => recordKind)).toEqual([
      'model_call',
      'approval',
      'action',
      'tool_call',
      'model_call',
      'prompt',
    ])
    for (const record of all)
      expect(record).toMatchObject({
        delegatorId: '',
        userId: '',
        templateId: 'claude-code',
        templateRule: 'resource.service_name',
        instanceId: '8ab0dc59-84a5-4b36-9ba5-62402b6b1ddd',
        instanceRule: 'session_id',
      })
    expect(all[1]).toMatchObject({ approvalDecision: 'allow', approvalSource: 'config' })
    expect(all[3]).toMatchObject({
      toolName: 'Bash',
      toolCallId: 'toolu_mock_1',
      outcome: 'success',
    })
    expect(all[3]?.content).toMatch(/^echo hello-ledger/u)
    expect(all[5]?.content).toBe('Write the marker file please')
  })

  it('Claude Code: log records become children of the span they name', () => {
    const prompt = fixture('claude-code-basic/0004-logs.json').at(-1)
    const [call] = fixture('claude-code-basic/0006-traces.json').slice(-1)
    expect(prompt).toMatchObject({
      signal: 'log',
      name: 'user_prompt',
      recordKind: 'prompt',
      content: 'Write the marker file please',
      traceIdHex: call?.traceIdHex,
      parentSpanIdHex: call?.spanIdHex,
    })
    expect(prompt?.spanIdHex).toMatch(/^[0-9a-f]{16}$/u)
    const decision = fixture('claude-code-basic/0005-logs.json')[2]
    expect(decision).toMatchObject({
      recordKind: 'approval',
      approvalDecision: 'allow',
      toolName: 'Bash',
    })
    const launched = fixture('claude-code-remote-parent/0007-logs.json')[0]
    expect(launched).toMatchObject({
      traceIdHex: '',
      parentSpanIdHex: '',
      templateId: 'tmpl-1',
      templateRule: 'gen_ai.main_agent_id',
    })
  })

  it('LangSmith, whose gen_ai.prompt is the arguments on a tool', () => {
    const [model, tool, root] = fixture('langsmith/0028-traces.json')
    expect(model).toMatchObject({
      recordKind: 'model_call',
      content: 'Refund A-1',
      result: 'Refunded',
    })
    expect(tool).toMatchObject({
      recordKind: 'tool_call',
      toolName: 'refund_order',
      content: '{"orderId":"A-1"}',
      outcome: 'success',
      delegatorId: 'user-42',
      delegatorRule: 'langsmith.user_id',
      conversationId: 'th-1',
    })
    expect(root).toMatchObject({ recordKind: 'prompt', content: '{"q":"Refund A-1"}' })
  })

  it('OpenInference and the plain OpenTelemetry instrumentation', () => {
    expect(fixture('openinference-openai/0025-traces.json')[0]).toMatchObject({
      recordKind: 'model_call',
      content: 'Refund A-1',
      // Any service may ask a model: alone, such a call names no agent.
      actorType: '',
      templateId: '',
    })
    expect(fixture('otel-js-openai/0024-traces.json')[0]).toMatchObject({
      recordKind: 'model_call',
      content: '',
      actorType: '',
      delegatorId: '',
      instanceId: '',
    })
  })

  it('OpenLLMetry', () => {
    expect(fixture('traceloop/0018-traces.json')[0]).toMatchObject({
      recordKind: 'tool_call',
      toolName: 'refund_order',
      templateId: 'refund_agent',
      templateRule: 'gen_ai.agent_name',
      delegatorRule: 'traceloop.user_id',
      sessionId: 'sess-9',
      outcome: 'success',
    })
    expect(fixture('traceloop/0019-traces.json')[0]).toMatchObject({
      recordKind: 'model_call',
      content: 'Refund A-1',
      result: 'Refunded A-1.',
    })
    expect(fixture('traceloop/0020-traces.json')[0]?.recordKind).toBe('prompt')
    expect(fixture('traceloop/0021-traces.json')[0]?.recordKind).toBe('session')
  })
})

describe('normalize, claims', () => {
  it('takes canonical attributes as said, without a rule, and from the resource when the span is silent', () => {
    const record = span(
      {
        'whodid.record.kind': 'action',
        'whodid.actor.type': 'agent',
        'gen_ai.agent.id': 'repo-triage',
        'whodid.agent.instance.id': 'i-1',
        'whodid.delegation.chain': ['dev@acme.example', 'i-1'],
        'whodid.seq': 7,
        'whodid.plan.ref': `${'AB'.repeat(16)}-${'CD'.repeat(8)}`,
        'whodid.action.verb': 'update',
        'whodid.action.outcome': 'unknown',
        'whodid.resource.id': 'https://github.com/Acme/App/pull/812',
        'whodid.credential.borrowed': true,
        'service.name': 'billing',
        'app.note': 'kept',
      },
      {},
      {
        'service.name': 'process',
        'whodid.delegator.id': 'dev@acme.example',
        'whodid.delegator.type': 'human',
        'whodid.seq': 9,
      },
    )
    expect(record).toMatchObject({
      recordKind: 'action',
      templateId: 'repo-triage',
      templateRule: '',
      instanceId: 'i-1',
      instanceRule: '',
      serviceName: 'billing',
      delegatorId: 'dev@acme.example',
      delegatorRule: '',
      delegationChain: ['dev@acme.example', 'i-1'],
      seq: 7,
      planStep: -1,
      planRef: `${'ab'.repeat(16)}-${'cd'.repeat(8)}`,
      verb: 'update',
      outcome: 'unknown',
      resourceId: 'github:pull:acme/app/812',
      resourceType: 'github.pull',
      credentialBorrowed: true,
      channel: 'entitled',
    })
    // These two came in another form than their columns hold.
    expect(JSON.parse(record.attributes)).toEqual({
      'whodid.plan.ref': `${'AB'.repeat(16)}-${'CD'.repeat(8)}`,
      'whodid.resource.id': 'https://github.com/Acme/App/pull/812',
      'app.note': 'kept',
    })
  })

  it('keeps a canonical value of no known meaning among the attributes, and claims nothing by it', () => {
    const record = span({
      'whodid.actor.type': 'robot',
      'whodid.seq': -4,
      'whodid.prompt.ref': 'x',
    })
    expect(record).toMatchObject({ actorType: '', seq: -1, promptRef: '', recordKind: 'other' })
    expect(JSON.parse(record.attributes)).toEqual({
      'whodid.actor.type': 'robot',
      'whodid.seq': -4,
      'whodid.prompt.ref': 'x',
    })
  })

  it.each([
    [
      'opentelemetry.instrumentation.langchain',
      { templateId: 'svc', instanceId: 'x', instanceRule: 'gen_ai.agent_id_of_instance_scope' },
    ],
    ['@mastra/otel-exporter', { templateId: 'x', templateRule: '', instanceId: '' }],
  ])('reads gen_ai.agent.id of scope %s as that emitter means it', (scope, expected) => {
    const attributes = { 'gen_ai.agent.id': 'x', 'gen_ai.operation.name': 'invoke_agent' }
    expect(span(attributes, { scope }, { 'service.name': 'svc' })).toMatchObject(expected)
  })

  it.each([
    [
      'a plain HTTP call',
      {
        'http.request.method': 'DELETE',
        'url.full': 'https://api.example/orders/1?token=abcdef123456',
        'http.response.status_code': 204,
      },
      {
        recordKind: 'action',
        actorType: '',
        verb: 'delete',
        outcome: 'success',
        resourceId: 'https://api.example/orders/1?token=[redacted:secret]',
        templateId: '',
      },
    ],
    [
      'a failed one',
      {
        'http.request.method': 'POST',
        'url.full': 'https://api.example/',
        'http.response.status_code': 500,
      },
      { verb: 'send', outcome: 'failure' },
    ],
    [
      'a database call',
      {
        'db.system.name': 'postgresql',
        'db.namespace': 'shop',
        'db.collection.name': 'customers',
        'db.query.text': 'DELETE FROM customers',
      },
      {
        recordKind: 'action',
        verb: 'delete',
        outcome: 'success',
        resourceId: 'db:table:shop/customers',
        actorType: '',
      },
    ],
    [
      'a tool that ended without a failure being marked',
      { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 't' },
      { recordKind: 'tool_call', outcome: 'success', verb: 'execute' },
    ],
    [
      'a tool that failed',
      { 'gen_ai.operation.name': 'execute_tool', 'error.type': 'tool_error' },
      { outcome: 'failure' },
    ],
    [
      'a human',
      { 'whodid.actor.type': 'human', 'user.id': 'dev' },
      { actorType: 'human', userId: 'dev', delegatorId: '', templateId: '', channel: 'entitled' },
    ],
    [
      'a service',
      { 'whodid.actor.type': 'service' },
      { actorType: 'service', channel: 'unentitled' },
    ],
    [
      'a delegator that is said to be none',
      { 'gen_ai.operation.name': 'chat', 'whodid.delegator.type': 'none', 'enduser.id': 'u' },
      { delegatorType: 'none', delegatorId: '', userId: 'u' },
    ],
    [
      'a plan',
      {
        'gen_ai.operation.name': 'plan',
        'gen_ai.output.messages':
          '[{"role":"assistant","parts":[{"type":"text","content":"1. merge"}]}]',
      },
      { recordKind: 'plan', content: '1. merge', result: '' },
    ],
    [
      'an MCP server',
      {
        'mcp.method.name': 'tools/call',
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 't',
        kindOfSpan: 'server',
      },
      { recordKind: 'tool_call', actorType: '' },
    ],
    [
      'a resource read',
      { 'mcp.method.name': 'resources/read', 'mcp.resource.uri': 'file:///a' },
      { recordKind: 'input', inputSource: 'file:///a', verb: 'read' },
    ],
    [
      'an unknown operation',
      { 'gen_ai.operation.name': 'dance' },
      { recordKind: 'other', actorType: 'agent' },
    ],
  ])('%s', (_, attributes, expected) => {
    const kind = 'kindOfSpan' in attributes ? 2 : 3
    expect(span(attributes as Record<string, AttributeValue>, { kind })).toMatchObject(expected)
  })

  it('says denied only by evidence: a rejected Claude Code call has an unset status', () => {
    const scope = 'com.anthropic.claude_code.tracing'
    const decided = span(
      { decision: 'reject', source: 'user_reject' },
      { scope, name: 'claude_code.tool.blocked_on_user' },
    )
    expect(decided).toMatchObject({
      approvalDecision: 'deny',
      approvalSource: 'human',
      outcome: 'denied',
    })
    const call = span({ tool_name: 'Bash' }, { scope, name: 'claude_code.tool' })
    expect(call).toMatchObject({ recordKind: 'tool_call', outcome: '' })
  })
})

describe('normalize, what cannot stand', () => {
  const good = { ...ids, startTimeUnixNano: '1' }
  it.each([
    [
      'a trace ID in base64',
      { traceId: 'W45HfpGZRKuY5J2hRZrMHQ==' },
      '"traceId" expected 32 hex digits, not all zero; got "w45hfpgzrkuy5j2hrzrmhq=="',
    ],
    [
      'a zero span ID',
      { spanId: '0000000000000000' },
      '"spanId" expected 16 hex digits, not all zero',
    ],
    [
      'a parent of the wrong length',
      { parentSpanId: 'abcd' },
      '"parentSpanId" expected 16 hex digits or nothing; got "abcd"',
    ],
    ['no start', { startTimeUnixNano: '0' }, '"startTimeUnixNano" expected'],
    [
      'an end past the year 2262',
      { endTimeUnixNano: '18446744073709551615' },
      '"endTimeUnixNano" expected',
    ],
  ])('refuses a span with %s and keeps the others', (_, fields, sentence) => {
    const spans = [good, { ...good, ...fields }]
    const { drafts, rejection } = run({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
    expect(drafts).toHaveLength(1)
    expect(rejection.count).toBe(1)
    expect(rejection.message).toContain(sentence)
  })

  it('cuts what is too long, marks it, and counts it', () => {
    const long = 'é'.repeat(200_000)
    const record = span({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.call.result': long,
      'gen_ai.tool.name': 'n'.repeat(3_000),
      ...Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`k${i}`, 'x'.repeat(60_000)])),
    })
    expect(Buffer.byteLength(record.result)).toBeLessThanOrEqual(256 * 1024)
    expect(record.result).toMatch(/^é+…\[cut [0-9a-f]{16}\]$/u)
    expect(Buffer.byteLength(record.toolName)).toBe(1_024)
    expect(Buffer.byteLength(record.detail)).toBeLessThanOrEqual(256 * 1024 + 20)
    const detail = JSON.parse(record.detail) as { attributes: object }
    expect(Object.keys(detail.attributes)).toHaveLength(4)
    expect(record.attributes).toMatch(/^\{"whodid.outcome.rule":"[^"]+","gen_ai.op[^,]+\}$/u)
    // Result, tool name, and of the eleven attributes left those that found no room.
    expect(record.droppedCount).toBeGreaterThanOrEqual(8)
  })

  it('keeps NUL, ANSI, bidi, HTML and SQL as they came, and mends lone surrogates', () => {
    const hostile = `\u0000\u001b[31m\u202e<script>';DROP TABLE x;--`
    const record = span({
      'gen_ai.agent.name': `${hostile}\ud800`,
      [`k${hostile}`]: `\udc00${hostile}`,
    })
    expect(record.templateName).toBe(`${hostile}\ufffd`)
    expect(JSON.parse(record.detail)).toEqual({
      attributes: { [`k${hostile}`]: `\ufffd${hostile}` },
    })
  })

  it('takes secrets out of texts and attributes, and leaves identities', () => {
    const record = span({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.call.arguments': '{"password":"hunter2!"}',
      'app.api_key': 'anything',
      'app.note': 'Authorization: Bearer abcdef0123456789abcdef',
      'whodid.credential.id': 'sha256:9f86d081',
    })
    expect(record.content).toBe('{"password":"[redacted:secret]"}')
    expect(record.credentialId).toBe('sha256:9f86d081')
    expect(JSON.parse(record.attributes)).toMatchObject({
      'app.api_key': '[redacted:attribute]',
    })
    expect(JSON.parse(record.detail)).toEqual({
      attributes: { 'app.note': 'Authorization: Bearer [redacted:authorization]' },
    })
  })

  it('gives a log record without a time the time it came, and the same key whenever it comes', () => {
    const logs = {
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'x' } }] }] }],
    }
    const [first] = records(logs)
    expect(first).toMatchObject({ signal: 'log', name: 'x', startUnixNs: 5n, recordKind: 'other' })
    const later = { ...first!, startUnixNs: 99n, endUnixNs: 99n, receivedUnixNs: 99n }
    expect(recordKey(later)).toEqual(recordKey(first!))
    const other = { ...first!, commitmentHex: 'ab'.repeat(32) }
    expect(recordKey(other)).not.toEqual(recordKey(first!))
    expect(recordKey({ ...blankRecord(), startUnixNs: 1n })).not.toEqual(recordKey(blankRecord()))
  })
})
