/**
 * A sign that an agent acted. `system`: the log's own system states it, from what it authenticated. `client`: the client carried it
 * (a user agent, a trailer, a comment), and any client can write it.
 */
export interface AgentMark {
  readonly by: 'system' | 'client'
  /** The field that it stands in, such as `actor_is_agent` or `user_agent`. */
  readonly field: string
  /** The name that it gives: of a session, an application, a program. */
  readonly value: string
}

/** Identifiers of the ledger that a client carried into another system's log; '' where there is none. */
export interface CarriedIds {
  readonly traceIdHex: string
  readonly spanIdHex: string
  readonly action: string
  readonly instance: string
  readonly template: string
  readonly delegator: string
  readonly toolCall: string
}

/** One event of another system's log, in the words of the ledger. Absent text is ''. */
export interface ImportedEvent {
  /** The event's own ID within its system; else a hash of the line. */
  readonly id: string
  /** Nanoseconds since 1970. */
  readonly atUnixNs: bigint
  /** The system whose log it is: `github`, `aws`, `postgres`. */
  readonly system: string
  /** The operation, as the system names it. */
  readonly operation: string
  /** The verb that the operation amounts to. */
  readonly verb: string
  readonly outcome: 'success' | 'failure' | 'denied' | ''
  /** Canonical, as `normalizeResource` gives it. */
  readonly resource: string
  /** The account of the person under whose authority it was done. */
  readonly person: string
  /** The account that acted, where it is none of a person's: a role, a bot, a service account, a database's user. */
  readonly principal: string
  /** The credential's name in the ledger (a hash, a `jti`); never a secret. */
  readonly credential: string
  readonly marks: readonly AgentMark[]
  readonly carried: CarriedIds
}

/** An event without identifiers of the ledger. */
export const nothingCarried: CarriedIds = {
  traceIdHex: '',
  spanIdHex: '',
  action: '',
  instance: '',
  template: '',
  delegator: '',
  toolCall: '',
}

/** The fields that every event has, and those that are there. */
export type EventFields = Pick<ImportedEvent, 'system' | 'operation' | 'atUnixNs'> &
  Partial<ImportedEvent>

/** Makes an event of the fields that a reader found. */
export function importedEvent(fields: EventFields): ImportedEvent {
  return {
    id: '',
    verb: '',
    outcome: '',
    resource: '',
    person: '',
    principal: '',
    credential: '',
    marks: [],
    carried: nothingCarried,
    ...fields,
  }
}
