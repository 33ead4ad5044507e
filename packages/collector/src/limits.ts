/** Every bound of the write path, with its unit in its name. The defaults are {@link collectorLimits}. */
export interface CollectorLimits {
  /** Bytes of a request's body as it arrives. More: 413. */
  readonly bodyBytesMax: number
  /** Bytes of a body after decompression. More: 413. */
  readonly decodedBytesMax: number
  /** Bytes of all bodies that are being read or handled at once. More: 429 with `Retry-After`. */
  readonly bodyBytesInFlightMax: number
  /** Requests handled at once. More: 429 with `Retry-After`. */
  readonly requestsInFlightMax: number
  /** Connections held at once; one more is closed as it is opened. */
  readonly connectionsMax: number
  /** Milliseconds within which a request's head must have arrived. Later: 408 and the connection is closed. */
  readonly headersTimeoutMs: number
  /** Milliseconds within which a whole request must have arrived. Later: 408 and the connection is closed. */
  readonly requestTimeoutMs: number
  /** Milliseconds that a body may stand still in. Later: 429 with `Retry-After`, and its place is free. */
  readonly bodyIdleTimeoutMs: number
  /** Milliseconds within which a message over gRPC and the end of its call must have arrived, each. Later: UNAVAILABLE. */
  readonly messageTimeoutMs: number
  /** Milliseconds without traffic after which an HTTP/2 connection is asked whether it lives, and milliseconds for its answer. */
  readonly keepaliveTimeMs: number
  readonly keepaliveTimeoutMs: number
  /** Bytes of a refused body that are read and thrown away so that the client can read its answer. */
  readonly discardBytesMax: number
  /** Milliseconds for the same. */
  readonly discardTimeoutMs: number

  /** Messages, attributes, values, events and links in one request. More: 413. */
  readonly elementsMax: number
  /** Levels of arrays and maps within an attribute's value. Deeper: 400. */
  readonly valueDepthMax: number

  /** Bytes of the log that are not yet in ClickHouse. At the bound: 503 with `Retry-After`. */
  readonly logBytesMax: number
  /** Rows after which a segment is closed. */
  readonly segmentRowsMax: number
  /** Bytes after which a segment is closed. */
  readonly segmentBytesMax: number
  /** Milliseconds after its first record at which a segment is closed, unless an insert is under way. */
  readonly segmentAgeMaxMs: number
  /** Rows from which on a segment is closed at `segmentBusyAgeMaxMs` instead. */
  readonly segmentBusyRows: number
  readonly segmentBusyAgeMaxMs: number
  /** Bytes of stored segments kept, from which the keys of recent records are read again at a start. */
  readonly dedupWindowBytes: number
  /** Keys of recent records held in memory, at most twice this. */
  readonly recentKeysMax: number

  /** Records that are durable and that no checkpoint covers. At the bound: 503, as at `logBytesMax`. */
  readonly unsealedRowsMax: number
  /** Milliseconds between two checkpoints while records come. */
  readonly checkpointIntervalMs: number
  /** Milliseconds between two heartbeats: records of the log itself that show that it lives, and how much of it is sealed. */
  readonly heartbeatIntervalMs: number

  /** Bytes and files of rejected spans that are kept in quarantine; past either, rejected spans are only counted. */
  readonly quarantineBytesMax: number
  readonly quarantineFilesMax: number

  /** Milliseconds before the first repeat of a failed insert; doubled each time, with jitter. */
  readonly retryDelayMs: number
  /** Milliseconds that the delay grows to. */
  readonly retryDelayMaxMs: number
  /** Milliseconds that `stop` waits for requests in flight and for ClickHouse. Records that are not stored then are stored after the next start. */
  readonly stopTimeoutMs: number
}

/** The default bounds. */
export const collectorLimits: CollectorLimits = {
  bodyBytesMax: 20 * 1024 * 1024,
  decodedBytesMax: 64 * 1024 * 1024,
  bodyBytesInFlightMax: 256 * 1024 * 1024,
  requestsInFlightMax: 256,
  connectionsMax: 1_024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  bodyIdleTimeoutMs: 5_000,
  messageTimeoutMs: 10_000,
  keepaliveTimeMs: 10_000,
  keepaliveTimeoutMs: 5_000,
  discardBytesMax: 128 * 1024 * 1024,
  discardTimeoutMs: 5_000,
  elementsMax: 2_000_000,
  valueDepthMax: 32,
  logBytesMax: 4 * 1024 * 1024 * 1024,
  segmentRowsMax: 50_000,
  segmentBytesMax: 64 * 1024 * 1024,
  segmentAgeMaxMs: 200,
  segmentBusyRows: 1_000,
  segmentBusyAgeMaxMs: 1_000,
  dedupWindowBytes: 256 * 1024 * 1024,
  recentKeysMax: 250_000,
  unsealedRowsMax: 4_000_000,
  checkpointIntervalMs: 1_000,
  heartbeatIntervalMs: 45_000,
  quarantineBytesMax: 256 * 1024 * 1024,
  quarantineFilesMax: 10_000,
  retryDelayMs: 50,
  retryDelayMaxMs: 5_000,
  stopTimeoutMs: 10_000,
}
