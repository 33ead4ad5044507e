import {
  Agent,
  addTraceProcessor,
  run,
  setTracingDisabled,
  tool,
  Usage,
  withGenerationSpan,
  withResponseSpan,
  withTrace,
} from '@openai/agents-core'
import type { AgentInputItem, Model, ModelRequest, ModelResponse } from '@openai/agents-core'
import {
  agent as whodidAgent,
  approval,
  current,
  modelCall,
  prompt,
  shutdown,
  start,
  tool as whodidTool,
} from '@whodid/sdk'
import { whodidTraceProcessor } from '@whodid/openai-agents'
import { afterEach, beforeAll, beforeEach, describe as group, expect, it } from 'vitest'
import { z } from 'zod'
import { startOtlpSink } from '../harness/otlp-sink.ts'
import type { OtlpSink } from '../harness/otlp-sink.ts'
import { agentsByHand, describe, script, shapesOf, tools } from '../harness/three-agents.ts'
import type { Manner, Shape } from '../harness/three-agents.ts'

type Said =
  string | readonly { readonly id: string; readonly name: string; readonly input: object }[]

const model = 'scripted-1'

/** A model that says what is in the script, and traces itself as this SDK's models of one API or the other do. */
class ScriptedModel implements Model {
  readonly #left: Said[]
  readonly #api: 'chat' | 'responses'

  constructor(api: 'chat' | 'responses', replies: readonly Said[]) {
    this.#api = api
    this.#left = [...replies]
  }

  getResponse(request: ModelRequest): Promise<ModelResponse> {
    const answer = async (): Promise<ModelResponse> => {
      await Promise.resolve()
      return { output: this.#say(), usage: new Usage({ inputTokens: 7, outputTokens: 3 }) }
    }
    if (this.#api === 'responses')
      return withResponseSpan(async (span) => {
        const response = await answer()
        span.spanData._input = request.input as never
        span.spanData._response = { id: 'resp_1', model, output: response.output }
        return response
      })
    return withGenerationSpan(async (span) => {
      span.spanData.model = model
      span.spanData.input =
        typeof request.input === 'string'
          ? [{ role: 'user', content: request.input }]
          : request.input
      const response = await answer()
      span.spanData.output = response.output
      return response
    })
  }

  // The tests stream nothing.
  async *getStreamedResponse(): AsyncGenerator<never> {
    yield* []
  }

  #say(): ModelResponse['output'] {
    const said = this.#left.shift() ?? ''
    if (typeof said === 'string')
      return [
        {
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: said }],
        },
      ]
    return said.map(({ id, name, input }) => ({
      type: 'function_call',
      callId: id,
      name,
      status: 'completed',
      arguments: JSON.stringify(input),
    }))
  }
}

const getOrder: Said = [{ id: 'call_1', name: 'get_order', input: { id: 42 } }]
const cancelAndDrop: Said = [
  { id: 'call_1', name: 'cancel_order', input: { id: 41 } },
  { id: 'call_2', name: 'cancel_order', input: { id: 42 } },
  { id: 'call_3', name: 'drop_orders', input: {} },
]
const byId = z.object({ id: z.number() })

const getOrderTool = tool({
  name: 'get_order',
  description: 'Reads an order',
  parameters: byId,
  execute: (called) => tools.get_order(called),
})
const cancelOrderTool = tool({
  name: 'cancel_order',
  description: 'Cancels an order',
  parameters: byId,
  execute: (called) => tools.cancel_order(called),
})
const dropOrdersTool = tool({
  name: 'drop_orders',
  description: 'Drops all orders',
  parameters: z.object({}),
  needsApproval: true,
  execute: () => 'dropped',
})

let sink: OtlpSink

beforeAll(() => {
  // Vitest sets NODE_ENV=test, with which this SDK traces nothing.
  setTracingDisabled(false)
  addTraceProcessor(whodidTraceProcessor({ onBehalfOf: script.delegator, describe }))
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

group.each(['chat', 'responses'] as const)('the OpenAI Agents SDK, by its %s spans', (api) => {
  // Its traces name no provider.
  const manner: Manner = { provider: '', model, denial: { source: 'human' } }
  const clerk = (): Agent =>
    new Agent({
      name: 'order-clerk',
      model: new ScriptedModel(api, [getOrder, script.oneTool.answer]),
      tools: [getOrderTool],
    })

  it('records one tool as verbs by hand do', async () => {
    const written = await record(() => run(clerk(), script.oneTool.asked))
    expect(written).toEqual(await record(() => agentsByHand.oneTool(manner)))
  })

  it('records parallel tools, a failure and a rejection as verbs by hand do', async () => {
    const agent = new Agent({
      name: 'order-clerk',
      model: new ScriptedModel(api, [cancelAndDrop, script.parallel.answer]),
      tools: [cancelOrderTool, dropOrdersTool],
    })
    const written = await record(async () => {
      const first = await run(agent, script.parallel.asked)
      const [asked] = first.interruptions
      first.state.reject(asked!, { message: 'not on a Friday' })
      await run(agent, first.state)
    })
    expect(written).toEqual(await record(async () => byHandRejected(manner)))
  })

  it('records an agent used as a tool as verbs by hand do', async () => {
    const desk = new Agent({
      name: 'front-desk',
      model: new ScriptedModel(api, [
        [{ id: 'call_0', name: 'ask_clerk', input: { input: script.oneTool.asked } }],
        script.subAgent.answer,
      ]),
      tools: [clerk().asTool({ toolName: 'ask_clerk', toolDescription: 'Asks the clerk' })],
    })
    const written = await record(() => run(desk, script.subAgent.asked))
    const hand = await record(() => agentsByHand.subAgent(manner, { input: script.oneTool.asked }))
    expect(written).toEqual(hand)
  })

  it('records a hand-off as a delegation, under the first agent’s prompt', async () => {
    const triage = Agent.create({
      name: 'triage',
      model: new ScriptedModel(api, [
        [{ id: 'call_0', name: 'transfer_to_order_clerk', input: {} }],
      ]),
      handoffs: [clerk()],
    })
    await run(triage, script.oneTool.asked)
    await shutdown()
    const one = (name: string): OtlpSink['spans'][number] =>
      sink.spans.find((span) => span.name === name)!
    const grant = one('delegate order-clerk')
    const session = one('session order-clerk')
    expect(grant.attributes).toMatchObject({
      'gen_ai.agent.id': 'triage',
      'whodid.delegation.audience': session.attributes['whodid.agent.instance.id'],
    })
    expect(session.parentSpanId).toBe(grant.spanId)
    const call = one('execute_tool get_order')
    const asked = one('invoke_agent triage')
    expect(call.attributes).toMatchObject({
      'gen_ai.agent.id': 'order-clerk',
      'whodid.agent.instance.parent_id':
        one('session triage').attributes['whodid.agent.instance.id'],
      'whodid.prompt.ref': `${asked.traceId}-${asked.spanId}`,
      'whodid.delegator.id': script.delegator,
    })
    expect(sink.spans.filter((span) => span.name.startsWith('session end'))).toHaveLength(2)
  })
})

/** What a rejection looks like in two runs of the SDK: the second one begins with the decision. */
async function byHandRejected(manner: Manner): Promise<void> {
  const clerk = { template: 'order-clerk', onBehalfOf: script.delegator }
  await whodidAgent(clerk, async () => {
    await prompt(script.parallel.asked)
    await modelCall({ model: manner.model }, (call) => {
      call.answered({
        toolCalls: (cancelAndDrop as readonly { id: string; name: string }[]).map(
          ({ id, name }) => ({ id, name }),
        ),
      })
    })
    for (const [index, id] of [41, 42].entries()) {
      const options = { arguments: { id }, callId: `call_${index + 1}` }
      await whodidTool(
        'cancel_order',
        { ...describe({ name: 'cancel_order', ...options }), ...options },
        () => tools.cancel_order({ id }),
      ).catch(() => 0)
    }
  })
  await whodidAgent(clerk, async () => {
    await approval({
      decision: 'deny',
      source: 'human',
      tool: 'drop_orders',
      callId: 'call_3',
      reason: 'not on a Friday',
    })
    await prompt(script.parallel.asked)
    await modelCall({ model: manner.model }, (call) => {
      call.answered({ text: script.parallel.answer })
    })
  })
}

it('knows the run in a tool’s code, the conversation, and the person of the trace', async () => {
  let inside: ReturnType<typeof current>
  const look = tool({
    name: 'look',
    description: 'Looks',
    parameters: z.object({}),
    execute: async () => {
      inside = current()
      await whodidTool('inner', { verb: 'read' }, () => 1)
      return 'seen'
    },
  })
  const agent = new Agent({
    name: 'looker',
    model: new ScriptedModel('chat', [[{ id: 'call_1', name: 'look', input: {} }], 'ok']),
    tools: [look],
  })
  const input: AgentInputItem[] = [
    { role: 'user', content: 'older' },
    { role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'yes' }] },
    { role: 'user', content: 'newest' },
  ]
  await withTrace('chat', () => run(agent, input), {
    groupId: 'thread-7',
    metadata: { userId: 'ada@acme.example' },
  })
  await shutdown()
  const call = sink.spans.find(({ name }) => name === 'execute_tool look')!
  expect(inside).toMatchObject({ actorType: 'agent', agent: { template: 'looker' } })
  expect(call.attributes).toMatchObject({
    'gen_ai.conversation.id': 'thread-7',
    'whodid.delegator.id': 'ada@acme.example',
  })
  expect(sink.spans.find(({ name }) => name === 'execute_tool inner')?.parentSpanId).toBe(
    call.spanId,
  )
  expect(sink.spans.find(({ name }) => name === 'invoke_agent looker')?.attributes).toMatchObject({
    'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"newest"}]}]',
  })
})

it('1,000 concurrent runs: none crosses over', async () => {
  const ids = Array.from({ length: 1000 }, (_, id) => id)
  await Promise.all(
    ids.map((id) => {
      const agent = new Agent({
        name: `agent-${id}`,
        model: new ScriptedModel(id % 2 === 0 ? 'chat' : 'responses', [
          [{ id: 'call_1', name: 'get_order', input: { id } }],
          `answer ${id}`,
        ]),
        tools: [getOrderTool],
      })
      return run(agent, `prompt ${id}`)
    }),
  )
  await shutdown(30_000)
  const calls = sink.spans.filter(({ name }) => name === 'execute_tool get_order')
  expect(calls).toHaveLength(1000)
  const templateOf = new Map(
    sink.spans
      .filter(({ name }) => name.startsWith('session agent-'))
      .map(({ attributes }) => [
        attributes['whodid.agent.instance.id'],
        attributes['gen_ai.agent.id'],
      ]),
  )
  expect(templateOf.size).toBe(1000)
  for (const { attributes } of calls) {
    const { id } = JSON.parse(String(attributes['gen_ai.tool.call.arguments'])) as { id: number }
    expect(attributes['gen_ai.agent.id']).toBe(`agent-${id}`)
    expect(templateOf.get(attributes['whodid.agent.instance.id'])).toBe(`agent-${id}`)
  }
})
