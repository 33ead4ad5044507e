import type * as Module from '@anthropic-ai/sdk'
import type { BaseAnthropic, Middleware } from '@anthropic-ai/sdk'
import { guard, ModelTurns, observeEvents } from '@whodid/sdk/instrument'
import type { ModelClientOptions, TurnRequest } from '@whodid/sdk/instrument'
import { answerOf, member, requestOf, textOf } from './messages.ts'
import { MessageReader } from './message-reader.ts'
import { recordRunner } from './record-runner.ts'

/** The turns of each client that is recorded: to record one twice would make two records of each call. */
const recorded = new WeakMap<object, ModelTurns>()

/**
 * Records what is done through a client of the Anthropic SDK: each request to `/v1/messages`, streamed or not, with the tools that the
 * model asks for, and the tools themselves: as `client.beta.messages.toolRunner` runs them, or, in a loop of the application's own, when
 * the next request brings their results. From a user's words to the answer that asks for no more tools is one run. The client's
 * middleware is the hook. Returns the same client.
 *
 * @example
 * const client = recordAnthropic(new Anthropic(), { agent: 'order-clerk' })
 */
export function recordAnthropic<C extends BaseAnthropic>(
  client: C,
  options: ModelClientOptions = {},
): C {
  if (recorded.has(client)) return client
  const turns = new ModelTurns(options)
  recorded.set(client, turns)
  client.middleware = [middlewareOf(turns, client), ...client.middleware]
  const runners = member(member(client, 'beta'), 'messages')
  if (typeof runners === 'object' && runners !== null) recordRunner(runners, () => turns)
  return client
}

/**
 * Records every client of these classes that sends a request from now on, without options. The SDK has no hook for all of its clients:
 * two methods are replaced, the one by which a client prepares a request, and the one that makes a tool runner.
 */
export function recordEveryClient(classes: AnthropicClasses): void {
  const prototype = classes.BaseAnthropic.prototype
  // Protected: the SDK calls it on each client before each attempt.
  const prepare = Reflect.get(prototype, 'prepareOptions') as Prepare
  const prepareOptions: Prepare = function (this: BaseAnthropic, options) {
    guard(() => recordAnthropic(this), undefined)
    return prepare.call(this, options)
  }
  Object.defineProperty(prototype, 'prepareOptions', { value: prepareOptions, configurable: true })
  recordRunner(classes.Anthropic.Beta.Messages.prototype, (messages) => {
    const client = member(messages, '_client')
    if (!(client instanceof classes.BaseAnthropic) || recorded.has(client)) return undefined
    recordAnthropic(client)
    return recorded.get(client)
  })
}

/** What of the SDK's module is used. */
export type AnthropicClasses = Pick<typeof Module, 'Anthropic' | 'BaseAnthropic'>

type Prepare = (this: BaseAnthropic, options: unknown) => Promise<void>

function middlewareOf(turns: ModelTurns, client: BaseAnthropic): Middleware {
  return async (request, next, context) => {
    const { options } = context
    if (options === undefined || request.method !== 'POST' || !isMessages(request.url))
      return next(request)
    const open = guard(() => turns.begin(requestOf(options.body), options), undefined)
    if (open === undefined) return next(request)
    const left = (options.maxRetries ?? client.maxRetries) - retriesOf(request.headers)
    let response: Response
    try {
      response = await open.within(() => next(request))
    } catch (error) {
      const isLast = left <= 0 || options.signal?.aborted === true
      guard(() => open.failed(error, isLast), undefined)
      throw error
    }
    if (response.ok && options.stream === true)
      return guard(() => observed(open, response), response)
    const body = await context.parse(response).catch((error: unknown) => ({ unread: error }))
    guard(() => ended(open, { response, body, left }), undefined)
    return response
  }
}

function observed(open: TurnRequest, response: Response): Response {
  const reader = new MessageReader((call) => {
    open.asks(call)
  })
  return observeEvents(response, {
    onEvent: (data) => {
      guard(() => {
        if (reader.read(JSON.parse(data))) open.answered(reader.answer())
      }, undefined)
    },
    onEnd: (error) => {
      guard(() => {
        if (!reader.isWhole) open.failed(error?.value ?? new Error('the stream broke off'), true)
      }, undefined)
    },
  })
}

interface Ending {
  readonly response: Response
  readonly body: unknown
  /** Attempts that the client has left. */
  readonly left: number
}

function ended(open: TurnRequest, { response, body, left }: Ending): void {
  if (response.ok) {
    const { answer, asked } = answerOf(body)
    for (const call of asked) open.asks(call)
    open.answered(answer)
    return
  }
  const said = textOf(member(member(body, 'error'), 'message'))
  const error = new Error(said === '' ? `HTTP ${response.status}` : said)
  error.name = textOf(member(member(body, 'error'), 'type')) || 'APIError'
  open.failed(error, left <= 0 || !isRetried(response))
}

function isMessages(url: string): boolean {
  return /\/v1\/messages(?:$|\?)/u.test(url)
}

function retriesOf(headers: Headers): number {
  return Number(headers.get('x-stainless-retry-count') ?? 0) || 0
}

/** As the client decides it. */
function isRetried({ status, headers }: Response): boolean {
  const said = headers.get('x-should-retry')
  if (said === 'true' || said === 'false') return said === 'true'
  return status === 408 || status === 409 || status === 429 || status >= 500
}
