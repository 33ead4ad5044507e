import { prompt, shutdown, start, agent } from '@whodid/sdk'
import { whodidTelemetry, whodidTracer } from '@whodid/ai-sdk'
import * as ai5 from 'ai5'
import * as ai6 from 'ai6'
import * as ai7 from 'ai'
import { afterEach, beforeEach, describe as group, expect, it } from 'vitest'
import { z } from 'zod'
import { startOtlpSink } from '../harness/otlp-sink.ts'
import type { OtlpSink } from '../harness/otlp-sink.ts'
import { agentsByHand, describe, script, shapesOf, tools } from '../harness/three-agents.ts'
import type { Manner, Shape } from '../harness/three-agents.ts'

/** What a scripted model says: a text, or calls of tools. */
type Said =
  string | readonly { readonly id: string; readonly name: string; readonly input: object }[]

const model = 'scripted-1'
const provider = 'scripted'

/** A model that says what is in the script, one after the other, in the form of the given specification. */
function scripted(version: 'v2' | 'v3', replies: readonly (Said | Error)[]): never {
  const left = [...replies]
  const generate = async (): Promise<object> => {
    const said = left.shift() ?? ''
    if (said instanceof Error) throw said
    const reason = typeof said === 'string' ? 'stop' : 'tool-calls'
    return {
      content:
        typeof said === 'string'
          ? [{ type: 'text', text: said }]
          : said.map(({ id, name, input }) => ({
              type: 'tool-call',
              toolCallId: id,
              toolName: name,
              input: JSON.stringify(input),
            })),
      finishReason: version === 'v2' ? reason : { unified: reason, raw: reason },
      usage:
        version === 'v2'
          ? { inputTokens: 7, outputTokens: 3, totalTokens: 10 }
          : { inputTokens: { total: 7 }, outputTokens: { total: 3 } },
      warnings: [],
    }
  }
  const stream = async (): Promise<object> => {
    // The parts as `generate` makes them.
    const { content, finishReason, usage } = (await generate()) as {
      content: { type: string; text?: string }[]
      finishReason: unknown
      usage: unknown
    }
    const parts = content.flatMap((part) =>
      part.type === 'text'
        ? [
            { type: 'text-start', id: '1' },
            { type: 'text-delta', id: '1', delta: part.text },
            { type: 'text-end', id: '1' },
          ]
        : [part],
    )
    return {
      stream: new ReadableStream({
        start: (controller) => {
          controller.enqueue({ type: 'stream-start', warnings: [] })
          for (const part of parts) controller.enqueue(part)
          controller.enqueue({ type: 'finish', finishReason, usage })
          controller.close()
        },
      }),
    }
  }
  // Each version of the SDK has types of its own for the same object.
  return {
    specificationVersion: version,
    provider,
    modelId: model,
    supportedUrls: {},
    doGenerate: generate,
    doStream: stream,
  } as never
}

const getOrder: Said = [{ id: 'call_1', name: 'get_order', input: { id: 42 } }]
const cancelAndDrop: Said = [
  { id: 'call_1', name: 'cancel_order', input: { id: 41 } },
  { id: 'call_2', name: 'cancel_order', input: { id: 42 } },
  { id: 'call_3', name: 'drop_orders', input: {} },
]
const askClerk: Said = [
  { id: 'call_0', name: 'ask_clerk', input: { question: script.oneTool.asked } },
]
const byId = z.object({ id: z.number() })

/** A version of the SDK, and how its users write the one line. */
interface Version {
  readonly name: string
  /** What is common to the versions, whose types of a request differ. */
  readonly ai: {
    readonly generateText: (request: object) => PromiseLike<{ readonly text: string }>
    readonly streamText: (request: object) => { readonly textStream: AsyncIterable<string> }
    readonly stepCountIs: (count: number) => unknown
    readonly tool: typeof ai7.tool
  }
  readonly spec: 'v2' | 'v3'
  readonly line: (functionId: string) => object
}

const options = { onBehalfOf: script.delegator, describe }
const tracer = whodidTracer(options)
const traced = (functionId: string): object => ({
  experimental_telemetry: { isEnabled: true, functionId, tracer },
})
ai7.registerTelemetry(whodidTelemetry(options))

const versions: readonly Version[] = [
  { name: '5', ai: ai5 as never, spec: 'v2', line: traced },
  { name: '6', ai: ai6 as never, spec: 'v3', line: traced },
  {
    name: '7',
    ai: ai7 as never,
    spec: 'v3',
    line: (functionId) => ({ telemetry: { functionId } }),
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

async function record(run: () => PromiseLike<unknown>): Promise<readonly Shape[]> {
  await run()
  await shutdown()
  const shapes = shapesOf(sink.spans)
  expect(shapes).toHaveLength(1)
  sink.spans.length = 0
  start({ endpoint: sink.url })
  return shapes
}

/** A call as this SDK's users write it. */
function call(
  version: Version,
  functionId: string,
  given: { asked: string; replies: readonly (Said | Error)[]; tools: object; more?: object },
): PromiseLike<{ readonly text: string }> {
  const request = {
    model: scripted(version.spec, given.replies),
    prompt: given.asked,
    tools: given.tools,
    stopWhen: version.ai.stepCountIs(5),
    maxRetries: 0,
    ...version.line(functionId),
    ...given.more,
  }
  return version.ai.generateText(request)
}

group.each(versions)('the AI SDK $name', (version) => {
  const { ai } = version
  const manner: Manner = { provider, model, denial: { source: 'policy' } }
  const clerkTools = {
    get_order: ai.tool({ inputSchema: byId, execute: tools.get_order }),
    cancel_order: ai.tool({ inputSchema: byId, execute: tools.cancel_order }),
    drop_orders: ai.tool({ inputSchema: z.object({}), execute: () => 'dropped' }),
  }
  const lookUp = (asked: string): PromiseLike<{ readonly text: string }> =>
    call(version, 'order-clerk', {
      asked,
      replies: [getOrder, script.oneTool.answer],
      tools: clerkTools,
    })

  it('records one tool as verbs by hand do', async () => {
    const written = await record(() => lookUp(script.oneTool.asked))
    expect(written).toEqual(await record(() => agentsByHand.oneTool(manner)))
  })

  it('records a sub-agent in a tool as verbs by hand do', async () => {
    const written = await record(() =>
      call(version, 'front-desk', {
        asked: script.subAgent.asked,
        replies: [askClerk, script.subAgent.answer],
        tools: {
          ask_clerk: ai.tool({
            inputSchema: z.object({ question: z.string() }),
            execute: async ({ question }) => (await lookUp(question)).text,
          }),
        },
      }),
    )
    expect(written).toEqual(await record(() => agentsByHand.subAgent(manner)))
  })

  it('records a stream to its end, and a model’s failure', async () => {
    const [shape] = await record(async () => {
      const { textStream } = ai.streamText({
        model: scripted(version.spec, [getOrder, script.oneTool.answer]),
        prompt: script.oneTool.asked,
        tools: clerkTools,
        stopWhen: ai.stepCountIs(5),
        ...version.line('order-clerk'),
      })
      let text = ''
      for await (const part of textStream) text += part
      expect(text).toBe(script.oneTool.answer)
    })
    expect([shape]).toEqual(await record(() => agentsByHand.oneTool(manner)))
    const failed = await record(async () => {
      const failing = { asked: 'hi', replies: [new Error('overloaded')], tools: {} }
      await expect(call(version, 'order-clerk', failing)).rejects.toThrow('overloaded')
    })
    const flat = JSON.stringify(failed)
    expect(flat).toContain('"name":"session end order-clerk"')
    expect(failed[0]?.children.filter((child) => child.failed).map(({ name }) => name)).toContain(
      'session end order-clerk',
    )
    expect(
      failed[0]?.children.find(({ name }) => name.startsWith('invoke_agent'))?.children,
    ).toMatchObject([{ name: `chat ${model}`, failed: true }])
  })

  it('joins an unnamed call to the run around it', async () => {
    const [session] = await record(() =>
      agent({ template: 'mine' }, async () => {
        await prompt('outer')
        const request = {
          model: scripted(version.spec, ['done']),
          prompt: 'inner',
          ...(version.name === '7' ? {} : { experimental_telemetry: { isEnabled: true, tracer } }),
        }
        await version.ai.generateText(request)
      }),
    )
    expect(session?.name).toBe('session mine')
    expect(JSON.stringify(session)).not.toContain('whodid.agent.instance.parent')
    expect(session?.children[0]?.children.map(({ name }) => name)).toEqual(['invoke_agent mine'])
  })
})

it('the AI SDK 7 records parallel tools, a failure and a denial as verbs by hand do', async () => {
  const version = versions[2]!
  const written = await record(() =>
    call(version, 'order-clerk', {
      asked: script.parallel.asked,
      replies: [cancelAndDrop, script.parallel.answer],
      tools: {
        cancel_order: ai7.tool({ inputSchema: byId, execute: tools.cancel_order }),
        drop_orders: ai7.tool({ inputSchema: z.object({}), execute: () => 'dropped' }),
      },
      more: { toolApproval: { drop_orders: 'denied' } },
    }),
  )
  const manner: Manner = { provider, model, denial: { source: 'policy' } }
  expect(written).toEqual(await record(() => agentsByHand.parallel(manner)))
})

group.each(versions.slice(1))('approval in the AI SDK $name', (version) => {
  it.each([true, false])(
    'the human’s decision (%s) is on record, and on the call that it allowed',
    async (approved) => {
      const drop = version.ai.tool({
        inputSchema: z.object({}),
        needsApproval: true,
        execute: () => 'dropped',
      })
      const messages = [
        { role: 'user', content: 'Drop the table' },
        {
          role: 'assistant',
          content: [
            { type: 'tool-call', toolCallId: 'call_3', toolName: 'drop_orders', input: {} },
            { type: 'tool-approval-request', approvalId: 'ask-1', toolCallId: 'call_3' },
          ],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-approval-response',
              approvalId: 'ask-1',
              approved,
              reason: 'as discussed',
            },
          ],
        },
      ]
      await version.ai.generateText({
        model: scripted(version.spec, ['Done.']),
        messages,
        tools: { drop_orders: drop },
        ...version.line('order-clerk'),
      })
      await shutdown()
      const decision = sink.spans.find(({ name }) => name === 'approval')
      expect(decision?.attributes).toMatchObject({
        'whodid.approval.decision': approved ? 'allow' : 'deny',
        'whodid.approval.source': 'human',
        'whodid.approval.id': 'ask-1',
        'whodid.approval.reason': 'as discussed',
        'gen_ai.tool.name': 'drop_orders',
        'gen_ai.tool.call.id': 'call_3',
      })
      const calls = sink.spans.filter(({ name }) => name === 'execute_tool drop_orders')
      expect(calls.map(({ attributes }) => attributes['whodid.approval.id'])).toEqual(
        approved ? ['ask-1'] : [],
      )
    },
  )
})

it('the AI SDK 7 keeps a thousand concurrent runs apart, each with the person whom its context names', async () => {
  const version = versions[2]!
  const ids = Array.from({ length: 1000 }, (_, id) => id)
  await Promise.all(
    ids.map((id) =>
      version.ai.generateText({
        model: scripted('v3', [
          [{ id: 'call_1', name: 'get_order', input: { id } }],
          `answer ${id}`,
        ]),
        prompt: `prompt ${id}`,
        tools: { get_order: ai7.tool({ inputSchema: byId, execute: tools.get_order }) },
        stopWhen: ai7.stepCountIs(5),
        runtimeContext: { userId: `person-${id}@acme.example` },
        telemetry: { functionId: `agent-${id}`, includeRuntimeContext: { userId: true } },
      }),
    ),
  )
  await shutdown(30_000)
  const calls = sink.spans.filter(({ name }) => name === 'execute_tool get_order')
  expect(calls).toHaveLength(1000)
  for (const { attributes } of calls) {
    const { id } = JSON.parse(String(attributes['gen_ai.tool.call.arguments'])) as { id: number }
    expect(attributes).toMatchObject({
      'gen_ai.agent.id': `agent-${id}`,
      'whodid.delegator.id': `person-${id}@acme.example`,
    })
  }
})
