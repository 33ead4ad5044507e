import { parseInstant, printableLine } from '@whodid/model'
import type { RecordRow } from './record-row.ts'

/** An event of OCSF 1.9.0, class API Activity (6003). */
export type OcsfEvent = Readonly<Record<string, unknown>>

const activityOf: ReadonlyMap<string, number> = new Map(
  Object.entries<number>({ create: 1, read: 2, update: 3, delete: 4 }),
)
const statusOf: ReadonlyMap<string, number> = new Map(
  Object.entries<number>({ success: 1, failure: 2, denied: 2 }),
)
const otherId = 99
const nsPerMs = 1_000_000n

/**
 * A record as an OCSF event, for a SIEM. An agent stands under `ai_operation.ai_agent` and never under `actor`, which is the
 * person's: that is what the schema demands of an autonomous agent. The leaf's place stands under `unmapped.ledger`.
 */
export function ocsfEvent(row: RecordRow): OcsfEvent {
  const at = (column: string): string => printableLine(String(row[column]), 1024)
  const unixMs = (column: string): number =>
    Number(parseInstant(String(row[column]), column) / nsPerMs)
  const activity = activityOf.get(at('verb')) ?? otherId
  return {
    class_uid: 6003,
    class_name: 'API Activity',
    category_uid: 6,
    activity_id: activity,
    activity_name: at('verb') || 'other',
    type_uid: 6003 * 100 + activity,
    severity_id: 1,
    time: unixMs('ts'),
    start_time: unixMs('ts'),
    end_time: unixMs('end_ts'),
    status_id: statusOf.get(at('outcome')) ?? 0,
    metadata: {
      version: '1.9.0',
      product: { name: 'Whodid', vendor_name: 'Whodid' },
      profiles: ['ai_operation', 'trace'],
      uid: `${at('log_id')}#${at('log_index')}`,
      logged_time: unixMs('received_at'),
      correlation_uid: at('correlation_id'),
    },
    actor: { user: { uid: at('delegator_id') || at('user_id'), type: at('delegator_type') } },
    api: { operation: at('tool_name') || at('name'), service: { name: at('service_name') } },
    src_endpoint: { name: at('exporter') },
    resources:
      row['resource_id'] === '' ? [] : [{ uid: at('resource_id'), type: at('resource_type') }],
    trace: { uid: at('trace_id'), span: { uid: at('span_id'), parent_uid: at('parent_span_id') } },
    ...(row['actor_type'] === 'agent' ? { ai_operation: agentOperation(at) } : {}),
    unmapped: {
      ledger: { log: at('log_id'), index: row['log_index'], record_kind: at('record_kind') },
    },
  }
}

function agentOperation(at: (column: string) => string): OcsfEvent {
  return {
    ai_agent: {
      uid: at('template_id'),
      name: at('template_name'),
      version: at('template_version'),
      instance_uid: at('instance_id'),
    },
    delegation: {
      uid: at('delegation_id'),
      parent_uid: at('delegation_parent_id'),
      issuer_uid: at('delegation_issuer'),
    },
  }
}
