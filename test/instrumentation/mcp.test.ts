import { Client, InMemoryTransport } from '@modelcontextprotocol/client'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport as OldTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { McpServer as OldServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { McpServer } from '@modelcontextprotocol/server'
import { agent, prompt, shutdown, start, tool } from '@whodid/sdk'
import { recordMcpClient, recordMcpServer } from '@whodid/mcp-sdk'
import { afterEach, beforeEach, describe as group, expect, it } from 'vitest'
import { z } from 'zod'
import { startOtlpSink } from '../harness/otlp-sink.ts'
import type { OtlpSink, SinkSpan } from '../harness/otlp-sink.ts'
import { describe, script, tools } from '../harness/three-agents.ts'

const info = { name: 'orders', version: '1.0.0' }
const versions = [
  {
    name: '1',
    client: () => new OldClient(info) as never as Client,
    server: () => new OldServer(info) as never as McpServer,
    pair: () =>
      OldTransport.createLinkedPair() as never as ReturnType<
        typeof InMemoryTransport.createLinkedPair
      >,
  },
  {
    name: '2',
    client: () => new Client(info),
    server: () => new McpServer(info),
    pair: () => InMemoryTransport.createLinkedPair(),
  },
]

let sink: OtlpSink

beforeEach(async () => {
  sink = await startOtlpSink()
  start({ endpoint: sink.url })
})

afterEach(async () => {
  await shutdown(2000)
  await sink.stop()
})

const all = (name: string): readonly SinkSpan[] => sink.spans.filter((span) => span.name === name)

group.each(versions)('MCP, version $name of the TypeScript SDK', (version) => {
  const connected = async (records: { client: boolean; server: boolean }): Promise<Client> => {
    const made = version.server()
    const server = records.server ? recordMcpServer(made, { name: 'orders', describe }) : made
    const inputSchema = z.object({ id: z.number() })
    server.registerTool('get_order', { inputSchema }, async (called) => ({
      content: [{ type: 'text', text: JSON.stringify(tools.get_order(called)) }],
    }))
    server.registerTool('cancel_order', { inputSchema }, async (called) => ({
      content: [{ type: 'text', text: JSON.stringify(tools.cancel_order(called)) }],
    }))
    server.registerResource('terms', 'shop://terms', {}, async () => ({
      contents: [{ uri: 'shop://terms', text: 'No returns.' }],
    }))
    const client = records.client
      ? recordMcpClient(version.client(), { describe })
      : version.client()
    const [near, far] = version.pair()
    await Promise.all([server.connect(far), client.connect(near)])
    return client
  }

  it('the client records a call as a verb by hand does, and the server the same act below it', async () => {
    const client = await connected({ client: true, server: true })
    await agent({ template: 'clerk', onBehalfOf: script.delegator }, async () => {
      await prompt(script.oneTool.asked)
      const result = await client.callTool({ name: 'get_order', arguments: { id: 42 } })
      const options = {
        ...describe({ name: 'get_order', arguments: { id: 42 } }),
        arguments: { id: 42 },
      }
      await tool('get_order', options, () => result)
    })
    await shutdown()
    const [near, far, agentsByHand] = all('execute_tool get_order').toSorted((a, b) =>
      Number(a.startUnixNs - b.startUnixNs),
    )
    const fixed = ({ attributes }: SinkSpan): object => ({
      ...attributes,
      'whodid.action.id': '',
      'gen_ai.tool.call.id': '',
      'whodid.seq': 0,
    })
    expect(fixed(near!)).toEqual(fixed(agentsByHand!))
    expect(far).toMatchObject({
      parentSpanId: near!.spanId,
      traceId: near!.traceId,
      attributes: {
        'whodid.agent.instance.id': near!.attributes['whodid.agent.instance.id'],
        'gen_ai.agent.id': 'clerk',
        'whodid.delegator.id': script.delegator,
        'whodid.prompt.ref': near!.attributes['whodid.prompt.ref'],
        'whodid.resource.id': 'shop:order:42',
        'whodid.action.outcome': 'success',
      },
    })
    // Only the instance's own process numbers its records.
    expect(far!.attributes).not.toHaveProperty('whodid.seq')
  })

  it('a tool that fails is a failure on both sides, and the caller gets what it got', async () => {
    const client = await connected({ client: true, server: true })
    const result = await agent({ template: 'clerk' }, () =>
      client.callTool({ name: 'cancel_order', arguments: { id: 42 } }),
    )
    expect(result).toMatchObject({ isError: true })
    expect(JSON.stringify(result.content)).toContain(script.failure)
    await shutdown()
    const calls = all('execute_tool cancel_order')
    expect(calls.map(({ attributes }) => attributes['whodid.action.outcome'])).toEqual([
      'failure',
      'failure',
    ])
    expect(calls.map(({ statusMessage }) => statusMessage)).toEqual([
      script.failure,
      script.failure,
    ])
    expect(all('intent cancel_order')).toHaveLength(2)
  })

  it('a resource that is read is an input; without a recording client the server acts itself', async () => {
    const recorded = await connected({ client: true, server: false })
    await agent({ template: 'clerk' }, () => recorded.readResource({ uri: 'shop://terms' }))
    const silent = await connected({ client: false, server: true })
    await silent.callTool({ name: 'get_order', arguments: { id: 42 } })
    await silent.readResource({ uri: 'shop://terms' })
    await shutdown()
    const reads = all('execute_tool resources/read')
    expect(
      reads.find(({ attributes }) => attributes['whodid.actor.type'] === 'agent')?.attributes,
    ).toMatchObject({
      'whodid.resource.id': 'shop://terms',
      'whodid.input.source': 'shop://terms',
      'whodid.action.verb': 'read',
    })
    expect(
      reads.find(({ attributes }) => attributes['whodid.actor.type'] === 'service'),
    ).toBeDefined()
    expect(all('execute_tool get_order')[0]?.attributes).toMatchObject({
      'whodid.actor.type': 'service',
      'service.name': 'orders',
    })
  })
})
