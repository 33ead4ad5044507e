import type { Attributes } from '@opentelemetry/api'
import { attribute, WhodidError } from '@whodid/model'
import type { Outcome } from '@whodid/model'
import { scopeHere } from './ambient.ts'
import type { Approval } from './approval.ts'
import type { Credential } from './credential.ts'
import type { InputOrigin } from './input.ts'
import { confirmIntent } from './intent.ts'
import { beginRecord, refOf } from './record.ts'
import { activeRuntime, guard } from './runtime.ts'
import { runInScope } from './scope.ts'
import type { Scope } from './scope.ts'
import { Interrupted, trackEnd } from './session.ts'
import { formatTraceParent } from './trace-parent.ts'
import { callAttributes, resultAttributes } from './tool-attributes.ts'
import { resourceAttributes } from './resource.ts'
import { uuidV7 } from './uuid-v7.ts'

/** What a tool call does, to what, and by what right. */
export interface ToolOptions {
  /** `create` `read` `update` `delete` `execute` `send` `approve` or your own. Default `execute`. */
  readonly verb?: string
  /** What it touches, as a URI-like ID or a URL: `github:pull:acme/app/812`, `db:row:shop/customers/42`, `file:/srv/app/a.ts`. */
  readonly resource?: string
  /** What the tool is called with. Its hash is always recorded, its text by the capture policy. */
  readonly arguments?: unknown
  /** Whether the intent is recorded, and acknowledged, before the tool runs. Default: true for every verb but `read`. */
  readonly destructive?: boolean
  /** Default: the run's. */
  readonly credential?: Credential
  /** Number from 1 of the plan's step that this call carries out. */
  readonly step?: number
  /** Says that the result enters the model's context. */
  readonly input?: InputOrigin
  /** The decision that allowed the call. */
  readonly approval?: Approval
  /** The model's ID of the call. Default: the action's. */
  readonly callId?: string
  /** `gen_ai.tool.type`, such as `function`, `extension`, `datastore`. */
  readonly type?: string
  readonly description?: string
}

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

export type ToolBody<T> = (call: ToolCall) => T | PromiseLike<T>

/**
 * Runs a tool and records the call: what was called with what, on what, with which credential, how it ended, and for which
 * prompt and plan. Returns what `body` returns and throws what it throws, unchanged, always as a promise.
 *
 * A call that can change something (any verb but `read`, unless `destructive: false`) is recorded twice under one action ID:
 * its intent before `body` runs, with the outcome `unknown`, and its outcome after. `body` runs once the collector has
 * acknowledged the intent, and with it the prompt and plan before it; when that does not happen within `intentTimeoutMs`,
 * `onUnrecorded` decides: `allow` runs it and counts, `block` throws a WhodidError `action_unrecorded` without running it.
 */
export function tool<T>(name: string, body: ToolBody<T>): Promise<T>
export function tool<T>(name: string, options: ToolOptions, body: ToolBody<T>): Promise<T>
export async function tool<T>(
  name: string,
  second: ToolOptions | ToolBody<T>,
  third?: ToolBody<T>,
): Promise<T> {
  const options = typeof second === 'function' ? {} : second
  const body = typeof second === 'function' ? second : third
  if (body === undefined)
    throw new TypeError(`tool "${name}" expected a function to run; got ${typeof third}`)
  const call = beginCall(name, options)
  if (call.destructive && !(await confirmIntent(call))) {
    call.end('denied', unrecordedError(name))
    throw unrecordedError(name)
  }
  try {
    const result = await runInScope(call.scope, () => body(call.handle))
    call.succeed(result)
    return result
  } catch (error) {
    call.end('failure', error)
    throw error
  }
}

/** A tool call as the verb sees it. */
export interface Call {
  readonly name: string
  readonly destructive: boolean
  readonly scope: Scope
  readonly handle: ToolCall
  /** What the intent says as the call does. */
  attributes(): Attributes
  succeed(result: unknown): void
  end(outcome: Outcome, error?: unknown): void
}

function beginCall(name: string, options: ToolOptions): Call {
  const from = scopeHere()
  const actionId = uuidV7()
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
  const handle = toolCall(actionId, record)
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

function toolCall(actionId: string, record: ReturnType<typeof beginRecord>): ToolCall {
  return {
    actionId,
    span: refOf(record.span),
    traceparent: formatTraceParent(record.span),
    touched: (resource) => {
      record.add(({ config }) => resourceAttributes(resource, config))
    },
  }
}

function unrecordedError(name: string): WhodidError {
  return new WhodidError(
    'action_unrecorded',
    `tool "${name}" was not run: "onUnrecorded" is "block" and the collector did not acknowledge its intent`,
  )
}
