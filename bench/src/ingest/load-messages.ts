/** Where requests go. */
export interface LoadTarget {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** How the way of a batch into the ledger is timed: its last span is asked for until it is there. */
export interface LoadProbe {
  /** The engine's address with its credentials in `headers`. */
  readonly target: LoadTarget
  /** `{traces}` and `{spans}` stand for lists of quoted hex IDs; gives of each span that it finds both, trace first, as one word a line. */
  readonly sql: string
}

/** Makes the requests, before anything is measured. */
export interface PrepareOrder {
  readonly kind: 'prepare'
  readonly seed: number
  readonly batches: number
  readonly gzip: boolean
}

/** How much is sent: so many batches, or so many seconds of them. What is prepared goes round and round, each time under IDs and times of its own. */
export type SendAmount = { readonly batches: number } | { readonly seconds: number }

/** Sends what was prepared. */
export interface SendOrder {
  readonly kind: 'send'
  readonly target: LoadTarget
  /** Which of the two that were prepared. */
  readonly gzip: boolean
  readonly connections: number
  /** Spans a second; null sends as fast as they are acknowledged. */
  readonly spansPerSecond: number | null
  /** Of gzip no more batches than were prepared: they cannot be changed. */
  readonly amount: SendAmount
  readonly probe: LoadProbe | null
}

/** What came of a send. */
export interface SendOutcome {
  /** Acknowledged. */
  readonly spans: number
  /** Answers 429 and 503, each of which was sent again. */
  readonly refusals: number
  /** From the first request to the last acknowledgement. */
  readonly seconds: number
  /** Seconds of each request. */
  readonly acknowledgeSeconds: readonly number[]
  /** Seconds from acknowledgement to the answer that held the batch's last span. */
  readonly queryableSeconds: readonly number[]
}

/** What the load process is told. */
export type LoadOrder = PrepareOrder | SendOrder

/** What it answers: to `prepare` the bytes of all bodies. */
export type LoadReply =
  | { readonly kind: 'prepared'; readonly bodyBytes: number }
  | { readonly kind: 'sent'; readonly outcome: SendOutcome }
  | { readonly kind: 'failed'; readonly message: string }
