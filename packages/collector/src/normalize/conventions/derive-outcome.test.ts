import { describe, expect, it } from 'vitest'
import { collectorLimits } from '../../limits.ts'
import { decode } from '../../otlp/decode.ts'
import { normalize } from '../normalize.ts'

type Attributes = Readonly<Record<string, string | number | boolean>>

interface Sent {
  readonly attributes: Attributes
  readonly status?: number
  readonly scope?: string
  readonly name?: string
  readonly kind?: number
  readonly start?: string
  readonly end?: string
  readonly events?: readonly { readonly name: string; readonly attributes?: Attributes }[]
  readonly resource?: Attributes
}

const exporter = {
  name: 'any',
  tenant: 'default',
  tokenSha256: '',
  templates: '*' as const,
  humans: true,
  services: true,
}

const pairs = (attributes: Attributes = {}) =>
  Object.entries(attributes).map(([key, value]) => {
    if (typeof value === 'boolean') return { key, value: { boolValue: value } }
    if (typeof value === 'number') return { key, value: { intValue: value } }
    return { key, value: { stringValue: value } }
  })

/** What the collector tells of one span: its kind, its outcome and the rule that is kept beside it. */
function told(sent: Sent) {
  const span = {
    traceId: 'ab'.repeat(16),
    spanId: 'cd'.repeat(8),
    name: sent.name ?? 'a span',
    kind: sent.kind ?? 3,
    startTimeUnixNano: sent.start ?? '1795830184348000000',
    endTimeUnixNano: sent.end ?? '1795830184448000000',
    attributes: pairs(sent.attributes),
    events: (sent.events ?? []).map(({ name, attributes }) => ({
      name,
      timeUnixNano: '1795830184400000000',
      attributes: pairs(attributes),
    })),
    status: { code: sent.status ?? 0 },
  }
  const scopeSpans = [{ scope: { name: sent.scope ?? 'app' }, spans: [span] }]
  const resourceSpans = [{ resource: { attributes: pairs(sent.resource) }, scopeSpans }]
  const bytes = Buffer.from(JSON.stringify({ resourceSpans }))
  const batch = decode({ bytes, encoding: 'json', signal: 'spans', limits: collectorLimits })
  const seen: unknown[] = []
  normalize(batch, { client: exporter, receivedUnixNs: 5n }, ({ record, attributes }) => {
    const rule = attributes.get('whodid.outcome.rule') ?? ''
    seen.push({ kind: record.recordKind, outcome: record.outcome, rule, record, attributes })
  })
  // Sound: one span was sent, and what is pushed above has this shape.
  return seen[0] as {
    kind: string
    outcome: string
    rule: string
    record: { droppedCount: number }
    attributes: ReadonlyMap<string, unknown>
  }
}

const conventions: readonly (readonly [string, Sent, string])[] = [
  [
    'HTTP',
    { attributes: { 'http.request.method': 'POST', 'url.full': 'https://a.example/x' } },
    'http',
  ],
  ['older HTTP', { attributes: { 'http.method': 'PUT', 'http.url': 'http://a.example/' } }, 'http'],
  [
    'a database',
    { attributes: { 'db.system.name': 'postgresql', 'db.query.text': 'UPDATE t SET a = 1' } },
    'db',
  ],
  [
    'an older database',
    { attributes: { 'db.system': 'mysql', 'db.statement': 'drop table t' } },
    'db',
  ],
  [
    'messaging',
    {
      kind: 4,
      attributes: { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' },
    },
    'messaging',
  ],
  [
    'messaging by a client',
    {
      attributes: { 'messaging.system': 'aws_sqs', 'messaging.operation.type': 'send' },
    },
    'messaging',
  ],
  [
    'gRPC',
    { attributes: { 'rpc.system': 'grpc', 'rpc.service': 'shop.Orders', 'rpc.method': 'Cancel' } },
    'rpc',
  ],
  [
    'newer RPC',
    { attributes: { 'rpc.system.name': 'connectrpc', 'rpc.method': 'shop.Orders/DeleteOrder' } },
    'rpc',
  ],
  [
    'a GenAI tool',
    { kind: 1, attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 't' } },
    'gen_ai_tool',
  ],
  ['a GenAI memory', { attributes: { 'gen_ai.operation.name': 'update_memory' } }, 'gen_ai_tool'],
  ['MCP', { attributes: { 'mcp.method.name': 'tools/call' } }, 'mcp'],
  ['OpenInference', { attributes: { 'openinference.span.kind': 'TOOL' } }, 'openinference'],
  ['OpenLLMetry', { attributes: { 'traceloop.span.kind': 'tool' } }, 'traceloop'],
  ['the AI SDK', { attributes: { 'ai.operationId': 'ai.toolCall' } }, 'ai_sdk'],
  ['Langfuse', { attributes: { 'langfuse.observation.type': 'tool' } }, 'langfuse'],
  ['LangSmith', { attributes: { 'langsmith.span.kind': 'tool' } }, 'langsmith'],
]

const exception = [{ name: 'exception', attributes: { 'exception.type': 'E' } }]

describe.each(conventions)('how an act of %s ended', (_, sent, rule) => {
  const name = `status_unset_${rule}`
  const withAttributes = (more: Attributes): Sent => ({
    ...sent,
    attributes: { ...sent.attributes, ...more },
  })

  it.each<readonly [string, Sent, string, string]>([
    ['unset and nothing else', sent, 'success', name],
    ['unset, ended when it began', { ...sent, end: '1795830184348000000' }, 'success', name],
    ['OK', { ...sent, status: 1 }, 'success', 'status_ok'],
    ['ERROR', { ...sent, status: 2 }, 'failure', ''],
    ['unset with error.type', withAttributes({ 'error.type': 'timeout' }), 'failure', ''],
    ['OK with error.type', { ...withAttributes({ 'error.type': 'x' }), status: 1 }, 'failure', ''],
    ['unset with an empty error.type', withAttributes({ 'error.type': '' }), 'success', name],
    ['unset with an exception', { ...sent, events: exception }, 'failure', 'exception_event'],
    ['OK with an exception', { ...sent, events: exception, status: 1 }, 'success', 'status_ok'],
    ['unset with another event', { ...sent, events: [{ name: 'retry' }] }, 'success', name],
    ['unset and never ended', { ...sent, end: '0' }, '', ''],
    ['unset, ended before it began', { ...sent, end: '1795830184347999999' }, '', ''],
    ['unset under Claude Code', { ...sent, scope: 'com.anthropic.claude_code.tracing' }, '', ''],
    ['unset under the MCP SDK', { ...sent, scope: 'mcp-python-sdk' }, '', ''],
    [
      'unset in the telemetry of a span that has only begun',
      withAttributes({ 'logfire.span_type': 'pending_span' }),
      '',
      '',
    ],
  ])('status %s', (_status, given, outcome, expectedRule) => {
    const seen = told(given)
    if (given.scope?.startsWith('com.anthropic') !== true)
      expect(seen.kind).toMatch(/^(?:tool_call|action)$/u)
    expect([seen.outcome, seen.rule]).toEqual([outcome, expectedRule])
  })

  it('is what the record says, whatever its form', () => {
    for (const outcome of ['success', 'failure', 'denied', 'unknown'])
      for (const status of [0, 1, 2]) {
        const seen = told({ ...withAttributes({ 'whodid.action.outcome': outcome }), status })
        expect([seen.outcome, seen.rule]).toEqual([outcome, ''])
      }
  })
})

const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'post_entry' }
const mcpError = '{"content":[{"type":"text","text":"no"}],"isError":true}'

describe('failure beats form', () => {
  it.each<readonly [string, Attributes, string, string]>([
    ['a flag', { isError: true }, 'failure', ''],
    ['a flag that says no', { 'mcp.tool.result.is_error': false }, 'success', 'status_ok'],
    ['MCP’s flag of Sentry', { 'mcp.tool.result.is_error': true }, 'failure', ''],
    ['the status of Strands', { 'tool.status': 'error' }, 'failure', ''],
    ['success said to be false', { 'tool.success': false }, 'failure', ''],
    ['a call that was stopped', { 'tool.status': 'cancelled' }, 'unknown', ''],
    ['a call that still runs', { 'tool.status': 'in_progress' }, '', ''],
    ['a refused approval', { 'tool.approval.decision': 'rejected' }, 'denied', ''],
    ['a declined approval', { 'approval.status': 'Declined' }, 'denied', ''],
    ['a denial in our own words', { 'whodid.approval.decision': 'deny' }, 'denied', ''],
    ['a denial beside an error', { 'tool.approved': false, 'error.type': 'denied' }, 'denied', ''],
    ['a result of MCP', { 'gen_ai.tool.call.result': mcpError }, 'failure', 'result_is_error'],
    [
      'a result of MCP in a text',
      { 'gen_ai.tool.call.result': JSON.stringify(mcpError) },
      'failure',
      'result_is_error',
    ],
    [
      'a result that is well',
      { 'gen_ai.tool.call.result': '{"content":[],"isError":false}' },
      'success',
      'status_ok',
    ],
    [
      'a result of MCP that was cut off',
      { 'gen_ai.tool.call.result': mcpError.slice(0, -1) },
      '',
      '',
    ],
    [
      'a result of an outcome that is no one’s convention',
      { 'gen_ai.tool.call.result': '{"status":"error"}' },
      'success',
      'status_ok',
    ],
  ])('%s, under a status OK', (_, attributes, outcome, rule) => {
    const seen = told({ kind: 1, status: 1, attributes: { ...tool, ...attributes } })
    expect([seen.outcome, seen.rule]).toEqual([outcome, rule])
  })

  it('a gRPC code that is not zero is a failure, and zero is not', () => {
    const call = { 'rpc.system': 'grpc', 'rpc.method': 'Cancel' }
    expect(told({ attributes: { ...call, 'rpc.grpc.status_code': 5 } }).outcome).toBe('failure')
    expect(told({ attributes: { ...call, 'rpc.grpc.status_code': 0 } }).outcome).toBe('success')
    const named = { ...call, 'rpc.response.status_code': 'UNAVAILABLE' }
    expect(told({ attributes: named }).outcome).toBe('failure')
  })

  it('an HTTP code goes before silence', () => {
    const call = { 'http.request.method': 'DELETE', 'url.full': 'https://a.example/x' }
    const coded = (code: number) =>
      told({ attributes: { ...call, 'http.response.status_code': code } })
    expect([coded(204).outcome, coded(204).rule]).toEqual(['success', ''])
    expect([coded(404).outcome, coded(404).rule]).toEqual(['failure', ''])
    expect(coded(503).outcome).toBe('failure')
  })

  it('a result that came back of a vocabulary that marks nothing is a success by that', () => {
    const attributes = { 'whodid.record.kind': 'tool_call', 'gen_ai.tool.call.result': 'ok' }
    const seen = told({ attributes, scope: 'mcp-python-sdk' })
    expect([seen.outcome, seen.rule]).toEqual(['success', 'result_present'])
  })
})

describe('silence that says nothing', () => {
  it.each<readonly [string, Sent]>([
    ['a span of no vocabulary', { attributes: { 'whodid.record.kind': 'action' } }],
    [
      'a call that waits for an approval',
      { attributes: { ...tool, 'pydantic_ai.tool.deferral.name': 'ApprovalRequired' } },
    ],
    ['Gemini CLI', { scope: 'gemini-cli', attributes: tool }],
    ['Codex’s insides', { scope: 'codex_core', attributes: tool }],
  ])('%s', (_, sent) => {
    const seen = told(sent)
    expect(seen.outcome).not.toBe('success')
    expect(seen.rule).toBe('')
  })

  it.each<readonly [string, Sent]>([
    ['a message that was received', { kind: 5, attributes: { 'messaging.system': 'kafka' } }],
    [
      'a message that is made ready',
      {
        kind: 4,
        attributes: { 'messaging.system': 'kafka', 'messaging.operation.type': 'create' },
      },
    ],
    ['a call that a server took', { kind: 2, attributes: { 'rpc.system': 'grpc' } }],
    [
      'a model that is asked by RPC',
      { attributes: { 'rpc.system': 'aws-api', 'rpc.service': 'BedrockRuntime' } },
    ],
    ['a connection that is opened', { attributes: { 'db.system': 'postgresql' } }],
    ['a transaction', { attributes: { 'db.system': 'postgresql', 'db.statement': 'COMMIT' } }],
    ['a setting', { attributes: { 'db.system': 'mysql', 'db.statement': 'SET NAMES utf8' } }],
  ])('%s is no act', (_, sent) => {
    expect([told(sent).kind, told(sent).outcome]).toEqual(['other', ''])
  })
})

describe('the rule’s key', () => {
  it('is the collector’s own: what a sender says there is left out and counted', () => {
    const forged = { ...tool, 'whodid.outcome.rule': 'status_ok' }
    const failed = told({ attributes: forged, status: 2 })
    expect([failed.outcome, failed.rule]).toEqual(['failure', ''])
    expect(failed.record.droppedCount).toBe(1)
    const derived = told({ attributes: forged })
    expect(derived.rule).toBe('status_unset_gen_ai_tool')
    expect(derived.record.droppedCount).toBe(1)
    const elsewhere = told({ attributes: { 'whodid.outcome.rule': 'x', 'gen_ai.system': 'y' } })
    expect(elsewhere.attributes.has('whodid.outcome.rule')).toBe(false)
  })

  it('stands first, and not at all where a record says its outcome', () => {
    expect([...told({ attributes: tool }).attributes.keys()][0]).toBe('whodid.outcome.rule')
    const said = told({ attributes: { ...tool, 'whodid.action.outcome': 'success' } })
    expect(said.attributes.has('whodid.outcome.rule')).toBe(false)
  })
})
