import type {
  ActorType,
  DelegatorType,
  InputTrust,
  Outcome,
  PromptOrigin,
  RecordKind,
} from './attributes.ts'

/**
 * The right of the ingest client that sent a record to its claims.
 *
 * - `entitled`: authenticated, and its token may speak for this template (or for humans, or for services).
 * - `unbound`: authenticated for the tenant, but its token is bound to no actor; its claims are assertions.
 * - `imported`: read from another system's log by an importer. It says what that log said, and decides nothing about an actor by itself.
 * - `unentitled`: authenticated, and its token may NOT speak for the actor it names. The record is kept and shown, and does not decide the actor.
 */
export type Channel = 'entitled' | 'unbound' | 'unentitled' | 'imported'

/** Texts of one subject's records, encrypted: a row of `whodid.contents`. Its bytes are in `docs/FORMAT.md`. */
export interface TextBlock {
  readonly tenant: string
  /** 48 hex digits. */
  readonly nameHex: string
  readonly sealed: Buffer
}

/** The text of one record that is committed to and waits to be encrypted, with those that are logged beside it. */
export interface PendingText {
  readonly tenant: string
  readonly keyIdHex: string
  readonly blockKey: Buffer
  /** The parts that it has, as `text_at` holds them. */
  readonly partBits: number
  /** Its entry in a block, in the clear; zeroed once it is encrypted. */
  readonly entry: Buffer
}

/**
 * One record of the ledger: a span (or a log record) after normalization, as it is logged, stored and, later, hashed.
 *
 * Absent text is '', an absent number is -1 and an absent list is []: the canonical form has no NULL. IDs are lower-case
 * hex. Times are nanoseconds since 1970, UTC. Every text has been stripped of lone surrogates and cut to its bound;
 * NUL and control characters are kept, because they are evidence, and neutralised on output.
 */
export interface LedgerRecord {
  /** The log that holds it: the origin of that log's checkpoints. '' until the record is appended. */
  logId: string
  /** Its place in that log, counted from 0 without a hole. An integer below 2^53. */
  logIndex: number
  tenant: string
  /** Name of the ingest client, from its token; never from the payload. */
  exporter: string
  channel: Channel
  receivedUnixNs: bigint
  /**
   * The signal by which it arrived. A log record has no ID of its own: it stands in the ledger as a child of the span it names, under
   * a span ID made from its content, so that a decision or a prompt in a log joins the chain like any other record.
   */
  signal: 'span' | 'log'

  traceIdHex: string
  spanIdHex: string
  /** '' at a root. */
  parentSpanIdHex: string
  startUnixNs: bigint
  endUnixNs: bigint
  name: string
  kind: number
  /** OTLP status code: 0 unset, 1 ok, 2 error. */
  statusCode: number
  statusMessage: string
  traceState: string
  flags: number
  /** Attributes, events and links that the emitter says it dropped, and those that ingest had to cut. */
  droppedCount: number

  serviceName: string
  scopeName: string
  scopeVersion: string

  recordKind: RecordKind
  actorType: ActorType | ''
  templateId: string
  templateName: string
  templateVersion: string
  instanceId: string
  instanceParentId: string
  identityId: string
  delegatorId: string
  delegatorType: DelegatorType | ''
  delegatorIssuer: string
  delegationId: string
  delegationParentId: string
  delegationIssuer: string
  delegationAudience: string
  delegationExpiresAt: string
  delegationScopes: string[]
  delegationChain: string[]
  userId: string
  sessionId: string
  conversationId: string
  correlationId: string

  /**
   * The rule that filled a claim when its own attribute was absent: '' when the claim's canonical attribute said it,
   * otherwise for example `ai_sdk.function_id`. A claim with a rule is graded `inferred`.
   */
  templateRule: string
  instanceRule: string
  delegatorRule: string

  promptRef: string
  promptOrigin: PromptOrigin | ''
  promptHash: string
  planRef: string
  planHash: string
  /** -1 when absent. */
  planStep: number
  /** -1 when absent. */
  seq: number

  toolName: string
  toolCallId: string
  argumentsHash: string
  resultHash: string
  actionId: string
  verb: string
  outcome: Outcome | ''
  /** Canonical, see `normalizeResource`. */
  resourceId: string
  resourceType: string

  inputSource: string
  inputTrust: InputTrust | ''
  inputHash: string

  credentialId: string
  credentialType: string
  credentialSubject: string
  credentialActor: string
  credentialIssuer: string
  credentialExpiresAt: string
  credentialScopes: string[]
  credentialBorrowed: boolean

  approvalId: string
  approvalDecision: string
  approvalSource: string
  approverId: string
  approvalPolicyId: string
  approvalReason: string

  /**
   * The record's text, until it is encrypted; never a column. Its content (a prompt's text, a plan's, a call's arguments),
   * its result (a model's answer, a tool's result), and the JSON of the attributes, events and links that hold text.
   * '' when withheld, and once it is committed to; then only the fields below remain.
   */
  content: string
  result: string
  detail: string
  /** The same, committed to and not encrypted yet; never a column. */
  pendingText: PendingText | undefined
  /** The block that holds the text, encrypted; never a column of the record. */
  textBlock: TextBlock | undefined

  /** The name of that block, 48 hex digits: the subject's key, and the block's own. '' when there is no text. */
  textBlockHex: string
  /** The offset of the text's entry in the block times 8, plus the parts that it has: 1 content, 2 result, 4 detail. */
  textAt: number
  /** The salted commitment to the text, 64 hex digits; '' when there is none. */
  commitmentHex: string
  /** JSON objects and arrays, as text, verbatim after redaction: the data that has no column of its own. */
  attributes: string
  resourceAttributes: string
  events: string
  links: string
}
