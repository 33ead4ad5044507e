import type { OpenRecord } from './record.ts'
import { refOf } from './record.ts'
import { resourceAttributes } from './resource.ts'
import { formatTraceParent } from './trace-parent.ts'

/** A call under way, as the tool's function sees it. */
export interface ToolCall {
  /** Stands on the intent and on the outcome; tag what the tool sends out with it. */
  readonly actionId: string
  /** `<trace>-<span>` of the call. */
  readonly span: string
  /** W3C `traceparent` of the call. */
  readonly traceparent: string
  /** Names what the call touched, when that is known only now, such as what it created. */
  touched(resource: string): void
}

/** The handle of a call whose record has begun. */
export function makeToolHandle(actionId: string, record: OpenRecord): ToolCall {
  return {
    actionId,
    span: refOf(record.span),
    traceparent: formatTraceParent(record.span),
    touched: (resource) => {
      record.add(({ config }) => resourceAttributes(resource, config))
    },
  }
}
