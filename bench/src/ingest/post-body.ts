import { request } from 'node:http'
import type { Agent } from 'node:http'
import type { LoadTarget } from './load-messages.ts'

/** What was answered. */
export interface PostAnswer {
  readonly status: number
  readonly body: Buffer
}

const timeoutMs = 120_000

/** Posts a body and reads the whole answer. Rejects when the connection fails or 2 minutes pass. */
export function postBody(target: LoadTarget, body: Buffer, agent?: Agent): Promise<PostAnswer> {
  const headers = { ...target.headers, 'content-length': body.length }
  return new Promise((resolve, reject) => {
    const outgoing = request(target.url, {
      method: 'POST',
      headers,
      timeout: timeoutMs,
      ...(agent === undefined ? {} : { agent }),
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer from ${target.url}`)))
    outgoing.on('error', reject)
    outgoing.on('response', (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) })
      })
    })
    outgoing.end(body)
  })
}
