import type { RevocableAgent, Revocation, RevocationTarget, Stop } from '@whodid/identity'

/** A revocation as it is asked for. */
export interface RevocationRequest {
  readonly tenant: string
  readonly action: Revocation['action']
  readonly target: RevocationTarget
  readonly cascade: boolean
  readonly cause: string
  /** Name of the token; never the token. */
  readonly initiator: string
}

/** A revocation with its record in the ledger. */
export interface RecordedRevocation extends Revocation {
  /** `<trace>-<span>`. */
  readonly record: string
}

/** Stops agents and tells everybody who listens. Each tenant has its own sequence of revocations. */
export interface RevocationService {
  /**
   * Stops, pauses or resumes. Resolves when the revocation is durable; then it is in force, and listeners have been told. Throws
   * `log_failed` when it cannot be made durable, `log_full` when no more are held; then nothing has changed.
   */
  readonly revoke: (request: RevocationRequest) => Promise<RecordedRevocation>
  /** Revocations with a higher number than `since`, in their order, at most `limit`. */
  readonly list: (tenant: string, since: number, limit: number) => readonly RecordedRevocation[]
  readonly newestSeq: (tenant: string) => number
  /** Calls `listener` for each revocation of a tenant from now on. Returns the function that ends it. */
  readonly follow: (
    tenant: string,
    listener: (revocation: RecordedRevocation) => void,
  ) => () => void
  /** The times during which an agent was or is stopped, each with the record of its order. */
  readonly stopsOf: (
    tenant: string,
    agent: RevocableAgent,
  ) => readonly (Stop & { readonly record: string })[]
  /** The number of an order; 0 for an ID that is none. */
  readonly seqOf: (tenant: string, id: string) => number
}
