/** A record as the view `whodid.who_did_when` gives it in `trail` and `evidence`. Absent text is '', absent numbers '-1'. */
export interface KinRecord {
  readonly key: string
  readonly parent: string
  readonly ts: string
  readonly end_ts: string
  readonly kind: string
  readonly name: string
  readonly actor_type: string
  readonly channel: string
  readonly exporter: string
  readonly template: string
  readonly template_name: string
  readonly template_version: string
  readonly instance: string
  readonly instance_parent: string
  readonly identity: string
  readonly delegator: string
  readonly delegator_type: string
  readonly delegator_issuer: string
  readonly delegation_chain: readonly string[]
  readonly user: string
  readonly service: string
  readonly correlation: string
  readonly prompt_ref: string
  readonly prompt_origin: string
  readonly prompt_hash: string
  readonly plan_ref: string
  readonly plan_hash: string
  readonly plan_step: string
  readonly seq: string
  readonly tool: string
  readonly action: string
  readonly verb: string
  readonly outcome: string
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
  readonly dropped: number
  readonly content: string
}

/** Another action on the handle, from the view's `candidates`. */
export interface CandidateAction {
  readonly key: string
  readonly ts: string
  readonly action: string
  readonly verb: string
  readonly outcome: string
  readonly kind: string
  readonly resource: string
  readonly actor_type: string
  readonly instance: string
  readonly template: string
  readonly user: string
  readonly service: string
  readonly channel: string
}

/** The one row of `whodid.who_did_when`. `trail` is the subject and its ancestors, nearest first. */
export interface WhoDidRow {
  readonly verdict: 'agent' | 'human' | 'service' | 'undetermined'
  readonly grade: 'channel' | 'asserted' | 'inferred' | 'none' | 'contradicted'
  readonly actor_id: string
  readonly instance: string
  readonly template: string
  readonly delegator: string
  readonly delegator_type: string
  readonly delegator_issuer: string
  readonly contradiction: '' | 'conflicting_identity' | 'exporter_not_entitled'
  /** Of the claims on actor, instance, template and delegator, in this order. */
  readonly claim_grades: readonly [ClaimGrade, ClaimGrade, ClaimGrade, ClaimGrade]
  readonly template_name: string
  readonly template_version: string
  readonly instance_parent: string
  readonly identity: string
  readonly delegation_chain: readonly string[]
  readonly trail: readonly KinRecord[]
  readonly evidence: readonly KinRecord[]
  readonly sequence_missing: string
  readonly kin_count: string
  /** How many records stand under the subject's span ID; null or '0' when there is no subject. */
  readonly versions: string | null
  readonly claimed_instances: readonly string[] | null
  readonly candidates: readonly CandidateAction[]
}

/** The grades the view gives. */
export type ClaimGrade = 'channel' | 'asserted' | 'inferred' | 'none' | 'contradicted'
