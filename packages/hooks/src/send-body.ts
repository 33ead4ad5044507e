import { request as httpRequest } from 'node:http'
import type { RequestOptions } from 'node:http'

/** A request that is made once and as a whole. */
export interface BodyToSend {
  readonly url: string
  readonly method?: 'POST' | 'GET' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  /** Milliseconds for all of it. */
  readonly timeoutMs: number
}

/** The response to it. */
export interface BodyAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: Buffer
}

/** Bytes of an answer that are read; the rest is thrown away. */
const answerBytesMax = 256 * 1024

/** Sends a body over HTTP or HTTPS. Rejects when no whole answer comes in time; loads no more than that takes. */
export async function sendBody({
  url,
  method = 'POST',
  headers,
  body,
  timeoutMs,
}: BodyToSend): Promise<BodyAnswer> {
  const target = new URL(url)
  const options: RequestOptions = {
    method,
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    signal: AbortSignal.timeout(timeoutMs),
  }
  const request = target.protocol === 'https:' ? (await import('node:https')).request : httpRequest
  return new Promise((resolve, reject) => {
    const sent = request(target, options, (response) => {
      const chunks: Buffer[] = []
      let bytes = 0
      response
        .on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes <= answerBytesMax) chunks.push(chunk)
        })
        .on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers['content-type'] ?? '',
            body: Buffer.concat(chunks),
          }),
        )
        .on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
