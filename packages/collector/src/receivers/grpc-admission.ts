import { ServerInterceptingCall, Metadata } from '@grpc/grpc-js'
import type { ServerInterceptor } from '@grpc/grpc-js'
import { WhodidError } from '@whodid/model'
import type { CollectorMeter } from '../metrics/collector-meter.ts'
import { encodeStatus } from '../otlp/encode-response.ts'
import type { ReceiverDeps } from './read-body.ts'
import { checkHost } from './request-head.ts'
import { senderStatus, statusOf } from './sender-status.ts'
import { Turns } from './turns.ts'
import type { EndTurn } from './turns.ts'

/** A call as the library hands it to an interceptor. */
type Call = Parameters<ServerInterceptor>[1]
type Status = Parameters<Call['sendStatus']>[0]

/**
 * Stands before the handlers: counts each call, refuses one too many and one without a token before its message is
 * read, and lets only so many messages be read at once that their largest fit in memory. A call that has passed with its
 * message is the handler's, which counts its end.
 */
export function createAdmission(pipeline: ReceiverDeps, meter: CollectorMeter): ServerInterceptor {
  const { bodyBytesInFlightMax, bodyBytesMax } = pipeline.limits
  const turns = new Turns(Math.max(1, Math.floor(bodyBytesInFlightMax / bodyBytesMax)))
  return (_, call) => {
    const visit = new Visit({ call, pipeline, meter, turns })
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, pass) => visit.enter(metadata, pass),
          onReceiveMessage: (message, pass) => {
            visit.messageCame()
            pass(message)
          },
          onReceiveHalfClose: (pass) => {
            visit.handOver()
            pass()
          },
          onCancel: () => visit.leave(),
        }),
    })
  }
}

interface Visiting {
  readonly call: Call
  readonly pipeline: ReceiverDeps
  readonly meter: CollectorMeter
  readonly turns: Turns
}

/** One call, from its metadata until it is the handler's, or over. */
class Visit {
  readonly #visiting: Visiting
  #state: 'outside' | 'reading' | 'read' | 'handed over' | 'over' = 'outside'
  #timer: NodeJS.Timeout | undefined
  #endTurn: EndTurn | undefined

  constructor(visiting: Visiting) {
    this.#visiting = visiting
    const { call } = visiting
    const sendStatus = call.sendStatus.bind(call)
    // The library answers a message it cannot read through the call itself, past the interceptors, and calls it INTERNAL.
    call.sendStatus = (status) => sendStatus(this.#isOurs(status) ? status : this.#reword(status))
  }

  enter(metadata: Metadata, pass: (metadata: Metadata) => void): void {
    const { pipeline, meter, turns } = this.#visiting
    meter.requestStarted()
    this.#state = 'reading'
    try {
      const { requestsInFlightMax } = pipeline.limits
      if (meter.requestsInFlight > requestsInFlightMax)
        throw new WhodidError(
          'too_many_requests',
          `requests in flight expected at most ${requestsInFlightMax}; got more`,
        )
      checkHost(this.#visiting.call.getHost(), pipeline.hostCheck)
      pipeline.authenticate(authorizationOf(metadata))
      this.#expect('message')
      this.#endTurn = turns.take(() => pass(metadata))
    } catch (thrown) {
      this.#refuse(thrown)
    }
  }

  messageCame(): void {
    if (this.#state !== 'reading') return
    this.#state = 'read'
    this.#endTurn?.()
    // The handler gets the message only when the sender has said that it was the last.
    this.#expect('end of the call')
  }

  handOver(): void {
    if (this.#state === 'read') this.#state = 'handed over'
    this.#stopReading()
  }

  /** Must be called when the call has ended, for any reason. */
  leave(): void {
    this.#stopReading()
    const isCounted = this.#state === 'reading' || this.#state === 'read'
    if (this.#state !== 'handed over') this.#state = 'over'
    if (isCounted) this.#visiting.meter.requestEnded()
  }

  /** Limits the time for the sender's next part: a call that stands still keeps no place. */
  #expect(what: string): void {
    const timeoutMs = this.#visiting.pipeline.limits.messageTimeoutMs
    const tooSlow = (): void => {
      if (this.#state !== 'reading' && this.#state !== 'read') return
      this.#refuse(
        // A sender that the others kept waiting is no worse than they: it may come again.
        new WhodidError('too_many_requests', `the ${what} was expected within ${timeoutMs} ms`),
      )
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(tooSlow, timeoutMs)
  }

  #refuse(thrown: unknown): void {
    const { call, meter } = this.#visiting
    call.sendStatus(grpcStatus(meter.failed(thrown)))
  }

  #stopReading(): void {
    clearTimeout(this.#timer)
    this.#endTurn?.()
  }

  /** Ours carry their details; and a call that is the handler's is answered by it alone. */
  #isOurs({ metadata }: Status): boolean {
    const isBeingRead = this.#state === 'reading' || this.#state === 'read'
    return !isBeingRead || (metadata?.get('grpc-status-details-bin').length ?? 0) > 0
  }

  #reword(status: Status): Status {
    const error = readingError(status)
    return error === undefined ? status : grpcStatus(this.#visiting.meter.failed(error))
  }
}

/** `authorization` as HTTP would give it; one that came twice is none. */
export function authorizationOf(metadata: Metadata): string | undefined {
  const values = metadata.get('authorization')
  return values.length === 1 ? values[0]?.toString() : undefined
}

const internal = 13
/** The code that gRPC asks for when a packing is unknown. */
const unimplemented = 12
const resourceExhausted = 8

/** The error for a call that the library could not read; undefined where its own status will do: the sender's deadline. */
function readingError({ code, details }: Status): WhodidError | undefined {
  const said = `the call cannot be read: ${details}`
  if (code === resourceExhausted) return new WhodidError('body_too_large', said)
  if (code === internal) return new WhodidError('invalid_body', said)
  // A packing it does not know, or a call of no message or of two.
  if (code === unimplemented) return new WhodidError('unsupported_encoding', said)
  return undefined
}

/** The end of a refused call. */
interface GrpcStatus {
  readonly code: number
  readonly details: string
  readonly metadata: Metadata
}

/**
 * UTF-16 units of a message to a sender. It travels in the trailers twice, percent-encoded and packed, and gRPC's C core
 * takes 8 KiB of them.
 */
const messageLengthMax = 300

/** With RetryInfo, every sender tries again. */
const unavailable = 14

/** The status for a sender over gRPC, with the whole `google.rpc.Status` in `grpc-status-details-bin`. */
export function grpcStatus(error: WhodidError): GrpcStatus {
  const status = statusOf(error, messageLengthMax)
  const code = codeOf(error, status.code)
  const metadata = new Metadata()
  metadata.set('grpc-status-details-bin', encodeStatus('protobuf', { ...status, code }))
  return { code, details: status.message, metadata }
}

function codeOf(error: WhodidError, code: number): number {
  // RESOURCE_EXHAUSTED is kept for a message that is too large, so that no sender takes the one for the other.
  if (senderStatus(error.code).retryAfterS !== undefined) return unavailable
  return error.code === 'unsupported_encoding' ? unimplemented : code
}
