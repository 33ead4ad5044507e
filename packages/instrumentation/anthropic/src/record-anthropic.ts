import type * as Module from '@anthropic-ai/sdk'
import type { BaseAnthropic, Middleware } from '@anthropic-ai/sdk'
import { guard, ModelTurns, recordAttempt } from '@whodid/sdk/instrument'
import type { ModelClientOptions } from '@whodid/sdk/instrument'
import { member, requestOf } from './answers.ts'
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
    const retried = Number(request.headers.get('x-stainless-retry-count') ?? 0) || 0
    return recordAttempt(open, {
      send: () => next(request),
      left: (options.maxRetries ?? client.maxRetries) - retried,
      signal: options.signal,
      reader: (onCall) => new MessageReader(onCall),
    })
  }
}

function isMessages(url: string): boolean {
  return /\/v1\/messages(?:$|\?)/u.test(url)
}
