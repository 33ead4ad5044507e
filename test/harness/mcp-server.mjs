// A server of the Model Context Protocol with the official library of either line, over either transport:
//   node mcp-server.mjs <old|new> <stdio|http>
// Over HTTP it prints its endpoint. Everything that a proxy must pass is a tool of it.
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { createMcpHandler, inputRequired, Server as NewServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { Server as OldServer } from '@modelcontextprotocol/sdk/server/index.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import {
  CallToolRequestSchema,
  GetPromptRequestSchema,
  ListToolsRequestSchema,
  ReadResourceRequestSchema,
} from '@modelcontextprotocol/sdk/types.js'

const [line, over] = process.argv.slice(2)
const info = { name: 'fixture', version: '1.2.3' }
const capabilities = { tools: {}, resources: {}, prompts: {} }
const hostile = 'drop\n\u001b[31m"table"\u202e'
const tools = ['echo', 'fail', 'throw', 'slow', 'big', 'ask', hostile].map((name) => ({
  name,
  inputSchema: { type: 'object' },
}))
const question = {
  mode: 'form',
  message: 'Delete three files?',
  requestedSchema: { type: 'object', properties: { sure: { type: 'boolean' } } },
}
const text = (said) => ({ content: [{ type: 'text', text: said }] })

/** Calls a tool. `port` is what differs between the lines. */
async function call({ name, arguments: given, _meta: meta }, port) {
  if (name === 'fail') return { ...text('the file is locked'), isError: true }
  if (name === 'throw') throw new Error('out of order')
  if (name === 'big') return text('x'.repeat(5 * 1024 * 1024))
  if (name === 'ask') return port.ask()
  if (name === 'slow') {
    if (meta?.progressToken !== undefined)
      await port.notify('notifications/progress', {
        progressToken: meta.progressToken,
        progress: 1,
      })
    await new Promise((resolve) => {
      if (port.signal.aborted) resolve()
      port.signal.addEventListener('abort', resolve, { once: true })
      setTimeout(resolve, 20_000).unref()
    })
  }
  return text(JSON.stringify({ name, given, meta }))
}

const readResource = ({ uri }) => ({ contents: [{ uri, text: 'what the file says' }], ...cached })
// The line of 2026 wants to know how long an answer may be kept.
const cached = line === 'new' ? { ttlMs: 0, cacheScope: 'private' } : {}
const getPrompt = ({ name }) => ({
  messages: [{ role: 'user', content: { type: 'text', text: `do ${name}` } }],
})

function oldServer() {
  const server = new OldServer(info, { capabilities })
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }))
  server.setRequestHandler(CallToolRequestSchema, ({ params }, extra) =>
    call(params, {
      signal: extra.signal,
      notify: (method, about) => extra.sendNotification({ method, params: about }),
      ask: async () => text(JSON.stringify(await server.elicitInput(question))),
    }),
  )
  server.setRequestHandler(ReadResourceRequestSchema, ({ params }) => readResource(params))
  server.setRequestHandler(GetPromptRequestSchema, ({ params }) => getPrompt(params))
  return server
}

function newServer() {
  const server = new NewServer(info, { capabilities })
  server.setRequestHandler('tools/list', () => ({ tools, ...cached }))
  server.setRequestHandler('tools/call', ({ params }, ctx) =>
    call(params, {
      signal: ctx.mcpReq.signal,
      notify: (method, about) => ctx.mcpReq.notify({ method, params: about }),
      ask: () => {
        const answers = ctx.mcpReq.inputResponses
        if (answers !== undefined) return text(JSON.stringify(answers.sure))
        return inputRequired({ inputRequests: { sure: inputRequired.elicit(question) } })
      },
    }),
  )
  server.setRequestHandler('resources/read', ({ params }) => readResource(params))
  server.setRequestHandler('prompts/get', ({ params }) => getPrompt(params))
  return server
}

if (over === 'stdio') {
  if (line === 'new') serveStdio(() => newServer())
  else await oldServer().connect(new StdioServerTransport())
} else {
  const handle = line === 'new' ? newHandler() : oldHandler()
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => response.destroy(error))
  })
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`http://127.0.0.1:${server.address().port}/mcp\n`)
  })
}

function newHandler() {
  const handler = createMcpHandler(() => newServer())
  return async (request, response) => {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const answer = await handler.fetch(
      new Request(`http://${request.headers.host}${request.url}`, {
        method: request.method,
        headers: request.headers,
        signal: gone.signal,
        ...(request.method === 'POST' ? { body: Readable.toWeb(request), duplex: 'half' } : {}),
      }),
    )
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    for await (const chunk of answer.body ?? []) response.write(chunk)
    response.end()
  }
}

function oldHandler() {
  const sessions = new Map()
  return async (request, response) => {
    let transport = sessions.get(request.headers['mcp-session-id'])
    if (transport === undefined) {
      transport = new StreamableHTTPServerTransport({
        sessionIdGenerator: () => crypto.randomUUID(),
        onsessioninitialized: (id) => sessions.set(id, transport),
      })
      await oldServer().connect(transport)
    }
    await transport.handleRequest(request, response)
  }
}
