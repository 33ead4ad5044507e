import { plan, prompt } from '@whodid/sdk'
import type { PromptOptions } from '@whodid/sdk'

/** A call that a model asks for. */
export interface ToolRequest {
  readonly tool: string
  readonly arguments: Readonly<Record<string, string | number>>
  /** Number from 1 of the plan's step that it carries out. */
  readonly step: number
}

/** The reply of a model in one turn. A reply without a tool call is the last. */
export interface ModelReply {
  readonly text: string
  /** Given when the model has made or changed its plan. */
  readonly plan?: readonly string[]
  readonly toolCalls: readonly ToolRequest[]
}

/** One entry of a model's context, which is all that a model knows. */
export type Message =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly reply: ModelReply }
  | { readonly role: 'tool'; readonly request: ToolRequest; readonly text: string }

/** A model: the next reply to a context. */
export type Model = (context: readonly Message[]) => ModelReply

/** A tool: carries out a request and says in words what came of it. */
export type AgentTool = (request: ToolRequest) => Promise<string>

/** The parts of an agent's loop. */
export interface AgentLoop {
  readonly model: Model
  readonly tools: Readonly<Record<string, AgentTool>>
  readonly prompt: string
  readonly origin: NonNullable<PromptOptions['origin']>
  /** Called with each plan and each failed call. */
  readonly report: (what: string) => void
}

/** Turns after which an agent is stopped. */
const turnsMax = 20

/**
 * The loop of an agent: asks the model, records its plan when it has one, runs the tools it asks for, and gives their results
 * back, until it asks for none. Resolves with the model's last words. A tool's failure is a result like any other.
 *
 * Rejects after 20 turns.
 */
export async function runAgentLoop(loop: AgentLoop): Promise<string> {
  await prompt(loop.prompt, { origin: loop.origin })
  const context: Message[] = [{ role: 'user', text: loop.prompt }]
  let hasPlan = false
  for (let turn = 0; turn < turnsMax; turn += 1) {
    const reply = loop.model(context)
    context.push({ role: 'assistant', reply })
    if (reply.plan !== undefined) {
      await plan(reply.plan)
      const steps = reply.plan.map((step, index) => `${index + 1}. ${step}`).join('  ')
      loop.report(`${hasPlan ? 'CHANGES ITS PLAN' : 'plans'}: ${steps}`)
      hasPlan = true
    }
    if (reply.toolCalls.length === 0) return reply.text
    for (const request of reply.toolCalls)
      context.push({ role: 'tool', request, text: await runTool(loop, request) })
  }
  throw new Error(`the agent was not done after ${turnsMax} turns`)
}

async function runTool({ tools, report }: AgentLoop, request: ToolRequest): Promise<string> {
  const tool = Object.hasOwn(tools, request.tool) ? tools[request.tool] : undefined
  if (tool === undefined) return `error: there is no tool "${request.tool}"`
  try {
    return await tool(request)
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : 'unknown failure'
    report(`${request.tool} failed: ${why}`)
    return `error: ${why}`
  }
}
