// An agent that calls a tool over the Model Context Protocol. Client and server are recorded by one line each, and the server's record
// hangs from the client's, because the run travels in the request. Start the ledger as examples/quickstart/agent.mjs says, then: npm start
import { agent, prompt, shutdown, start } from '@whodid/sdk'
import { recordMcpClient, recordMcpServer } from '@whodid/mcp-sdk'
import { Client, InMemoryTransport } from '@modelcontextprotocol/client'
import { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'

start({ serviceName: 'shop', onBehalfOf: 'dev@acme.example' })

// The two lines. In life the server is another process, and starts its own recording.
const server = recordMcpServer(new McpServer({ name: 'orders', version: '1.0.0' }), {
  name: 'orders',
})
const client = recordMcpClient(new Client({ name: 'order-clerk', version: '1.0.0' }))

server.registerTool('cancel_order', { inputSchema: z.object({ id: z.number() }) }, ({ id }) => ({
  content: [{ type: 'text', text: `Order ${id} is cancelled.` }],
}))
const [near, far] = InMemoryTransport.createLinkedPair()
await Promise.all([server.connect(far), client.connect(near)])

await agent({ template: 'order-clerk' }, async () => {
  await prompt('Cancel order 42', { origin: 'human' })
  const { content } = await client.callTool({ name: 'cancel_order', arguments: { id: 42 } })
  console.log(content[0].text)
})
await client.close()

console.log('whodid ask template:order-clerk')
if (!(await shutdown())) process.exitCode = 1
