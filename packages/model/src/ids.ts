/** 32 lower-case hex digits, not all zero (W3C Trace Context §3.2.2.3). */
export type TraceIdHex = string
/** 16 lower-case hex digits, not all zero (W3C Trace Context §3.2.2.4). */
export type SpanIdHex = string
/** `<trace id>-<span id>`, both lower-case hex: the form of `whodid.prompt.ref` and of the `span:` handle. */
export type SpanRef = string

const traceIdPattern = /^[0-9a-f]{32}$/u
const spanIdPattern = /^[0-9a-f]{16}$/u
const zeroTrace = '0'.repeat(32)
const zeroSpan = '0'.repeat(16)

/** Returns true when text is a trace ID in its canonical form: lower case, not all zero. */
export function isTraceIdHex(text: string): boolean {
  return traceIdPattern.test(text) && text !== zeroTrace
}

/** Returns true when text is a span ID in its canonical form: lower case, not all zero. */
export function isSpanIdHex(text: string): boolean {
  return spanIdPattern.test(text) && text !== zeroSpan
}

/** Joins a trace and a span ID to a reference; '' when either is absent. */
export function spanRef(traceIdHex: string, spanIdHex: string): SpanRef {
  return traceIdHex === '' || spanIdHex === '' ? '' : `${traceIdHex}-${spanIdHex}`
}

/** Splits a reference, hex of either case; undefined when it is not one. */
export function parseSpanRef(text: string): { trace: TraceIdHex; span: SpanIdHex } | undefined {
  const lower = text.toLowerCase()
  const trace = lower.slice(0, 32)
  const span = lower.slice(33)
  if (lower.charAt(32) !== '-' || !isTraceIdHex(trace) || !isSpanIdHex(span)) return undefined
  return { trace, span }
}

/** Returns true when text is the beginning of a UUID with its first hyphen, such as a narrow column of a screen shows. */
export function isPartOfUuid(text: string): boolean {
  return (
    text.length < 36 &&
    /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){0,3}[0-9a-f]{0,12}(?:…|\.\.\.)?$/iu.test(text)
  )
}

/** The rights of a token of Whodid: sending (`ingest`), sending as one launched agent (`launch`), reading (`investigator`), everything (`admin`). */
type TokenKind = 'ingest' | 'launch' | 'investigator' | 'admin'

const kindByMark: ReadonlyMap<string, TokenKind> = new Map([
  ['ing', 'ingest'],
  ['lau', 'launch'],
  ['inv', 'investigator'],
  ['adm', 'admin'],
])

/**
 * The kind that a token says it is of, by its first letters (`whodid_ing_…`); undefined for one that was not made by Whodid.
 * It is for messages alone: a token's rights are decided by its hash.
 */
export function tokenKind(token: string): TokenKind | undefined {
  const mark = /^whodid_([a-z]{3})_/u.exec(token.slice(0, 16))?.[1]
  return mark === undefined ? undefined : kindByMark.get(mark)
}
