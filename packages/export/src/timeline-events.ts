import type { RecordRow } from './record-row.ts'
import { recordSentence } from './record-sentence.ts'

/** One event as Timesketch takes it: `message`, `datetime` and `timestamp_desc` are what it demands. */
export interface TimelineEvent {
  readonly message: string
  /** RFC 3339 with nanoseconds. */
  readonly datetime: string
  readonly timestamp_desc: string
  readonly [attribute: string]: string
}

/** The events of a record for a timeline: when it began, ended and was received, so that a clock that lies is seen beside one that does not. */
export function timelineEvents(row: RecordRow): TimelineEvent[] {
  const at = (column: string): string => String(row[column])
  const attributes = {
    span: `${at('trace_id')}-${at('span_id')}`,
    record_kind: at('record_kind'),
    instance: at('instance_id'),
    template: at('template_id'),
    delegator: at('delegator_id'),
    resource: at('resource_id'),
    outcome: at('outcome'),
    log: at('log_id'),
    log_index: at('log_index'),
  }
  const message = recordSentence(row)
  return [
    { message, datetime: at('ts'), timestamp_desc: 'Start Time (claimed)', ...attributes },
    { message, datetime: at('end_ts'), timestamp_desc: 'End Time (claimed)', ...attributes },
    { message, datetime: at('received_at'), timestamp_desc: 'Received Time', ...attributes },
  ]
}
