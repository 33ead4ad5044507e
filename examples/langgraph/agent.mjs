// An agent as LangChain's users write it. Nothing in it speaks of Whodid: `node --import @whodid/sdk/auto agent.mjs` records it.
// Its model is scripted, so that it runs without a key. Start the ledger as examples/quickstart/agent.mjs says, then: npm start
import { fakeModel } from '@langchain/core/testing'
import { tool } from '@langchain/core/tools'
import { AIMessage } from '@langchain/core/messages'
import { createAgent } from 'langchain'
import { z } from 'zod'

const model = fakeModel()
  .respondWithTools([{ name: 'cancel_order', args: { id: 42 }, id: 'call_1' }])
  .respond(new AIMessage('Order 42 is cancelled.'))

const clerk = createAgent({
  name: 'order-clerk',
  model,
  tools: [
    tool(({ id }) => ({ cancelled: id }), {
      name: 'cancel_order',
      schema: z.object({ id: z.number() }),
    }),
  ],
})

const { messages } = await clerk.invoke({
  messages: [{ role: 'user', content: 'Cancel order 42' }],
})
console.log(messages.at(-1).content)
console.log('whodid ask template:order-clerk')
