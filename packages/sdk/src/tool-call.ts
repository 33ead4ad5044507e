import type { Attributes } from '@opentelemetry/api'
import { attribute } from '@whodid/model'
import type { Outcome } from '@whodid/model'
import { callAttributes } from './call-attributes.ts'
import { beginRecord } from './record.ts'
import { resultAttributes } from './result-attributes.ts'
import { activeRuntime, guard } from './runtime.ts'
import type { Scope } from './scope.ts'
import { Interrupted, trackEnd } from './session.ts'
import { makeToolHandle } from './tool-handle.ts'
import type { ToolCall } from './tool-handle.ts'
import type { ToolOptions } from './tool-options.ts'

/** A tool call as the verb sees it. */
export interface OpenToolCall {
  readonly name: string
  readonly destructive: boolean
  readonly scope: Scope
  readonly handle: ToolCall
  /** What the intent says as the call does. */
  attributes(): Attributes
  succeed(result: unknown): void
  end(outcome: Outcome, error?: unknown): void
}

interface CallSpec {
  readonly name: string
  readonly options: ToolOptions
  readonly actionId: string
  readonly from: Scope
}

/** Begins the record of a call. Never throws. */
export function beginToolCall({ name, options, actionId, from }: CallSpec): OpenToolCall {
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
    name: `execute_tool ${name}`,
    attributes: () => attributes,
  })
  record.add(() => ({ [attribute.operationName]: 'execute_tool' }))
  const end = trackEnd((ended) => {
    const unknown = ended?.value instanceof Interrupted
    if (unknown) record.add(() => ({ [attribute.actionOutcome]: 'unknown' }))
    record.end(ended)
  })
  const handle = makeToolHandle(actionId, record)
  return {
    name,
    destructive: guard(() => options.destructive ?? (options.verb ?? 'execute') !== 'read', true),
    scope: { ...from, call: { span: record.span, actionId } },
    handle,
    attributes: () => attributes,
    succeed: (result) => {
      record.add(({ config }) => ({
        [attribute.actionOutcome]: 'success',
        ...resultAttributes(result, { options, attributes, config }),
      }))
      end(undefined)
    },
    end: (outcome, error) => {
      record.add(() => ({ [attribute.actionOutcome]: outcome }))
      end({ value: error })
    },
  }
}
