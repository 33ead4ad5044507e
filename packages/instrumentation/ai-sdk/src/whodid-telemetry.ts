import type { ModelAnswer } from '@whodid/sdk'
import { guard, NeverEnded, OpenCalls } from '@whodid/sdk/instrument'
import type { IntegrationOptions } from '@whodid/sdk/instrument'
import type { Telemetry } from 'ai'
import { AiRun } from './ai-run.ts'
import { decisionsOfStep, member, textOf } from './decisions.ts'

/**
 * A telemetry integration of the AI SDK 7: each call of `generateText` or `streamText` is recorded as the run of an agent, with its
 * prompt, model calls, tool calls, their results and failures, and the decisions of its approvals. A call within a tool is a sub-agent.
 * The template is the call's `functionId`. It does not throw into the call, unless `onUnrecorded: 'block'` refuses a tool.
 *
 * @example
 * registerTelemetry(whodidTelemetry())
 */
export function whodidTelemetry(options: IntegrationOptions = {}): Telemetry {
  const runs = new OpenCalls<AiRun>((run) => {
    run.end({ value: new NeverEnded('too many calls are open') })
  })
  const end = (event: unknown, error?: { readonly value: unknown }): void => {
    guard(() => runs.take(textOf(member(event, 'callId')))?.end(error), undefined)
  }
  const runOf = (event: unknown): AiRun | undefined => runs.get(textOf(member(event, 'callId')))
  return {
    onStart: (event) => {
      if (!isText(event)) return
      guard(() => {
        runs.add(textOf(member(event, 'callId')), beginRun(event, options))
      }, undefined)
    },
    onLanguageModelCallStart: (event) => {
      guard(() => runOf(event)?.beginModel(event.provider, event.modelId), undefined)
    },
    executeLanguageModelCall: ({ execute, callId }) => {
      const model = runs.get(callId)?.model
      return model === undefined ? execute() : model.within(execute)
    },
    onLanguageModelCallEnd: (event) => {
      guard(() => runOf(event)?.endModel(answerOf(event)), undefined)
    },
    onToolExecutionStart: async (event) => {
      const { toolCallId: id, toolName: name } = event.toolCall
      const input = member(event.toolCall, 'input')
      await guard(() => runOf(event)?.beginTool({ id, name, input }), undefined)
    },
    executeTool: async ({ execute, callId, toolCallId }) => {
      const call = runs.get(callId)?.tool(toolCallId)
      if (call === undefined) return execute()
      await call.allowed()
      return call.within(execute)
    },
    onToolExecutionEnd: (event) => {
      const { toolOutput } = event
      const ending =
        toolOutput.type === 'tool-error'
          ? { error: toolOutput.error }
          : { result: member(toolOutput, 'output') }
      guard(() => runOf(event)?.endTool(event.toolCall.toolCallId, ending), undefined)
    },
    onStepEnd: (event) => {
      guard(() => runOf(event)?.decide(decisionsOfStep(event.content)), undefined)
    },
    onEnd: (event) => {
      end(event)
    },
    onAbort: (event) => {
      end(event, { value: event.reason ?? new Error('aborted') })
    },
    onError: (event) => {
      end(event, { value: member(event, 'error') ?? event })
    },
  }
}

/** Embeddings, rankings and speech have no loop of an agent. */
function isText(event: unknown): boolean {
  const operation = textOf(member(event, 'operationId'))
  return operation === 'ai.generateText' || operation === 'ai.streamText'
}

function beginRun(event: unknown, options: IntegrationOptions): AiRun {
  const userId = textOf(member(member(event, 'runtimeContext'), 'userId'))
  const run = {
    named: textOf(member(event, 'functionId')),
    ...(userId === '' ? {} : { onBehalfOf: userId }),
  }
  return new AiRun(run, member(event, 'messages') ?? member(event, 'prompt'), options)
}

function answerOf(event: unknown): ModelAnswer {
  const content = member(event, 'content')
  const parts: unknown[] = Array.isArray(content) ? content : []
  const usage = member(event, 'usage')
  return {
    text: parts
      .map((part) => (member(part, 'type') === 'text' ? textOf(member(part, 'text')) : ''))
      .join(''),
    toolCalls: parts
      .filter((part) => member(part, 'type') === 'tool-call')
      .map((part) => ({
        id: textOf(member(part, 'toolCallId')),
        name: textOf(member(part, 'toolName')),
      })),
    id: textOf(member(event, 'responseId')),
    finishReasons: [textOf(member(event, 'finishReason'))],
    ...countOf('inputTokens', member(usage, 'inputTokens')),
    ...countOf('outputTokens', member(usage, 'outputTokens')),
  }
}

function countOf<K extends string>(name: K, value: unknown): Partial<Record<K, number>> {
  // One member under the name that the caller gave.
  return (typeof value === 'number' ? { [name]: value } : {}) as Partial<Record<K, number>>
}
