import type { LedgerRecord } from './record.ts'

/**
 * One field of a record: the column of `whodid.spans` that holds it, and how the canonical form writes it.
 *
 * - `text`: VarUInt of its bytes in UTF-8, then the bytes.
 * - `list`: VarUInt of its elements, then each as a text.
 * - `fixed`: exactly `bytes` bytes, read from hex; '' is zeroes.
 * - `time`: nanoseconds since 1970, UTC, as a signed integer of 8 bytes.
 * - `uint8`, `uint32`, `uint64`, `int64`: an integer of that width.
 * - `bool`: one byte, 0 or 1.
 */
export type RecordField =
  | {
      readonly column: string
      readonly kind: 'text'
      readonly read: (record: LedgerRecord) => string
    }
  | {
      readonly column: string
      readonly kind: 'list'
      readonly read: (record: LedgerRecord) => readonly string[]
    }
  | {
      readonly column: string
      readonly kind: 'fixed'
      readonly bytes: 8 | 16 | 24 | 32
      readonly read: (record: LedgerRecord) => string
    }
  | {
      readonly column: string
      readonly kind: 'time'
      readonly read: (record: LedgerRecord) => bigint
    }
  | {
      readonly column: string
      readonly kind: 'uint8' | 'uint32' | 'uint64' | 'int64'
      readonly read: (record: LedgerRecord) => number
    }
  | {
      readonly column: string
      readonly kind: 'bool'
      readonly read: (record: LedgerRecord) => boolean
    }

/**
 * Every field of a record, in the order of the table and of the canonical form: the one place where a record's field
 * meets its column. The insert, the hash, the engine's expression for the hash and the table in
 * `docs/FORMAT.md` are made from it or tested against it.
 *
 * Changing it changes every leaf from then on: the version in `canonicalRecord` goes up with it.
 */
export const recordFields: readonly RecordField[] = [
  { column: 'log_id', kind: 'text', read: (r) => r.logId },
  { column: 'log_index', kind: 'uint64', read: (r) => r.logIndex },
  { column: 'tenant', kind: 'text', read: (r) => r.tenant },
  { column: 'exporter', kind: 'text', read: (r) => r.exporter },
  { column: 'channel', kind: 'text', read: (r) => r.channel },
  { column: 'received_at', kind: 'time', read: (r) => r.receivedUnixNs },
  { column: 'signal', kind: 'text', read: (r) => r.signal },
  { column: 'trace_id', kind: 'fixed', bytes: 16, read: (r) => r.traceIdHex },
  { column: 'span_id', kind: 'fixed', bytes: 8, read: (r) => r.spanIdHex },
  { column: 'parent_span_id', kind: 'fixed', bytes: 8, read: (r) => r.parentSpanIdHex },
  { column: 'ts', kind: 'time', read: (r) => r.startUnixNs },
  { column: 'end_ts', kind: 'time', read: (r) => r.endUnixNs },
  { column: 'name', kind: 'text', read: (r) => r.name },
  { column: 'kind', kind: 'uint8', read: (r) => r.kind },
  { column: 'status_code', kind: 'uint8', read: (r) => r.statusCode },
  { column: 'status_message', kind: 'text', read: (r) => r.statusMessage },
  { column: 'trace_state', kind: 'text', read: (r) => r.traceState },
  { column: 'flags', kind: 'uint32', read: (r) => r.flags },
  { column: 'dropped_count', kind: 'uint32', read: (r) => r.droppedCount },
  { column: 'service_name', kind: 'text', read: (r) => r.serviceName },
  { column: 'scope_name', kind: 'text', read: (r) => r.scopeName },
  { column: 'scope_version', kind: 'text', read: (r) => r.scopeVersion },
  { column: 'record_kind', kind: 'text', read: (r) => r.recordKind },
  { column: 'actor_type', kind: 'text', read: (r) => r.actorType },
  { column: 'template_id', kind: 'text', read: (r) => r.templateId },
  { column: 'template_name', kind: 'text', read: (r) => r.templateName },
  { column: 'template_version', kind: 'text', read: (r) => r.templateVersion },
  { column: 'instance_id', kind: 'text', read: (r) => r.instanceId },
  { column: 'instance_parent_id', kind: 'text', read: (r) => r.instanceParentId },
  { column: 'identity_id', kind: 'text', read: (r) => r.identityId },
  { column: 'delegator_id', kind: 'text', read: (r) => r.delegatorId },
  { column: 'delegator_type', kind: 'text', read: (r) => r.delegatorType },
  { column: 'delegator_issuer', kind: 'text', read: (r) => r.delegatorIssuer },
  { column: 'delegation_id', kind: 'text', read: (r) => r.delegationId },
  { column: 'delegation_parent_id', kind: 'text', read: (r) => r.delegationParentId },
  { column: 'delegation_issuer', kind: 'text', read: (r) => r.delegationIssuer },
  { column: 'delegation_audience', kind: 'text', read: (r) => r.delegationAudience },
  { column: 'delegation_expires_at', kind: 'text', read: (r) => r.delegationExpiresAt },
  { column: 'delegation_scopes', kind: 'list', read: (r) => r.delegationScopes },
  { column: 'delegation_chain', kind: 'list', read: (r) => r.delegationChain },
  { column: 'user_id', kind: 'text', read: (r) => r.userId },
  { column: 'session_id', kind: 'text', read: (r) => r.sessionId },
  { column: 'conversation_id', kind: 'text', read: (r) => r.conversationId },
  { column: 'correlation_id', kind: 'text', read: (r) => r.correlationId },
  { column: 'template_rule', kind: 'text', read: (r) => r.templateRule },
  { column: 'instance_rule', kind: 'text', read: (r) => r.instanceRule },
  { column: 'delegator_rule', kind: 'text', read: (r) => r.delegatorRule },
  { column: 'prompt_ref', kind: 'text', read: (r) => r.promptRef },
  { column: 'prompt_origin', kind: 'text', read: (r) => r.promptOrigin },
  { column: 'prompt_hash', kind: 'text', read: (r) => r.promptHash },
  { column: 'plan_ref', kind: 'text', read: (r) => r.planRef },
  { column: 'plan_hash', kind: 'text', read: (r) => r.planHash },
  { column: 'plan_step', kind: 'int64', read: (r) => r.planStep },
  { column: 'seq', kind: 'int64', read: (r) => r.seq },
  { column: 'tool_name', kind: 'text', read: (r) => r.toolName },
  { column: 'tool_call_id', kind: 'text', read: (r) => r.toolCallId },
  { column: 'arguments_hash', kind: 'text', read: (r) => r.argumentsHash },
  { column: 'result_hash', kind: 'text', read: (r) => r.resultHash },
  { column: 'action_id', kind: 'text', read: (r) => r.actionId },
  { column: 'verb', kind: 'text', read: (r) => r.verb },
  { column: 'outcome', kind: 'text', read: (r) => r.outcome },
  { column: 'resource_id', kind: 'text', read: (r) => r.resourceId },
  { column: 'resource_type', kind: 'text', read: (r) => r.resourceType },
  { column: 'input_source', kind: 'text', read: (r) => r.inputSource },
  { column: 'input_trust', kind: 'text', read: (r) => r.inputTrust },
  { column: 'input_hash', kind: 'text', read: (r) => r.inputHash },
  { column: 'credential_id', kind: 'text', read: (r) => r.credentialId },
  { column: 'credential_type', kind: 'text', read: (r) => r.credentialType },
  { column: 'credential_subject', kind: 'text', read: (r) => r.credentialSubject },
  { column: 'credential_actor', kind: 'text', read: (r) => r.credentialActor },
  { column: 'credential_issuer', kind: 'text', read: (r) => r.credentialIssuer },
  { column: 'credential_expires_at', kind: 'text', read: (r) => r.credentialExpiresAt },
  { column: 'credential_scopes', kind: 'list', read: (r) => r.credentialScopes },
  { column: 'credential_borrowed', kind: 'bool', read: (r) => r.credentialBorrowed },
  { column: 'approval_id', kind: 'text', read: (r) => r.approvalId },
  { column: 'approval_decision', kind: 'text', read: (r) => r.approvalDecision },
  { column: 'approval_source', kind: 'text', read: (r) => r.approvalSource },
  { column: 'approver_id', kind: 'text', read: (r) => r.approverId },
  { column: 'approval_policy_id', kind: 'text', read: (r) => r.approvalPolicyId },
  { column: 'approval_reason', kind: 'text', read: (r) => r.approvalReason },
  { column: 'text_block', kind: 'fixed', bytes: 24, read: (r) => r.textBlockHex },
  { column: 'text_at', kind: 'uint32', read: (r) => r.textAt },
  { column: 'commitment', kind: 'fixed', bytes: 32, read: (r) => r.commitmentHex },
  { column: 'attributes', kind: 'text', read: (r) => r.attributes },
  { column: 'resource_attributes', kind: 'text', read: (r) => r.resourceAttributes },
  { column: 'events', kind: 'text', read: (r) => r.events },
  { column: 'links', kind: 'text', read: (r) => r.links },
]
