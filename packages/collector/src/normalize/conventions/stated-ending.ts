import type { Attributes } from '../../otlp/batch.ts'
import { textOf } from './telemetry.ts'

/**
 * The ending of an act that a record states. `unknown`: it was stopped, and its progress is
 * unknown. `open`: when the record was written it had not ended.
 */
export type Ending = 'denied' | 'failure' | 'unknown' | 'open' | 'success'

/** Of several statements on one record, the first of these that is made stands: a failure outranks a success. */
const byWeight: readonly Ending[] = ['denied', 'failure', 'unknown', 'open', 'success']

/** Reads one attribute's text; '' when it states nothing. */
type Read = (text: string) => Ending | ''

/**
 * The ending that the attributes of a tool's call state, from any instrumentation; '' when none does. Looks
 * only at the keys of the table below: one pass, no parsing.
 */
export function statedEnding(attributes: Attributes): Ending | '' {
  let found: Ending | '' = ''
  for (const key of attributes.keys()) {
    const read = readers.get(key)
    if (read === undefined) continue
    found = weightiest(found, read(plainWord(textOf(attributes, key))))
  }
  return found
}

/** True when an attribute of this key may state an ending. */
export function statesEnding(key: string): boolean {
  return readers.has(key)
}

/** UTF-16 units of a value that are looked at: the words that are known are shorter. */
const wordLengthMax = 64

function plainWord(text: string): string {
  return text.slice(0, wordLengthMax).trim().toLowerCase()
}

/** Of two statements, the one that stands. */
export function weightiest(one: Ending | '', other: Ending | ''): Ending | '' {
  if (one === '' || other === '') return one === '' ? other : one
  return byWeight.indexOf(other) < byWeight.indexOf(one) ? other : one
}

/** The words of a refused approval: a decision that is one of these stopped the call. */
const refusals: ReadonlySet<string> = new Set(
  'deny denied reject rejected decline declined cancel cancelled canceled block blocked refuse refused abort aborted'.split(
    ' ',
  ),
)

/** True when a decision, in any emitter's word, refused the request. */
export function isRefusal(decision: string): boolean {
  return refusals.has(plainWord(decision))
}

const endingOfWord: ReadonlyMap<string, Ending> = new Map<string, Ending>([
  ...words('failure', 'error errored fail failed failure exception timeout timed_out timedout'),
  ...words('denied', 'denied rejected declined blocked refused'),
  ...words('unknown', 'cancelled canceled aborted interrupted killed'),
  ...words('open', 'pending running in_progress started queued suspended deferred paused'),
  ...words('success', 'success succeeded successful ok complete completed done'),
])

function words(ending: Ending, list: string): (readonly [string, Ending])[] {
  return list.split(' ').map((word) => [word, ending])
}

const nothings: ReadonlySet<string> = new Set(['', 'false', '0', 'none', 'null', 'undefined', '{}'])
const isTrue = (text: string): boolean => text === 'true' || text === '1'
const isFalse = (text: string): boolean => text === 'false' || text === '0'

const word: Read = (text) => endingOfWord.get(text) ?? ''
const errorFlag: Read = (text) => (isTrue(text) ? 'failure' : '')
const successFlag: Read = (text) => (isTrue(text) ? 'success' : isFalse(text) ? 'failure' : '')
const errorText: Read = (text) => (nothings.has(text) ? '' : 'failure')
const decision: Read = (text) => (isRefusal(text) ? 'denied' : '')
const approvedFlag: Read = (text) => (isFalse(text) ? 'denied' : '')
const grpcCode: Read = (text) => (text === '' ? '' : text === '0' ? 'success' : 'failure')
const rpcCode: Read = (text) => (text === '' || /^(?:ok|0|2\d\d)$/u.test(text) ? '' : 'failure')

/** The prefixes of the keys of a tool's call, in the vocabularies that were read. */
const tools =
  'tool. tool.call. tool.result. tool.output. tool.execution. tool_call. tool_result. tool_ function. mcp. mcp.tool. mcp.tool.call. mcp.tool.result. mcp.result. mcp.response. gen_ai.tool. gen_ai.tool.call. gen_ai.tool.result. gen_ai.tool.output. gen_ai.tool.call.result. gen_ai.tool.execution.'.split(
    ' ',
  )

const readers: ReadonlyMap<string, Read> = new Map<string, Read>([
  ...under(['', 'result.', 'output.', 'response.', ...tools], ['isError', 'is_error'], errorFlag),
  ...under(['', ...tools], ['success', 'succeeded'], successFlag),
  ...under(tools, ['status', 'outcome'], word),
  ...under(
    tools,
    ['error', 'error.type', 'error.message', 'error_type', 'error_message'],
    errorText,
  ),
  ...under(
    ['', 'tool.', 'tool_', 'gen_ai.tool.', 'gen_ai.tool.call.', 'mcp.tool.'],
    [
      'approval.status',
      'approval.decision',
      'approval.outcome',
      'approval_status',
      'permission.decision',
    ],
    decision,
  ),
  ...under(
    ['tool.', 'tool_call.', 'gen_ai.tool.', 'gen_ai.tool.call.'],
    ['approval', 'decision', 'decision.outcome'],
    decision,
  ),
  ...under(
    ['tool.', 'approval.', 'tool.approval.', 'tool_call.', 'gen_ai.tool.', 'gen_ai.tool.call.'],
    ['approved', 'granted'],
    approvedFlag,
  ),
  ...under([''], ['error', 'error.type', 'error.message', 'exception.type'], errorText),
  ['exception.message', errorText],
  ['ai.toolCall.error', errorText],
  ['gen_ai.task.status', word],
  ['otel.status_code', (text) => (text === 'error' ? 'failure' : '')],
  ['rpc.grpc.status_code', grpcCode],
  ['rpc.response.status_code', rpcCode],
  ['rpc.jsonrpc.error_code', errorText],
  ['rpc.connect_rpc.error_code', errorText],
])

function under(
  owners: readonly string[],
  names: readonly string[],
  read: Read,
): (readonly [string, Read])[] {
  return owners.flatMap((owner) => names.map((name): [string, Read] => [`${owner}${name}`, read]))
}
