import { recordKinds } from '@whodid/model'
import { describe, expect, it } from 'vitest'
import type { OtlpEvent } from '../../otlp/batch.ts'
import { conventions } from './conventions.ts'
import { genAi } from './gen-ai.ts'
import { lastUserText, promptText } from './message-text.ts'
import type { Telemetry } from './telemetry.ts'

function telemetryOf(
  attributes: Readonly<Record<string, string>>,
  more: Partial<Telemetry> = {},
): Telemetry {
  return {
    signal: 'span',
    name: 'op',
    kind: 3,
    isRoot: false,
    statusCode: 0,
    scopeName: '',
    attributes: new Map(Object.entries(attributes)),
    resource: new Map(),
    events: [],
    body: null,
    ...more,
  }
}

/** Names that every object of the language has: as a key they must find nothing in a table. */
const inheritedNames = Object.getOwnPropertyNames(Object.prototype)

const choosingKeys = [
  'gen_ai.operation.name',
  'openinference.span.kind',
  'langsmith.span.kind',
  'langfuse.observation.type',
  'traceloop.span.kind',
  'ai.operationId',
  'http.request.method',
  'db.operation.name',
  'tool_name',
]

describe('a value that is the name of a member of every object', () => {
  it.each(inheritedNames)('%s makes a kind and texts, as any other value', (name) => {
    const telemetries = [
      ...choosingKeys.map((key) => telemetryOf({ 'db.system': 'x', [key]: name })),
      telemetryOf({ tool_name: name }, { name, scopeName: 'com.anthropic.claude_code.tracing' }),
      telemetryOf({}, { name, signal: 'log', scopeName: 'com.anthropic.claude_code.events' }),
    ]
    for (const telemetry of telemetries)
      for (const convention of conventions.filter((one) => one.speaks(telemetry))) {
        expect(['', ...recordKinds]).toContain(convention.kind(telemetry))
        for (const kind of recordKinds)
          for (const claim of Object.values(convention.read(telemetry, kind)))
            expect(typeof claim).toBe('string')
      }
  })
})

describe('the older events of a span', () => {
  const event = (name: string, attributes: Readonly<Record<string, string>>): OtlpEvent => ({
    name,
    timeUnixNs: 1n,
    attributes: new Map(Object.entries(attributes)),
    droppedCount: 0,
  })

  it('tell what an agent was asked in blocks of Bedrock, of whom nobody is said to speak', () => {
    const events = [
      event('gen_ai.user.message', { content: '[{"text":"Refund order 7"}]' }),
      event('gen_ai.choice', { message: 'refunded\n', finish_reason: 'end_turn' }),
    ]
    const telemetry = telemetryOf({ 'gen_ai.operation.name': 'invoke_agent' }, { events })
    expect(genAi.read(telemetry, 'prompt')).toMatchObject({
      content: 'Refund order 7',
      result: 'refunded\n',
    })
  })

  it('tell what a tool was given and gave', () => {
    const events = [
      event('gen_ai.tool.message', { role: 'tool', content: '{"order":7}', id: 'c1' }),
      event('gen_ai.choice', { message: '[{"text":"refunded"}]', id: 'c1' }),
    ]
    const telemetry = telemetryOf({ 'gen_ai.operation.name': 'execute_tool' }, { events })
    expect(genAi.read(telemetry, 'tool_call')).toMatchObject({
      content: '{"order":7}',
      result: '[{"text":"refunded"}]',
    })
  })
})

describe('what a person asked', () => {
  it.each([
    ['{"messages":[{"role":"user","content":"Merge it"}]}', 'Merge it'],
    ['{"messages":[{"type":"human","data":{"content":"Merge it"}}]}', 'Merge it'],
    [
      '{"messages":[{"lc":1,"type":"constructor","id":["langchain_core","messages","HumanMessage"],"kwargs":{"content":"Merge it"}}]}',
      'Merge it',
    ],
    ['{"inputs":{"messages":[{"role":"user","content":"Merge it"}]},"tags":[]}', 'Merge it'],
    ['{"inputs":{"inputs":{"inputs":{}}}}', ''],
    ['{"args":["Merge it"],"kwargs":{}}', 'Merge it'],
    ['{"args":["Merge it"],"kwargs":{"n":1}}', 'Merge it'],
    ['{"args":[7,"Merge it"],"kwargs":{}}', 'Merge it'],
    ['{"args":[],"kwargs":{"question":"Merge it","top_k":3}}', 'Merge it'],
    ['{"task":"Merge it"}', 'Merge it'],
    ['{"task":"Merge it","context":"of yesterday","stream":false}', 'Merge it'],
    ['{"user_msg":"Merge it","chat_history":null}', 'Merge it'],
    ['{"inputs":{"query":"Merge it","lang":"en"}}', 'Merge it'],
    ['{"input":{"messages":[{"role":"user","content":"Merge it"}]}}', 'Merge it'],
    ['{"messages":[{"source":"user","content":"Merge it","type":"TextMessage"}]}', 'Merge it'],
    ['{"request":{"instructions":"Merge it"},"config":{"n":1}}', 'Merge it'],
    [
      JSON.stringify({
        messages: [
          "ChatMessage(role=<MessageRole.USER: 'user'>, blocks=[TextBlock(block_type='text', text='It\\'s it: merge')])",
        ],
      }),
      "It's it: merge",
    ],
    [
      `{"messages":["SystemMessage(content='Be kind')","HumanMessage(content='Merge it')"]}`,
      'Merge it',
    ],
    ['{"who":"zoe"}', '{"who":"zoe"}'],
    ['{"agent":{"role":"Clerk","goal":"refund"},"context":"","tools":["x"]}', ''],
    ['{"init_state":{"is_running":false,"workers":{}},"start_event":"StartEvent()"}', ''],
    ['Merge it', 'Merge it'],
    ['"Merge it"', '"Merge it"'],
    ['[]', '[]'],
    ['', ''],
  ])('of %s is %s', (given, text) => {
    expect(promptText(given)).toBe(text)
  })

  it('is not what an assistant or a tool said in the same list', () => {
    const message = (name: string, content: string): object => ({
      type: 'constructor',
      id: ['langchain_core', 'messages', name],
      kwargs: { content },
    })
    const messages = [
      message('HumanMessage', 'Merge it'),
      message('AIMessage', 'merging'),
      message('ToolMessage', 'merged'),
    ]
    expect(lastUserText(JSON.stringify({ messages }))).toBe('Merge it')
  })
})
