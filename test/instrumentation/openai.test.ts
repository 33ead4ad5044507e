import { recordOpenAI } from '@whodid/openai'
import { agent as whodidAgent, human, modelCall, prompt, shutdown, start } from '@whodid/sdk'
import OpenAI from 'openai'
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import type { Response, ResponseInput } from 'openai/resources/responses/responses'
import { afterAll, afterEach, beforeAll, beforeEach, describe as group, expect, it } from 'vitest'
import { startModelApi } from '../harness/model-api.ts'
import type { Conversation, ModelApi, Said } from '../harness/model-api.ts'
import { startOtlpSink } from '../harness/otlp-sink.ts'
import type { OtlpSink, SinkSpan } from '../harness/otlp-sink.ts'
import { agentsByHand, describe, script, shapesOf, tools } from '../harness/three-agents.ts'
import type { Manner, Shape } from '../harness/three-agents.ts'

const manner: Manner = { provider: 'openai', model: 'scripted-1', denial: { source: '' } }

/** What the model says: the words of all integrations' tests, and those of this one. */
function said({ asked, results, requests }: Conversation): Said {
  const isFirst = results === 0
  if (asked === script.oneTool.asked)
    return isFirst
      ? [{ id: 'call_1', name: 'get_order', input: { id: 42 } }]
      : script.oneTool.answer
  if (asked === script.parallel.asked)
    return isFirst
      ? [41, 42].map((id, at) => ({
          id: `call_${at + 1}`,
          name: 'cancel_order',
          input: { id },
        }))
      : script.parallel.answer
  if (asked === 'fails once') return requests === 1 ? { status: 500 } : 'ok'
  if (asked === 'is refused') return { status: 400 }
  const id = Number(/^prompt (\d+)$/u.exec(asked)?.[1] ?? -1)
  if (id < 0) return 'ok'
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

const clientOf = (agent?: string): OpenAI =>
  recordOpenAI(new OpenAI({ apiKey: 'scripted', baseURL: api.url, maxRetries: 1 }), {
    ...(agent === undefined ? {} : { agent }),
    onBehalfOf: script.delegator,
    describe,
  })

function resultOf(name: string, given: string): string {
  const input = JSON.parse(given) as { id: number } // as the script writes them
  try {
    return JSON.stringify(name === 'get_order' ? tools.get_order(input) : tools.cancel_order(input))
  } catch (error) {
    return String(error)
  }
}

interface How {
  readonly streams: boolean
  readonly user?: string
}

/** The loops as applications write them, one for each of the two APIs. */
const loops = {
  chat: async (client: OpenAI, asked: string, { streams, ...more }: How): Promise<string> => {
    const messages: ChatCompletionMessageParam[] = [{ role: 'user', content: asked }]
    for (;;) {
      const request = { model: 'scripted-1', messages, ...more }
      const { choices } = streams
        ? await client.chat.completions.stream(request).finalChatCompletion()
        : await client.chat.completions.create(request)
      const { message } = choices[0]!
      if (message.tool_calls === undefined || message.tool_calls.length === 0)
        return message.content ?? ''
      messages.push(message)
      for (const call of message.tool_calls) {
        if (call.type !== 'function') continue
        const content = resultOf(call.function.name, call.function.arguments)
        messages.push({ role: 'tool', tool_call_id: call.id, content })
      }
    }
  },
  responses: async (client: OpenAI, asked: string, { streams, ...more }: How): Promise<string> => {
    const input: ResponseInput = [{ role: 'user', content: asked }]
    for (;;) {
      const request = { model: 'scripted-1', input, ...more }
      const response = streams
        ? await streamed(client, request)
        : await client.responses.create(request)
      const calls = response.output.filter((item) => item.type === 'function_call')
      const [message] = response.output
      if (calls.length === 0)
        return message?.type === 'message' && message.content[0]?.type === 'output_text'
          ? message.content[0].text
          : ''
      for (const call of calls) {
        const output = resultOf(call.name, call.arguments)
        input.push(call, { type: 'function_call_output', call_id: call.call_id, output })
      }
    }
  },
}

async function streamed(
  client: OpenAI,
  request: { readonly model: string; readonly input: ResponseInput },
): Promise<Response> {
  let whole: Response | undefined
  for await (const event of await client.responses.create({ ...request, stream: true }))
    if (event.type === 'response.completed') whole = event.response
  return whole!
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

/** The API has no word for a tool's failure, and its record none for the outcome. */
const withoutOutcome = (shape: Shape): Shape => {
  const { 'whodid.action.outcome': outcome, ...attributes } = shape.attributes
  expect(outcome ?? 'success').toBe('success')
  return { ...shape, attributes, children: shape.children.map(withoutOutcome) }
}

const named = (name: string): SinkSpan[] => sink.spans.filter((span) => span.name === name)

group.each([
  { name: 'chat', streams: false },
  { name: 'chat', streams: true },
  { name: 'responses', streams: false },
  { name: 'responses', streams: true },
] as const)('$name, streams: $streams', ({ name, streams }) => {
  const loop = loops[name]

  it('records one tool as verbs by hand do, but for its outcome', async () => {
    const written = await record(() =>
      loop(clientOf('order-clerk'), script.oneTool.asked, { streams }),
    )
    const byHand = await record(() => agentsByHand.oneTool(manner))
    expect(written).toEqual(byHand.map(withoutOutcome))
  })

  it('records parallel tools when their results are sent, without an intent or an outcome', async () => {
    await loop(clientOf('order-clerk'), script.parallel.asked, { streams })
    await shutdown()
    const calls = named('execute_tool cancel_order')
    expect(calls.map(({ attributes }) => attributes['gen_ai.tool.call.id'])).toEqual([
      'call_1',
      'call_2',
    ])
    expect(calls[0]?.attributes).toMatchObject({
      'whodid.action.verb': 'delete',
      'whodid.resource.id': 'shop:order:41',
      'gen_ai.tool.call.arguments': '{"id":41}',
      'gen_ai.tool.call.result': '{"cancelled":41}',
    })
    expect(calls[1]?.attributes['gen_ai.tool.call.result']).toContain(script.failure)
    for (const { attributes } of calls)
      expect(attributes).not.toHaveProperty('whodid.action.outcome')
    expect(named('intent cancel_order')).toEqual([])
    const [asked, answered] = named('chat scripted-1')
    expect(calls[0]!.startUnixNs).toBeGreaterThanOrEqual(asked!.endUnixNs)
    expect(calls[1]!.endUnixNs).toBeLessThanOrEqual(answered!.startUnixNs)
    expect(answered?.attributes).toMatchObject({ 'gen_ai.response.model': 'scripted-1' })
  })

  it('a request that is sent again stays in its run; a failed one ends it', async () => {
    await loop(clientOf('retrier'), `fails once`, { streams, user: 'ada@acme.example' })
    await expect(loop(clientOf('refused'), 'is refused', { streams })).rejects.toThrow('scripted')
    await shutdown()
    expect(named('session retrier')).toHaveLength(1)
    expect(named('invoke_agent retrier')).toHaveLength(1)
    expect(named('session retrier')[0]?.attributes['whodid.delegator.id']).toBe('ada@acme.example')
    expect(named('session end retrier').map(({ statusCode }) => statusCode)).toEqual([0])
    expect(named('session end refused').map(({ statusCode }) => statusCode)).toEqual([2])
  })

  it('one client for 200 concurrent runs: none crosses over', async () => {
    const client = clientOf('clerk')
    const ids = Array.from({ length: 200 }, (_, id) => id)
    const answers = await Promise.all(ids.map((id) => loop(client, `prompt ${id}`, { streams })))
    expect(answers).toEqual(ids.map((id) => `answer ${id}`))
    await shutdown(30_000)
    const refs = new Map(
      named('invoke_agent clerk').map((span) => [`${span.traceId}-${span.spanId}`, span]),
    )
    const calls = named('execute_tool get_order')
    expect(calls).toHaveLength(200)
    const instances = calls.map(({ attributes }) => attributes['whodid.agent.instance.id'])
    expect(new Set(instances).size).toBe(200)
    for (const { attributes } of calls) {
      const { id } = JSON.parse(String(attributes['gen_ai.tool.call.arguments'])) as { id: number }
      const asked = refs.get(String(attributes['whodid.prompt.ref']))
      expect(asked?.attributes).toMatchObject({
        'gen_ai.input.messages': expect.stringContaining(`"prompt ${id}"`),
        'whodid.agent.instance.id': attributes['whodid.agent.instance.id'],
      })
    }
  })

  it('breaks nothing when the ledger is away', async () => {
    await shutdown()
    start({ endpoint: 'http://127.0.0.1:9', intentTimeoutMs: 50 })
    await expect(loop(clientOf('order-clerk'), script.oneTool.asked, { streams })).resolves.toBe(
      script.oneTool.answer,
    )
  })
})

it('a run of verbs holds the requests; its tools are the verbs’', async () => {
  const client = clientOf()
  await human({ id: 'ada@acme.example' }, () =>
    whodidAgent({ template: 'by-hand' }, async () => {
      await prompt(script.oneTool.asked)
      await loops.chat(client, script.oneTool.asked, { streams: false })
      // A record of the model call that is made by hand is the only one.
      await modelCall({ model: 'by-hand' }, () => loops.responses(client, 'hi', { streams: true }))
    }),
  )
  await shutdown()
  expect(sink.spans.filter(({ name }) => name.startsWith('session end '))).toHaveLength(2)
  expect(named('invoke_agent by-hand')).toHaveLength(1)
  expect(named('chat scripted-1')).toHaveLength(2)
  expect(named('execute_tool get_order')).toEqual([])
})

it('a stream that is left early is recorded as far as it was read', async () => {
  const stream = await clientOf('leaver').chat.completions.create({
    model: 'scripted-1',
    stream: true,
    messages: [{ role: 'user', content: 'hello' }],
  })
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content === 'o') break
  await shutdown()
  expect(named('chat scripted-1').map(({ statusCode }) => statusCode)).toEqual([2])
  expect(named('session end leaver').map(({ statusCode }) => statusCode)).toEqual([2])
})
