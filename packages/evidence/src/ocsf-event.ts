import { parseInstant, printableLine } from '@whodid/model'
import { recordSentence } from './record-sentence.ts'
import type { RecordRow } from '@whodid/model'

/** An event of OCSF 1.9.0, class API Activity (6003). */
export type OcsfEvent = Readonly<Record<string, unknown>>

/** A value of an enumeration, and the caption that stands beside it. */
type Choice = readonly [id: number, caption: string]

const unknown: Choice = [0, 'Unknown']
const otherId = 99
const activities: ReadonlyMap<string, Choice> = new Map([
  ['create', [1, 'Create']],
  ['read', [2, 'Read']],
  ['update', [3, 'Update']],
  ['delete', [4, 'Delete']],
])
const statuses: ReadonlyMap<string, Choice> = new Map([
  ['success', [1, 'Success']],
  ['failure', [2, 'Failure']],
  ['denied', [2, 'Failure']],
])
const userTypes: ReadonlyMap<string, Choice> = new Map([
  ['human', [1, 'User']],
  ['service', [4, 'Service']],
  ['schedule', [otherId, 'Schedule']],
])
const nsPerMs = 1_000_000n
const textLengthMax = 1024

/**
 * Returns a record as an event of OCSF 1.9.0 for a SIEM. Facts that the record does not hold are left out; where the schema requires
 * one, it is `Unknown`. The agent is the event's `ai_agent` (profile `ai_operation`) and never its `actor`, which is the person or service
 * behind it. The grant under which it acted, and the leaf's place, stand under `unmapped`.
 */
export function ocsfEvent(row: RecordRow): OcsfEvent {
  const at: Column = (column) => printableLine(String(row[column] ?? ''), textLengthMax)
  const start = unixMs(row, 'ts')
  const end = unixMs(row, 'end_ts')
  const [activityId, activity] = activityOf(at('verb'))
  const [statusId, status] = statuses.get(at('outcome')) ?? unknown
  const agent = agentOf(at)
  const service = presentOf({ name: at('service_name') })
  const typeName = activityId === otherId ? 'Other' : activity
  return presentOf({
    activity_id: activityId,
    activity_name: activity,
    category_uid: 6,
    category_name: 'Application Activity',
    class_uid: 6003,
    class_name: 'API Activity',
    type_uid: 6003 * 100 + activityId,
    type_name: `API Activity: ${typeName}`,
    severity_id: 1,
    severity: 'Informational',
    status_id: statusId,
    status,
    status_detail: at('outcome') === 'denied' ? 'Denied' : at('status_message'),
    time: start,
    duration: Math.max(0, end - start),
    message: recordSentence(row),
    metadata: {
      version: '1.9.0',
      product: { name: 'Whodid', vendor_name: 'Whodid' },
      profiles: agent === undefined ? ['trace'] : ['ai_operation', 'trace'],
      uid: `${at('log_id')}#${at('log_index')}`,
      logged_time: unixMs(row, 'received_at'),
      ...presentOf({
        log_name: at('log_id'),
        correlation_uid: at('correlation_id'),
        tenant_uid: at('tenant'),
      }),
    },
    actor: actorOf(at),
    api: presentOf({
      operation: at('tool_name') || at('name') || at('record_kind') || 'Unknown',
      service,
    }),
    src_endpoint: {
      name: at('exporter') || 'Unknown',
      ...presentOf({ svc_name: at('service_name') }),
    },
    resources:
      at('resource_id') === ''
        ? undefined
        : [presentOf({ uid: at('resource_id'), type: at('resource_type') })],
    trace: {
      uid: at('trace_id'),
      span: presentOf({
        uid: at('span_id'),
        parent_uid: at('parent_span_id'),
        operation: at('name'),
        start_time: start,
        end_time: end,
        service,
      }),
    },
    ai_agent: agent,
    unmapped: unmappedOf(row, at),
  })
}

type Column = (column: string) => string

function unixMs(row: RecordRow, column: string): number {
  return Number(parseInstant(String(row[column]), column) / nsPerMs)
}

/** A verb that the class does not list is named as the record has it, with a capital. */
function activityOf(verb: string): Choice {
  if (verb === '') return unknown
  const label = verb.slice(0, 1).toUpperCase() + verb.slice(1)
  return activities.get(verb) ?? [otherId, label]
}

function agentOf(at: Column): OcsfEvent | undefined {
  const uid = at('template_id')
  const instance = at('instance_id')
  const isNamed = uid !== '' || instance !== '' || at('template_name') !== ''
  const type = at('actor_type')
  if (type !== 'agent' && (type !== '' || !isNamed)) return undefined
  // The schema demands a name or a template's ID of every agent.
  const name = at('template_name') || (uid === '' ? 'Unknown' : '')
  return {
    ...presentOf({ uid, name, version: at('template_version'), instance_uid: instance }),
    type_id: unknown[0],
    type: unknown[1],
  }
}

/** Returns the actor behind the agent: a person, a service or a schedule; where none is named, the application that sent the record. */
function actorOf(at: Column): OcsfEvent {
  const person = { uid: at('user_id'), type: 'human' }
  const delegator = { uid: at('delegator_id'), type: at('delegator_type') }
  const order = at('actor_type') === 'human' ? [person, delegator] : [delegator, person]
  const user = order.find(({ uid, type }) => uid !== '' && type !== 'agent' && type !== 'none')
  const application = at('service_name')
  if (user === undefined) return { app_name: application || at('exporter') || 'Unknown' }
  const [typeId, type] = userTypes.get(user.type) ?? unknown
  return {
    user: { uid: user.uid, type_id: typeId, type },
    ...presentOf({ app_name: application }),
  }
}

/** Returns the facts that the class has no attribute for. The delegation is here too: not every schema that calls itself 1.9 knows that object. */
function unmappedOf(row: RecordRow, at: Column): OcsfEvent {
  const list = (column: string): string[] | undefined => {
    const value = row[column]
    return Array.isArray(value)
      ? value.map((one) => printableLine(String(one), textLengthMax))
      : undefined
  }
  return presentOf({
    ledger: presentOf({
      log: at('log_id'),
      index: row['log_index'],
      record_kind: at('record_kind'),
      channel: at('channel'),
    }),
    delegator: presentOf({
      uid: at('delegator_id'),
      type: at('delegator_type'),
      issuer: at('delegator_issuer'),
    }),
    delegation: presentOf({
      uid: at('delegation_id'),
      parent_uid: at('delegation_parent_id'),
      issuer_uid: at('delegation_issuer'),
      audience: at('delegation_audience'),
      expires_at: at('delegation_expires_at'),
      scopes: list('delegation_scopes'),
      chain: list('delegation_chain'),
    }),
    instance_parent_uid: at('instance_parent_id'),
  })
}

/** The members that say something: no empty text, list or object, and nothing undefined. */
function presentOf(members: Readonly<Record<string, unknown>>): OcsfEvent {
  return Object.fromEntries(
    Object.entries(members).filter(
      ([, value]) =>
        value !== undefined &&
        value !== '' &&
        (typeof value !== 'object' || value === null || Object.keys(value).length > 0),
    ),
  )
}
