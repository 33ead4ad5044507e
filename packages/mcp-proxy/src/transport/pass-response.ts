import type { IncomingMessage } from 'node:http'
import { finished } from 'node:stream/promises'
import { endOfStatus, endOfUnanswered } from '../observe/end-of-call.ts'
import { EventReader } from './event-reader.ts'
import { messageBytesMax, messageText } from './message-text.ts'
import { headerOf, passedHeaders } from './exchange.ts'
import type { HttpProxyOptions, ObservedExchange, Sessions } from './exchange.ts'

/** The server's answer to an exchange. */
interface Answered {
  readonly exchange: ObservedExchange
  readonly answered: IncomingMessage
}

/** Passes a response chunk by chunk, and records what its messages say. Resolves when all of it has passed. */
export async function passResponse(
  options: HttpProxyOptions,
  sessions: Sessions,
  { exchange, answered }: Answered,
): Promise<void> {
  const { request, response, observer, ids } = exchange
  const status = answered.statusCode ?? 502
  const isGood = status >= 200 && status < 300
  const session = headerOf(answered, 'mcp-session-id') ?? headerOf(request, 'mcp-session-id')
  if (isGood && session !== undefined) {
    if (request.method === 'DELETE') sessions.end(session)
    else sessions.keep(session, observer)
  }
  response.writeHead(status, answered.statusMessage, passedHeaders(answered))
  // A stream of events may have nothing to say for long; its beginning does not wait for that.
  response.flushHeaders()
  const reader = readerOf(options, exchange, answered)
  // A response without an encoding set gives buffers.
  for await (const chunk of answered as AsyncIterable<Buffer>) {
    reader.push(chunk)
    if (response.destroyed) return
    if (!response.write(chunk)) await drained(response)
  }
  reader.end()
  if (!isGood) observer.finish(endOfStatus(status), ids)
  else if (exchange.isClosed) observer.finish(endOfUnanswered('the response ended'), ids)
  response.end()
  await finished(response)
}

interface BodyReader {
  readonly push: (chunk: Buffer) => void
  readonly end: () => void
}

function readerOf(
  { unobserved }: HttpProxyOptions,
  { observer }: ObservedExchange,
  answered: IncomingMessage,
): BodyReader {
  const type = headerOf(answered, 'content-type') ?? ''
  if (/^text\/event-stream\b/iu.test(type)) {
    const events = new EventReader({
      bytesMax: messageBytesMax,
      onData: (text) => {
        observer.fromServer(text)
      },
      onTooLong: () => (unobserved.tooLong += 1),
    })
    return { push: (chunk) => events.push(chunk), end: () => undefined }
  }
  if (!/^application\/json\b/iu.test(type)) return { push: () => undefined, end: () => undefined }
  let chunks: Buffer[] = []
  let length = 0
  return {
    push: (chunk) => {
      length += chunk.length
      if (length <= messageBytesMax) chunks.push(chunk)
      else chunks = []
    },
    end: () => {
      const text = length <= messageBytesMax ? messageText(Buffer.concat(chunks)) : undefined
      if (text === undefined) unobserved[length > messageBytesMax ? 'tooLong' : 'unreadable'] += 1
      else observer.fromServer(text)
    },
  }
}

/** Resolves when more may be written, or nothing more can be. */
function drained(response: ObservedExchange['response']): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.once('drain', done).once('close', done)
  })
}
