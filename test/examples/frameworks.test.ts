import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, it } from 'vitest'
import { startOtlpSink } from '../harness/otlp-sink.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const integrations = ['ai-sdk', 'anthropic', 'langchain', 'mcp', 'openai', 'openai-agents']

beforeAll(() => {
  const projects = integrations.map((name) => `packages/instrumentation/${name}`)
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', ...projects], {
    cwd: root,
  })
})

it.each([
  { example: 'ai-sdk', calls: 1 },
  { example: 'openai-agents', calls: 1 },
  // Its API does not say whether a tool failed.
  { example: 'openai', calls: 1, outcome: undefined },
  { example: 'anthropic', calls: 1 },
  // The server records the call too.
  { example: 'mcp', calls: 2 },
  { example: 'langgraph', calls: 1, flags: ['--import', '@whodid/sdk/auto'] },
])(
  'the example of $example runs, and what it did is on record',
  async ({ example, calls, flags = [], ...more }) => {
    const sink = await startOtlpSink()
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [...flags, 'agent.mjs'],
      {
        cwd: fileURLToPath(new URL(`../../examples/${example}`, import.meta.url)),
        env: {
          PATH: process.env['PATH'] ?? '',
          WHODID_ENDPOINT: sink.url,
          WHODID_INGEST_TOKEN: 'ingest',
          WHODID_DELEGATOR: 'dev@acme.example',
        },
      },
    )
    await sink.stop()
    expect(stderr).toBe('')
    expect(stdout).toBe('Order 42 is cancelled.\nwhodid ask template:order-clerk\n')
    const called = sink.spans.filter(({ name }) => name === 'execute_tool cancel_order')
    expect(called).toHaveLength(calls)
    for (const { attributes } of called)
      expect(attributes).toMatchObject({
        'gen_ai.agent.id': 'order-clerk',
        'whodid.delegator.id': 'dev@acme.example',
        'gen_ai.tool.call.arguments': '{"id":42}',
      })
    const outcomes = called.map(({ attributes }) => attributes['whodid.action.outcome'])
    expect(new Set(outcomes)).toEqual(new Set(['outcome' in more ? more.outcome : 'success']))
    const asked = sink.spans.find(({ name }) => name === 'invoke_agent order-clerk')
    expect(asked?.attributes['gen_ai.input.messages']).toContain('Cancel order 42')
  },
)

const anthropicLoop = `
const replies = [
  [{ type: 'tool_use', id: 'toolu_1', name: 'cancel_order', input: { id: 42 } }],
  [{ type: 'text', text: 'done' }],
]
const message = { id: 'm', type: 'message', role: 'assistant', model: 's', usage: {} }
const client = new Anthropic({
  apiKey: 'scripted',
  fetch: async () => {
    const content = replies.shift()
    return Response.json({ ...message, content, stop_reason: replies.length ? 'tool_use' : 'end_turn' })
  },
})
const run = ({ id }) => JSON.stringify({ cancelled: id })
const tool = { type: 'custom', name: 'cancel_order', input_schema: { type: 'object' }, parse: (given) => given, run }
void client.beta.messages
  .toolRunner({ model: 's', max_tokens: 9, tools: [tool], messages: [{ role: 'user', content: 'Cancel' }] })
  .runUntilDone()
`

const openAILoop = `
const call = { type: 'function_call', call_id: 'call_1', name: 'cancel_order', arguments: '{"id":42}' }
const replies = [[call], []]
const client = new OpenAI({
  apiKey: 'scripted',
  fetch: async () => Response.json({ id: 'r', object: 'response', model: 's', output: replies.shift() }),
})
const output = { type: 'function_call_output', call_id: 'call_1', output: 'done' }
const asked = { role: 'user', content: 'Cancel' }
void client.responses
  .create({ model: 's', input: [asked] })
  .then(() => client.responses.create({ model: 's', input: [asked, call, output] }))
`

it.each([
  { sdk: 'openai', how: 'imports', code: `import OpenAI from 'openai'\n${openAILoop}` },
  { sdk: 'openai', how: 'requires', code: `const OpenAI = require('openai')\n${openAILoop}` },
  {
    sdk: 'openai',
    how: 'imports and records',
    code: `import OpenAI from 'openai'
import { recordOpenAI } from '@whodid/openai'
${openAILoop.replace('void client', 'void recordOpenAI(client)')}`,
  },
  {
    sdk: 'anthropic',
    how: 'imports',
    code: `import Anthropic from '@anthropic-ai/sdk'\n${anthropicLoop}`,
  },
  {
    sdk: 'anthropic',
    how: 'imports and records',
    code: `import Anthropic from '@anthropic-ai/sdk'
import { recordAnthropic } from '@whodid/anthropic'
${anthropicLoop.replace('client.beta', 'recordAnthropic(client).beta')}`,
  },
  {
    sdk: 'anthropic',
    how: 'requires',
    code: `const Anthropic = require('@anthropic-ai/sdk')\n${anthropicLoop}`,
  },
])('code that $how the SDK of $sdk is recorded without a line', async ({ sdk, how, code }) => {
  const sink = await startOtlpSink()
  const type = how.startsWith('imports') ? 'module' : 'commonjs'
  const flags = ['--import', '@whodid/sdk/auto', `--input-type=${type}`, '-e', code]
  const { stderr } = await promisify(execFile)(process.execPath, flags, {
    cwd: fileURLToPath(new URL(`../../examples/${sdk}`, import.meta.url)),
    env: {
      PATH: process.env['PATH'] ?? '',
      WHODID_ENDPOINT: sink.url,
      WHODID_INGEST_TOKEN: 'ingest',
      WHODID_AGENT_TEMPLATE: 'order-clerk',
    },
  })
  await sink.stop()
  expect(stderr).toBe('')
  const names = sink.spans.map(({ name }) => name)
  expect(names.filter((name) => name === 'execute_tool cancel_order')).toHaveLength(1)
  expect(names.filter((name) => name.startsWith('chat '))).toHaveLength(2)
  expect(names.filter((name) => name.startsWith('session end '))).toHaveLength(1)
  for (const { attributes } of sink.spans) expect(attributes['gen_ai.agent.id']).toBe('order-clerk')
})
