import { agent, approval, modelCall, prompt, tool } from '@whodid/sdk'
import type { ToolDescription } from '@whodid/sdk/instrument'
import type { SinkSpan } from './otlp-sink.ts'

/*
 * Three agents that every integration's test writes as that framework's users do, and here the same with verbs by hand: what is
 * on record must be equal.
 */

/** What the scripted models say and the tools return, in the words of all tests. */
export const script = {
  delegator: 'dev@acme.example',
  oneTool: { asked: 'What is the state of order 42?', answer: 'Order 42 is open.' },
  parallel: {
    asked: 'Cancel orders 41 and 42 and drop the table',
    answer: 'Only 41 is cancelled.',
  },
  subAgent: { asked: 'Ask the clerk about order 42', answer: 'The clerk says: open.' },
  order: { id: 42, state: 'open' },
  failure: 'order 42 has been shipped',
} as const

/** The tools' effects: one line that the application adds where it wants more than `execute`. */
export const describe = (called: {
  readonly name: string
  readonly arguments: unknown
}): ToolDescription | undefined => {
  // The tools of all tests are called with an ID.
  const id = String((called.arguments as { readonly id?: number } | undefined)?.id ?? '')
  if (called.name === 'get_order') return { verb: 'read', resource: `shop:order:${id}` }
  if (called.name === 'cancel_order') return { verb: 'delete', resource: `shop:order:${id}` }
  return undefined
}

/** The tools themselves. */
export const tools = {
  get_order: (_called: { readonly id: number }): object => script.order,
  cancel_order: ({ id }: { readonly id: number }): object => {
    if (id === 42) throw new Error(script.failure)
    return { cancelled: id }
  },
}

/** What of a framework's own manner shows in its records. */
export interface Manner {
  readonly provider: string
  readonly model: string
  /** The source of a denial, and its reason. */
  readonly denial: { readonly source: string; readonly reason?: string }
}

const clerkTemplate = 'order-clerk'
const deskTemplate = 'front-desk'

const answer = (manner: Manner, text: string): Promise<void> =>
  modelCall({ provider: manner.provider, model: manner.model }, (call) => {
    call.answered({ text })
  })

const ask = (manner: Manner, toolCalls: readonly { id: string; name: string }[]): Promise<void> =>
  modelCall({ provider: manner.provider, model: manner.model }, (call) => {
    call.answered({ toolCalls })
  })

const clerk = { template: clerkTemplate, onBehalfOf: script.delegator }

async function lookUp(manner: Manner, asked: string): Promise<string> {
  await prompt(asked)
  await ask(manner, [{ id: 'call_1', name: 'get_order' }])
  const options = { arguments: { id: 42 }, callId: 'call_1' }
  await tool('get_order', { ...describe({ name: 'get_order', ...options }), ...options }, () =>
    tools.get_order({ id: 42 }),
  )
  await answer(manner, script.oneTool.answer)
  return script.oneTool.answer
}

/** The three agents, with verbs by hand. */
export const agentsByHand = {
  oneTool: (manner: Manner): Promise<unknown> =>
    agent(clerk, () => lookUp(manner, script.oneTool.asked)),

  parallel: (manner: Manner): Promise<unknown> =>
    agent(clerk, async () => {
      await prompt(script.parallel.asked)
      await ask(manner, [
        { id: 'call_1', name: 'cancel_order' },
        { id: 'call_2', name: 'cancel_order' },
        { id: 'call_3', name: 'drop_orders' },
      ])
      await approval({ decision: 'deny', tool: 'drop_orders', callId: 'call_3', ...manner.denial })
      await Promise.all(
        [41, 42].map((id, index) => {
          const options = { arguments: { id }, callId: `call_${index + 1}` }
          const described = { ...describe({ name: 'cancel_order', ...options }), ...options }
          return tool('cancel_order', described, () => tools.cancel_order({ id })).catch(() => 0)
        }),
      )
      await answer(manner, script.parallel.answer)
    }),

  /** `asked`: the arguments with which the framework calls the sub-agent's tool. */
  subAgent: (
    manner: Manner,
    asked: object = { question: script.oneTool.asked },
  ): Promise<unknown> =>
    agent({ template: deskTemplate, onBehalfOf: script.delegator }, async () => {
      await prompt(script.subAgent.asked)
      await ask(manner, [{ id: 'call_0', name: 'ask_clerk' }])
      await tool('ask_clerk', { arguments: asked, callId: 'call_0' }, () =>
        agent({ template: clerkTemplate }, () => lookUp(manner, script.oneTool.asked)),
      )
      await answer(manner, script.subAgent.answer)
    }),
}

/** Attributes whose values are new in each run; references among them are told apart by what they point to. */
const volatile: ReadonlySet<string> = new Set([
  'whodid.seq',
  'whodid.action.id',
  'whodid.approval.id',
  'whodid.correlation.id',
  'whodid.agent.instance.id',
  'whodid.agent.instance.parent_id',
  'whodid.delegation.chain',
  'whodid.prompt.ref',
])

/** Attributes that depend on how much a framework tells of its model. */
const ofModel = /^gen_ai\.(?:usage|response)\./u

/** A record without what is new in each run, with its children in an order that does not depend on time. */
export interface Shape {
  readonly name: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly failed: boolean
  readonly children: readonly Shape[]
}

/** The records as trees, comparable between runs. */
export function shapesOf(spans: readonly SinkSpan[]): readonly Shape[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]))
  const instances = new Map<unknown, string>()
  for (const span of spans)
    if (span.name.startsWith('session ') && !span.name.startsWith('session end '))
      instances.set(span.attributes['whodid.agent.instance.id'], span.name)
  const instanceName = (id: unknown): unknown =>
    id === undefined ? undefined : (instances.get(id) ?? 'unknown')
  const promptOf = (ref: unknown): unknown =>
    byId.get(String(ref).split('-')[1] ?? '')?.attributes['whodid.prompt.hash']
  const shape = (span: SinkSpan): Shape => ({
    name: span.name,
    failed: span.statusCode === 2,
    attributes: {
      ...Object.fromEntries(
        Object.entries(span.attributes)
          .filter(([key]) => !volatile.has(key) && !ofModel.test(key))
          .map(([key, value]) => [key, key === 'gen_ai.output.messages' ? partsOf(value) : value]),
      ),
      instance: instanceName(span.attributes['whodid.agent.instance.id']),
      parentInstance: instanceName(span.attributes['whodid.agent.instance.parent_id']),
      // The SDK writes a list of names.
      chain: (span.attributes['whodid.delegation.chain'] as readonly unknown[] | undefined)?.map(
        (hop) => instances.get(hop) ?? hop,
      ),
      prompt: promptOf(span.attributes['whodid.prompt.ref']),
    },
    children: childrenOf(span.spanId),
  })
  const childrenOf = (id: string): readonly Shape[] =>
    spans
      .filter(({ parentSpanId }) => (byId.has(parentSpanId) ? parentSpanId : '') === id)
      .map(shape)
      .toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)))
  return childrenOf('')
}

const keyOf = ({ name, attributes }: Shape): string =>
  `${name} ${String(attributes['gen_ai.tool.call.id'])} ${JSON.stringify(attributes['gen_ai.output.messages'])}`

/** The parts of an answer; why it ended is the framework's to say. */
function partsOf(messages: unknown): unknown {
  // The SDK writes a list of messages.
  const parsed = JSON.parse(String(messages)) as readonly { readonly parts: unknown }[]
  return parsed.map(({ parts }) => parts)
}
