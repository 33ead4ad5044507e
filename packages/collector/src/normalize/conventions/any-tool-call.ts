import type { RecordKind } from '@whodid/model'
import type { Attributes } from '../../otlp/batch.ts'
import { firstText } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'

/** The last words of a key that names a tool, and of one that holds a call's ID, without separators. */
const toolWords = ['toolname', 'functionname', 'toolfunctionname']
const callWords = [
  'toolcallid',
  'calltoolid',
  'tooluseid',
  'toolinvocationid',
  'functioncallid',
  'callid',
]

/** Keys of a call's arguments and results, the surest first. */
const givenKeys = [
  'gen_ai.tool.call.arguments',
  'tool.call.arguments',
  'tool.arguments',
  'tool_arguments',
  'tool.input',
  'tool_input',
  'tool.args',
  'tool_args',
  'function.arguments',
  'arguments',
  'args',
  'input.value',
  'input',
]
const gaveKeys = [
  'gen_ai.tool.call.result',
  'tool.call.result',
  'tool.result',
  'tool_result',
  'tool.output',
  'tool_output',
  'tool.response',
  'result',
  'output.value',
  'output',
]

/** Attributes of one span that are searched for a name that is not known. */
const keysMax = 256

const serverKind = 2

/**
 * A tool call in an unknown vocabulary: a span with a tool's name and the ID of a call, by any keys. Only an agent's program
 * sends a call's ID; a tool's server does not.
 */
export const anyToolCall: Convention = {
  name: 'tool_call',
  speaks: (telemetry) =>
    telemetry.signal === 'span' && findCall(telemetry.attributes) !== undefined,
  ofAgent: ({ kind }) => kind !== serverKind,
  kind: () => 'tool_call',
  read: readCall,
}

interface Call {
  readonly tool: string
  readonly id: string
}

function readCall({ attributes }: Telemetry, kind: RecordKind): Claims {
  if (kind !== 'tool_call') return {}
  const call = findCall(attributes)
  return {
    toolName: call?.tool ?? '',
    toolCallId: call?.id ?? '',
    content: firstText(attributes, givenKeys),
    result: firstText(attributes, gaveKeys),
  }
}

function findCall(attributes: Attributes): Call | undefined {
  let tool = ''
  let id = ''
  let looked = 0
  for (const [key, value] of attributes) {
    if ((looked += 1) > keysMax) break
    if (typeof value !== 'string' || value === '') continue
    const form = formOf(key)
    if (form === 'tool' && tool === '') tool = value
    if (form === 'call' && id === '') id = value
    if (tool !== '' && id !== '') return { tool, id }
  }
  return undefined
}

type Form = 'tool' | 'call' | ''

/** Keys that were read, each with the result. */
const formsKnown = new Map<string, Form>()
const formsKnownMax = 4_096
const keyLengthMax = 128

/** The part of a call that a key names, in any vocabulary. */
export function formOf(key: string): Form {
  if (key.length > keyLengthMax) return ''
  const known = formsKnown.get(key)
  if (known !== undefined) return known
  const form = readForm(key)
  if (formsKnown.size >= formsKnownMax) formsKnown.clear()
  formsKnown.set(key, form)
  return form
}

/** A key with an index is of one of many: a message's call, for one, and not the span's own. */
function readForm(key: string): Form {
  const parts = key.split(/[._\-/:]/u)
  if (parts.some((part) => /^\d+$/u.test(part)) || /messages?/iu.test(key)) return ''
  const plain = parts.join('').toLowerCase()
  if (toolWords.some((word) => plain.endsWith(word))) return 'tool'
  return callWords.some((word) => plain.endsWith(word)) ? 'call' : ''
}
