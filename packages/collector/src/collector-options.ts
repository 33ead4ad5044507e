import type { ContentKeys } from '@whodid/content'
import type { HostCheck } from '@whodid/model'
import type { Appender } from '@whodid/store'
import type { FilePort } from '@whodid/tlog-posix'
import type { CollectorLimits } from './limits.ts'
import type { CollectorEvent } from './metrics/collector-meter.ts'
import type { IngestClient } from './senders/ingest-clients.ts'
import type { IdentityOptions } from './seals/open-identity.ts'
import type { SequencerOptions } from './sequencer/sequencer-options.ts'
import type { LedgerRows } from './wal/ledger-rows.ts'

/** The options of a collector. */
export interface CollectorOptions {
  /** Address to listen on, such as `127.0.0.1`. */
  readonly host: string
  /** 0 takes a free one. */
  readonly httpPort: number
  /** For OTLP/gRPC; 0 takes a free one. Default: no OTLP/gRPC. */
  readonly grpcPort?: number
  /** Default `any`. `loopback` refuses a `Host` or `:authority` that is no loopback name; or the names that senders use beside those. */
  readonly hostCheck?: HostCheck
  /** Directory of the log, for this collector alone; made when absent. */
  readonly logDir: string
  /** The log's C2SP origin, such as `ledger.example/agents/c1`. Default: a random name, made at the first start. */
  readonly logOrigin?: string | undefined
  /** The tree, its keys and its witnesses. Default: records are numbered, and nothing is sealed. */
  readonly sequencer?: SequencerOptions | undefined
  /** The clients that may send at the start; `setIngestClients` changes them. */
  readonly ingestClients: readonly IngestClient[]
  readonly appender: Pick<Appender, 'append'>
  /** The ledger, which is asked for the records of a damaged segment. Default: none, and damaged records are lost. */
  readonly rows?: LedgerRows | undefined
  /** The keys of subjects, to be kept apart from the database. Default: those in `keys` of `logDir`. */
  readonly keys?: ContentKeys
  /** Nanoseconds since 1970. Default: the system's clock. */
  readonly now?: () => bigint
  /** A number from 0 to 1. Default: `Math.random`. */
  readonly random?: () => number
  /** The limits that differ from {@link collectorLimits}. */
  readonly limits?: Partial<CollectorLimits>
  /** The calls to the file system that the log makes. Default: the system's. A test puts failing ones in their place. */
  readonly files?: FilePort
  /** The state of an agent, by which tokens and seals are refused. Default: none is stopped. */
  readonly standingOf?: IdentityOptions['standingOf'] | undefined
  /** Issuers, beside this ledger's own, whose instance tokens may be registered. Their keys are fetched. Default: none. */
  readonly trustedIssuers?: IdentityOptions['trustedIssuers'] | undefined
  readonly onEvent?: (event: CollectorEvent) => void
}
