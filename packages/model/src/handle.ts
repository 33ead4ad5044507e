import { WhodidError } from './errors.ts'
import { isTraceIdHex, parseSpanRef } from './ids.ts'
import { printableLine } from './printable.ts'
import { normalizeResource } from './resource.ts'
import { suggestHandle } from './suggest-handle.ts'

/** The kinds of handle a responder can type. */
export const handleKinds = [
  'trace',
  'span',
  'action',
  'instance',
  'template',
  'delegator',
  'correlation',
  'credential',
  'resource',
  'session',
  'conversation',
  'tool',
  'prompt',
] as const
export type HandleKind = (typeof handleKinds)[number]

/** Other words for a kind. */
const kindAliases: ReadonlyMap<string, HandleKind> = new Map([
  ['person', 'delegator'],
  ['user', 'delegator'],
])

/** A parsed handle: the kind of the thing it names, and that thing's canonical ID. */
export interface Handle {
  readonly kind: HandleKind
  readonly value: string
}

const promptHashPattern = /^sha256:[0-9a-f]{64}$/u

/** Longest handle taken, in UTF-16 units; a longer one is no name that a record could carry. */
export const handleLengthMax = 4096

/**
 * Parses the text that a responder typed or pasted.
 *
 * `kind:value` for the kinds of {@link handleKinds}, the kind in either case; `person:` and `user:` are `delegator:`. Bare 32 hex is a trace,
 * `hex-hex` a span, `sha256:` and 32 hex a credential, `sha256:` and 64 hex a prompt, a URL or `system:kind:path` a resource. Hex of either case. Resources are put in
 * their canonical form.
 *
 * Throws `invalid_handle` when it is empty, too long, contains NUL, or is none of these; the message says what it was most likely meant
 * to be, where that can be guessed. A kind that is nearly one of these is a slip and not a resource: `resource:` before it says otherwise.
 */
export function parseHandle(text: string): Handle {
  const typed = text.trim()
  if (typed === '') throw invalid('is empty', typed)
  if (typed.length > handleLengthMax)
    throw invalid(`is longer than ${handleLengthMax} characters`, typed)
  if (typed.includes('\0')) throw invalid('contains NUL', typed)
  const colon = typed.indexOf(':')
  const prefix = colon < 0 ? '' : typed.slice(0, colon).trimEnd().toLowerCase()
  const kind = handleKinds.find((known) => known === prefix) ?? kindAliases.get(prefix)
  return kind === undefined
    ? parseBare(typed, prefix)
    : parsePrefixed(kind, typed.slice(colon + 1).trim(), typed)
}

/** The text form that {@link parseHandle} reads back to the same handle. */
export function formatHandle(handle: Handle): string {
  return `${handle.kind}:${handle.value}`
}

function parsePrefixed(kind: HandleKind, value: string, typed: string): Handle {
  if (value === '') throw invalid(`names no ${kind}`, typed)
  switch (kind) {
    case 'trace':
      return { kind, value: traceOf(value, typed) }
    case 'span':
      return { kind, value: spanOf(value, typed) }
    case 'resource':
      return { kind, value: normalizeResource(value).id }
    case 'prompt':
      return { kind, value: promptHashOf(value, typed) }
    case 'action':
    case 'instance':
    case 'template':
    case 'delegator':
    case 'correlation':
    case 'credential':
    case 'session':
    case 'conversation':
    case 'tool':
      return { kind, value }
  }
}

function traceOf(value: string, typed: string): string {
  const trace = value.toLowerCase()
  if (isTraceIdHex(trace)) return trace
  throw invalid('is no trace ID: expected 32 hex digits, not all zero', typed)
}

function spanOf(value: string, typed: string): string {
  const ref = parseSpanRef(value)
  if (ref !== undefined) return `${ref.trace}-${ref.span}`
  throw invalid('is no span: expected <32 hex>-<16 hex>, neither all zero', typed)
}

function promptHashOf(value: string, typed: string): string {
  const hash = value.toLowerCase()
  if (promptHashPattern.test(hash)) return hash
  throw invalid('is no hash of a prompt: expected prompt:sha256:<64 hex>', typed)
}

function parseBare(typed: string, prefix: string): Handle {
  const lower = typed.toLowerCase()
  if (isTraceIdHex(lower)) return { kind: 'trace', value: lower }
  const ref = parseSpanRef(lower)
  if (ref !== undefined) return { kind: 'span', value: `${ref.trace}-${ref.span}` }
  if (/^sha256:[0-9a-f]{32}$/u.test(lower)) return { kind: 'credential', value: lower }
  if (promptHashPattern.test(lower)) return { kind: 'prompt', value: lower }
  if (prefix === 'sha256')
    throw invalid('is no hash of a prompt or a credential: expected 64 or 32 hex digits', typed)
  if (suggestHandle(typed) === undefined && /^[A-Za-z][A-Za-z0-9+.-]*:./su.test(typed))
    return { kind: 'resource', value: normalizeResource(typed).id }
  throw invalid(
    'is not recognised: expected <kind>:<id>, a trace ID, <trace>-<span>, a URL or system:kind:path',
    typed,
  )
}

function invalid(problem: string, typed: string): WhodidError {
  const suggestion = suggestHandle(typed)
  return new WhodidError(
    'invalid_handle',
    `"of" ${problem}; got "${printableLine(typed, 80)}"${suggestion === undefined ? '' : `. ${suggestion}`}`,
  )
}
