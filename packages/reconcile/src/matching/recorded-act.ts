/** An act of the ledger: the records of one call, its execution and its outcome. Absent text is ''. */
export interface RecordedAct {
  /** The action's ID; else the span of its first record. */
  readonly id: string
  /** Its records, `<trace>-<span>` each. */
  readonly spans: readonly string[]
  readonly startUnixNs: bigint
  readonly endUnixNs: bigint
  /** The time at which the first of its records was received. */
  readonly receivedUnixNs: bigint
  /** The verdict of the records' own claims. */
  readonly verdict: 'agent' | 'human' | 'service' | 'undetermined'
  readonly verb: string
  readonly outcome: string
  readonly resource: string
  readonly template: string
  readonly instance: string
  readonly user: string
  readonly delegator: string
  readonly credential: string
  readonly toolCall: string
}

/** The actor of an act, as one text; '' where its records name nobody. */
export function actorOf({ verdict, instance, template, user }: RecordedAct): string {
  if (verdict === 'agent') return instance === '' ? template : instance
  return verdict === 'human' ? user : verdict === 'service' ? 'service' : ''
}
