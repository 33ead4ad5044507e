import { approval, prompt } from '@whodid/sdk'
import type { Approval } from '@whodid/sdk'
import {
  enclosingScope,
  guard,
  NeverEnded,
  OpenCalls,
  openFrameworkRun,
  openModelCall,
  openTool,
  promptOptionsOf,
  toolOptionsOf,
} from '@whodid/sdk/instrument'
import type {
  FrameworkScope,
  IntegrationOptions,
  OpenModel,
  OpenRun,
  OpenTool,
  Scope,
} from '@whodid/sdk/instrument'
import { Thread } from './thread.ts'
import type { Decision } from './thread.ts'
import { answerOf, isInterrupt, lastUserText, member, parse, resultOf, textOf } from './answers.ts'

/** LangChain's names for a run. */
export interface RunIds {
  readonly runId: string
  readonly parentId?: string | undefined
  readonly metadata?: Record<string, unknown> | undefined
}

/** The run of an agent. */
interface AgentRun {
  readonly open: OpenRun
  readonly thread: Thread
  isPrompted: boolean
}

/** A run of LangChain's under way, and what it stands for in the record. */
interface Node {
  readonly parent: Node | undefined
  /** The scope of verbs in which it began. */
  readonly within: Scope | undefined
  /** The agent's run that it belongs to. */
  agent: AgentRun | undefined
  /** True for the run that `agent` is of. */
  isAgent: boolean
  tool?: OpenTool
  model?: OpenModel
}

/** All handlers of a process share what is under way: an application may make one for each call. */
const nodes = new OpenCalls<Node>((node) => {
  giveUp(node)
})
/** By the ID that the application gives a conversation. */
const threads = new OpenCalls<Thread>(() => undefined)

/** Makes records of LangChain's events. No method throws, but the promise of a tool that may not run rejects. */
export class RunRecorder {
  readonly #options: IntegrationOptions

  constructor(options: IntegrationOptions) {
    this.#options = options
  }

  beginChain(
    ids: RunIds,
    {
      isGraph,
      name,
      inputs,
    }: { readonly isGraph: boolean; readonly name: string; readonly inputs: unknown },
  ): void {
    guard(() => {
      const node = this.#begin(ids)
      const named = isGraph && name !== 'LangGraph' ? name : ''
      if (node.parent === undefined || named !== '') {
        node.agent = this.#beginAgent(
          node,
          ids,
          named || textOf(node.parent === undefined ? ids.metadata?.['lc_agent_name'] : ''),
        )
        node.isAgent = true
        this.#resume(node.agent, member(inputs, 'resume'))
      }
      if (node.agent !== undefined) this.#prompt(node.agent, inputs)
    }, undefined)
  }

  endChain(runId: string, error?: { readonly value: unknown }): void {
    guard(() => {
      const node = nodes.take(runId)
      const isInterrupted = isInterrupt(error?.value)
      if (isInterrupted && node?.agent !== undefined) this.#ask(node.agent, error?.value)
      if (node?.isAgent === true) node.agent?.open.end(isInterrupted ? undefined : error)
    }, undefined)
  }

  beginModel(ids: RunIds, asked: { readonly input: unknown; readonly parameters: unknown }): void {
    guard(() => {
      const node = this.#begin(ids)
      if (node.agent !== undefined) this.#prompt(node.agent, { messages: asked.input })
      else if (node.within === undefined) return
      const model =
        textOf(member(asked.parameters, 'model')) ||
        textOf(member(asked.parameters, 'model_name')) ||
        textOf(ids.metadata?.['ls_model_name'])
      const provider = textOf(ids.metadata?.['ls_provider'])
      node.model = this.#within(node, () => openModelCall({ model, provider }))
    }, undefined)
  }

  endModel(runId: string, output: unknown): void {
    guard(() => {
      const node = nodes.take(runId)
      const { answer, asked } = answerOf(output)
      node?.agent?.thread.asked(asked)
      node?.model?.call.answered(answer)
      node?.model?.end()
    }, undefined)
  }

  failModel(runId: string, error: unknown): void {
    guard(() => {
      nodes.take(runId)?.model?.end({ value: error })
    }, undefined)
  }

  async beginTool(
    ids: RunIds,
    {
      name,
      input,
      callId,
    }: { readonly name: string; readonly input: string; readonly callId: string | undefined },
  ): Promise<void> {
    const node = guard(() => this.#begin(ids), undefined)
    if (node === undefined || (node.agent === undefined && node.within === undefined)) return
    const decided = await node.agent?.thread.decided(callId ?? '')
    const tool = guard(() => {
      const options = toolOptionsOf(this.#options, { name, arguments: parse(input), callId })
      const given = decided?.decision === 'allow' ? { ...options, approval: decided } : options
      return this.#within(node, () => openTool(name, given))
    }, undefined)
    if (tool === undefined) return
    node.tool = tool
    await tool.allowed()
  }

  endTool(runId: string, output: unknown): void {
    guard(() => nodes.take(runId)?.tool?.succeed(resultOf(output)), undefined)
  }

  failTool(runId: string, error: unknown): void {
    guard(() => {
      const tool = nodes.take(runId)?.tool
      if (isInterrupt(error)) tool?.interrupt(error)
      else tool?.fail(error)
    }, undefined)
  }

  #begin({ runId, parentId }: RunIds): Node {
    const parent = nodes.get(parentId ?? '')
    const node: Node = { parent, within: enclosingScope(), agent: parent?.agent, isAgent: false }
    nodes.add(runId, node)
    return node
  }

  #beginAgent(node: Node, { runId, metadata }: RunIds, named: string): AgentRun {
    const threadId = textOf(metadata?.['thread_id'])
    const userId = textOf(metadata?.['user_id'])
    const open = this.#within(node, () =>
      openFrameworkRun(
        {
          named,
          ...(threadId === '' ? {} : { conversationId: threadId }),
          ...(userId === '' ? {} : { onBehalfOf: userId }),
        },
        this.#options,
      ),
    )
    const key = threadId === '' ? runId : threadId
    const thread = threads.get(key) ?? new Thread()
    if (threadId !== '') threads.add(key, thread)
    return { open, thread, isPrompted: false }
  }

  #prompt(agent: AgentRun, inputs: unknown): void {
    if (agent.isPrompted) return
    const asked = lastUserText(inputs)
    if (asked === undefined) return
    agent.isPrompted = true
    void agent.open.within(() => prompt(asked, promptOptionsOf(agent.open, this.#options)))
  }

  /** Records that a human is asked, when the middleware stops a run for it. */
  #ask(agent: AgentRun, interrupt: unknown): void {
    for (const decision of agent.thread.requests(interrupt)) void this.#decide(agent, decision)
  }

  /** Records the human's decisions with which a run goes on. */
  #resume(agent: AgentRun, resume: unknown): void {
    for (const decision of agent.thread.decisions(resume)) {
      const recorded = this.#decide(agent, decision)
      agent.thread.decide(decision.callId ?? '', recorded)
    }
  }

  #decide({ open }: AgentRun, { arguments: given, ...decision }: Decision): Promise<Approval> {
    const { verb, resource } = toolOptionsOf(this.#options, {
      name: decision.tool,
      arguments: given,
    })
    return open.within(() =>
      approval({
        ...decision,
        ...(verb === undefined ? {} : { verb }),
        ...(resource === undefined ? {} : { resource }),
      }),
    )
  }

  /** Runs within the nearest run or call above a node; outside of any, where the code is. */
  #within<T>({ parent }: Node, run: () => T): T {
    for (let node = parent; node !== undefined; node = node.parent) {
      const open = node.tool ?? node.model ?? (node.isAgent ? node.agent?.open : undefined)
      if (open !== undefined) return open.within(run)
    }
    return run()
  }
}

/** The scope of code that runs within a run of LangChain's. */
export function scopeOf(runId: string): FrameworkScope | undefined {
  for (let node = nodes.get(runId); node !== undefined; node = node.parent) {
    const scope =
      node.tool?.scope ?? node.model?.scope ?? (node.isAgent ? node.agent?.open.scope : undefined)
    if (scope !== undefined) return { scope, within: node.within }
  }
  return undefined
}

function giveUp({ tool, model, isAgent, agent }: Node): void {
  const error = new NeverEnded('LangChain never told its end')
  tool?.fail(error)
  model?.end({ value: error })
  if (isAgent) agent?.open.end({ value: error })
}
