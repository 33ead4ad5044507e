import { AsyncLocalStorage } from 'node:async_hooks'
import type OpenAI from 'openai'
import { guard, ModelTurns, recordAttempt } from '@whodid/sdk/instrument'
import type {
  AnswerReader,
  AskedCall,
  ModelClientOptions,
  ModelRequest,
} from '@whodid/sdk/instrument'
import { CompletionReader, completionRequestOf } from './completions.ts'
import { member, textOf } from './contents.ts'
import { ResponseReader, responseRequestOf } from './responses.ts'

/** Clients that are recorded: to record one twice would make two records of each call. */
const recorded = new WeakSet<object>()

/** A request of a client, with all attempts to send it. */
interface Sending {
  body: unknown
  maxRetries: number
}

const sendings = new AsyncLocalStorage<Sending>()

/**
 * Records what is done through a client of the OpenAI SDK: each request to Chat Completions and to Responses, streamed or not, with the
 * tools that the model asks for, and the tools themselves when the next request brings their results. From a user's words to the answer
 * that asks for no more tools is one run. The SDK has no hook beside the function that sends, so two members of this client are
 * replaced: `fetch`, and `request`, which tells the attempts of one request. Returns the same client.
 *
 * @example
 * const client = recordOpenAI(new OpenAI(), { agent: 'order-clerk' })
 */
export function recordOpenAI<C extends OpenAI>(client: C, options: ModelClientOptions = {}): C {
  if (recorded.has(client)) return client
  recorded.add(client)
  const turns = new ModelTurns(options)
  // Private, and the function that the option of this name gave.
  const send = Reflect.get(client, 'fetch') as Fetch
  const recordedFetch: Fetch = (url, init) => sendRecorded(turns, { send, url, init })
  // Its arguments are passed on as they came.
  const request = client.request.bind(client) as Request
  const recordedRequest: Request = (asked, ...rest) => {
    const sending: Sending = { body: undefined, maxRetries: client.maxRetries }
    // The client reads its options only after this.
    Promise.resolve(asked).then(
      (given) => {
        sending.body = member(given, 'body')
        const maxRetries = member(given, 'maxRetries')
        if (typeof maxRetries === 'number') sending.maxRetries = maxRetries
      },
      () => undefined,
    )
    return sendings.run(sending, () => request(asked, ...rest))
  }
  for (const [name, value] of [
    ['fetch', recordedFetch],
    ['request', recordedRequest],
  ] as const)
    Object.defineProperty(client, name, { value, configurable: true, writable: true })
  return client
}

/** Records every client of this class that sends a request from now on, without options. */
export function recordEveryClient({ prototype }: { readonly prototype: OpenAI }): void {
  // A method, called below on the client that it belongs to.
  const original = Reflect.get(prototype, 'request') as Request
  const request = function (this: OpenAI, ...args: Parameters<Request>): unknown {
    if (recorded.has(this)) return original.apply(this, args)
    recordOpenAI(this)
    // The client's own member, as it was just replaced.
    return (this.request as Request).apply(this, args)
  }
  Object.defineProperty(prototype, 'request', {
    value: request,
    configurable: true,
    writable: true,
  })
}

type Fetch = (url: string | URL | globalThis.Request, init?: RequestInit) => Promise<Response>
type Request = (asked: unknown, ...rest: readonly unknown[]) => unknown

interface Outgoing {
  readonly send: Fetch
  readonly url: Parameters<Fetch>[0]
  readonly init: RequestInit | undefined
}

function sendRecorded(turns: ModelTurns, { send, url, init }: Outgoing): Promise<Response> {
  const format = formatOf(String(url instanceof Request ? url.url : url))
  if (format === undefined || init?.method?.toUpperCase() !== 'POST') return send(url, init)
  const sending = sendings.getStore() ?? { body: undefined, maxRetries: 0 }
  const open = guard(() => {
    const sent: unknown = sending.body ?? JSON.parse(textOf(init.body))
    return turns.begin(format.requestOf(sent), sending)
  }, undefined)
  if (open === undefined) return send(url, init)
  const retried = Number(new Headers(init.headers).get('x-stainless-retry-count') ?? 0) || 0
  return recordAttempt(open, {
    send: () => send(url, init),
    left: sending.maxRetries - retried,
    signal: init.signal,
    reader: format.reader,
  })
}

interface Format {
  readonly requestOf: (body: unknown) => ModelRequest
  readonly reader: (onCall: (call: AskedCall) => void) => AnswerReader
}

const formats: readonly (Format & { readonly path: RegExp })[] = [
  {
    path: /\/chat\/completions(?:$|\?)/u,
    requestOf: completionRequestOf,
    reader: (onCall) => new CompletionReader(onCall),
  },
  {
    path: /\/responses(?:$|\?)/u,
    requestOf: responseRequestOf,
    reader: (onCall) => new ResponseReader(onCall),
  },
]

function formatOf(url: string): Format | undefined {
  return formats.find(({ path }) => path.test(url))
}
