import type { IncomingMessage } from 'node:http'
import type { Session } from './sessions.ts'

/** The context of a page's handler. */
export interface PageEnv {
  Bindings: { readonly incoming?: IncomingMessage }
  Variables: { session: Session; requestId: string }
}
