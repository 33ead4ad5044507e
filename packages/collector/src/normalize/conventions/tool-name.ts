/** UTF-16 units of a span's name that are looked at. */
const nameLengthMax = 300

/** The prefixes of a tool's name in the name of its span, in lower case; the longer before those they begin with. */
const before = [
  'tools/call ',
  'execute_tool ',
  'tool.execution:',
  'tool.call:',
  'running tool: ',
  'running tool ',
  'calling tool ',
  'tool call: ',
  'tool_call: ',
  'tool_call ',
  'call_tool ',
  'call tool ',
  'invoke_tool ',
  'function: ',
  'function_call ',
  'tool: ',
  'tool:',
  'tool ',
  'tool/',
]

/** The suffixes of it. */
const behind = [
  '.run',
  '._run',
  '.arun',
  '.call',
  '.acall',
  '.__call__',
  '.invoke',
  '.ainvoke',
  '.execute',
  '.tool',
]

/** A tool's name as programs write them: one word. */
const nameLike = /^[\w.:/-]{1,128}$/u

/**
 * The name of the tool in the name of its span, in any of the forms that emitters use: `execute_tool x`, `MCP send tools/call x`,
 * `Tool: x`, `x.run`. '' where none is.
 */
export function toolNameIn(spanName: string): string {
  const name = spanName.slice(0, nameLengthMax).trim()
  const lower = name.toLowerCase()
  const method = lower.indexOf('tools/call ')
  if (method >= 0) return named(name.slice(method + 'tools/call '.length))
  const prefix = before.find((one) => lower.startsWith(one))
  if (prefix !== undefined) return named(name.slice(prefix.length))
  const suffix = behind.find((one) => lower.endsWith(one))
  return suffix === undefined ? '' : named(name.slice(0, -suffix.length))
}

function named(rest: string): string {
  const name = rest.trim()
  return nameLike.test(name) ? name : ''
}
