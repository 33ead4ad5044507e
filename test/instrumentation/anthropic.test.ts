import Anthropic from '@anthropic-ai/sdk'
import type { BetaRunnableTool } from '@anthropic-ai/sdk/lib/tools/BetaRunnableTool'
import type { MessageParam, ToolResultBlockParam, ToolUseBlock } from '@anthropic-ai/sdk/resources'
import { recordAnthropic } from '@whodid/anthropic'
import {
  agent as whodidAgent,
  current,
  human,
  modelCall,
  prompt,
  shutdown,
  start,
  tool as whodidTool,
} from '@whodid/sdk'
import { afterAll, afterEach, beforeAll, beforeEach, describe as group, expect, it } from 'vitest'
import { startModelApi } from '../harness/model-api.ts'
import type { Conversation, ModelApi, Said } from '../harness/model-api.ts'
import { startOtlpSink } from '../harness/otlp-sink.ts'
import type { OtlpSink, SinkSpan } from '../harness/otlp-sink.ts'
import { agentsByHand, describe, script, shapesOf, tools } from '../harness/three-agents.ts'
import type { Manner, Shape } from '../harness/three-agents.ts'

const manner: Manner = { provider: 'anthropic', model: 'scripted-1', denial: { source: '' } }
const cancel = [
  { id: 'call_1', name: 'cancel_order', input: { id: 41 } },
  { id: 'call_2', name: 'cancel_order', input: { id: 42 } },
]

/** What the model says: the words of all integrations' tests, and those of this one. */
function said({ asked, results, requests }: Conversation): Said {
  const isFirst = results === 0
  if (asked === script.oneTool.asked)
    return isFirst
      ? [{ id: 'call_1', name: 'get_order', input: { id: 42 } }]
      : script.oneTool.answer
  if (asked === script.parallel.asked) return isFirst ? cancel : script.parallel.answer
  if (asked === script.subAgent.asked)
    return isFirst
      ? [{ id: 'call_0', name: 'ask_clerk', input: { question: script.oneTool.asked } }]
      : script.subAgent.answer
  if (asked === 'fails once') return requests === 1 ? { status: 500 } : 'ok'
  if (asked === 'is refused') return { status: 400 }
  const id = Number(/^prompt (\d+)$/u.exec(asked)?.[1] ?? -1)
  if (id < 0) return 'ok'
  return isFirst ? [{ id: `toolu_${id}`, name: 'get_order', input: { id } }] : `answer ${id}`
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

const clientOf = (agent?: string): Anthropic =>
  recordAnthropic(new Anthropic({ apiKey: 'scripted', baseURL: api.url, maxRetries: 1 }), {
    ...(agent === undefined ? {} : { agent }),
    onBehalfOf: script.delegator,
    describe,
  })

const toolOf = (
  name: string,
  run: (input: { readonly id: number }) => unknown,
): BetaRunnableTool<{ readonly id: number }> => ({
  type: 'custom',
  name,
  input_schema: { type: 'object' },
  parse: (input) => input as { id: number }, // as the script writes them
  run: async (input) => JSON.stringify(await run(input)),
})

const byRunner = (
  client: Anthropic,
  asked: string,
  given: { readonly tools: BetaRunnableTool[]; readonly manner?: object },
): Promise<unknown> =>
  // One of the manners streams, and is typed apart.
  client.beta.messages
    .toolRunner({
      model: 'scripted-1',
      max_tokens: 99,
      messages: [{ role: 'user', content: asked }],
      tools: given.tools,
      ...given.manner,
    })
    .runUntilDone()

/** The loop as an application writes it. */
async function byLoop(
  client: Anthropic,
  asked: string,
  { streams = false }: { readonly streams?: boolean } = {},
): Promise<string> {
  const messages: MessageParam[] = [{ role: 'user', content: asked }]
  for (;;) {
    const request = { model: 'scripted-1', max_tokens: 99, messages }
    const message = streams
      ? await client.messages.stream(request).finalMessage()
      : await client.messages.create(request)
    const calls = message.content.filter((block) => block.type === 'tool_use')
    if (calls.length === 0) {
      const [block] = message.content
      return block?.type === 'text' ? block.text : ''
    }
    messages.push({ role: 'assistant', content: message.content })
    messages.push({ role: 'user', content: calls.map(resultOf) })
  }
}

function resultOf({ id, name, input }: ToolUseBlock): ToolResultBlockParam {
  const result = { type: 'tool_result', tool_use_id: id } as const
  try {
    // The script calls these tools with an ID.
    const run = name === 'get_order' ? tools.get_order : tools.cancel_order
    return { ...result, content: JSON.stringify(run(input as { id: number })) }
  } catch (error) {
    return { ...result, content: String(error), is_error: true }
  }
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

const get = toolOf('get_order', tools.get_order)
const cancelTool = toolOf('cancel_order', tools.cancel_order)

group.each([
  { how: 'whole answers', manner: {} },
  { how: 'streamed answers', manner: { stream: true } },
  { how: 'tools run while the answer streams', manner: { stream: true, runToolsEagerly: true } },
  { how: 'the whole history in each request', manner: { thread: false } },
])('the tool runner, with $how', ({ manner: how }) => {
  it('records one tool as verbs by hand do', async () => {
    const written = await record(() =>
      byRunner(clientOf('order-clerk'), script.oneTool.asked, { tools: [get], manner: how }),
    )
    expect(written).toEqual(await record(() => agentsByHand.oneTool(manner)))
  })

  it('records parallel tools and a failure as verbs by hand do', async () => {
    const written = await record(() =>
      byRunner(clientOf('order-clerk'), script.parallel.asked, {
        tools: [cancelTool],
        manner: how,
      }),
    )
    expect(written).toEqual(await record(parallelByHand))
  })

  it('records a client called within a tool as a sub-agent, as verbs by hand do', async () => {
    const clerk = clientOf('order-clerk')
    const ask = {
      ...toolOf('ask_clerk', () => undefined),
      run: async () => {
        await byRunner(clerk, script.oneTool.asked, { tools: [get], manner: how })
        return script.oneTool.answer
      },
    }
    const written = await record(() =>
      byRunner(clientOf('front-desk'), script.subAgent.asked, { tools: [ask], manner: how }),
    )
    expect(written).toEqual(await record(() => agentsByHand.subAgent(manner)))
  })
})

async function parallelByHand(): Promise<void> {
  const clerk = { template: 'order-clerk', onBehalfOf: script.delegator }
  const model = { provider: 'anthropic', model: 'scripted-1' }
  await whodidAgent(clerk, async () => {
    await prompt(script.parallel.asked)
    await modelCall(model, (call) => {
      call.answered({ toolCalls: cancel.map(({ id, name }) => ({ id, name })) })
    })
    await Promise.all(
      cancel.map(({ id: callId, name, input }) => {
        const options = { arguments: input, callId }
        const described = { ...describe({ name, ...options }), ...options }
        return whodidTool(name, described, () => tools.cancel_order(input)).catch(() => 0)
      }),
    )
    await modelCall(model, (call) => {
      call.answered({ text: script.parallel.answer })
    })
  })
}

group.each([{ streams: false }, { streams: true }])('a loop, streams: $streams', (how) => {
  it('records one tool as verbs by hand do', async () => {
    const written = await record(() => byLoop(clientOf('order-clerk'), script.oneTool.asked, how))
    expect(written).toEqual(await record(() => agentsByHand.oneTool(manner)))
  })

  it('records tools when their results are sent, a failure too, and no intent', async () => {
    await byLoop(clientOf('order-clerk'), script.parallel.asked, how)
    await shutdown()
    const [first, second] = named('execute_tool cancel_order')
    expect(first?.attributes).toMatchObject({
      'whodid.action.outcome': 'success',
      'whodid.action.verb': 'delete',
      'whodid.resource.id': 'shop:order:41',
      'gen_ai.tool.call.id': 'call_1',
      'gen_ai.tool.call.arguments': '{"id":41}',
      'gen_ai.tool.call.result': '{"cancelled":41}',
    })
    expect(second?.attributes).toMatchObject({ 'whodid.action.outcome': 'failure' })
    expect(second?.statusMessage).toContain(script.failure)
    expect(named('intent cancel_order')).toEqual([])
    const [asked, answered] = named('chat scripted-1')
    expect(first!.startUnixNs).toBeGreaterThanOrEqual(asked!.endUnixNs)
    expect(first!.endUnixNs).toBeLessThanOrEqual(answered!.startUnixNs)
  })
})

it('a run of verbs holds the requests; its tools are the verbs’', async () => {
  const client = clientOf()
  await human({ id: 'ada@acme.example' }, () =>
    whodidAgent({ template: 'by-hand' }, async () => {
      await prompt(script.oneTool.asked)
      await byLoop(client, script.oneTool.asked)
      // A record of the model call that is made by hand is the only one.
      await modelCall({ model: 'by-hand' }, () => byLoop(client, 'hello'))
      await byRunner(client, script.oneTool.asked, { tools: [get] })
    }),
  )
  await shutdown()
  expect(named('session by-hand')).toHaveLength(1)
  expect(sink.spans.filter(({ name }) => name.startsWith('session end '))).toHaveLength(2)
  expect(named('invoke_agent by-hand')).toHaveLength(1)
  expect(named('chat scripted-1')).toHaveLength(4)
  expect(named('chat by-hand')).toHaveLength(1)
  const [call, ...more] = named('execute_tool get_order')
  expect(more).toEqual([])
  expect(call?.attributes).toMatchObject({
    'gen_ai.agent.id': 'by-hand',
    'whodid.delegator.id': 'ada@acme.example',
  })
})

it('knows the run in a tool’s code, the user of the request, and the answer’s facts', async () => {
  let inside: ReturnType<typeof current>
  const look = toolOf('get_order', () => {
    inside = current()
    return 1
  })
  await byRunner(clientOf('looker'), 'prompt 7', {
    tools: [look],
    manner: { metadata: { user_id: 'ada@acme.example' } },
  })
  await shutdown()
  expect(inside).toMatchObject({ actorType: 'agent', agent: { template: 'looker' } })
  expect(named('execute_tool get_order')[0]?.attributes['whodid.delegator.id']).toBe(
    'ada@acme.example',
  )
  expect(named('chat scripted-1')[1]?.attributes).toMatchObject({
    'gen_ai.response.id': expect.stringMatching(/^msg_\d+$/u),
    'gen_ai.response.finish_reasons': ['end_turn'],
    'gen_ai.usage.input_tokens': 7,
    'gen_ai.usage.output_tokens': 3,
  })
})

it('a request that is sent again stays in its run; a failed one ends it', async () => {
  await byLoop(clientOf('retrier'), 'fails once')
  await expect(byLoop(clientOf('refused'), 'is refused')).rejects.toThrow('scripted')
  await shutdown()
  expect(named('session retrier')).toHaveLength(1)
  expect(named('invoke_agent retrier')).toHaveLength(1)
  expect(named('chat scripted-1').map(({ statusCode }) => statusCode)).toEqual([2, 0, 2])
  expect(named('session end retrier').map(({ statusCode }) => statusCode)).toEqual([0])
  expect(named('session end refused').map(({ statusCode }) => statusCode)).toEqual([2])
})

it('a stream that is left early is recorded as far as it was read', async () => {
  const stream = await clientOf('leaver').messages.create({
    model: 'scripted-1',
    max_tokens: 99,
    stream: true,
    messages: [{ role: 'user', content: 'hello' }],
  })
  for await (const event of stream) if (event.type === 'content_block_delta') break
  await shutdown()
  expect(named('chat scripted-1').map(({ statusCode }) => statusCode)).toEqual([2])
  expect(named('session end leaver').map(({ statusCode }) => statusCode)).toEqual([2])
})

it('200 concurrent runs: none crosses over', async () => {
  const ids = Array.from({ length: 200 }, (_, id) => id)
  const answers = await Promise.all(
    ids.map(async (id) => {
      const client = clientOf(`agent-${id}`)
      if (id % 2 === 0) return byLoop(client, `prompt ${id}`, { streams: id % 4 === 0 })
      await byRunner(client, `prompt ${id}`, { tools: [get], manner: { stream: id % 4 === 1 } })
      return `answer ${id}`
    }),
  )
  expect(answers).toEqual(ids.map((id) => `answer ${id}`))
  await shutdown(30_000)
  expectApart(sink.spans, 200)
})

it('one client for 200 concurrent runs: none crosses over', async () => {
  const client = clientOf('clerk')
  const ids = Array.from({ length: 200 }, (_, id) => id)
  await Promise.all(ids.map((id) => byLoop(client, `prompt ${id}`, { streams: id % 2 === 0 })))
  await shutdown(30_000)
  const refs = new Map(
    named('invoke_agent clerk').map((span) => [`${span.traceId}-${span.spanId}`, span]),
  )
  const calls = named('execute_tool get_order')
  expect(calls).toHaveLength(200)
  expect(new Set(calls.map(({ attributes }) => attributes['whodid.agent.instance.id'])).size).toBe(
    200,
  )
  for (const { attributes } of calls) {
    const { id } = JSON.parse(String(attributes['gen_ai.tool.call.arguments'])) as { id: number }
    const asked = refs.get(String(attributes['whodid.prompt.ref']))
    expect(asked?.attributes['gen_ai.input.messages']).toContain(`"prompt ${id}"`)
    expect(asked?.attributes['whodid.agent.instance.id']).toBe(
      attributes['whodid.agent.instance.id'],
    )
  }
})

it('an ID that two runs under way were given names neither: no tool is guessed', async () => {
  const client = clientOf('clerk')
  const messages: MessageParam[] = [{ role: 'user', content: script.oneTool.asked }]
  const request = { model: 'scripted-1', max_tokens: 99 }
  const firsts = await Promise.all(
    [1, 2].map(() => client.messages.create({ ...request, messages })),
  )
  for (const { content } of firsts) {
    const results = content.filter((block) => block.type === 'tool_use').map(resultOf)
    const history: MessageParam[] = [...messages, { role: 'assistant', content }]
    await client.messages.create({
      ...request,
      messages: [...history, { role: 'user', content: results }],
    })
  }
  await shutdown()
  expect(named('chat scripted-1')).toHaveLength(4)
  expect(named('session clerk')).toHaveLength(4)
  expect(named('execute_tool get_order')).toEqual([])
})

function expectApart(spans: readonly SinkSpan[], runs: number): void {
  const calls = spans.filter(({ name }) => name === 'execute_tool get_order')
  expect(calls).toHaveLength(runs)
  const templateOf = new Map(
    spans
      .filter(({ name }) => name.startsWith('session agent-'))
      .map(({ attributes }) => [
        attributes['whodid.agent.instance.id'],
        attributes['gen_ai.agent.id'],
      ]),
  )
  expect(templateOf.size).toBe(runs)
  for (const { attributes } of calls) {
    const { id } = JSON.parse(String(attributes['gen_ai.tool.call.arguments'])) as { id: number }
    expect(attributes['gen_ai.agent.id']).toBe(`agent-${id}`)
    expect(templateOf.get(attributes['whodid.agent.instance.id'])).toBe(`agent-${id}`)
  }
}

it('breaks nothing when the ledger is away', async () => {
  await shutdown()
  start({ endpoint: 'http://127.0.0.1:9', intentTimeoutMs: 50 })
  const ran: number[] = []
  const tool = toolOf('cancel_order', ({ id }) => ran.push(id))
  await byRunner(clientOf('order-clerk'), script.parallel.asked, { tools: [tool] })
  expect(new Set(ran)).toEqual(new Set([41, 42]))
  await expect(byLoop(clientOf('order-clerk'), script.oneTool.asked)).resolves.toBe(
    script.oneTool.answer,
  )
})

it('refuses a tool that cannot be recorded, where the application wants that', async () => {
  await shutdown()
  start({ endpoint: 'http://127.0.0.1:9', intentTimeoutMs: 50, onUnrecorded: 'block' })
  const ran: number[] = []
  const tool = toolOf('cancel_order', ({ id }) => ran.push(id))
  await byRunner(clientOf('order-clerk'), script.parallel.asked, { tools: [tool] })
  expect(ran).toEqual([])
})
