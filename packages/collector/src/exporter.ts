/** A sender of telemetry: a token, and what it may speak for. */
export interface Exporter {
  /** Stands on every record it sends. */
  readonly name: string
  readonly tenant: string
  /** SHA-256 of its bearer token, in hex. The token itself is kept nowhere. */
  readonly tokenSha256: string
  /** Templates whose agents it may speak for; `*` for all; null when it is bound to no actor, so that its claims are only asserted. */
  readonly templates: readonly string[] | '*' | null
  /** Whether it may say that a human acted. */
  readonly humans: boolean
  /** Whether it may say that a service acted. */
  readonly services: boolean
  /**
   * Whether its records that name nobody belong to whoever they stand under: a sidecar, a driver, a gateway. It may name nobody
   * by it. Default: false.
   */
  readonly infrastructure?: boolean | undefined
}
