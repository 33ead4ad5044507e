import type { ContentReader } from '@whodid/content'
import type { RetentionService } from '@whodid/retention'
import type { DecisionRules } from '@whodid/query'
import type { CheckpointLogEndpoint, IntegrityMonitor } from '@whodid/verify'
import type { HostCheck, MetricFamily } from '@whodid/model'
import type { ReadRecorder, Selector } from '@whodid/store'
import type { LogTrees } from '@whodid/tlog-posix'
import type { NoteSigner } from '@whodid/tlog'
import type { ApiToken } from './authenticate.ts'
import type { StatementBounds } from './bound-selector.ts'

/** What the API needs. It opens nothing itself: the selector and the recorder are its caller's to close. */
export interface ApiOptions {
  readonly selector: Selector
  /** How many questions of who did it the engine is given at one time; by default twice as many as there are cores. */
  readonly statements?: Partial<StatementBounds>
  /** Opens the texts that answers quote. */
  readonly contents: ContentReader
  /** Erases, prunes and holds; without it those routes answer `not_found`. */
  readonly custodian?: RetentionService
  readonly readRecorder: ReadRecorder
  /** The trees that rows are held against; default none, and then no answer is `sealed`. */
  readonly trees?: LogTrees | undefined
  /** What the operator decided about how answers are made. Default: every rule is used. */
  readonly rules?: DecisionRules | undefined
  /** Who watches over the ledger; without it nothing is more than `local`, and no check is told of. */
  readonly watch?: IntegrityMonitor | undefined
  /** The meta-log that takes the checkpoints of the logs here, for proofs and packages. Default: none. */
  readonly metaLog?: CheckpointLogEndpoint | undefined
  /** What evidence packages are made with; without it none is. */
  readonly exports?: {
    readonly signer: NoteSigner
    /** Keys of the witnesses that are asked for cosignatures. */
    readonly witnesses: readonly string[]
    /** Name and version of what made the package. */
    readonly product: string
  }
  /** Asked at each request, so that a token can come and go. */
  readonly tokens: () => readonly ApiToken[]
  /** Resolves with what is missing before a span can be stored and asked about, a phrase each; empty when ready. */
  readonly readiness: () => Promise<readonly string[]>
  /** What the service measures, for `/metrics`, beside what the API measures itself; default nothing. */
  readonly metrics?: () => readonly MetricFamily[]
  /** Default `loopback`: a `Host` that is no loopback name is refused. Names that others reach the API by, or `any`. */
  readonly hostCheck?: HostCheck
  /** Aborts when the service stops, which ends the open streams. */
  readonly stopping?: AbortSignal
  /** Is told of each answer with a 5xx status, with the cause that the answer may withhold. */
  readonly onFailure?: (requestId: string, thrown: unknown) => void
  /** Nanoseconds since 1970; default the system clock. */
  readonly now?: () => bigint
}

/** Requests refused since the start; they have no record among the reads. */
export interface RefusalCounts {
  readonly unauthenticated: number
  readonly forbidden: number
}

/** The API as a function from request to response. */
export interface Api {
  /** `env` holds Node's own request and response when there are any. */
  readonly fetch: (request: Request, env?: object) => Response | Promise<Response>
  readonly counts: () => RefusalCounts
}
