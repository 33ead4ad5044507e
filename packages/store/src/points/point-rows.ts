import type { RecordRow } from '@whodid/model'

/** Where some records of a trace are: an hour of the ledger's sort key, in seconds since 1970, and the trace's ID in hex. */
export interface TracePlace {
  readonly hour: number
  readonly trace: string
}

/** A record as it stands in the ledger now. */
export interface StoredRow extends TracePlace {
  readonly columns: RecordRow
  /** The leaf hash of the row's bytes, hex. */
  readonly leaf: string
}

/** A name that records carry: the kind of a handle, and its value. */
export interface RecordName {
  readonly kind: string
  readonly name: string
}

/** Who names an instance, and since when. */
export interface NamedClaim {
  readonly key: bigint
  /** The template and the exporter that claim it. */
  readonly template: string
  readonly exporter: string
  /** Milliseconds since 1970. */
  readonly receivedUnixMs: bigint
}

/** An occurrence of a name: a row of `whodid.threads`. Of an instance it has a claim. */
export interface NamedPlace extends TracePlace, NamedClaim {}

/** The acts under one name, newest first, of which at most `limit` are returned. */
export interface ActsWanted {
  /** See `nameKey`. */
  readonly key: bigint
  readonly limit: number
  /** Bounds of the act's time and of its receipt, included; nanoseconds since 1970. */
  readonly since: bigint | null
  readonly until: bigint | null
  readonly recorded: bigint | null
  /** Leaves out acts that failed or were denied, and those with another verb; '' is any verb but `read`. */
  readonly ended: { readonly verb: string } | null
}

/** An act under a name: a row of `whodid.acts`. */
export interface NamedAct {
  /** The name that it was found under: two names may meet in one key. */
  readonly name: string
  /** What a list says of the act, by column of a record; times RFC 3339. */
  readonly columns: Readonly<Record<string, string>>
}

/** The newest occurrences of a name by the hours they began in, of which at most `limit` are returned. */
export interface PlacesWanted {
  /** See `nameKey`. */
  readonly key: bigint
  readonly limit: number
  /** Bounds of the act's time, included; nanoseconds since 1970. */
  readonly since: bigint | null
  readonly until: bigint | null
}

/** The acts in some places which do not carry a name that occurs there, newest first, of which at most `limit` are returned. */
export interface UnnamedWanted extends ActsWanted {
  readonly kind: 'template' | 'delegator'
  readonly places: readonly TracePlace[]
}

/** A text block: its name in hex, and its bytes. */
export interface StoredTextBlock {
  readonly ref: string
  readonly sealed: Buffer
}
