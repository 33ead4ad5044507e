import { BaseCallbackHandler } from '@langchain/core/callbacks/base'
import { registerConfigureHook } from '@langchain/core/context'
import type { Serialized } from '@langchain/core/load/serializable'
import type { BaseMessage } from '@langchain/core/messages'
import type { LLMResult } from '@langchain/core/outputs'
import { AsyncLocalStorageProviderSingleton } from '@langchain/core/singletons'
import { addScopeSource } from '@whodid/sdk/instrument'
import type { IntegrationOptions } from '@whodid/sdk/instrument'
import { RunRecorder, scopeOf } from './run-recorder.ts'
import { member, textOf } from './answers.ts'

/** Under this name LangChain knows the handler, and adds it once. */
const handlerName = 'whodid'
/** Switches the process-wide handler on: LangChain asks for a variable of the environment. */
const switchVariable = 'WHODID_LANGCHAIN'

/** One source for all handlers, which an application may make for each call. It stays as long as the process. */
let removeSource: (() => void) | undefined

type Rest = [
  runId: string,
  parentRunId?: string,
  tags?: string[],
  metadata?: Record<string, unknown>,
]

type ModelRest = [
  runId: string,
  parentRunId?: string,
  extra?: Record<string, unknown>,
  tags?: string[],
  metadata?: Record<string, unknown>,
]

/**
 * A callback handler of LangChain and LangGraph. Each run of a named graph, and each outermost run, is recorded as the run of an
 * agent, with its prompt, model calls, tool calls, their results and failures, and the decisions of
 * `humanInTheLoopMiddleware`. A graph within a tool or a node is a sub-agent. `thread_id` is the conversation. It throws only
 * where `onUnrecorded: 'block'` refuses a tool.
 *
 * @example
 * await graph.invoke(input, { callbacks: [new WhodidHandler()] })
 */
export class WhodidHandler extends BaseCallbackHandler {
  override readonly name: string = handlerName
  // LangChain waits for the handler, so that the record of a call is begun before the call.
  override awaitHandlers = true
  // Only a refused tool throws; LangChain then does not run it.
  override raiseError = true
  readonly #recorder: RunRecorder

  constructor(options: IntegrationOptions = {}) {
    super()
    this.#recorder = new RunRecorder(options)
    removeSource ??= addScopeSource(() => scopeOf(currentRunId()))
  }

  override handleChainStart(
    chain: Serialized,
    inputs: Record<string, unknown>,
    ...[runId, parentId, , metadata, , runName]: [...Rest, runType?: string, runName?: string]
  ): void {
    const isGraph = chain.id.includes('pregel')
    this.#recorder.beginChain(
      { runId, parentId, metadata },
      { isGraph, name: runName ?? '', inputs },
    )
  }

  override handleChainEnd(_outputs: Record<string, unknown>, runId: string): void {
    this.#recorder.endChain(runId)
  }

  override handleChainError(error: unknown, runId: string): void {
    this.#recorder.endChain(runId, { value: error })
  }

  override handleChatModelStart(
    _model: Serialized,
    messages: BaseMessage[][],
    ...rest: ModelRest
  ): void {
    this.#beginModel(messages[0], rest)
  }

  override handleLLMStart(_model: Serialized, prompts: string[], ...rest: ModelRest): void {
    this.#beginModel(prompts[0], rest)
  }

  #beginModel(input: unknown, [runId, parentId, extra, , metadata]: ModelRest): void {
    const asked = { input, parameters: extra?.['invocation_params'] }
    this.#recorder.beginModel({ runId, parentId, metadata }, asked)
  }

  override handleLLMEnd(output: LLMResult, runId: string): void {
    this.#recorder.endModel(runId, output)
  }

  override handleLLMError(error: unknown, runId: string): void {
    this.#recorder.failModel(runId, error)
  }

  override handleToolStart(
    tool: Serialized,
    input: string,
    ...[runId, parentId, , metadata, runName, callId]: [...Rest, runName?: string, callId?: string]
  ): Promise<void> {
    const name = runName ?? textOf(member(tool, 'name'))
    return this.#recorder.beginTool({ runId, parentId, metadata }, { name, input, callId })
  }

  override handleToolEnd(output: unknown, runId: string): void {
    this.#recorder.endTool(runId, output)
  }

  override handleToolError(error: unknown, runId: string): void {
    this.#recorder.failTool(runId, error)
  }
}

/**
 * Records every run of LangChain and LangGraph in this process, without a change where they are started: LangChain adds the handler
 * to all of them. Call it once, before the first run.
 *
 * @example
 * recordLangChain({ promptOrigin: 'human' })
 */
export function recordLangChain(options: IntegrationOptions = {}): void {
  const handler = new WhodidHandler(options)
  // LangChain makes an instance wherever it configures callbacks; all of them are this one.
  const handlerClass = function Handler(): WhodidHandler {
    return handler
  } as unknown as new () => BaseCallbackHandler
  process.env[switchVariable] = 'true'
  registerConfigureHook({ handlerClass, envVar: switchVariable, inheritable: true })
}

/** The run that the code runs in, by LangChain's own asynchronous context. */
function currentRunId(): string {
  const config: unknown = AsyncLocalStorageProviderSingleton.getRunnableConfig()
  // Within a run LangChain has made a manager of the callbacks; a list of handlers is of nobody's run.
  const callbacks = member(config, 'callbacks') as
    { getParentRunId?: () => string | undefined } | undefined
  return callbacks?.getParentRunId?.() ?? ''
}
