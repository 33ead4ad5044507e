/** Where requests go. */
export interface LoadTarget {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** How the way of a batch into the ledger is timed: its last span is asked for until it is there. */
export interface LoadProbe {
  /** The engine's address with its credentials in `headers`. */
  readonly target: LoadTarget
  /** `{traces}` and `{spans}` stand for lists of quoted hex IDs; gives the hex span IDs it finds, one a line. */
  readonly sql: string
}

/** Makes the requests, before anything is measured. */
export interface PrepareOrder {
  readonly kind: 'prepare'
  readonly seed: number
  readonly batches: number
  readonly gzip: boolean
}

/** Sends what was prepared. */
export interface SendOrder {
  readonly kind: 'send'
  readonly target: LoadTarget
  readonly connections: number
  /** Spans a second; null sends as fast as they are acknowledged. */
  readonly spansPerSecond: number | null
  /** Sends the batches over and over under new trace IDs for so long; null sends each once. Not for gzip. */
  readonly seconds: number | null
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
