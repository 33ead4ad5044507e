import { printableLine, tokenKind } from '@whodid/model'

/** The token that was sent, and where it was set: a variable's name, or the option's. Both '' when none was. */
export interface SentToken {
  readonly token: string
  readonly tokenSource: string
}

/** An answer that refuses. */
export interface Refusal {
  readonly status: number
  readonly contentType: string
  readonly body: Uint8Array
}

/** Longest text of a refusal, in UTF-16 units. */
const detailLengthMax = 500

/**
 * Why the collector refused, for a person: the status and what the answer says. Of a 401, which setting holds the token, what kind of
 * token it looks like, and what kind is needed; never the token.
 */
export function refusalDetail(refusal: Refusal, sent: SentToken): string {
  const said = statusMessage(refusal)
  const why = refusal.status === 401 ? unknownToken(sent) : said
  return printableLine(`HTTP ${refusal.status}${why === '' ? '' : `: ${why}`}`, detailLengthMax)
}

function unknownToken({ token, tokenSource }: SentToken): string {
  const needed =
    'the "ingest" token of tokens.json in the collector’s data directory, or one of `whodid exporter add`'
  if (token === '') return `no token was sent; set WHODID_INGEST_TOKEN to ${needed}`
  const kind = tokenKind(token)
  const holds = kind === undefined ? '' : `, which looks like the "${kind}" token of some Whodid`
  // The command reads with WHODID_TOKEN, so that the one variable cannot hold both.
  const instead =
    tokenSource === 'WHODID_TOKEN' ? ' in WHODID_INGEST_TOKEN (WHODID_TOKEN is for reading)' : ''
  return `the collector does not take the token of ${tokenSource}${holds}; expected ${needed},${instead === '' ? ' of this collector' : instead}`
}

/** The message of a `google.rpc.Status`, which is what OTLP answers failures with; '' of any other body. */
function statusMessage({ contentType, body }: Refusal): string {
  try {
    const text = contentType.includes('json') ? messageOfJson(body) : messageOfProtobuf(body)
    return printableLine(text, detailLengthMax)
  } catch {
    // Some proxy's body: the status is what counts.
    return ''
  }
}

function messageOfJson(body: Uint8Array): string {
  const parsed: unknown = JSON.parse(Buffer.from(body).toString())
  const message: unknown =
    typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'message') : undefined
  return typeof message === 'string' ? message : ''
}

/** Field 1 is the code, a varint of one byte in every status there is; field 2 the message. */
function messageOfProtobuf(body: Uint8Array): string {
  const start = body[0] === 0x08 ? 2 : 0
  if (body[start] !== 0x12) return ''
  let length = 0
  let at = start + 1
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = body[at] ?? 0
    at += 1
    length |= (byte & 0x7f) << shift
    if (byte < 0x80) break
  }
  return Buffer.from(body.subarray(at, at + length)).toString()
}
