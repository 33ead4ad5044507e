// An agent as the AI SDK's users write it, and one line that records it. Its model is scripted, so that it runs without a key.
// Start the ledger and set WHODID_INGEST_TOKEN as examples/quickstart/agent.mjs says, then: npm start
import { shutdown, start } from '@whodid/sdk'
import { whodidTelemetry } from '@whodid/ai-sdk'
import { generateText, registerTelemetry, stepCountIs, tool } from 'ai'
import { MockLanguageModelV3 } from 'ai/test'
import { z } from 'zod'

start({ serviceName: 'shop', onBehalfOf: 'dev@acme.example' })
// The line.
registerTelemetry(whodidTelemetry({ promptOrigin: 'human' }))

const usage = { inputTokens: { total: 10 }, outputTokens: { total: 4 } }
const model = new MockLanguageModelV3({
  doGenerate: [
    {
      content: [
        { type: 'tool-call', toolCallId: 'call_1', toolName: 'cancel_order', input: '{"id":42}' },
      ],
      finishReason: { unified: 'tool-calls' },
      usage,
      warnings: [],
    },
    {
      content: [{ type: 'text', text: 'Order 42 is cancelled.' }],
      finishReason: { unified: 'stop' },
      usage,
      warnings: [],
    },
  ],
})

const { text } = await generateText({
  model,
  prompt: 'Cancel order 42',
  tools: {
    cancel_order: tool({
      inputSchema: z.object({ id: z.number() }),
      execute: ({ id }) => ({ cancelled: id }),
    }),
  },
  stopWhen: stepCountIs(5),
  telemetry: { functionId: 'order-clerk' },
})

console.log(text)
console.log('whodid ask template:order-clerk')
if (!(await shutdown())) process.exitCode = 1
