import { isSpanIdHex, isTraceIdHex } from '@whodid/model'
import type { CarriedIds } from './imported-event.ts'

/** UTF-16 units of a text in which identifiers are looked for: from its end, where comments and trailers stand. */
const textLengthMax = 16_384

/** Reads a `traceparent` of W3C Trace Context; {} where it is none. */
export function readTraceParent(text: string): Partial<CarriedIds> {
  const [version = '', trace = '', span = ''] = text.trim().toLowerCase().split('-')
  if (version.length !== 2 || version === 'ff') return {}
  return isTraceIdHex(trace) && isSpanIdHex(span) ? { traceIdHex: trace, spanIdHex: span } : {}
}

/** Names under which identifiers are carried in comments, trailers and headers. */
const idOfName: ReadonlyMap<string, keyof CarriedIds> = new Map([
  ['action', 'action'],
  ['instance', 'instance'],
  ['template', 'template'],
  ['for', 'delegator'],
  ['delegator', 'delegator'],
  ['tool-call', 'toolCall'],
])

/**
 * Reads the identifiers that `<key>=<value>` or `<key>: <value>` pairs carry: `traceparent`, and `whodid-instance`, `whodid-template`,
 * `whodid-for`, `whodid-action`, `whodid-tool-call`, with `-`, `_` or `.`, in either case. A second value of one name is ignored.
 */
export function readCarried(pairs: Iterable<readonly [string, string]>): Partial<CarriedIds> {
  const carried: { -readonly [Key in keyof CarriedIds]?: CarriedIds[Key] } = {}
  for (const [key, value] of pairs) {
    const name = key.trim().toLowerCase().replaceAll(/[_.]/gu, '-')
    if (name === 'traceparent' || name === 'whodid-trace') {
      if (carried.traceIdHex === undefined) Object.assign(carried, readTraceParent(value))
      continue
    }
    const id = name.startsWith('whodid-') ? idOfName.get(name.slice('whodid-'.length)) : undefined
    if (id !== undefined) carried[id] ??= value.trim()
  }
  return carried
}

/** Reads a comment as sqlcommenter writes it at the end of a statement: pairs of an encoded key and a quoted, encoded value. */
export function readSqlComment(statement: string): Partial<CarriedIds> {
  const tail = statement.slice(-textLengthMax)
  const end = tail.lastIndexOf('*/')
  const start = end < 0 ? -1 : tail.lastIndexOf('/*', end)
  if (start < 0) return {}
  const pairs = tail
    .slice(start + 2, end)
    .split(',')
    .map((pair): [string, string] => {
      const [key, value] = splitAt(pair, '=')
      const plain = value.trim().replace(/^'/u, '').replace(/'$/u, '')
      return [decoded(key.trim()), decoded(plain)]
    })
  return readCarried(pairs)
}

/** Reads the trailers of a commit's message: the lines of its last paragraph. */
export function readTrailers(message: string): readonly (readonly [string, string])[] {
  const lines = message.slice(-textLengthMax).trimEnd().split('\n')
  const blank = lines.findLastIndex((line) => line.trim() === '')
  return lines
    .slice(blank + 1)
    .map((line) => splitAt(line, ':'))
    .filter(([key, value]) => /^[A-Za-z][A-Za-z0-9-]*$/u.test(key) && value !== '')
    .map(([key, value]) => [key, value.trim()])
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // An escape that is none: the text stays as it came.
    return text
  }
}
