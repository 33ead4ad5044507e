import type { Attributes } from '@opentelemetry/api'
import { attribute } from '@whodid/model'
import type { Outcome } from '@whodid/model'
import type { Scope } from '../context/scope.ts'
import { formatTraceParent } from '../context/trace-context.ts'
import { activeRuntime, guard } from '../runtime.ts'
import { resourceAttributes } from './content.ts'
import { beginRecord, refOf } from './record.ts'
import type { OpenRecord } from './record.ts'
import { Interrupted, trackEnd } from './session.ts'
import { callAttributes, resultAttributes } from './tool-attributes.ts'
import type { ToolOptions } from './tool-attributes.ts'

/** A tool call as the verb sees it. */
export interface OpenToolCall {
  readonly name: string
  readonly destructive: boolean
  readonly scope: Scope
  readonly handle: ToolCall
  /** Returns the attributes that the intent shares with the call. */
  attributes(): Attributes
  /** `unsaid` leaves the outcome to the collector's rules. */
  succeed(result: unknown, outcome?: 'success' | 'unsaid'): void
  end(outcome: Outcome, error?: unknown, attributes?: Attributes): void
}

interface CallSpec {
  readonly name: string
  readonly options: ToolOptions
  readonly actionId: string
  readonly from: Scope
  /** In milliseconds since 1970. Default: now. */
  readonly startedUnixMs?: number | undefined
}

/** Begins the record of a call. Never throws. */
export function beginToolCall(spec: CallSpec): OpenToolCall {
  const { name, options, actionId, from, startedUnixMs } = spec
  const runtime = activeRuntime()
  const attributes =
    runtime === undefined
      ? {}
      : guard<Attributes>(
          () => callAttributes({ name, options, actionId, scope: from, config: runtime.config }),
          { [attribute.toolName]: String(name), [attribute.actionId]: actionId },
        )
  const record = beginRecord(from, {
    kind: 'tool_call',
    startedUnixMs,
    name: `execute_tool ${name}`,
    attributes: () => attributes,
  })
  record.add(() => ({ [attribute.operationName]: 'execute_tool' }))
  const watched = runtime?.stops?.watch(from.actor)
  const end = trackEnd((ended) => {
    const unknown = ended?.value instanceof Interrupted
    if (unknown) record.add(() => ({ [attribute.actionOutcome]: 'unknown' }))
    watched?.release()
    record.end(ended)
  })
  const handle = makeToolHandle(actionId, record, watched?.signal ?? neverAborted)
  return {
    name,
    destructive: guard(() => options.destructive ?? (options.verb ?? 'execute') !== 'read', true),
    scope: { ...from, call: { span: record.span, actionId } },
    handle,
    attributes: () => attributes,
    succeed: (result, outcome = 'success') => {
      record.add(({ config }) => ({
        ...(outcome === 'unsaid' ? {} : { [attribute.actionOutcome]: outcome }),
        ...resultAttributes(result, { options, attributes, config }),
      }))
      end(undefined)
    },
    end: (outcome, error, more) => {
      record.add(() => ({ ...more, [attribute.actionOutcome]: outcome }))
      end({ value: error })
    },
  }
}

/**
 * A call under way, as the tool's function sees it.
 *
 * @example
 * await tool('create_issue', { verb: 'create' }, async (call) => {
 *   const issue = await github.createIssue()
 *   call.touched(issue.url)
 * })
 */
export interface ToolCall {
  /** Stands on the intent and on the outcome; tag what the tool sends out with it. */
  readonly actionId: string
  /** `<trace>-<span>` of the call. */
  readonly span: string
  /** W3C `traceparent` of the call. */
  readonly traceparent: string
  /** Aborts when the agent is stopped under way; never where `revocationsFrom` is not set. */
  readonly signal: AbortSignal
  /** Names what the call touched, when that is known only now, such as what it created. */
  touched(resource: string): void
}

const neverAborted = new AbortController().signal

/** The handle of a call whose record has begun. */
function makeToolHandle(actionId: string, record: OpenRecord, signal: AbortSignal): ToolCall {
  return {
    actionId,
    span: refOf(record.span),
    traceparent: formatTraceParent(record.span),
    signal,
    touched: (resource) => {
      record.add(({ config }) => resourceAttributes(resource, config))
    },
  }
}
