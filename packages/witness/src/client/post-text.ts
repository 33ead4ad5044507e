/** The response to a request. */
export interface TextResponse {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** The time limit of a request, and the signal that aborts it. */
export interface PostOptions {
  /** Default 5,000. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

const timeoutMsDefault = 5_000

/** Posts text and reads the answer, up to 256 KiB. Never throws: an unreachable server is an outcome. */
export async function postText(
  url: string,
  body: string,
  { timeoutMs = timeoutMsDefault, signal }: PostOptions,
): Promise<TextResponse | { readonly outcome: 'unreachable'; readonly detail: string }> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      redirect: 'error',
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    })
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      body: await readBounded(response.body),
    }
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    const detail = cause instanceof Error ? cause.message : String(cause)
    return { outcome: 'unreachable', detail: `${url}: ${detail}` }
  }
}

/** Longest answer that is read, in bytes: a checkpoint with many cosignatures. */
const responseBytesMax = 262_144

/** Reads a response as text. Throws when it is longer than 256 KiB. */
export async function readBounded(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.length
    if (length > responseBytesMax)
      throw new Error(`its answer is longer than ${responseBytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
