import type { IncomingMessage } from 'node:http'
import { createGunzip, createInflate } from 'node:zlib'
import type { Gunzip, Inflate } from 'node:zlib'
import { WhodidError } from '@whodid/model'
import type { HostCheck } from '@whodid/model'
import type { CollectorLimits } from '../limits.ts'
import type { Pipeline } from '../pipeline.ts'
import type { BodyPacking } from './request-head.ts'

/** Bytes of bodies held by all requests together. */
export interface BodyRoom {
  bytes: number
}

/** The write path, and the bounds that the receivers keep in front of it. */
export interface ReceiverDeps extends Pipeline {
  readonly hostCheck: HostCheck
  readonly room: BodyRoom
}

export interface BodyRequest {
  readonly request: IncomingMessage
  readonly packing: BodyPacking
  readonly limits: CollectorLimits
  /** Shared by all requests; `release` gives back this one's share. */
  readonly room: BodyRoom
}

export interface Body {
  readonly bytes: Buffer
  readonly release: () => void
}

/**
 * Reads and unpacks a request's body, holding no more of it than the limits allow: a body that is declared or found
 * too large is refused before it is whole, and so is one that unpacks to too much.
 *
 * Throws `body_too_large`, `invalid_body` (damaged packing, or a sender that went away), `too_many_requests` (also for a body
 * that stands still).
 */
export function readBody(body: BodyRequest): Promise<Body> {
  return new Promise((resolve, reject) => new BodyReader(body, resolve, reject).start())
}

class BodyReader {
  readonly #body: BodyRequest
  readonly #resolve: (body: Body) => void
  readonly #reject: (error: WhodidError) => void
  readonly #chunks: Buffer[] = []
  readonly #unpacker: Gunzip | Inflate | undefined
  #arrivedBytes = 0
  #heldBytes = 0
  #isDone = false
  #idleTimer: NodeJS.Timeout | undefined

  constructor(
    body: BodyRequest,
    resolve: (body: Body) => void,
    reject: (error: WhodidError) => void,
  ) {
    this.#body = body
    this.#resolve = resolve
    this.#reject = reject
    if (body.packing === 'gzip') this.#unpacker = createGunzip()
    if (body.packing === 'deflate') this.#unpacker = createInflate()
  }

  start(): void {
    const { request, limits } = this.#body
    const declaredBytes = Number(request.headers['content-length'] ?? 0)
    if (declaredBytes > limits.bodyBytesMax) {
      this.#fail(tooLarge(limits.bodyBytesMax, 'arrives', `${declaredBytes} bytes`))
      return
    }
    request.on('data', this.#onArrived).on('end', this.#onEnd).on('close', this.#onClose)
    request.on('error', this.#onClose)
    this.#idleTimer = setTimeout(this.#onIdle, limits.bodyIdleTimeoutMs)
    this.#unpacker
      ?.on('data', (chunk: Buffer) => this.#hold(chunk))
      .on('end', () => this.#finish())
      .on('drain', () => request.resume())
      .on('error', () =>
        this.#fail(
          new WhodidError(
            'invalid_body',
            `the body expected ${this.#body.packing}; got other bytes`,
          ),
        ),
      )
  }

  readonly #onArrived = (chunk: Buffer): void => {
    this.#arrivedBytes += chunk.length
    this.#idleTimer?.refresh()
    const { request, limits } = this.#body
    if (this.#arrivedBytes > limits.bodyBytesMax)
      this.#fail(tooLarge(limits.bodyBytesMax, 'arrives', 'more'))
    else if (this.#unpacker === undefined) this.#hold(chunk)
    else if (!this.#unpacker.write(chunk)) request.pause()
  }

  /** Bytes that came while the process was busy are taken up before the sender is answered that none came. */
  readonly #onIdle = (): void => {
    const { limits } = this.#body
    const before = this.#arrivedBytes
    setTimeout(() => {
      if (this.#arrivedBytes !== before) return
      this.#fail(
        new WhodidError(
          'too_many_requests',
          `the body expected its next bytes within ${limits.bodyIdleTimeoutMs} ms; none came`,
        ),
      )
    }, 1)
  }

  readonly #onEnd = (): void => {
    clearTimeout(this.#idleTimer)
    if (this.#unpacker === undefined) this.#finish()
    // No bytes at all are no gzip either, but senders pack nothing to nothing.
    else if (this.#arrivedBytes === 0) this.#finish()
    else this.#unpacker.end()
  }

  readonly #onClose = (): void => {
    if (!this.#body.request.complete)
      this.#fail(new WhodidError('invalid_body', 'the body expected an end; the sender went away'))
  }

  #hold(chunk: Buffer): void {
    if (this.#isDone) return
    const { limits, room } = this.#body
    this.#heldBytes += chunk.length
    room.bytes += chunk.length
    this.#chunks.push(chunk)
    if (this.#heldBytes > limits.decodedBytesMax)
      this.#fail(tooLarge(limits.decodedBytesMax, 'unpacks to', 'more'))
    else if (room.bytes > limits.bodyBytesInFlightMax)
      this.#fail(
        new WhodidError(
          'too_many_requests',
          `bodies in flight expected at most ${limits.bodyBytesInFlightMax} bytes; got more`,
        ),
      )
  }

  #finish(): void {
    if (this.#isDone) return
    this.#stop()
    this.#resolve({ bytes: Buffer.concat(this.#chunks), release: () => this.#release() })
  }

  #fail(error: WhodidError): void {
    if (this.#isDone) return
    this.#stop()
    this.#chunks.length = 0
    this.#release()
    this.#reject(error)
  }

  #stop(): void {
    this.#isDone = true
    clearTimeout(this.#idleTimer)
    const { request } = this.#body
    request.off('data', this.#onArrived).off('end', this.#onEnd).off('close', this.#onClose)
    this.#unpacker?.destroy()
  }

  #release(): void {
    this.#body.room.bytes -= this.#heldBytes
    this.#heldBytes = 0
  }
}

function tooLarge(bytesMax: number, how: string, got: string): WhodidError {
  return new WhodidError(
    'body_too_large',
    `the body expected at most ${bytesMax} bytes as it ${how}; got ${got}`,
  )
}
