// An agent as the OpenAI SDK's users write it, and one line that records it. Its model is scripted, so that it runs without a
// key: for OpenAI's, leave out `fetch`. Start the ledger as examples/quickstart/agent.mjs says, then: npm start
import OpenAI from 'openai'
import { shutdown, start } from '@whodid/sdk'
import { recordOpenAI } from '@whodid/openai'

start({ serviceName: 'shop', onBehalfOf: 'dev@acme.example' })

const replies = [
  {
    type: 'function_call',
    id: 'fc_1',
    call_id: 'call_1',
    name: 'cancel_order',
    arguments: '{"id":42}',
  },
  {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    content: [{ type: 'output_text', text: 'Order 42 is cancelled.', annotations: [] }],
  },
]
const scripted = async () => {
  const response = { id: 'resp_1', object: 'response', model: 'scripted-1', status: 'completed' }
  return Response.json({ ...response, output: [replies.shift()] })
}

// The line.
const client = recordOpenAI(new OpenAI({ apiKey: 'scripted', fetch: scripted }), {
  agent: 'order-clerk',
  promptOrigin: 'human',
})

const cancelOrder = ({ id }) => ({ cancelled: id })
const tools = [
  {
    type: 'function',
    name: 'cancel_order',
    description: 'Cancels an order',
    parameters: { type: 'object', properties: { id: { type: 'number' } } },
    strict: false,
  },
]

const input = [{ role: 'user', content: 'Cancel order 42' }]
for (;;) {
  const response = await client.responses.create({ model: 'scripted-1', input, tools })
  const calls = response.output.filter((item) => item.type === 'function_call')
  if (calls.length === 0) {
    console.log(response.output_text)
    break
  }
  for (const call of calls) {
    const output = JSON.stringify(cancelOrder(JSON.parse(call.arguments)))
    input.push(call, { type: 'function_call_output', call_id: call.call_id, output })
  }
}
console.log('whodid ask template:order-clerk')
if (!(await shutdown())) process.exitCode = 1
