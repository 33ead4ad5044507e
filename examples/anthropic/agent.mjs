// An agent as the Anthropic SDK's users write it, and one line that records it. Its model is scripted, so that it runs without a
// key: for Anthropic's, leave out `fetch`. Start the ledger as examples/quickstart/agent.mjs says, then: npm start
import Anthropic from '@anthropic-ai/sdk'
import { shutdown, start } from '@whodid/sdk'
import { recordAnthropic } from '@whodid/anthropic'

start({ serviceName: 'shop', onBehalfOf: 'dev@acme.example' })

const replies = [
  [{ type: 'tool_use', id: 'toolu_1', name: 'cancel_order', input: { id: 42 } }],
  [{ type: 'text', text: 'Order 42 is cancelled.' }],
]
const scripted = async () => {
  const content = replies.shift()
  const stop_reason = content[0].type === 'text' ? 'end_turn' : 'tool_use'
  const usage = { input_tokens: 1, output_tokens: 1 }
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'scripted-1' }
  return Response.json({ ...message, content, stop_reason, stop_sequence: null, usage })
}

// The line.
const client = recordAnthropic(new Anthropic({ apiKey: 'scripted', fetch: scripted }), {
  agent: 'order-clerk',
  promptOrigin: 'human',
})

const message = await client.beta.messages.toolRunner({
  model: 'scripted-1',
  max_tokens: 1024,
  messages: [{ role: 'user', content: 'Cancel order 42' }],
  tools: [
    {
      type: 'custom',
      name: 'cancel_order',
      description: 'Cancels an order',
      input_schema: { type: 'object', properties: { id: { type: 'number' } } },
      parse: (input) => input,
      run: ({ id }) => JSON.stringify({ cancelled: id }),
    },
  ],
})
console.log(message.content[0].text)
console.log('whodid ask template:order-clerk')
if (!(await shutdown())) process.exitCode = 1
