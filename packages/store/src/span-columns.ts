import type { LedgerRecord } from '@whodid/model'

/**
 * One column of `whodid.spans` as the Native format carries it. The wire type is the plain form of the column's type:
 * the engine puts a `String` into a `LowCardinality(String)` by itself.
 */
export type SpanColumn =
  | {
      readonly name: string
      readonly wire: 'String'
      readonly read: (record: LedgerRecord) => string
    }
  | {
      readonly name: string
      readonly wire: 'Hex'
      readonly bytes: 8 | 16
      readonly read: (record: LedgerRecord) => string
    }
  | {
      readonly name: string
      readonly wire: 'Array(String)'
      readonly read: (record: LedgerRecord) => readonly string[]
    }
  | {
      readonly name: string
      readonly wire: "DateTime64(9, 'UTC')"
      readonly read: (record: LedgerRecord) => bigint
    }
  | {
      readonly name: string
      readonly wire: 'Int64' | 'UInt32' | 'UInt8'
      readonly read: (record: LedgerRecord) => number
    }
  | {
      readonly name: string
      readonly wire: 'Bool'
      readonly read: (record: LedgerRecord) => boolean
    }

/**
 * The columns of `whodid.spans`, in the table's order: the one place where a record's field meets its column.
 * `test/engine/schema.test.ts` holds it against the table that the migrations make.
 */
export const spanColumns: readonly SpanColumn[] = [
  { name: 'tenant', wire: 'String', read: (r) => r.tenant },
  { name: 'exporter', wire: 'String', read: (r) => r.exporter },
  { name: 'channel', wire: 'String', read: (r) => r.channel },
  { name: 'received_at', wire: "DateTime64(9, 'UTC')", read: (r) => r.receivedUnixNs },
  { name: 'signal', wire: 'String', read: (r) => r.signal },
  { name: 'trace_id', wire: 'Hex', bytes: 16, read: (r) => r.traceIdHex },
  { name: 'span_id', wire: 'Hex', bytes: 8, read: (r) => r.spanIdHex },
  { name: 'parent_span_id', wire: 'Hex', bytes: 8, read: (r) => r.parentSpanIdHex },
  { name: 'ts', wire: "DateTime64(9, 'UTC')", read: (r) => r.startUnixNs },
  { name: 'end_ts', wire: "DateTime64(9, 'UTC')", read: (r) => r.endUnixNs },
  { name: 'name', wire: 'String', read: (r) => r.name },
  { name: 'kind', wire: 'UInt8', read: (r) => r.kind },
  { name: 'status_code', wire: 'UInt8', read: (r) => r.statusCode },
  { name: 'status_message', wire: 'String', read: (r) => r.statusMessage },
  { name: 'trace_state', wire: 'String', read: (r) => r.traceState },
  { name: 'flags', wire: 'UInt32', read: (r) => r.flags },
  { name: 'dropped_count', wire: 'UInt32', read: (r) => r.droppedCount },
  { name: 'service_name', wire: 'String', read: (r) => r.serviceName },
  { name: 'scope_name', wire: 'String', read: (r) => r.scopeName },
  { name: 'scope_version', wire: 'String', read: (r) => r.scopeVersion },
  { name: 'record_kind', wire: 'String', read: (r) => r.recordKind },
  { name: 'actor_type', wire: 'String', read: (r) => r.actorType },
  { name: 'template_id', wire: 'String', read: (r) => r.templateId },
  { name: 'template_name', wire: 'String', read: (r) => r.templateName },
  { name: 'template_version', wire: 'String', read: (r) => r.templateVersion },
  { name: 'instance_id', wire: 'String', read: (r) => r.instanceId },
  { name: 'instance_parent_id', wire: 'String', read: (r) => r.instanceParentId },
  { name: 'identity_id', wire: 'String', read: (r) => r.identityId },
  { name: 'delegator_id', wire: 'String', read: (r) => r.delegatorId },
  { name: 'delegator_type', wire: 'String', read: (r) => r.delegatorType },
  { name: 'delegator_issuer', wire: 'String', read: (r) => r.delegatorIssuer },
  { name: 'delegation_id', wire: 'String', read: (r) => r.delegationId },
  { name: 'delegation_parent_id', wire: 'String', read: (r) => r.delegationParentId },
  { name: 'delegation_issuer', wire: 'String', read: (r) => r.delegationIssuer },
  { name: 'delegation_audience', wire: 'String', read: (r) => r.delegationAudience },
  { name: 'delegation_expires_at', wire: 'String', read: (r) => r.delegationExpiresAt },
  { name: 'delegation_scopes', wire: 'Array(String)', read: (r) => r.delegationScopes },
  { name: 'delegation_chain', wire: 'Array(String)', read: (r) => r.delegationChain },
  { name: 'user_id', wire: 'String', read: (r) => r.userId },
  { name: 'session_id', wire: 'String', read: (r) => r.sessionId },
  { name: 'conversation_id', wire: 'String', read: (r) => r.conversationId },
  { name: 'correlation_id', wire: 'String', read: (r) => r.correlationId },
  { name: 'template_rule', wire: 'String', read: (r) => r.templateRule },
  { name: 'instance_rule', wire: 'String', read: (r) => r.instanceRule },
  { name: 'delegator_rule', wire: 'String', read: (r) => r.delegatorRule },
  { name: 'prompt_ref', wire: 'String', read: (r) => r.promptRef },
  { name: 'prompt_origin', wire: 'String', read: (r) => r.promptOrigin },
  { name: 'prompt_hash', wire: 'String', read: (r) => r.promptHash },
  { name: 'plan_ref', wire: 'String', read: (r) => r.planRef },
  { name: 'plan_hash', wire: 'String', read: (r) => r.planHash },
  { name: 'plan_step', wire: 'Int64', read: (r) => r.planStep },
  { name: 'seq', wire: 'Int64', read: (r) => r.seq },
  { name: 'tool_name', wire: 'String', read: (r) => r.toolName },
  { name: 'tool_call_id', wire: 'String', read: (r) => r.toolCallId },
  { name: 'arguments_hash', wire: 'String', read: (r) => r.argumentsHash },
  { name: 'result_hash', wire: 'String', read: (r) => r.resultHash },
  { name: 'action_id', wire: 'String', read: (r) => r.actionId },
  { name: 'verb', wire: 'String', read: (r) => r.verb },
  { name: 'outcome', wire: 'String', read: (r) => r.outcome },
  { name: 'resource_id', wire: 'String', read: (r) => r.resourceId },
  { name: 'resource_type', wire: 'String', read: (r) => r.resourceType },
  { name: 'input_source', wire: 'String', read: (r) => r.inputSource },
  { name: 'input_trust', wire: 'String', read: (r) => r.inputTrust },
  { name: 'input_hash', wire: 'String', read: (r) => r.inputHash },
  { name: 'credential_id', wire: 'String', read: (r) => r.credentialId },
  { name: 'credential_type', wire: 'String', read: (r) => r.credentialType },
  { name: 'credential_subject', wire: 'String', read: (r) => r.credentialSubject },
  { name: 'credential_actor', wire: 'String', read: (r) => r.credentialActor },
  { name: 'credential_issuer', wire: 'String', read: (r) => r.credentialIssuer },
  { name: 'credential_expires_at', wire: 'String', read: (r) => r.credentialExpiresAt },
  { name: 'credential_scopes', wire: 'Array(String)', read: (r) => r.credentialScopes },
  { name: 'credential_borrowed', wire: 'Bool', read: (r) => r.credentialBorrowed },
  { name: 'approval_id', wire: 'String', read: (r) => r.approvalId },
  { name: 'approval_decision', wire: 'String', read: (r) => r.approvalDecision },
  { name: 'approval_source', wire: 'String', read: (r) => r.approvalSource },
  { name: 'approver_id', wire: 'String', read: (r) => r.approverId },
  { name: 'approval_policy_id', wire: 'String', read: (r) => r.approvalPolicyId },
  { name: 'approval_reason', wire: 'String', read: (r) => r.approvalReason },
  { name: 'content', wire: 'String', read: (r) => r.content },
  { name: 'result', wire: 'String', read: (r) => r.result },
  { name: 'attributes', wire: 'String', read: (r) => r.attributes },
  { name: 'resource_attributes', wire: 'String', read: (r) => r.resourceAttributes },
  { name: 'events', wire: 'String', read: (r) => r.events },
  { name: 'links', wire: 'String', read: (r) => r.links },
]
