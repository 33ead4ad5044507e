import type { Attributes } from '@opentelemetry/api'
import { attribute } from '@whodid/model'
import { scopeHere } from '../context/carrier-scope.ts'
import { put } from '../context/identity.ts'
import { runInScope } from '../context/scope.ts'
import type { Scope } from '../context/scope.ts'
import { formatTraceParent } from '../context/trace-context.ts'
import { captureContent, contentHash } from './content.ts'
import { messages } from './prompt.ts'
import { beginRecord, refOf } from './record.ts'
import { trackEnd } from './session.ts'

/** Tool calls of one answer that are recorded; a model that asks for more is cut, and the calls themselves are records anyway. */
const toolCallsMax = 128
/** Finish reasons of one answer that are recorded. */
const finishReasonsMax = 16

/**
 * The model that is called, and what it is asked.
 *
 * @example
 * const options: ModelCallOptions = { provider: 'anthropic', model: 'claude-sonnet-4-5' }
 */
export interface ModelCallOptions {
  /** `gen_ai.request.model`. */
  readonly model?: string
  /** `gen_ai.provider.name`, such as `openai`, `anthropic`, `aws.bedrock`. */
  readonly provider?: string
  /** `gen_ai.operation.name`. Default `chat`; also `text_completion`, `generate_content`, `embeddings`. */
  readonly operation?: string
  /** What the model is sent, as text. Leave it out where prompt and tool results are records of their own. */
  readonly input?: string
}

/**
 * What the model answered. Give what is known.
 *
 * @example
 * const answer: ModelAnswer = { text: 'I will merge it.', inputTokens: 812, outputTokens: 9 }
 */
export interface ModelAnswer {
  readonly text?: string
  /** The tools that the model asks to call, at most 128. */
  readonly toolCalls?: readonly {
    readonly id?: string
    readonly name: string
    readonly arguments?: unknown
  }[]
  /** `gen_ai.response.model`, where it differs from the one requested. */
  readonly model?: string
  /** `gen_ai.response.id`. */
  readonly id?: string
  readonly finishReasons?: readonly string[]
  readonly inputTokens?: number
  readonly outputTokens?: number
}

/**
 * A model call under way, as its function sees it.
 *
 * @example
 * await modelCall({ model: 'gpt-5' }, async (call) => {
 *   const response = await client.responses.create(request)
 *   call.answered({ text: response.output_text })
 *   return response
 * })
 */
export interface ModelCall {
  /** `<trace>-<span>` of the call. */
  readonly span: string
  /** W3C `traceparent` of the call. */
  readonly traceparent: string
  /** Records the answer. Never throws. */
  answered(answer: ModelAnswer): void
}

/**
 * Calls a model and records it: which model, what it answered, what that cost in tokens, and how it ended. Returns what
 * `body` returns and throws what it throws, unchanged. Requests made within belong to the call, and are no acts upon the world.
 *
 * What the model asks for is recorded here as its words. What is then done is recorded by `tool`, and what it decides by `plan`.
 *
 * @example
 * const reply = await modelCall({ provider: 'openai', model: 'gpt-5' }, async (call) => {
 *   const response = await openai.responses.create({ model: 'gpt-5', input })
 *   call.answered({ text: response.output_text, id: response.id, outputTokens: response.usage?.output_tokens })
 *   return response
 * })
 */
export async function modelCall<T>(
  options: ModelCallOptions,
  body: (call: ModelCall) => T | PromiseLike<T>,
): Promise<T> {
  const call = beginModelCall(options, scopeHere())
  try {
    const result = await runInScope(call.scope, () => body(call.handle))
    call.end()
    return result
  } catch (error) {
    call.end({ value: error })
    throw error
  }
}

/** A model call as the verb sees it. */
export interface OpenModelCall {
  readonly scope: Scope
  readonly handle: ModelCall
  end(error?: { readonly value: unknown }): void
}

/** Begins the record of a model call. Never throws. */
export function beginModelCall(
  options: ModelCallOptions,
  from: Scope,
  startedUnixMs?: number,
): OpenModelCall {
  const operation = options.operation ?? 'chat'
  const record = beginRecord(from, {
    kind: 'model_call',
    startedUnixMs,
    name: `${operation} ${options.model ?? ''}`.trimEnd(),
    attributes: ({ config }) => {
      const attributes: Attributes = {}
      put(attributes, attribute.operationName, operation)
      put(attributes, 'gen_ai.provider.name', options.provider)
      put(attributes, 'gen_ai.request.model', options.model)
      if (options.input !== undefined) {
        const text = captureContent(options.input, contentHash(options.input), config)
        if (text !== undefined) attributes[attribute.inputMessages] = messages('user', text)
      }
      return attributes
    },
  })
  const end = trackEnd((ended) => {
    record.end(ended)
  })
  const call = {
    span: record.span,
    actionId: from.call?.actionId ?? '',
    ofModel: true,
  }
  return {
    scope: { ...from, call },
    handle: {
      span: refOf(record.span),
      traceparent: formatTraceParent(record.span),
      answered: (answer) => {
        record.add(({ config }) =>
          answerAttributes(answer, (text) => captureContent(text, contentHash(text), config)),
        )
      },
    },
    end,
  }
}

function answerAttributes(
  answer: ModelAnswer,
  capture: (text: string) => string | undefined,
): Attributes {
  const attributes: Attributes = {}
  put(attributes, 'gen_ai.response.model', answer.model)
  put(attributes, 'gen_ai.response.id', answer.id)
  putCount(attributes, 'gen_ai.usage.input_tokens', answer.inputTokens)
  putCount(attributes, 'gen_ai.usage.output_tokens', answer.outputTokens)
  const finishReasons = answer.finishReasons?.slice(0, finishReasonsMax).map(String)
  if (finishReasons !== undefined) attributes['gen_ai.response.finish_reasons'] = finishReasons
  const parts = answerParts(answer, capture)
  if (parts.length > 0)
    attributes[attribute.outputMessages] = JSON.stringify([
      { role: 'assistant', parts, finish_reason: finishReasons?.[0] ?? 'stop' },
    ])
  return attributes
}

function answerParts(
  { text, toolCalls }: ModelAnswer,
  capture: (text: string) => string | undefined,
): object[] {
  const parts: object[] = []
  const content = text === undefined || text === '' ? undefined : capture(text)
  if (content !== undefined) parts.push({ type: 'text', content })
  // The arguments stand on the record of the tool call itself.
  for (const { id, name } of toolCalls?.slice(0, toolCallsMax) ?? [])
    parts.push({ type: 'tool_call', ...(id === undefined ? {} : { id }), name })
  return parts
}

function putCount(attributes: Attributes, key: string, value: number | undefined): void {
  if (value !== undefined && Number.isFinite(value)) attributes[key] = Math.trunc(value)
}
