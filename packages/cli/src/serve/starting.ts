import type { ServiceConfig } from '../config.ts'
import type { OnServiceEvent } from './service-event.ts'

/** A service that is being put together. */
export interface Starting {
  readonly config: ServiceConfig
  readonly onEvent: OnServiceEvent
  /** What stops the parts started so far; run from the last to the first. */
  readonly stops: (() => Promise<void>)[]
}
