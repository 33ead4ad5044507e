import type { Attributes } from '@opentelemetry/api'
import { attribute } from '@whodid/model'
import type { Outcome } from '@whodid/model'
import { scopeHere } from '../context/carrier-scope.ts'
import { uuidV7 } from '../context/identity.ts'
import { runInScope } from '../context/scope.ts'
import type { Scope } from '../context/scope.ts'
import { activeRuntime, guard } from '../runtime.ts'
import { refusalOf } from '../stop/admit-call.ts'
import { beginRecord, refOf } from './record.ts'
import { trackEnd } from './session.ts'
import { callAttributes, resultAttributes } from './tool-attributes.ts'
import type { ToolOptions } from './tool-attributes.ts'

/** The ending of a call that {@link openCall} began. */
export interface CallEnd {
  readonly outcome: Outcome
  /** What the tool returned. Its hash is always recorded, its text by the capture policy. */
  readonly result?: unknown
  /** Marks the record as failed; its class and message are recorded. */
  readonly error?: unknown
  readonly attributes?: Attributes
}

/** A call under way whose ending lies in another callback than its beginning. */
export interface OpenCall {
  readonly actionId: string
  /** `<trace>-<span>` of the call. */
  readonly span: string
  /** Runs `run` as part of the call: what it records hangs below the call, and what it injects names the call. */
  within<T>(run: () => T): T
  /** Ends the record. The second and later calls do nothing. Never throws. */
  end(end: CallEnd): void
}

/**
 * Records a tool call for code that stands between caller and tool, such as a proxy, and sees its beginning and its end apart. Records
 * what `tool` records, waits for the intent and obeys orders as `tool` does. Resolves when the call may run; otherwise it is recorded as
 * denied, and this throws `agent_stopped`, `standing_unknown` or, with `onUnrecorded: 'block'`, `action_unrecorded`. A call that is
 * never ended is recorded at the process's end, with the outcome `unknown`.
 *
 * @example
 * const call = await openCall('merge', { verb: 'update', resource: 'github:pull:acme/app/812' })
 * emitter.once('merged', (result) => call.end({ outcome: 'success', result }))
 */
export async function openCall(
  name: string,
  options: ToolOptions & { readonly attributes?: Attributes },
): Promise<OpenCall> {
  const from = scopeHere()
  const actionId = uuidV7()
  const config = activeRuntime()?.config
  const attributes: Attributes =
    config === undefined
      ? {}
      : guard<Attributes>(
          () => ({
            ...options.attributes,
            ...callAttributes({ name, options, actionId, scope: from, config }),
          }),
          { [attribute.toolName]: String(name), [attribute.actionId]: actionId },
        )
  const record = beginRecord(from, {
    kind: 'tool_call',
    name: `execute_tool ${name}`,
    attributes: () => ({ ...attributes, [attribute.operationName]: 'execute_tool' }),
  })
  const close = trackEnd((ended) => {
    record.end(ended)
  })
  const end = ({ outcome, result, error, attributes: more }: CallEnd): void => {
    record.add((runtime) => ({
      ...more,
      [attribute.actionOutcome]: outcome,
      ...(result === undefined
        ? {}
        : resultAttributes(result, { options, attributes, config: runtime.config })),
    }))
    close(error === undefined ? undefined : { value: error })
  }
  const scope: Scope = { ...from, call: { span: record.span, actionId } }
  // Unless the call ends, this stands on its record.
  record.add(() => ({ [attribute.actionOutcome]: 'unknown' }))
  const destructive = options.destructive ?? (options.verb ?? 'execute') !== 'read'
  const refusal = await refusalOf({ name, destructive, scope, attributes: () => attributes })
  if (refusal !== undefined) {
    end({ outcome: 'denied', ...refusal })
    throw refusal.error
  }
  return {
    actionId,
    span: refOf(record.span),
    within: (run) => runInScope(scope, run),
    end,
  }
}
