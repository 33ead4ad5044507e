import { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { AIMessage } from '@langchain/core/messages'
import { RunnableLambda } from '@langchain/core/runnables'
import { tool } from '@langchain/core/tools'
import { Command, MemorySaver } from '@langchain/langgraph'
import {
  approval,
  agent as whodidAgent,
  current,
  modelCall,
  prompt,
  shutdown,
  start,
  tool as whodidTool,
} from '@whodid/sdk'
import { recordLangChain } from '@whodid/langchain'
import { createAgent, humanInTheLoopMiddleware, toolRetryMiddleware } from 'langchain'
import { afterEach, beforeAll, beforeEach, describe as group, expect, it } from 'vitest'
import { z } from 'zod'
import { startOtlpSink } from '../harness/otlp-sink.ts'
import type { OtlpSink } from '../harness/otlp-sink.ts'
import { agentsByHand, describe, script, shapesOf, tools } from '../harness/three-agents.ts'
import type { Manner, Shape } from '../harness/three-agents.ts'

interface Asked {
  readonly id: string
  readonly name: string
  readonly args: Record<string, unknown>
}
type Said = string | readonly Asked[]

const model = 'scripted-1'

/** A chat model that says what is in the script, one after the other. */
class ScriptedModel extends BaseChatModel {
  readonly #left: Said[]

  constructor(replies: readonly Said[]) {
    super({})
    this.#left = [...replies]
  }

  _llmType(): string {
    return 'scripted'
  }

  override invocationParams(): object {
    return { model }
  }

  override bindTools(): this {
    return this
  }

  async _generate(): Promise<{ generations: { text: string; message: AIMessage }[] }> {
    const said = this.#left.shift() ?? ''
    const message =
      typeof said === 'string'
        ? new AIMessage({ content: said })
        : new AIMessage({
            content: '',
            tool_calls: said.map((call) => ({ ...call, type: 'tool_call' as const })),
          })
    return { generations: [{ text: typeof said === 'string' ? said : '', message }] }
  }
}

const getOrder: Said = [{ id: 'call_1', name: 'get_order', args: { id: 42 } }]
const cancels: readonly Asked[] = [
  { id: 'call_1', name: 'cancel_order', args: { id: 41 } },
  { id: 'call_2', name: 'cancel_order', args: { id: 42 } },
]
const drop: Asked = { id: 'call_3', name: 'drop_orders', args: {} }
const byId = z.object({ id: z.number() })
const getOrderTool = tool((called) => tools.get_order(called), { name: 'get_order', schema: byId })
const cancelOrderTool = tool((called) => tools.cancel_order(called), {
  name: 'cancel_order',
  schema: byId,
})
const dropOrdersTool = tool(() => 'dropped', { name: 'drop_orders', schema: z.object({}) })
// LangChain's types of middleware do not allow for exact optional properties.
const askFirst: unknown = humanInTheLoopMiddleware({ interruptOn: { drop_orders: true } } as never)

/** An agent with middleware, whose types do not allow for exact optional properties. */
function guarded(given: object): { invoke(input: object, config: object): Promise<unknown> } {
  return createAgent(given as never) as never
}

const user = (content: string): { messages: { role: string; content: string }[] } => ({
  messages: [{ role: 'user', content }],
})

let sink: OtlpSink

beforeAll(() => {
  recordLangChain({ onBehalfOf: script.delegator, describe })
})

beforeEach(async () => {
  sink = await startOtlpSink()
  start({ endpoint: sink.url })
})

afterEach(async () => {
  await shutdown(2000)
  await sink.stop()
})

async function record(work: () => Promise<unknown>): Promise<readonly Shape[]> {
  await work()
  await shutdown()
  const shapes = shapesOf(sink.spans)
  expect(shapes.length).toBeGreaterThan(0)
  sink.spans.length = 0
  start({ endpoint: sink.url })
  return shapes
}

/** LangChain calls the provider of an unknown model by the model's class. */
const provider = 'ScriptedModel'
const manner: Manner = { provider, model, denial: { source: 'human' } }
const clerkOf = (): ReturnType<typeof createAgent> =>
  createAgent({
    name: 'order-clerk',
    model: new ScriptedModel([getOrder, script.oneTool.answer]),
    tools: [getOrderTool],
  }) as never

group('LangChain and LangGraph', () => {
  it('record one tool as verbs by hand do', async () => {
    const written = await record(() => clerkOf().invoke(user(script.oneTool.asked)))
    expect(written).toEqual(await record(() => agentsByHand.oneTool(manner)))
  })

  it('record a stream as verbs by hand do', async () => {
    const written = await record(async () => {
      const stream = await clerkOf().stream(user(script.oneTool.asked))
      for await (const part of stream) expect(part).toBeDefined()
    })
    expect(written).toEqual(await record(() => agentsByHand.oneTool(manner)))
  })

  it('record an agent in a tool as verbs by hand do', async () => {
    const clerk = clerkOf()
    const askClerk = tool(
      async ({ question }) => {
        await clerk.invoke(user(question))
        return script.oneTool.answer
      },
      { name: 'ask_clerk', schema: z.object({ question: z.string() }) },
    )
    const asked = { id: 'call_0', name: 'ask_clerk', args: { question: script.oneTool.asked } }
    const desk = createAgent({
      name: 'front-desk',
      model: new ScriptedModel([[asked], script.subAgent.answer]),
      tools: [askClerk],
    })
    const written = await record(() => desk.invoke(user(script.subAgent.asked)))
    expect(written).toEqual(await record(() => agentsByHand.subAgent(manner)))
  })

  it('record parallel tools, a failure and a rejection as verbs by hand do', async () => {
    const agent = guarded({
      name: 'order-clerk',
      model: new ScriptedModel([[...cancels, drop], cancels, script.parallel.answer]),
      tools: [cancelOrderTool, dropOrdersTool],
      checkpointer: new MemorySaver(),
      middleware: [askFirst, toolRetryMiddleware({ maxRetries: 0, onFailure: 'continue' })],
    })
    const config = { configurable: { thread_id: 'thread-7' } }
    const written = await record(async () => {
      await agent.invoke(user(script.parallel.asked), config)
      const decisions = [{ type: 'reject', message: 'not on a Friday' }]
      await agent.invoke(new Command({ resume: { decisions } }), config)
    })
    expect(written).toEqual(await record(byHandRejected))
  })
})

group('LangChain and LangGraph, beyond the three agents,', () => {
  it('put the human’s consent on the call that it allowed', async () => {
    const agent = guarded({
      name: 'order-clerk',
      model: new ScriptedModel([[drop], 'Dropped.']),
      tools: [dropOrdersTool],
      checkpointer: new MemorySaver(),
      middleware: [askFirst],
    })
    const config = { configurable: { thread_id: 'thread-8' } }
    await agent.invoke(user('Drop them'), config)
    await agent.invoke(new Command({ resume: { decisions: [{ type: 'approve' }] } }), config)
    await shutdown()
    const allowed = sink.spans.find(
      ({ attributes }) =>
        attributes['whodid.approval.decision'] === 'allow' &&
        attributes['whodid.record.kind'] === 'approval',
    )!
    const call = sink.spans.find(({ name }) => name === 'execute_tool drop_orders')!
    expect(call.attributes).toMatchObject({
      'whodid.approval.id': allowed.attributes['whodid.approval.id'],
      'whodid.approval.source': 'human',
      'gen_ai.conversation.id': 'thread-8',
      'whodid.action.outcome': 'success',
    })
  })

  it('know the run in a tool’s code, also within a verb', async () => {
    let inside: ReturnType<typeof current>
    const look = tool(
      async () => {
        inside = current()
        await whodidTool('inner', { verb: 'read' }, () => 1)
        return 'seen'
      },
      { name: 'look', schema: z.object({}) },
    )
    const looker = createAgent({
      name: 'looker',
      model: new ScriptedModel([[{ id: 'call_1', name: 'look', args: {} }], 'ok']),
      tools: [look],
    })
    await whodidAgent({ template: 'outer' }, () => looker.invoke(user('look')))
    await shutdown()
    expect(inside).toMatchObject({ actorType: 'agent', agent: { template: 'looker' } })
    const call = sink.spans.find(({ name }) => name === 'execute_tool look')!
    expect(sink.spans.find(({ name }) => name === 'execute_tool inner')?.parentSpanId).toBe(
      call.spanId,
    )
  })

  it('record a chain’s failure', async () => {
    const chain = RunnableLambda.from(() => {
      throw new TypeError('no such order')
    })
    await expect(chain.invoke({ input: 'break' })).rejects.toThrow('no such order')
    await shutdown()
    const end = sink.spans.find(({ name }) => name.startsWith('session end'))
    expect(end).toMatchObject({ statusCode: 2, attributes: { 'error.type': 'TypeError' } })
  })

  it('keep a thousand concurrent runs apart', async () => {
    const ids = Array.from({ length: 1000 }, (_, id) => id)
    const work = ids.map((id) =>
      RunnableLambda.from(async () => getOrderTool.invoke({ id }))
        .withConfig({ runName: `run ${id}` })
        .invoke({ input: `prompt ${id}` }),
    )
    await Promise.all(work)
    await shutdown(30_000)
    const promptOf = new Map(
      sink.spans
        .filter(({ name }) => name.startsWith('invoke_agent'))
        .map(({ attributes }) => [
          attributes['whodid.agent.instance.id'],
          String(attributes['gen_ai.input.messages']),
        ]),
    )
    const calls = sink.spans.filter(({ name }) => name === 'execute_tool get_order')
    expect(calls).toHaveLength(1000)
    for (const { attributes } of calls) {
      const { id } = JSON.parse(String(attributes['gen_ai.tool.call.arguments'])) as { id: number }
      expect(promptOf.get(attributes['whodid.agent.instance.id'])).toContain(`"prompt ${id}"`)
    }
  })
})

/** A rejection takes two runs of a graph: the second one begins with the decision. */
async function byHandRejected(): Promise<void> {
  const clerk = {
    template: 'order-clerk',
    onBehalfOf: script.delegator,
    conversationId: 'thread-7',
  }
  const ask = (calls: readonly Asked[]): Promise<void> =>
    modelCall({ model, provider }, (call) => {
      call.answered({ toolCalls: calls.map(({ id, name }) => ({ id, name })) })
    })
  await whodidAgent(clerk, async () => {
    await prompt(script.parallel.asked)
    await ask([...cancels, drop])
    await approval({
      decision: 'require_approval',
      source: 'policy',
      tool: 'drop_orders',
      callId: 'call_3',
    })
  })
  await whodidAgent(clerk, async () => {
    const reason = 'not on a Friday'
    await approval({
      decision: 'deny',
      source: 'human',
      tool: 'drop_orders',
      callId: 'call_3',
      reason,
    })
    await prompt(script.parallel.asked)
    await ask(cancels)
    for (const { id, name, args } of cancels) {
      const options = { ...describe({ name, arguments: args }), arguments: args, callId: id }
      await whodidTool(name, options, () => tools.cancel_order(args as { id: number })).catch(
        () => 0,
      )
    }
    await modelCall({ model, provider }, (call) => {
      call.answered({ text: script.parallel.answer })
    })
  })
}
