import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { whodidProgram } from './start-service.ts'
import type { Service } from './start-service.ts'

/** Agents behind one `whodid mcp-proxy`, in front of a server that notes when it is called. */
export interface ProxiedAgents {
  /** Lets one agent call, again and again, until it is refused. Resolves with the time of the last call that reached the server. */
  callUntilRefused(instance: string): Promise<number>
  /** True when a call of the agent reaches the server. */
  call(instance: string): Promise<boolean>
  stop(): Promise<void>
}

/** The JSON-RPC error of a call that was refused because its agent is stopped. */
const stoppedCode = -32_011
/** Calls of one agent; one that is not refused by then was not stopped. */
const callsMax = 20_000

/** Starts the proxy and the server behind it. */
export async function startProxied(service: Service, person: string): Promise<ProxiedAgents> {
  let lastCallMs = Number.NaN
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      lastCallMs = Date.now()
      // The proxy sends what this process sent it.
      const { id } = JSON.parse(body) as { readonly id: number }
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } }))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on TCP has an address of this form.
  const { port } = server.address() as AddressInfo
  const child = spawn(
    process.execPath,
    [whodidProgram, 'mcp-proxy', '--name', 'bench', '--url', `http://127.0.0.1:${port}/mcp`],
    {
      env: {
        PATH: process.env['PATH'],
        WHODID_ENDPOINT: service.otlpUrl,
        WHODID_INGEST_TOKEN: service.ingestToken,
        WHODID_REVOCATIONS_FROM: service.apiUrl,
        WHODID_CAPTURE: 'none',
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  const exited = once(child, 'exit')
  // A line of text is what the event has.
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const call = async (instance: string): Promise<boolean> => {
    const baggage = `whodid.agent.instance.id=${instance},gen_ai.agent.id=bench-proxied,whodid.delegator.id=${encodeURIComponent(person)}`
    const params = { name: 'change', arguments: {}, _meta: { baggage } }
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
    })
    // Both the server above and the proxy answer with one message.
    const { error } = (await answer.json()) as { readonly error?: { readonly code: number } }
    if (error !== undefined && error.code !== stoppedCode)
      throw new Error(`a call was answered with the error ${error.code}`)
    return error === undefined
  }
  return {
    call,
    callUntilRefused: async (instance) => {
      for (let calls = 0; calls < callsMax; calls += 1)
        if (!(await call(instance))) return lastCallMs
      throw new Error(`the agent ${instance} was not stopped`)
    },
    stop: async () => {
      child.kill('SIGTERM')
      await exited
      server.close()
      server.closeAllConnections()
    },
  }
}
