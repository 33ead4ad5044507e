import { Mastra } from '@mastra/core'
import { Agent } from '@mastra/core/agent'
import type { ToolsInput } from '@mastra/core/agent'
import { InMemoryStore } from '@mastra/core/storage'
import { createTool } from '@mastra/core/tools'
import { Observability } from '@mastra/observability'
import { whodidExporter } from '@whodid/mastra'
import {
  agent as whodidAgent,
  modelCall,
  prompt,
  shutdown,
  start,
  tool as whodidTool,
} from '@whodid/sdk'
import { afterAll, afterEach, beforeAll, beforeEach, describe as group, expect, it } from 'vitest'
import { z } from 'zod'
import { startModelApi } from '../harness/model-api.ts'
import type { Conversation, ModelApi, Said } from '../harness/model-api.ts'
import { startOtlpSink } from '../harness/otlp-sink.ts'
import type { OtlpSink, SinkSpan } from '../harness/otlp-sink.ts'
import { agentsByHand, describe, script, shapesOf, tools } from '../harness/three-agents.ts'
import type { Manner, Shape } from '../harness/three-agents.ts'

const model = { provider: 'custom', model: 'scripted-1' }
const manner: Manner = { ...model, denial: { source: 'human' } }
const cancelAndDrop = [
  { id: 'call_1', name: 'cancel_order', input: { id: 41 } },
  { id: 'call_2', name: 'cancel_order', input: { id: 42 } },
  { id: 'call_3', name: 'drop_orders', input: {} },
] as const

/** What the model says; the requests of a sub-agent hold the words of the one that asks. */
function said({ newest, results }: Conversation): Said {
  const isFirst = results === 0
  if (newest === script.oneTool.asked)
    return isFirst
      ? [{ id: 'call_1', name: 'get_order', input: { id: 42 } }]
      : script.oneTool.answer
  if (newest === script.parallel.asked)
    return isFirst ? cancelAndDrop.slice(0, 2) : script.parallel.answer
  if (newest === 'Drop it') return isFirst ? [cancelAndDrop[2]] : 'Not dropped.'
  if (newest === 'Read it and drop it')
    return isFirst
      ? [{ id: 'call_1', name: 'get_order', input: { id: 42 } }, cancelAndDrop[2]]
      : 'Not dropped.'
  if (newest === script.subAgent.asked)
    return isFirst
      ? [{ id: 'call_0', name: 'agent-clerk', input: { prompt: script.oneTool.asked } }]
      : script.subAgent.answer
  const id = Number(/^prompt (\d+)$/u.exec(newest)?.[1] ?? -1)
  return isFirst ? [{ id: `call_${id}`, name: 'get_order', input: { id } }] : `answer ${id}`
}

let api: ModelApi
let sink: OtlpSink

beforeAll(async () => {
  api = await startModelApi(said)
})

afterAll(() => api.stop())

beforeEach(async () => {
  sink = await startOtlpSink()
  start({ endpoint: sink.url })
})

afterEach(async () => {
  await shutdown(2000)
  await sink.stop()
})

const byId = z.object({ id: z.number() })
const getOrder = createTool({
  id: 'get_order',
  description: 'Reads an order',
  inputSchema: byId,
  execute: async (called) => Promise.resolve(tools.get_order(called)),
})
const cancelOrder = createTool({
  id: 'cancel_order',
  description: 'Cancels an order',
  inputSchema: byId,
  execute: async (called) => Promise.resolve(tools.cancel_order(called)),
})
const dropOrders = createTool({
  id: 'drop_orders',
  description: 'Drops all orders',
  inputSchema: z.object({}),
  requireApproval: true,
  execute: async () => Promise.resolve('dropped'),
})

const allTools: ToolsInput = {
  get_order: getOrder,
  cancel_order: cancelOrder,
  drop_orders: dropOrders,
}

const agentOf = (id: string, agents: Readonly<Record<string, Agent>> = {}): Agent =>
  new Agent<string, ToolsInput>({
    id,
    name: id,
    description: `The ${id}`,
    instructions: 'Do what you are asked',
    model: { id: 'custom/scripted-1', url: `${api.url}/v1`, apiKey: 'scripted' },
    tools: allTools,
    agents,
  })

/** The application, with the one line. */
function mastraOf(agent: Agent): Agent {
  const exporters = [whodidExporter({ onBehalfOf: script.delegator, describe })]
  const observability = new Observability({ configs: { w: { serviceName: 'shop', exporters } } })
  // It registers the agents with itself.
  const mastra = new Mastra({
    agents: { agent },
    logger: false,
    storage: new InMemoryStore(),
    observability,
  })
  expect(Object.keys(mastra.listAgents())).toEqual(['agent'])
  return agent
}

const ways: Readonly<Record<string, (agent: Agent, asked: string) => Promise<string>>> = {
  generate: async (agent, asked) => (await agent.generate(asked)).text,
  stream: async (agent, asked) => {
    let text = ''
    for await (const part of (await agent.stream(asked)).textStream) text += part
    return text
  },
}

async function record(work: () => Promise<unknown>): Promise<readonly Shape[]> {
  await work()
  await shutdown()
  const shapes = shapesOf(sink.spans)
  expect(shapes.length).toBeGreaterThan(0)
  sink.spans.length = 0
  start({ endpoint: sink.url })
  return shapes
}

const named = (name: string): SinkSpan[] => sink.spans.filter((span) => span.name === name)

group.each(Object.entries(ways))('Mastra, by %s', (_name, ask) => {
  it('records one tool as verbs by hand do', async () => {
    const written = await record(() => ask(mastraOf(agentOf('order-clerk')), script.oneTool.asked))
    expect(written).toEqual(await record(() => agentsByHand.oneTool(manner)))
  })

  it('records parallel tools and a failure as verbs by hand do', async () => {
    const clerk = mastraOf(agentOf('order-clerk'))
    const written = await record(() => ask(clerk, script.parallel.asked))
    expect(written).toEqual(await record(parallelByHand))
  })

  it('records an agent that another one calls as a sub-agent, as verbs by hand do', async () => {
    const clerk = agentOf('order-clerk')
    const desk = mastraOf(agentOf('front-desk', { clerk }))
    const written = await record(() => ask(desk, script.subAgent.asked))
    // What the sub-agent's tool returns is Mastra's own.
    expect(written.map(withoutResult)).toEqual((await record(subAgentByHand)).map(withoutResult))
  })
})

/** Without the result of the sub-agent's call. */
function withoutResult(shape: Shape): Shape {
  const attributes = Object.fromEntries(
    Object.entries(shape.attributes).filter(
      ([key]) => shape.name !== 'execute_tool agent-clerk' || !key.includes('result'),
    ),
  )
  return { ...shape, attributes, children: shape.children.map(withoutResult) }
}

const clerkByHand = { template: 'order-clerk', onBehalfOf: script.delegator }

async function parallelByHand(): Promise<void> {
  await whodidAgent(clerkByHand, async () => {
    await prompt(script.parallel.asked)
    const asked = cancelAndDrop.slice(0, 2)
    await modelCall(model, (call) => {
      call.answered({ toolCalls: asked.map(({ id, name }) => ({ id, name })) })
    })
    await Promise.all(
      [41, 42].map((id, at) => {
        const options = { arguments: { id }, callId: `call_${at + 1}` }
        const described = { ...describe({ name: 'cancel_order', ...options }), ...options }
        return whodidTool('cancel_order', described, () => tools.cancel_order({ id })).catch(
          () => 0,
        )
      }),
    )
    await modelCall(model, (call) => {
      call.answered({ text: script.parallel.answer })
    })
  })
}

async function subAgentByHand(): Promise<void> {
  const desk = { template: 'front-desk', onBehalfOf: script.delegator }
  await whodidAgent(desk, async () => {
    await prompt(script.subAgent.asked)
    await modelCall(model, (call) => {
      call.answered({ toolCalls: [{ id: 'call_0', name: 'agent-clerk' }] })
    })
    const given = { arguments: { prompt: script.oneTool.asked }, callId: 'call_0' }
    await whodidTool('agent-clerk', given, () => agentsByHandWithin())
    await modelCall(model, (call) => {
      call.answered({ text: script.subAgent.answer })
    })
  })
}

async function agentsByHandWithin(): Promise<void> {
  await whodidAgent({ template: 'order-clerk' }, async () => {
    await prompt(script.oneTool.asked)
    await modelCall(model, (call) => {
      call.answered({ toolCalls: [{ id: 'call_1', name: 'get_order' }] })
    })
    const given = { arguments: { id: 42 }, callId: 'call_1' }
    await whodidTool('get_order', { ...describe({ name: 'get_order', ...given }), ...given }, () =>
      tools.get_order({ id: 42 }),
    )
    await modelCall(model, (call) => {
      call.answered({ text: script.oneTool.answer })
    })
  })
}

it.each([
  { asked: 'Drop it', before: [] },
  // The program repeats the answer with two calls when it is resumed.
  { asked: 'Read it and drop it', before: [{ id: 'call_1', name: 'get_order' }] },
])('$asked: records an approval that is asked for, and its refusal', async ({ asked, before }) => {
  const clerk = mastraOf(agentOf('order-clerk'))
  const { runId } = await clerk.generate(asked)
  await clerk.declineToolCallGenerate({ runId: runId ?? '', toolCallId: 'call_3' })
  await shutdown()
  expect(named('session order-clerk')).toHaveLength(2)
  expect(named('execute_tool drop_orders')).toEqual([])
  expect(named('execute_tool get_order')).toHaveLength(before.length)
  const decisions = named('approval').map(({ attributes }) => [
    attributes['whodid.approval.decision'],
    attributes['gen_ai.tool.name'],
    attributes['gen_ai.tool.call.id'],
  ])
  expect(decisions).toEqual([
    ['require_approval', 'drop_orders', 'call_3'],
    ['deny', 'drop_orders', 'call_3'],
  ])
  const calls = [...before, { id: 'call_3', name: 'drop_orders' }]
  expect(named('chat scripted-1').map(({ attributes }) => partsOf(attributes))).toEqual([
    calls.map((call) => ({ type: 'tool_call', ...call })),
    [{ type: 'text', content: 'Not dropped.' }],
  ])
})

/** The parts of a recorded answer. */
function partsOf(attributes: SinkSpan['attributes']): unknown {
  // The SDK writes a list of messages.
  const [message] = JSON.parse(String(attributes['gen_ai.output.messages'])) as { parts: unknown }[]
  return message?.parts
}

it('runs within a run of verbs are a sub-agent’s; the person of the metadata is the delegator', async () => {
  const clerk = mastraOf(agentOf('order-clerk'))
  await whodidAgent({ template: 'by-hand' }, () => clerk.generate('prompt 1'))
  const metadata = { userId: 'ada@acme.example' }
  await clerk.generate('prompt 2', { tracingOptions: { metadata } })
  await shutdown()
  const [within, alone] = named('session order-clerk').map(({ attributes }) => attributes)
  expect(within?.['whodid.agent.instance.parent_id']).toBe(
    named('session by-hand')[0]?.attributes['whodid.agent.instance.id'],
  )
  expect(alone?.['whodid.delegator.id']).toBe('ada@acme.example')
})

it('200 concurrent runs: none crosses over', async () => {
  const clerk = mastraOf(agentOf('order-clerk'))
  const ids = Array.from({ length: 200 }, (_, id) => id)
  const answers = await Promise.all(
    ids.map((id) => (id % 2 === 0 ? ways['generate'] : ways['stream'])!(clerk, `prompt ${id}`)),
  )
  expect(answers).toEqual(ids.map((id) => `answer ${id}`))
  await shutdown(30_000)
  const refs = new Map(
    named('invoke_agent order-clerk').map((span) => [`${span.traceId}-${span.spanId}`, span]),
  )
  const calls = named('execute_tool get_order')
  expect(calls).toHaveLength(200)
  const instances = calls.map(({ attributes }) => attributes['whodid.agent.instance.id'])
  expect(new Set(instances).size).toBe(200)
  for (const { attributes } of calls) {
    const { id } = JSON.parse(String(attributes['gen_ai.tool.call.arguments'])) as { id: number }
    const asked = refs.get(String(attributes['whodid.prompt.ref']))
    expect(asked?.attributes['gen_ai.input.messages']).toContain(`"prompt ${id}"`)
    expect(asked?.attributes['whodid.agent.instance.id']).toBe(
      attributes['whodid.agent.instance.id'],
    )
  }
})

it('breaks nothing when the ledger is away', async () => {
  await shutdown()
  start({ endpoint: 'http://127.0.0.1:9', intentTimeoutMs: 50 })
  const clerk = mastraOf(agentOf('order-clerk'))
  await expect(clerk.generate(script.oneTool.asked)).resolves.toMatchObject({
    text: script.oneTool.answer,
  })
})
