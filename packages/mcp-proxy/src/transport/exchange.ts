import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { MessageId } from '../message/message.ts'
import type { McpObserver } from '../observe/mcp-observer.ts'
import type { ObserveOptions } from '../observe/open-seen-call.ts'
import type { Unobserved } from './message-text.ts'

/** A server that is reached over Streamable HTTP. */
export interface HttpProxyOptions extends ObserveOptions {
  /** The server's endpoint. */
  readonly upstream: URL
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly unobserved: Unobserved
}

/** The observers of the sessions that are open. */
export interface Sessions {
  /** That of a session; a new one where the session is not known, or there is none. */
  readonly of: (session: string | undefined) => McpObserver
  readonly keep: (session: string, observer: McpObserver) => void
  readonly end: (session: string) => void
}

/** A request of the client and the response to it. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** An exchange whose calls are recorded. */
export interface ObservedExchange extends Exchange {
  readonly observer: McpObserver
  /** The calls that it carries. */
  readonly ids: readonly MessageId[]
  /** True where no answer can come but with this response: the protocol of 2026, or no session. */
  readonly isClosed: boolean
}

/** Headers that belong to one connection (RFC 9110 §7.6.1), beside those that `Connection` names. */
const hopHeaders: ReadonlySet<string> = new Set([
  'connection',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** The headers that go on: all but those of the connection. */
export function passedHeaders({ headers }: IncomingMessage): OutgoingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase())
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !hopHeaders.has(name) && !named.includes(name)),
  )
}

/** A header that comes once. */
export function headerOf(message: IncomingMessage, name: string): string | undefined {
  const value = message.headers[name]
  return typeof value === 'string' ? value : undefined
}
