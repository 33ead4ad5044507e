import type { OpenedContent } from '@whodid/content'

/** The state of a text; `unread` where more texts surround the act than one question opens. */
export type ContentState =
  | Exclude<OpenedContent, { readonly state: 'text' }>
  | { readonly state: 'text'; readonly text: string }
  | { readonly state: 'unread' }

/** A record as the statement gives it: its text is still in its block. */
export type StoredRecord = Omit<EvidenceRecord, 'content' | 'content_state'>

/** A record of the ledger as a question gathers it. Absent text is '', absent numbers '-1'; 64-bit integers are text. */
export interface EvidenceRecord {
  /** `<trace>-<span>`. */
  readonly key: string
  /** `<trace>-<span>` of the parent; '' at a root. */
  readonly parent: string
  /** `YYYY-MM-DD hh:mm:ss.nnnnnnnnn`, UTC: texts of one form, so that their order is that of time. */
  readonly ts: string
  readonly end_ts: string
  readonly received_at: string
  readonly kind: string
  /** OTLP's kind of span: '2' is a server's; '0' of a log record. */
  readonly span_kind: string
  readonly name: string
  readonly actor_type: string
  readonly channel: string
  readonly exporter: string
  readonly template: string
  readonly template_name: string
  readonly template_version: string
  readonly instance: string
  /** The key of the instance in `whodid.threads`. */
  readonly instance_key: string
  readonly instance_parent: string
  readonly identity: string
  readonly delegator: string
  readonly delegator_type: string
  readonly delegator_issuer: string
  readonly delegation: string
  readonly delegation_parent: string
  readonly delegation_chain: readonly string[]
  readonly user: string
  readonly service: string
  readonly correlation: string
  /** `span`, or `log` of a record that is under the span it names. */
  readonly signal: string
  readonly session: string
  readonly conversation: string
  /** The beginning of the JSON of the links; see `linkedKeys`. */
  readonly links: string
  /** The named rule that derived the claim; '' when the claim's own attribute said it. */
  readonly template_rule: string
  readonly instance_rule: string
  readonly delegator_rule: string
  readonly prompt_ref: string
  readonly prompt_origin: string
  readonly prompt_hash: string
  readonly plan_ref: string
  readonly plan_hash: string
  readonly plan_step: string
  readonly seq: string
  readonly tool: string
  /** The ID that a model gave to the call; parallel calls may share one. */
  readonly tool_call: string
  /** Of an approval: `allow`, `deny` or `require_approval`; '' elsewhere. */
  readonly approval: string
  readonly action: string
  readonly verb: string
  readonly outcome: string
  /** The named rule by which the collector derived the outcome; '' when the record says it, or nothing does. */
  readonly outcome_rule: string
  /** The collector's finding about the record's seal or token, and the claims that either backs; '' where there is neither. */
  readonly seal_result: string
  readonly seal_claims: string
  /** `<trace>-<span>` of the seal, the thumbprint of its key, and the SHA-256 of the instance token. */
  readonly seal: string
  readonly seal_key: string
  readonly seal_token: string
  /** The seal itself, of the record that carries one. */
  readonly seal_jws: string
  readonly resource: string
  readonly resource_type: string
  readonly input_source: string
  readonly input_trust: string
  readonly input_hash: string
  readonly credential: string
  readonly credential_type: string
  readonly credential_subject: string
  readonly credential_actor: string
  readonly credential_issuer: string
  readonly credential_borrowed: boolean
  readonly credential_scopes: readonly string[]
  readonly arguments_hash: string
  readonly dropped: number
  /** The record's log and its index there, and the hash of the row as it is now, hex: the input of its proof. */
  readonly log: string
  readonly log_index: string
  readonly leaf: string
  /** Of prompts, plans and model calls: the block of the text (hex), its place and parts there, the commitment; '' and 0 elsewhere. */
  readonly text_block: string
  readonly text_at: number
  readonly commitment: string
  /** The opened text of prompts and plans; '' where it cannot be shown, and `content_state` says why. */
  readonly content: string
  readonly content_state: ContentState
}

/** Another action on the handle, by its own claims alone. */
export interface ListedAction {
  readonly key: string
  readonly ts: string
  readonly received_at: string
  readonly action: string
  readonly verb: string
  readonly outcome: string
  readonly kind: string
  readonly tool: string
  readonly resource: string
  readonly actor_type: string
  readonly instance: string
  readonly instance_rule: string
  readonly template: string
  readonly template_rule: string
  readonly user: string
  readonly service: string
  readonly channel: string
  /** True when the verdict could concern it if it were the newest. */
  readonly qualifies: boolean
}

/** An act that names the handle, and its exporter; '' where the table that was read does not hold it. */
export interface CandidateAct extends ListedAction {
  readonly exporter: string
}

/**
 * A claim on an instance that acts in the subject's trace, from anywhere in the ledger, and its start. Only a believable
 * claim has a template.
 */
export interface InstanceClaim {
  readonly instance_key: string
  readonly template: string
  readonly exporter: string
  readonly received_at: string
}

/** A block that may hold a text of the evidence: its name in hex, its bytes in base64. */
export interface TextBlockRow {
  readonly ref: string
  readonly sealed: string
}
