import { printableLine } from '@whodid/model'
import type { RecordRow } from '@whodid/model'

const lengthMax = 500

/**
 * Puts a record into one line, as timelines and SIEMs show it: `<who>: <kind> <verb> <what>`, 500 characters at most. A part
 * that the next one begins with is left out: no record is a `prompt prompt` or a `tool_call read read_file`.
 */
export function recordSentence(row: RecordRow): string {
  const at = (column: string): string => printableLine(String(row[column] ?? ''), lengthMax)
  const who = at('instance_id') || at('user_id') || at('service_name') || 'somebody'
  const what = at('resource_id') || at('tool_name') || at('name')
  let said = ''
  for (const part of [what, at('verb'), at('record_kind')])
    if (part !== '' && !beginsWith(said, part)) said = `${part} ${said}`.trim()
  return printableLine(`${who}: ${said}`, lengthMax)
}

/** Returns true when a text begins with these whole words; case and the signs between words do not matter. */
function beginsWith(text: string, words: string): boolean {
  const [inText, sought] = [wordsOf(text), wordsOf(words)]
  return sought.length > 0 && sought.every((word, index) => inText[index] === word)
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

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
