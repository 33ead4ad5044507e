import type { Detection } from '@whodid/detect'
import type { RetentionRequest, RetentionService } from '@whodid/retention'
import type { WhoDidSources } from '@whodid/query'
import type { CheckpointLogEndpoint, LossWanted } from '@whodid/verify'
import type {
  HostCheck,
  LossAccepted,
  MetricFamily,
  RecordedDefinition,
  TemplateDefinition,
} from '@whodid/model'
import type {
  CaseWriter,
  FindingWriter,
  PeopleRecorder,
  ReadRecorder,
  Selector,
} from '@whodid/store'
import type { NoteSigner } from '@whodid/tlog'
import type { StatementBounds } from './bound-selector.ts'
import type { RefusalCounts } from './metrics/api-metrics.ts'
import type { RevocationService } from './revocation-service.ts'

/** The ports and settings of the API. It opens nothing itself: its caller closes the selector and the recorder. */
export interface ApiOptions {
  readonly selector: Selector
  /** Bounds the statements of `/v1/who-did` that the engine runs at one time; default twice as many as there are cores. */
  readonly statements?: Partial<StatementBounds>
  /** Opens the texts that answers quote. */
  readonly contents: WhoDidSources['contents']
  /** Erases, prunes and holds; without it those routes answer `not_found`. */
  readonly retention?: RetentionService | undefined
  /** Puts accepted losses on record; without it that route answers `not_found`. */
  readonly losses?: LossService | undefined
  /** Stops agents; without it those routes answer `not_found`, and answers say nothing of revocations. */
  readonly revocations?: RevocationService | undefined
  /** Keeps the registry of templates; without it nothing can be registered. */
  readonly registry?: RegistryService | undefined
  /** Puts imported events on record; without it `POST /v1/imports` answers `not_found`. */
  readonly takeImported?: TakeImported | undefined
  readonly readRecorder: ReadRecorder
  /** Keeps the notebooks of cases; without it they take no entries. */
  readonly caseWriter?: CaseWriter | undefined
  /** Keeps the decisions about findings; without it they are read only. */
  readonly findingWriter?: FindingWriter | undefined
  /** The rules that are shown and back-tested. Default: none. */
  readonly detections?: readonly Detection[] | undefined
  /** Appends the names of people; without it that route answers `not_found`. */
  readonly peopleRecorder?: PeopleRecorder | undefined
  /** The trees that rows are held against; default none, and then no answer is `sealed`. */
  readonly trees?: WhoDidSources['trees']
  /** The operator's choice of rules. Default: every rule is used. */
  readonly rules?: WhoDidSources['rules']
  /** The check of the ledger; without it no assurance is more than `local`, and no check is reported. */
  readonly watch?: WhoDidSources['watch']
  /** The meta-log that takes the checkpoints of the logs here, for proofs and packages. Default: none. */
  readonly metaLog?: CheckpointLogEndpoint | undefined
  /** The means to make evidence packages; without them none is made. */
  readonly exports?: PackageMaking | undefined
  /** Read at each request, so that a token can be added and removed. */
  readonly tokens: () => readonly ApiToken[]
  /** Resolves with what is missing before a span can be stored and asked about, a phrase each; empty when ready. */
  readonly readiness: () => Promise<readonly string[]>
  /** The service's measures for `/metrics`, beside those of the API itself; default none. */
  readonly metrics?: () => readonly MetricFamily[]
  /** Default `loopback`: a `Host` that is no loopback name is refused. Names that others reach the API by, or `any`. */
  readonly hostCheck?: HostCheck
  /** Aborts when the service stops, which ends the open streams. */
  readonly stopping?: AbortSignal
  /** Receives each failure that is answered with a 5xx status. */
  readonly onFailure?: ((requestId: string, thrown: unknown) => void) | undefined
  /** Nanoseconds since 1970; default the system clock. */
  readonly now?: () => bigint
}

/** Puts events of another system's log on record; resolves when they are durable. */
export type TakeImported = (imported: {
  readonly tenant: string
  readonly importer: string
  readonly request: object
}) => Promise<void>

/** Puts on record that a loss of records is accepted, if it has happened. Throws `not_found`, `not_sealed`, `nothing_lost`. */
export interface LossService {
  readonly accept: (
    loss: LossWanted & { readonly log: string; readonly acceptedBy: string },
    request: RetentionRequest,
  ) => Promise<LossAccepted>
}

/** A version of a template that is to be registered. */
export interface RegistrationRequest {
  readonly tenant: string
  readonly definition: TemplateDefinition
  /** Name of the token; never the token. */
  readonly recordedBy: string
}

/** Keeps the registry of templates. */
export interface RegistryService {
  /** Resolves when the version is durable in the ledger's log. Throws `log_failed`, `log_full`; then nothing has changed. */
  readonly register: (request: RegistrationRequest) => Promise<RecordedDefinition>
}

/** The rights of a token: `ingest` stores spans only, `investigator` reads, `admin` does everything. */
export type Role = 'ingest' | 'investigator' | 'admin'

/** A bearer token that the API knows, by its hash. */
export interface ApiToken {
  /** Stands in the access log as the reader. */
  readonly name: string
  readonly role: Role
  /** The tenant whose records the token may see. */
  readonly tenant: string
  /** SHA-256 of the token's text, hex. */
  readonly sha256: string
}

/** The means to make packages. */
export interface PackageMaking {
  readonly signer: NoteSigner
  /** Keys of the witnesses that are asked for cosignatures. */
  readonly witnesses: readonly string[]
  /** Name and version of the software that makes the package. */
  readonly product: string
}

/** The API as a function from request to response. */
export interface Api {
  /** `env` holds Node's own request and response when there are any, and `reader` where the process itself asks for one. */
  readonly fetch: (request: Request, env?: object) => Response | Promise<Response>
  readonly counts: () => RefusalCounts
}
