import { request as requestHttp } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { context } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { runOutsideScope } from '../context/scope.ts'
import { viewAgeMsMax } from './stop-view.ts'
import type { StopOrder, StopView } from './stop-view.ts'

/** First pause after a broken connection, in milliseconds, doubled up to the second, with jitter. */
const retryMs = 250
const retryMsMax = 4_000
/** Largest event, in UTF-16 units. */
const eventLengthMax = 65_536

/**
 * The address of the stream, and the token of the process.
 *
 * @example
 * const source: StopSource = { url: 'http://127.0.0.1:4320', token: process.env.WHODID_INGEST_TOKEN ?? '' }
 */
export interface StopSource {
  /** Base URL of the API. */
  readonly url: string
  readonly token: string
}

/**
 * Keeps a view up to date from the stream of the service, over one connection that is opened again whenever it breaks. Does not keep the
 * process alive and never throws. Returns the function that ends it.
 *
 * @example
 * const view = new StopView()
 * const end = followStops(view, { url: 'http://127.0.0.1:4320', token })
 */
export function followStops(view: StopView, source: StopSource): () => void {
  let ended = false
  let pauseMs = retryMs
  let current: ClientRequest | undefined
  let timer: NodeJS.Timeout | undefined
  const again = (): void => {
    if (ended) return
    timer = setTimeout(connect, pauseMs * (0.5 + Math.random() / 2)).unref()
    pauseMs = Math.min(pauseMs * 2, retryMsMax)
  }
  function connect(): void {
    current = open(view, source, {
      alive: () => (pauseMs = retryMs),
      closed: again,
    })
  }
  // The application's own instrumentation must not trace the flight recorder, and no run's scope may live on in its socket.
  runOutsideScope(() => context.with(suppressTracing(context.active()), connect))
  return () => {
    ended = true
    clearTimeout(timer)
    current?.destroy()
  }
}

interface StreamEvents {
  readonly alive: () => void
  /** Called once. */
  readonly closed: () => void
}

function open(view: StopView, { url, token }: StopSource, events: StreamEvents): ClientRequest {
  const address = `${url}/v1/revocations/stream?since=${view.seq}`
  const send = address.startsWith('https:') ? requestHttps : requestHttp
  const headers = {
    accept: 'text/event-stream',
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
  }
  // A connection of its own, which ends when nothing has come for as long as the view may be relied on.
  const request = send(address, { headers, agent: false, timeout: viewAgeMsMax })
  request.on('socket', (socket) => socket.unref())
  request.on('timeout', () => request.destroy())
  // Every failure ends in `close`; what failed changes nothing, because a view that gets no sign is not relied on.
  request.on('error', () => undefined)
  request.once('close', events.closed)
  request.on('response', (response) => read(view, request, { response, alive: events.alive }))
  request.end()
  return request
}

interface StreamResponse {
  readonly response: IncomingMessage
  readonly alive: () => void
}

function read(view: StopView, request: ClientRequest, { response, alive }: StreamResponse): void {
  if (response.statusCode !== 200) {
    // The service knows fewer orders than it told before: it has another past, and all of it is read again.
    if (response.statusCode === 400 && view.seq > 0) view.forget()
    request.destroy()
    return
  }
  let rest = ''
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    const blocks = (rest + chunk).split('\n\n')
    rest = blocks.pop() ?? ''
    const isWhole = blocks.every((block) => takeEvent(view, block)) && rest.length <= eventLengthMax
    if (!isWhole) request.destroy()
    else if (blocks.length > 0) alive()
  })
}

/** Returns false for an event that cannot be read, or before which another is missing: the connection is then opened again. */
function takeEvent(view: StopView, block: string): boolean {
  const [, name] = /^event: (\w+)$/mu.exec(block) ?? []
  const [, data = ''] = /^data: (.*)$/mu.exec(block) ?? []
  try {
    const value: unknown = JSON.parse(data)
    if (name === 'revocation' && isOrder(value)) return view.take(value)
    if (name !== 'alive' || !hasSeq(value)) return false
    // An order that was lost on the way is asked for again, and until then the view is not fresh.
    if (value.seq !== view.seq) return false
    view.sign()
    return true
  } catch {
    return false
  }
}

function hasSeq(value: unknown): value is { readonly seq: number } {
  return (
    typeof value === 'object' && value !== null && 'seq' in value && typeof value.seq === 'number'
  )
}

function isOrder(value: unknown): value is StopOrder {
  if (!hasSeq(value) || !('target' in value) || !('action' in value)) return false
  const { target, action } = value
  return (
    (action === 'revoke' || action === 'pause' || action === 'resume') &&
    'id' in value &&
    typeof value.id === 'string' &&
    isTarget(target) &&
    'cascade' in value &&
    typeof value.cascade === 'boolean'
  )
}

function isTarget(value: unknown): value is StopOrder['target'] {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    'id' in value &&
    typeof value.kind === 'string' &&
    typeof value.id === 'string'
  )
}
