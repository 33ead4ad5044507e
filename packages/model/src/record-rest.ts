import type { LedgerRecord } from './record.ts'

/**
 * One field of a record that has no column of its own: the column of `whodid.v_spans` that shows it, its key in the JSON of `rest`,
 * short because each record has two dozen, and its kind.
 *
 * - `text`: a string. Absent: ''.
 * - `list`: an array of strings. Absent: [].
 * - `count`: an unsigned integer of at most 32 bits. Absent: 0.
 * - `number`: a safe integer. Absent: −1.
 * - `bool`: `true`. Absent: false.
 */
export type RestField =
  | {
      readonly name: string
      readonly key: string
      readonly kind: 'text'
      readonly read: (record: LedgerRecord) => string
    }
  | {
      readonly name: string
      readonly key: string
      readonly kind: 'list'
      readonly read: (record: LedgerRecord) => readonly string[]
    }
  | {
      readonly name: string
      readonly key: string
      readonly kind: 'count' | 'number'
      readonly read: (record: LedgerRecord) => number
    }
  | {
      readonly name: string
      readonly key: string
      readonly kind: 'bool'
      readonly read: (record: LedgerRecord) => boolean
    }

/**
 * The fields of a record that no question filters on, in the order in which `rest` holds them. The view `whodid.v_spans` has a
 * column of each; a test holds the two together.
 */
export const restFields: readonly RestField[] = [
  { name: 'signal', key: 'sg', kind: 'text', read: (r) => (r.signal === 'span' ? '' : r.signal) },
  { name: 'name', key: 'n', kind: 'text', read: (r) => r.name },
  { name: 'kind', key: 'k', kind: 'count', read: (r) => r.kind },
  { name: 'status_code', key: 'sc', kind: 'count', read: (r) => r.statusCode },
  { name: 'status_message', key: 'sm', kind: 'text', read: (r) => r.statusMessage },
  { name: 'trace_state', key: 'ts', kind: 'text', read: (r) => r.traceState },
  { name: 'flags', key: 'f', kind: 'count', read: (r) => r.flags },
  { name: 'dropped_count', key: 'dc', kind: 'count', read: (r) => r.droppedCount },
  { name: 'service_name', key: 'sn', kind: 'text', read: (r) => r.serviceName },
  { name: 'scope_name', key: 'on', kind: 'text', read: (r) => r.scopeName },
  { name: 'scope_version', key: 'ov', kind: 'text', read: (r) => r.scopeVersion },
  { name: 'template_name', key: 'tn', kind: 'text', read: (r) => r.templateName },
  { name: 'template_version', key: 'tv', kind: 'text', read: (r) => r.templateVersion },
  { name: 'instance_parent_id', key: 'ip', kind: 'text', read: (r) => r.instanceParentId },
  { name: 'identity_id', key: 'ii', kind: 'text', read: (r) => r.identityId },
  { name: 'delegator_type', key: 'dt', kind: 'text', read: (r) => r.delegatorType },
  { name: 'delegator_issuer', key: 'di', kind: 'text', read: (r) => r.delegatorIssuer },
  { name: 'delegation_id', key: 'gi', kind: 'text', read: (r) => r.delegationId },
  { name: 'delegation_parent_id', key: 'gp', kind: 'text', read: (r) => r.delegationParentId },
  { name: 'delegation_issuer', key: 'gs', kind: 'text', read: (r) => r.delegationIssuer },
  { name: 'delegation_audience', key: 'ga', kind: 'text', read: (r) => r.delegationAudience },
  { name: 'delegation_expires_at', key: 'ge', kind: 'text', read: (r) => r.delegationExpiresAt },
  { name: 'delegation_scopes', key: 'gc', kind: 'list', read: (r) => r.delegationScopes },
  { name: 'delegation_chain', key: 'gh', kind: 'list', read: (r) => r.delegationChain },
  { name: 'session_id', key: 'si', kind: 'text', read: (r) => r.sessionId },
  { name: 'conversation_id', key: 'ci', kind: 'text', read: (r) => r.conversationId },
  { name: 'template_rule', key: 'tr', kind: 'text', read: (r) => r.templateRule },
  { name: 'instance_rule', key: 'ir', kind: 'text', read: (r) => r.instanceRule },
  { name: 'delegator_rule', key: 'dr', kind: 'text', read: (r) => r.delegatorRule },
  { name: 'prompt_origin', key: 'po', kind: 'text', read: (r) => r.promptOrigin },
  { name: 'prompt_hash', key: 'ph', kind: 'text', read: (r) => r.promptHash },
  { name: 'plan_ref', key: 'pr', kind: 'text', read: (r) => r.planRef },
  { name: 'plan_hash', key: 'lh', kind: 'text', read: (r) => r.planHash },
  { name: 'plan_step', key: 'ls', kind: 'number', read: (r) => r.planStep },
  { name: 'seq', key: 'q', kind: 'number', read: (r) => r.seq },
  { name: 'tool_call_id', key: 'tc', kind: 'text', read: (r) => r.toolCallId },
  { name: 'arguments_hash', key: 'ah', kind: 'text', read: (r) => r.argumentsHash },
  { name: 'result_hash', key: 'rh', kind: 'text', read: (r) => r.resultHash },
  { name: 'resource_type', key: 'rt', kind: 'text', read: (r) => r.resourceType },
  { name: 'input_source', key: 'is', kind: 'text', read: (r) => r.inputSource },
  { name: 'input_trust', key: 'it', kind: 'text', read: (r) => r.inputTrust },
  { name: 'input_hash', key: 'ih', kind: 'text', read: (r) => r.inputHash },
  { name: 'credential_type', key: 'ct', kind: 'text', read: (r) => r.credentialType },
  { name: 'credential_subject', key: 'cs', kind: 'text', read: (r) => r.credentialSubject },
  { name: 'credential_actor', key: 'ca', kind: 'text', read: (r) => r.credentialActor },
  { name: 'credential_issuer', key: 'cr', kind: 'text', read: (r) => r.credentialIssuer },
  { name: 'credential_expires_at', key: 'ce', kind: 'text', read: (r) => r.credentialExpiresAt },
  { name: 'credential_scopes', key: 'cc', kind: 'list', read: (r) => r.credentialScopes },
  { name: 'credential_borrowed', key: 'cb', kind: 'bool', read: (r) => r.credentialBorrowed },
  { name: 'approval_id', key: 'ai', kind: 'text', read: (r) => r.approvalId },
  { name: 'approval_decision', key: 'ad', kind: 'text', read: (r) => r.approvalDecision },
  { name: 'approval_source', key: 'as', kind: 'text', read: (r) => r.approvalSource },
  { name: 'approver_id', key: 'av', kind: 'text', read: (r) => r.approverId },
  { name: 'approval_policy_id', key: 'ap', kind: 'text', read: (r) => r.approvalPolicyId },
  { name: 'approval_reason', key: 'ar', kind: 'text', read: (r) => r.approvalReason },
  { name: 'events', key: 'ev', kind: 'text', read: (r) => r.events },
  { name: 'links', key: 'li', kind: 'text', read: (r) => r.links },
]

/** The fields of `rest` by name, absent ones in their absent form. */
export type RestColumns = Readonly<Record<string, string | number | boolean | readonly string[]>>

/**
 * Writes the fields without a column of their own as one JSON object: those that are set, in the order of {@link restFields},
 * without white space, texts escaped as `JSON.stringify` does. '' when none is set.
 */
export function restOf(record: LedgerRecord): string {
  let json = ''
  for (const [place, field] of restFields.entries()) {
    const value = valueOf(field, record)
    if (value !== '') json += `${json === '' ? '{' : ','}${prefixes[place] ?? ''}${value}`
  }
  return json === '' ? '' : `${json}}`
}

const prefixes = restFields.map(({ key }) => `"${key}":`)

function valueOf(field: RestField, record: LedgerRecord): string {
  switch (field.kind) {
    case 'text': {
      const text = field.read(record)
      return text === '' ? '' : JSON.stringify(text)
    }
    case 'list': {
      const list = field.read(record)
      return list.length === 0 ? '' : JSON.stringify(list)
    }
    case 'count': {
      const count = field.read(record)
      return count === 0 ? '' : String(count)
    }
    case 'number': {
      const number = field.read(record)
      return number === -1 ? '' : String(number)
    }
    case 'bool':
      return field.read(record) ? 'true' : ''
  }
}

/**
 * Reads `rest` back: every field of {@link restFields} by name. A member of another type than its field's counts as absent, and
 * so does everything in a text that is no JSON object, as it does for the engine: the collector writes neither.
 */
export function readRest(json: string): RestColumns {
  const members = membersOf(json)
  const columns = Object.fromEntries(
    restFields.map(({ name, key, kind }) => [name, readMember(kind, members.get(key))]),
  )
  // Most records are spans: only the others say so.
  return { ...columns, signal: columns['signal'] === '' ? 'span' : (columns['signal'] ?? '') }
}

function membersOf(json: string): ReadonlyMap<string, unknown> {
  if (json === '') return new Map()
  try {
    const parsed: unknown = JSON.parse(json)
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
    return new Map(isObject ? Object.entries(parsed) : [])
  } catch {
    // Altered in the table: its leaf is not the sealed one, and whoever verifies it says so.
    return new Map()
  }
}

function readMember(kind: RestField['kind'], value: unknown): RestColumns[string] {
  switch (kind) {
    case 'text':
      return typeof value === 'string' ? value : ''
    case 'list':
      return Array.isArray(value) ? value.filter((element) => typeof element === 'string') : []
    case 'count':
      return typeof value === 'number' ? value : 0
    case 'number':
      return typeof value === 'number' ? value : -1
    case 'bool':
      return value === true
  }
}
