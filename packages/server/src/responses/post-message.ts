import { createHmac } from 'node:crypto'
import type { ResponseOutcome } from '@whodid/detect'
import type { Receiver } from './read-responses.ts'

/** Milliseconds that a receiver has to answer. */
const answerMsMax = 10_000

/** Bytes of a message at most. */
const bodyBytesMax = 262_144

/** Statuses that say that the same message may be taken later. */
const passing: readonly number[] = [408, 425, 429]

/** A message to a receiver. */
export interface Message {
  /** The same for each attempt. */
  readonly id: string
  readonly body: string
  /** Seconds since 1970. */
  readonly sentAtUnixS: number
}

/**
 * Posts a message, with the headers and the signature of Standard Webhooks: HMAC-SHA-256 over `<id>.<time>.<body>`. Follows no redirect, and
 * reads no byte of the answer but its status. Resolves however it ends.
 */
export async function postMessage(
  { url, headers, secret }: Receiver,
  { id, body, sentAtUnixS }: Message,
  stopping: AbortSignal,
): Promise<ResponseOutcome> {
  if (Buffer.byteLength(body) > bodyBytesMax) return ended('given_up', 'message_too_large')
  const signed: Record<string, string> =
    secret === undefined
      ? {}
      : { 'webhook-signature': signatureOf(secret, `${id}.${sentAtUnixS}.${body}`) }
  const slow = AbortSignal.timeout(answerMsMax)
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        'user-agent': 'whodid',
        'webhook-id': id,
        'webhook-timestamp': String(sentAtUnixS),
        ...signed,
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([slow, stopping]),
    })
    await answer.body?.cancel().catch(() => undefined)
    return outcomeOf(answer.status)
  } catch {
    // The reason may quote the URL, which may be a secret.
    return ended('failed', slow.aborted ? 'timed_out' : 'unreachable')
  }
}

function signatureOf(secret: Buffer, text: string): string {
  return `v1,${createHmac('sha256', secret).update(text).digest('base64')}`
}

function outcomeOf(status: number): ResponseOutcome {
  if (status >= 200 && status < 300) return ended('done', '')
  const isPassing = status >= 500 || passing.includes(status)
  return ended(isPassing ? 'failed' : 'given_up', `status_${status}`)
}

function ended(outcome: ResponseOutcome['outcome'], error: string): ResponseOutcome {
  return { outcome, error, target: '' }
}
