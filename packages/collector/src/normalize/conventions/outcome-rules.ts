import type { RecordKind } from '@whodid/model'
import { textOf } from './telemetry.ts'
import type { Convention, Telemetry } from './telemetry.ts'

/**
 * The names of the rules by which an outcome is derived that no attribute states. A record whose outcome is derived
 * carries the name of its rule; one that says its outcome carries none.
 */
export type OutcomeRule =
  'status_ok' | 'result_present' | 'result_is_error' | 'exception_event' | `status_unset_${string}`

/**
 * The vocabularies that mark failures, by the status ERROR or by `error.type`, and leave the status of successes
 * unset: by the name of the convention, the rule that its ended acts succeed by when they carry neither. For a vocabulary that is not
 * here an unset status states nothing.
 */
const ruleOfConvention: ReadonlyMap<string, OutcomeRule> = new Map<string, OutcomeRule>([
  ['http', 'status_unset_http'],
  ['db', 'status_unset_db'],
  ['messaging', 'status_unset_messaging'],
  ['rpc', 'status_unset_rpc'],
  ['gen_ai', 'status_unset_gen_ai_tool'],
  ['mcp', 'status_unset_mcp'],
  ['openinference', 'status_unset_openinference'],
  ['traceloop', 'status_unset_traceloop'],
  ['ai_sdk', 'status_unset_ai_sdk'],
  ['langfuse', 'status_unset_langfuse'],
  ['langsmith', 'status_unset_langsmith'],
])

/** Emitters whose silence says nothing, although they use the names of a vocabulary above; by how their scope begins. */
const silentScopes: readonly (readonly [scope: string, why: string])[] = [
  ['com.anthropic.claude_code', 'the span of a call that a person rejected has the status unset'],
  ['gemini-cli', 'the status is that of the program: how the call ended stands in its response'],
  ['codex', 'its spans are of its own insides; its log records say how a call ended'],
  ['mcp-python-sdk', 'a result that says isError leaves the status of the message unset'],
]

/** Attributes with which an emitter says that an act under an unset status did not run, or not to its end. */
const silentAttributes: readonly (readonly [key: string, value: string, why: string])[] = [
  ['pydantic_ai.tool.deferral.name', '', 'the call waits for an approval, or is done elsewhere'],
  ['logfire.span_type', 'pending_span', 'it is sent when the span begins'],
]

const actKinds: ReadonlySet<string> = new Set<RecordKind>(['tool_call', 'action'])

/** The rule by which a span that ended with its status unset succeeded; '' where none holds. */
export function unsetStatusRule(
  telemetry: Telemetry,
  spoken: readonly Convention[],
): OutcomeRule | '' {
  if (telemetry.signal !== 'span' || telemetry.statusCode !== 0 || isSilent(telemetry)) return ''
  for (const convention of spoken) {
    const rule = ruleOfConvention.get(convention.name)
    if (rule !== undefined && actKinds.has(convention.kind(telemetry))) return rule
  }
  return ''
}

function isSilent({ scopeName, attributes }: Telemetry): boolean {
  return (
    silentScopes.some(([scope]) => scopeName.startsWith(scope)) ||
    silentAttributes.some(([key, value]) => {
      const said = textOf(attributes, key)
      return said !== '' && (value === '' || said === value)
    })
  )
}
