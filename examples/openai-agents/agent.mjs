// An agent as the OpenAI Agents SDK's users write it, and one line that records it. Its model is scripted, so that it runs without a
// key: with OpenAI's, import from '@openai/agents' instead. Start the ledger as examples/quickstart/agent.mjs says, then: npm start
import { shutdown, start } from '@whodid/sdk'
import { whodidTraceProcessor } from '@whodid/openai-agents'
import {
  Agent,
  run,
  setTraceProcessors,
  tool,
  Usage,
  withGenerationSpan,
} from '@openai/agents-core'
import { z } from 'zod'

start({ serviceName: 'shop', onBehalfOf: 'dev@acme.example' })
// The line. With '@openai/agents', addTraceProcessor() keeps OpenAI's own tracing beside it.
setTraceProcessors([whodidTraceProcessor({ promptOrigin: 'human' })])

const replies = [
  [
    {
      type: 'function_call',
      callId: 'call_1',
      name: 'cancel_order',
      status: 'completed',
      arguments: '{"id":42}',
    },
  ],
  [
    {
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'Order 42 is cancelled.' }],
    },
  ],
]
const model = {
  getResponse: ({ input }) =>
    withGenerationSpan(async (span) => {
      span.spanData.model = 'scripted-1'
      span.spanData.input = [].concat(
        typeof input === 'string' ? { role: 'user', content: input } : input,
      )
      span.spanData.output = replies.shift()
      return { output: span.spanData.output, usage: new Usage() }
    }),
}

const clerk = new Agent({
  name: 'order-clerk',
  model,
  tools: [
    tool({
      name: 'cancel_order',
      description: 'Cancels an order',
      parameters: z.object({ id: z.number() }),
      execute: ({ id }) => ({ cancelled: id }),
    }),
  ],
})

const { finalOutput } = await run(clerk, 'Cancel order 42')
console.log(finalOutput)
console.log('whodid ask template:order-clerk')
if (!(await shutdown())) process.exitCode = 1
