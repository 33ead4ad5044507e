import type { ContentKeys } from '@whodid/content'
import type { HostCheck } from '@whodid/model'
import type { Appender } from '@whodid/store'
import type { CollectorEvent } from './collector-event.ts'
import type { Exporter } from './exporter.ts'
import type { CollectorLimits } from './limits.ts'
import type { LedgerRows } from './log/ledger-rows.ts'
import type { LogFiles } from './log/log-files.ts'
import type { SealOptions } from './seal/seal-options.ts'

/** How a collector is started. */
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
  /** Where the tree and its keys are kept. Default: records are numbered, and nothing is sealed. */
  readonly seal?: SealOptions | undefined
  /** Who may send at the start; `setExporters` changes it. */
  readonly exporters: readonly Exporter[]
  readonly appender: Pick<Appender, 'append'>
  /** What tells which records are in ClickHouse, asked where a segment is damaged. Default: nobody, and what is damaged is lost. */
  readonly rows?: LedgerRows | undefined
  /** The keys of subjects, to be kept apart from the database. Default: those in `keys` of `logDir`. */
  readonly keys?: ContentKeys
  /** Nanoseconds since 1970. Default: the system's clock. */
  readonly now?: () => bigint
  /** A number from 0 to 1. Default: `Math.random`. */
  readonly random?: () => number
  /** What differs from {@link collectorLimits}. */
  readonly limits?: Partial<CollectorLimits>
  /** The calls to the file system that the log makes. Default: the system's. A test puts failing ones in their place. */
  readonly files?: LogFiles
  readonly onEvent?: (event: CollectorEvent) => void
}
