import { attribute } from '@whodid/model'
import { leafExpression } from '@whodid/store'
import type {
  CandidateAct,
  TextBlockRow,
  EvidenceRecord,
  InstanceClaim,
  ListedAction,
  StoredRecord,
} from './evidence-record.ts'

/** The most bytes of a record's links that a question reads. */
export const linksBytesMax = 2048

/** The SQL of each field, in the order in which a row carries them. */
export type Columns<Row> = Readonly<Record<keyof Row, string>>

/** Records whose text an answer may quote: a model call holds the run's prompt where its prompt record does not. */
const isQuoted = `record_kind IN ('prompt', 'plan', 'model_call')`

const refSql = (span: string): string => `lower(concat(hex(trace_id), '-', hex(${span})))`

/** The beginning of the attributes of a record that the collector has marked: its own stand first, so that others are not searched. */
export const sealedBeginning: string = `{"${attribute.sealResult}":`

/** An attribute beside the collector's mark; '' where there is none. */
function attributeSql(key: string): string {
  return `if(startsWith(attributes, '${sealedBeginning}'), JSONExtractString(attributes, '${key}'), '')`
}

/** Columns of `whodid.v_spans`. A field that is added here and in {@link StoredRecord} is in the evidence. */
export const evidenceColumns: Columns<StoredRecord> = {
  key: refSql('span_id'),
  parent: `if(parent_span_id = toFixedString('', 8), '', ${refSql('parent_span_id')})`,
  ts: 'ts',
  end_ts: 'end_ts',
  received_at: 'received_at',
  kind: 'record_kind',
  span_kind: 'toString(kind)',
  name: 'name',
  actor_type: 'actor_type',
  channel: 'channel',
  exporter: 'exporter',
  template: 'template_id',
  template_name: 'template_name',
  template_version: 'template_version',
  instance: 'instance_id',
  instance_key: `toString(sipHash64('instance', instance_id))`,
  instance_parent: 'instance_parent_id',
  identity: 'identity_id',
  delegator: 'delegator_id',
  delegator_type: 'delegator_type',
  delegator_issuer: 'delegator_issuer',
  delegation: 'delegation_id',
  delegation_parent: 'delegation_parent_id',
  delegation_chain: 'delegation_chain',
  user: 'user_id',
  service: 'service_name',
  correlation: 'correlation_id',
  signal: 'signal',
  session: 'session_id',
  conversation: 'conversation_id',
  links: `substring(links, 1, ${linksBytesMax})`,
  template_rule: 'template_rule',
  instance_rule: 'instance_rule',
  delegator_rule: 'delegator_rule',
  prompt_ref: 'prompt_ref',
  prompt_origin: 'prompt_origin',
  prompt_hash: 'prompt_hash',
  plan_ref: 'plan_ref',
  plan_hash: 'plan_hash',
  plan_step: 'plan_step',
  seq: 'seq',
  tool: 'tool_name',
  tool_call: 'tool_call_id',
  approval: 'approval_decision',
  action: 'action_id',
  verb: 'verb',
  outcome: 'outcome',
  outcome_rule: `if(record_kind IN ('tool_call', 'action'), JSONExtractString(attributes, '${attribute.outcomeRule}'), '')`,
  seal_result: attributeSql(attribute.sealResult),
  seal_claims: attributeSql(attribute.sealClaims),
  seal: attributeSql(attribute.sealId),
  seal_key: attributeSql(attribute.sealKey),
  seal_token: attributeSql(attribute.sealToken),
  seal_jws: attributeSql(attribute.sealJws),
  resource: 'resource_id',
  resource_type: 'resource_type',
  input_source: 'input_source',
  input_trust: 'input_trust',
  input_hash: 'input_hash',
  credential: 'credential_id',
  credential_type: 'credential_type',
  credential_subject: 'credential_subject',
  credential_actor: 'credential_actor',
  credential_issuer: 'credential_issuer',
  credential_borrowed: 'credential_borrowed',
  credential_scopes: 'credential_scopes',
  arguments_hash: 'arguments_hash',
  dropped: 'dropped_count',
  text_block: `if(${isQuoted}, lower(hex(text_block)), '')`,
  text_at: `if(${isQuoted}, text_at, 0)`,
  commitment: `if(${isQuoted}, lower(hex(commitment)), '')`,
  log: 'log_id',
  log_index: 'toString(log_index)',
  leaf: `hex(${leafExpression('v_spans')})`,
}

/** Columns of `whodid.v_spans` and `whodid.actions`; `qualifies` is the condition for the verdict to concern a row. */
export const listedColumns = (qualifies: string): Columns<ListedAction> => ({
  key: refSql('span_id'),
  ts: 'ts',
  received_at: 'received_at',
  action: 'action_id',
  verb: 'verb',
  outcome: 'outcome',
  kind: 'record_kind',
  tool: 'tool_name',
  resource: 'resource_id',
  actor_type: 'actor_type',
  instance: 'instance_id',
  instance_rule: 'instance_rule',
  template: 'template_id',
  template_rule: 'template_rule',
  user: 'user_id',
  service: 'service_name',
  channel: 'channel',
  qualifies,
})

/** Columns of `whodid.v_spans`; as for {@link listedColumns}. */
export const candidateColumns = (qualifies: string): Columns<CandidateAct> => ({
  ...listedColumns(qualifies),
  exporter: 'exporter',
})

/** Columns of `whodid.threads`. */
export const instanceClaimColumns: Columns<InstanceClaim> = {
  instance_key: 'toString(key)',
  template: 'template_id',
  exporter: 'exporter',
  received_at: 'min(received_at)',
}

/** Columns of `whodid.contents`. */
export const textBlockColumns: Columns<TextBlockRow> = {
  ref: 'lower(hex(ref))',
  sealed: 'base64Encode(sealed)',
}

/** One row of evidence as one text: a JSON array in the order of the columns. */
export function rowSql<Row>(columns: Partial<Columns<Row>>): string {
  return `toJSONString(tuple(${Object.values<string | undefined>(columns).join(', ')}))`
}

/** Reads the output of {@link rowSql}. Throws when it is not an array of that length, which is a bug of ours. */
export function readRow<Row>(columns: Partial<Columns<Row>>, text: string): Row {
  const values: unknown = JSON.parse(text)
  const fields = Object.keys(columns)
  if (!Array.isArray(values) || values.length !== fields.length)
    throw new Error(`a row of evidence expected ${fields.length} values; got ${text.slice(0, 80)}`)
  const entries = fields.map((field, index): [string, unknown] => [field, values[index]])
  // Sound: the columns name every field of the row once, and the engine wrote one value for each.
  return Object.fromEntries(entries) as Row
}

const numbers = { seq: '-1', plan_step: '-1', dropped: 0 }
const lists = { delegation_chain: [], credential_scopes: [] }

/** A record without any claim. */
export const blankEvidenceRecord: EvidenceRecord = {
  // Sound: every other field is a text.
  ...(Object.fromEntries(
    Object.keys(evidenceColumns).map((field) => [field, '']),
  ) as unknown as StoredRecord),
  ...numbers,
  ...lists,
  credential_borrowed: false,
  content: '',
  text_at: 0,
  content_state: { state: 'unread' },
}

/** True when a record of `whodid.v_spans` is understood: `isUnderstood` of `deciding-reason.ts`, in SQL. */
export const understoodSql: string = `record_kind != 'other' OR actor_type != '' OR tool_name != '' OR resource_id != '' OR verb != ''`
