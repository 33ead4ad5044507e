import type { HostCheck } from '@whodid/model'
import type { OidcOptions } from './oidc/oidc-options.ts'
import type { ConsoleReader } from './session/console-reader.ts'
import type { SessionBounds } from './session/sessions.ts'

/** Answers a request. `env` holds Node's own request and response when there are any. */
type Answerer = (request: Request, env?: object) => Response | Promise<Response>

/** The ports and settings of the console. */
export interface ConsoleOptions {
  /** The API in this process: it is asked for every page, and answers every path that is no page. */
  readonly api: { readonly fetch: Answerer }
  /** Read at each request: a session ends when its reader is no longer among them. */
  readonly readers: () => readonly ConsoleReader[]
  /** The names that a request's `Host` may have. Default `loopback`. */
  readonly hostCheck?: HostCheck
  readonly sessions?: Partial<SessionBounds>
  /** The identity provider that people may sign in with; default none. */
  readonly oidc?: OidcOptions | undefined
  /** Milliseconds since 1970; default the system clock. */
  readonly now?: () => number
}

/** The console as a function from request to response. */
export interface Console {
  readonly fetch: Answerer
}
