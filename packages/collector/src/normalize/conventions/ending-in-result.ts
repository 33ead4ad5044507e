/**
 * The ending of a call that its result's own text states. `unclear`: it speaks of an error in the form of a convention and
 * could not be read whole, so that neither success nor failure follows from it.
 */
export type ResultEnding = 'failure' | 'unclear' | ''

/** UTF-16 units of a text that is parsed. */
const parsedLengthMax = 64 * 1024
/** Levels of wrapping that are looked into: a text in a part in a list in a response, and two more. */
const depthMax = 6
/** Objects and lists that are looked at in one result. */
const nodesMax = 1_000

/**
 * True when a result says that its call failed, where a convention defines how: MCP's `isError` (also as Python writes
 * its objects down, and within JSON-RPC), the `is_error` of tool results, a tool message of LangChain's or Bedrock's whose
 * status is `error`. Any other text is the tool's own output, and no statement. Bounded and never throws.
 */
export function endingInResult(text: string): ResultEnding {
  // Every form below has this in it, and most results have not.
  if (!text.includes('rror')) return ''
  if (isFailedRepr(text)) return 'failure'
  const looking: Looking = { nodesLeft: nodesMax, isCutShort: false }
  if (saysFailure(text, 0, looking)) return 'failure'
  return looking.isCutShort ? 'unclear' : ''
}

interface Looking {
  nodesLeft: number
  /** True when something that may speak of an error was not read. */
  isCutShort: boolean
}

/** The wrappers of a result: JSON-RPC's answer, a framework's holder, a message written down with its class. */
const holders = ['result', 'response', 'output', 'toolResult', 'tool_result', 'kwargs', 'content']

function saysFailure(value: unknown, depth: number, looking: Looking): boolean {
  if (typeof value === 'string') return textSaysFailure(value, depth, looking)
  if (typeof value !== 'object' || value === null) return false
  if (depth > depthMax || looking.nodesLeft <= 0) {
    looking.isCutShort = true
    return false
  }
  looking.nodesLeft -= 1
  if (Array.isArray(value))
    return value.some((part) => isPart(part) && saysFailure(part, depth + 1, looking))
  const flag = member(value, 'isError') ?? member(value, 'is_error')
  // A result that states that it is no error is not searched: its content is the tool's.
  if (typeof flag === 'boolean') return flag
  if (isFailedMessage(value) || isRpcError(value)) return true
  if (member(value, 'type') === 'text' && saysFailure(member(value, 'text'), depth + 1, looking))
    return true
  return holders.some((name) => saysFailure(member(value, name), depth + 1, looking))
}

function textSaysFailure(text: string, depth: number, looking: Looking): boolean {
  if (!text.includes('rror')) return false
  const start = text.trimStart()
  if (!/^[[{"]/u.test(start)) return isFailedRepr(text)
  if (start.length > parsedLengthMax || depth > depthMax) {
    looking.isCutShort ||= mentionsFlag(text)
    return false
  }
  try {
    return saysFailure(JSON.parse(start), depth + 1, looking)
  } catch {
    // Cut off by its sender, or no JSON at all.
    looking.isCutShort ||= mentionsFlag(text)
    return false
  }
}

function mentionsFlag(text: string): boolean {
  return text.includes('isError') || text.includes('is_error')
}

/** True for list elements that conventions define: a list of the tool's own data states no ending. */
function isPart(part: unknown): boolean {
  if (typeof part === 'string') return false
  if (typeof part !== 'object' || part === null) return false
  return ['type', 'content', 'toolResult', 'toolUseId', 'tool_call_id'].some((name) =>
    Object.hasOwn(part, name),
  )
}

/** A message that carries a tool's result and the status `error`: LangChain's, plain or with its class, or Bedrock's. */
function isFailedMessage(value: object): boolean {
  if (member(value, 'status') !== 'error') return false
  return (
    member(value, 'type') === 'tool' ||
    member(value, 'tool_call_id') !== undefined ||
    member(value, 'toolUseId') !== undefined
  )
}

function isRpcError(value: object): boolean {
  const error = member(value, 'error')
  return member(value, 'jsonrpc') !== undefined && typeof error === 'object' && error !== null
}

function member(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
}

/** The beginnings of the objects that carry a result, as Python writes them down. */
const reprStart =
  /^\s*(?:CallToolResult|ToolResult|ToolOutput|ToolMessage|_?meta=|content=|type=|name=)/u
const reprStartLengthMax = 200
const reprEndLength = 64

/** Python's way to write a result down, `meta=None content=[…] isError=True`: the flag stands behind the content. */
function isFailedRepr(text: string): boolean {
  if (!reprStart.test(text.slice(0, reprStartLengthMax))) return false
  const end = text.slice(-reprEndLength).trimEnd()
  if (/(?:^|[\s,(])(?:isError|is_error)=True\)?$/u.test(end)) return true
  return /(?:^|\s|,)status='error'\)?$/u.test(end) && text.includes('tool_call_id=')
}
