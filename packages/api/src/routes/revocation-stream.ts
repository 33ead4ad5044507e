import type { ServerResponse } from 'node:http'
import { formatInstant, WhodidError } from '@whodid/model'
import type { RecordedRevocation, RevocationService } from '../revocation-service.ts'

/** Streams at most at one time. */
const revocationStreamsMax = 2_048
/** Revocations that a stream repeats at its beginning; a client that is further behind reads the list first. */
const repeatedMax = 20_000
/** Milliseconds between two signs of life. A client that has seen none for 10 s knows nothing any more. */
const aliveMs = 2_000
/** Bytes that may wait for a client that does not read; then its stream ends, and it asks again from where it was. */
const waitingBytesMax = 8_388_608

/** A client that listens. */
interface StreamRequest {
  readonly tenant: string
  /** The number of the newest revocation that the client has. */
  readonly since: number
  /** Node's own response: a web stream costs ten times as much for each client. */
  readonly response: ServerResponse
  readonly headers: Readonly<Record<string, string>>
}

/** Opens streams of revocations. */
export type RevocationStreamOpener = (request: StreamRequest) => void

/**
 * Makes an opener of streams of server-sent events: `revocation` for each, from `since` on, and `alive` every two seconds with the
 * newest number. All end when `stopping` aborts.
 *
 * The opener throws `too_many_requests` and, for a client too far behind, `invalid_cursor`, before anything is sent.
 */
export function createRevocationStreams(
  revocations: RevocationService,
  stopping: AbortSignal,
): RevocationStreamOpener {
  // One listener for all: Node warns of a leak where each stream adds its own.
  const open = new Set<ServerResponse>()
  stopping.addEventListener('abort', () => open.forEach((response) => response.end()), {
    once: true,
  })
  return ({ tenant, since, response, headers }) => {
    if (open.size >= revocationStreamsMax)
      throw new WhodidError('too_many_requests', `${revocationStreamsMax} streams are open already`)
    const newest = revocations.newestSeq(tenant)
    if (since > newest || newest - since > repeatedMax)
      throw new WhodidError(
        'invalid_cursor',
        `"since" expected ${Math.max(0, newest - repeatedMax)}–${newest}; got ${since}`,
      )
    open.add(response)
    response.writeHead(200, { ...headers, 'content-type': 'text/event-stream' })
    const write = (text: string): void => {
      if (response.writableLength > waitingBytesMax) response.destroy()
      else response.write(text)
    }
    const alive = (): void =>
      write(`event: alive\ndata: {"seq":${revocations.newestSeq(tenant)}}\n\n`)
    const missed = revocations.list(tenant, since, repeatedMax)
    // Followed in the same turn as the list is read: none is lost between the two, and none comes twice.
    const unfollow = revocations.follow(tenant, (revocation) => write(eventOf(revocation)))
    write(missed.map(eventOf).join(''))
    alive()
    const timer = setInterval(alive, aliveMs).unref()
    response.once('close', () => {
      clearInterval(timer)
      unfollow()
      open.delete(response)
    })
  }
}

/** An agent is told that it is stopped, and not by whom or why: its token may read nothing else. */
function eventOf({ seq, id, action, target, cascade, atUnixNs }: RecordedRevocation): string {
  const data = { seq, id, action, target, cascade, at: formatInstant(atUnixNs) }
  return `id: ${seq}\nevent: revocation\ndata: ${JSON.stringify(data)}\n\n`
}
