import { query as claude } from '@anthropic-ai/claude-agent-sdk'
import type { Options, SDKMessage } from '@anthropic-ai/claude-agent-sdk'
import { recordQuery } from '@whodid/claude-agent-sdk'
import {
  agent as whodidAgent,
  modelCall,
  prompt,
  shutdown,
  start,
  tool as whodidTool,
} from '@whodid/sdk'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startOtlpSink } from '../harness/otlp-sink.ts'
import type { OtlpSink, SinkSpan } from '../harness/otlp-sink.ts'
import { playClaude } from '../harness/played-claude.ts'
import type { PlayedClaude } from '../harness/played-claude.ts'
import { agentsByHand, describe, script, shapesOf, tools } from '../harness/three-agents.ts'
import type { Manner, Shape } from '../harness/three-agents.ts'

const manner: Manner = { provider: 'anthropic', model: 'scripted-1', denial: { source: '' } }
const options = { template: 'order-clerk', onBehalfOf: script.delegator, describe }

let sink: OtlpSink

beforeEach(async () => {
  sink = await startOtlpSink()
  start({ endpoint: sink.url })
})

afterEach(async () => {
  await shutdown(2000)
  await sink.stop()
})

interface Called {
  readonly id: string
  readonly name: string
  readonly input: object
}

let messages = 0

/** A thread of the played program: the main one, or a sub-agent's. */
class Thread {
  readonly #claude: PlayedClaude
  readonly #of: { readonly agent_id?: string; readonly parent_tool_use_id?: string }

  constructor(claude: PlayedClaude, of: { agent_id?: string; parent_tool_use_id?: string } = {}) {
    this.#claude = claude
    this.#of = of
  }

  /** The program tells an answer in a message for each of its parts. */
  answers(parts: readonly object[]): void {
    messages += 1
    const usage = { input_tokens: 7, output_tokens: 3 }
    const message = { id: `msg_${messages}`, role: 'assistant', model: 'scripted-1', usage }
    for (const part of parts)
      this.#claude.say({ type: 'assistant', message: { ...message, content: [part] }, ...this.#of })
  }

  asks(calls: readonly Called[]): void {
    this.answers(calls.map((call) => ({ type: 'tool_use', ...call })))
  }

  hook(event: string, { id, name, input }: Called, more: object = {}) {
    const { agent_id: agentId } = this.#of
    return this.#claude.hook(event, {
      tool_name: name,
      tool_input: input,
      tool_use_id: id,
      ...(agentId === undefined ? {} : { agent_id: agentId, agent_type: 'order-clerk' }),
      ...more,
    })
  }

  /** The batch of calls has ended, and the model is sent what came of it. */
  async sends(calls: readonly Called[], denied?: string): Promise<void> {
    await this.#claude.hook('PostToolBatch', {
      tool_calls: calls.map(({ id, name, input }) => ({
        tool_use_id: id,
        tool_name: name,
        tool_input: input,
        tool_response: denied ?? 'done',
      })),
    })
    this.#claude.say({ type: 'user', message: { role: 'user', content: [] }, ...this.#of })
  }
}

const getOrder: Called = { id: 'call_1', name: 'get_order', input: { id: 42 } }

async function lookUp(thread: Thread): Promise<void> {
  thread.asks([getOrder])
  await thread.hook('PreToolUse', getOrder)
  await thread.hook('PostToolUse', getOrder, { tool_response: tools.get_order({ id: 42 }) })
  await thread.sends([getOrder])
  thread.answers([{ type: 'text', text: script.oneTool.answer }])
}

const result = { type: 'result', subtype: 'success', is_error: false }

const oneTool = async (claude: PlayedClaude): Promise<void> => {
  await claude.hook('UserPromptSubmit', { prompt: claude.asked })
  await lookUp(new Thread(claude))
  claude.say(result)
}

interface Asking {
  readonly play: (claude: PlayedClaude) => Promise<void>
  readonly more?: Options
  readonly recorded?: Parameters<typeof recordQuery>[1]
}

async function ask(
  asked: string,
  { play, more, recorded = options }: Asking,
): Promise<SDKMessage[]> {
  const query = recordQuery(claude, recorded)
  const read: SDKMessage[] = []
  for await (const message of query({ prompt: asked, options: { ...playClaude(play), ...more } }))
    read.push(message)
  return read
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

/** The SDK says its session's ID. */
const withoutSession = (shape: Shape): Shape => {
  const { 'session.id': id, ...attributes } = shape.attributes
  expect(id).toBe('s-1')
  return { ...shape, attributes, children: shape.children.map(withoutSession) }
}

const named = (name: string): SinkSpan[] => sink.spans.filter((span) => span.name === name)

it('records one tool as verbs by hand do, and passes every message on', async () => {
  let read: SDKMessage[] = []
  const written = await record(async () => {
    read = await ask(script.oneTool.asked, { play: oneTool })
  })
  expect(read.map(({ type }) => type)).toEqual(['assistant', 'user', 'assistant', 'result'])
  expect(written.map(withoutSession)).toEqual(await record(() => agentsByHand.oneTool(manner)))
})

it('records parallel tools, a failure and a refused call', async () => {
  const calls = [
    { id: 'call_1', name: 'cancel_order', input: { id: 41 } },
    { id: 'call_2', name: 'cancel_order', input: { id: 42 } },
    { id: 'call_3', name: 'drop_orders', input: {} },
  ] as const
  await ask(script.parallel.asked, {
    play: async (claude) => {
      await claude.hook('UserPromptSubmit', { prompt: claude.asked })
      const thread = new Thread(claude)
      thread.asks(calls)
      await Promise.all(calls.map((call) => thread.hook('PreToolUse', call)))
      await Promise.all([
        thread.hook('PostToolUse', calls[0], { tool_response: { cancelled: 41 } }),
        thread.hook('PostToolUseFailure', calls[1], { error: script.failure }),
      ])
      await thread.sends(calls, 'not on a Friday')
      thread.answers([{ type: 'text', text: script.parallel.answer }])
      claude.say(result)
    },
  })
  await shutdown()
  const [first, second] = named('execute_tool cancel_order')
  expect(first?.attributes).toMatchObject({
    'whodid.action.outcome': 'success',
    'whodid.action.verb': 'delete',
    'whodid.resource.id': 'shop:order:41',
  })
  expect(second?.attributes['whodid.action.outcome']).toBe('failure')
  expect(second?.statusMessage).toContain(script.failure)
  const [denied] = named('execute_tool drop_orders')
  expect(denied?.attributes['whodid.action.outcome']).toBe('denied')
  expect(named('approval').map(({ attributes }) => attributes)).toEqual([
    expect.objectContaining({
      'whodid.approval.decision': 'deny',
      'gen_ai.tool.name': 'drop_orders',
      'gen_ai.tool.call.id': 'call_3',
      'whodid.approval.reason': 'not on a Friday',
    }),
  ])
  expect(named('intent cancel_order')).toHaveLength(2)
})

const askClerk: Called = {
  id: 'call_0',
  name: 'Agent',
  input: { subagent_type: 'order-clerk', prompt: script.oneTool.asked },
}

it('records a sub-agent as verbs by hand do', async () => {
  const written = await record(() =>
    ask(script.subAgent.asked, {
      recorded: { ...options, template: 'front-desk' },
      play: async (claude) => {
        await claude.hook('UserPromptSubmit', { prompt: claude.asked })
        const desk = new Thread(claude)
        desk.asks([askClerk])
        await desk.hook('PreToolUse', askClerk)
        const started = { agent_id: 'a-1', agent_type: 'order-clerk' }
        await claude.hook('SubagentStart', started)
        await lookUp(new Thread(claude, { agent_id: 'a-1', parent_tool_use_id: 'call_0' }))
        await claude.hook('SubagentStop', started)
        const answered = { tool_response: script.oneTool.answer }
        await desk.hook('PostToolUse', askClerk, answered)
        await desk.sends([askClerk])
        desk.answers([{ type: 'text', text: script.subAgent.answer }])
        claude.say(result)
      },
    }),
  )
  expect(written.map(withoutSession)).toEqual(await record(subAgentByHand))
})

async function subAgentByHand(): Promise<void> {
  const model = { provider: 'anthropic', model: 'scripted-1' }
  const { name, id: callId, input } = askClerk
  await whodidAgent({ template: 'front-desk', onBehalfOf: script.delegator }, async () => {
    await prompt(script.subAgent.asked)
    await modelCall(model, (call) => {
      call.answered({ toolCalls: [{ id: callId, name }] })
    })
    await whodidTool(name, { arguments: input, callId }, () =>
      whodidAgent({ template: 'order-clerk' }, async () => {
        await prompt(script.oneTool.asked)
        await modelCall(model, (call) => {
          call.answered({ toolCalls: [{ id: 'call_1', name: 'get_order' }] })
        })
        const given = { arguments: getOrder.input, callId: 'call_1' }
        await whodidTool(
          'get_order',
          { ...describe({ name: 'get_order', ...given }), ...given },
          () => tools.get_order({ id: 42 }),
        )
        await modelCall(model, (call) => {
          call.answered({ text: script.oneTool.answer })
        })
        return script.oneTool.answer
      }),
    )
    await modelCall(model, (call) => {
      call.answered({ text: script.subAgent.answer })
    })
  })
}

it('guesses no call for a sub-agent that two calls may have started', async () => {
  const calls = [askClerk, { ...askClerk, id: 'call_9' }]
  await ask('two', {
    play: async (claude) => {
      await claude.hook('UserPromptSubmit', { prompt: claude.asked })
      const desk = new Thread(claude)
      for (const call of calls) await desk.hook('PreToolUse', call)
      await claude.hook('SubagentStart', { agent_id: 'a-1', agent_type: 'order-clerk' })
      claude.say(result)
    },
    recorded: { ...options, template: 'front-desk' },
  })
  await shutdown()
  const [desk] = named('session front-desk')
  const [clerk] = named('session order-clerk')
  expect(clerk?.attributes['whodid.agent.instance.parent_id']).toBe(
    desk?.attributes['whodid.agent.instance.id'],
  )
  expect(named('execute_tool Agent').map(({ spanId }) => spanId)).not.toContain(clerk?.parentSpanId)
  expect(named('invoke_agent order-clerk')).toEqual([])
})

it('knows the effects of the built-in tools, the agent of the options, and its own hooks beside others', async () => {
  const seen: string[] = []
  const write = { id: 'call_1', name: 'Write', input: { file_path: 'a.md', content: 'x' } }
  await ask('Write it', {
    play: async (claude) => {
      await claude.hook('UserPromptSubmit', { prompt: claude.asked })
      await new Thread(claude).hook('PreToolUse', write)
      await new Thread(claude).hook('PostToolUse', write, { tool_response: 'ok' })
      // What is done when a sub-agent in the background has ended is done for the user's prompt.
      await claude.hook('UserPromptSubmit', { prompt: '<task-notification>done' })
      claude.say({ ...result, subtype: 'error_max_turns', is_error: true })
    },
    more: {
      agent: 'writer',
      hooks: {
        PreToolUse: [
          {
            hooks: [
              async (input) => {
                seen.push(input.hook_event_name)
                return Promise.resolve({})
              },
            ],
          },
        ],
      },
    },
  }).catch(() => [])
  await shutdown()
  expect(seen).toEqual(['PreToolUse'])
  expect(named('execute_tool Write')[0]?.attributes).toMatchObject({
    'gen_ai.agent.id': 'writer',
    'whodid.action.verb': 'update',
    'whodid.resource.id': 'file:/srv/a.md',
    'session.id': 's-1',
  })
  expect(named('invoke_agent writer')).toHaveLength(1)
  expect(named('session end writer').map(({ statusCode }) => statusCode)).toEqual([2])
})

it('an application that leaves early ends the run, and its calls without an outcome', async () => {
  const query = recordQuery(claude, options)
  const play = async (played: PlayedClaude): Promise<void> => {
    await played.hook('UserPromptSubmit', { prompt: played.asked })
    await new Thread(played).hook('PreToolUse', getOrder)
    new Thread(played).answers([{ type: 'text', text: 'one' }])
    await new Promise(() => undefined)
  }
  const running = query({
    prompt: 'leave',
    options: playClaude(play),
  })
  for await (const message of running) if (message.type === 'assistant') break
  await shutdown()
  expect(named('session end order-clerk')).toHaveLength(1)
  expect(named('execute_tool get_order')[0]?.attributes['whodid.action.outcome']).toBe('unknown')
})

it('200 concurrent runs: none crosses over', async () => {
  const ids = Array.from({ length: 200 }, (_, id) => id)
  await Promise.all(
    ids.map((id) => {
      const call = { id: 'call_1', name: 'get_order', input: { id } }
      const play = async (played: PlayedClaude): Promise<void> => {
        await played.hook('UserPromptSubmit', { prompt: played.asked })
        const thread = new Thread(played)
        await thread.hook('PreToolUse', call)
        await thread.hook('PostToolUse', call, { tool_response: id })
        played.say(result)
      }
      return ask(`prompt ${id}`, { play, more: { agent: `agent-${id}` } })
    }),
  )
  await shutdown(30_000)
  const calls = named('execute_tool get_order')
  expect(calls).toHaveLength(200)
  const instances = calls.map(({ attributes }) => attributes['whodid.agent.instance.id'])
  expect(new Set(instances).size).toBe(200)
  for (const { attributes } of calls) {
    const { id } = JSON.parse(String(attributes['gen_ai.tool.call.arguments'])) as { id: number }
    expect(attributes['gen_ai.agent.id']).toBe(`agent-${id}`)
  }
})

it('breaks nothing when the ledger is away', async () => {
  await shutdown()
  start({ endpoint: 'http://127.0.0.1:9', intentTimeoutMs: 50 })
  const read = await ask(script.oneTool.asked, { play: oneTool })
  expect(read.at(-1)).toMatchObject({ type: 'result', subtype: 'success' })
})

it('refuses a tool that cannot be recorded, where the application wants that', async () => {
  await shutdown()
  start({ endpoint: 'http://127.0.0.1:9', intentTimeoutMs: 50, onUnrecorded: 'block' })
  const answers: unknown[] = []
  await ask('Drop it', {
    play: async (played) => {
      await played.hook('UserPromptSubmit', { prompt: played.asked })
      const call = { id: 'call_1', name: 'drop_orders', input: {} }
      answers.push(...(await new Thread(played).hook('PreToolUse', call)))
      played.say(result)
    },
  })
  expect(answers).toEqual([
    { hookSpecificOutput: expect.objectContaining({ permissionDecision: 'deny' }) },
  ])
})
