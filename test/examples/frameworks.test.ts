import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, it } from 'vitest'
import { startOtlpSink } from '../harness/otlp-sink.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const integrations = ['ai-sdk', 'langchain', 'mcp', 'openai-agents']

beforeAll(() => {
  const projects = integrations.map((name) => `packages/instrumentation/${name}`)
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', ...projects], {
    cwd: root,
  })
})

it.each([
  { example: 'ai-sdk', calls: 1 },
  { example: 'openai-agents', calls: 1 },
  // The server records the call too.
  { example: 'mcp', calls: 2 },
  { example: 'langgraph', calls: 1, flags: ['--import', '@whodid/sdk/auto'] },
])(
  'the example of $example runs, and what it did is on record',
  async ({ example, calls, flags = [] }) => {
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
        'whodid.action.outcome': 'success',
        'gen_ai.tool.call.arguments': '{"id":42}',
      })
    const asked = sink.spans.find(({ name }) => name === 'invoke_agent order-clerk')
    expect(asked?.attributes['gen_ai.input.messages']).toContain('Cancel order 42')
  },
)
