import { readBounded } from './read-bounded.ts'

/** What was answered. */
export interface TextResponse {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** How long is waited, and what ends it. */
export interface PostOptions {
  /** Default 5,000. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

const timeoutMsDefault = 5_000

/** Posts text and reads what is answered, up to 256 KiB. Never throws: what cannot be reached is an outcome. */
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
