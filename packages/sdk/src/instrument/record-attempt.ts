import type { ModelAnswer } from '../verbs/model-call.ts'
import { guard } from '../runtime.ts'
import type { AskedCall, TurnRequest } from './model-turns.ts'
import { observeEvents } from './observe-events.ts'

/** Bytes of an answer that is read for its record; a larger one is passed on, and its call is recorded without an answer. */
const bodyMax = 16 * 1024 * 1024

/** Reads one answer of a model's API. */
export interface AnswerReader {
  /** Reads a whole answer, or the error in place of one. */
  whole(body: unknown): void
  /** Reads the data of one event of a streamed answer; true when it is the last. */
  event(data: string): boolean
  /** True once the answer is known to be whole. */
  readonly isWhole: boolean
  /** The error that the service reports. */
  readonly error: Error | undefined
  answer(): ModelAnswer
}

/** An attempt to send a request to a model. */
interface Attempt {
  readonly send: () => Promise<Response>
  /** Attempts that the client has left after this one. */
  readonly left: number
  readonly signal: AbortSignal | null | undefined
  /** Makes the reader; it tells of each tool call as soon as the model has written it. */
  readonly reader: (onCall: (call: AskedCall) => void) => AnswerReader
}

/**
 * Sends a request to a model, and records how it ended: at once, or, streamed, when the application has read the answer. Returns what
 * `send` returns, its body unread, and throws what it throws.
 */
export async function recordAttempt(request: TurnRequest, attempt: Attempt): Promise<Response> {
  const { left, signal } = attempt
  let response: Response
  try {
    response = await request.within(attempt.send)
  } catch (error) {
    guard(() => {
      request.failed(error, left <= 0 || signal?.aborted === true)
    }, undefined)
    throw error
  }
  const reader = attempt.reader((call) => {
    request.asks(call)
  })
  if (/^text\/event-stream/iu.test(response.headers.get('content-type') ?? ''))
    return guard(() => streamed(request, reader, response), response)
  const body = await bodyOf(response)
  guard(() => {
    reader.whole(body)
    const error = reader.error ?? (response.ok ? undefined : new RefusedRequest(response.status))
    if (error === undefined) request.answered(reader.answer())
    else request.failed(error, response.ok || left <= 0 || !isRetried(response))
  }, undefined)
  return response
}

function streamed(request: TurnRequest, reader: AnswerReader, response: Response): Response {
  let isRecorded = false
  const end = (error: Error | undefined): void => {
    if (isRecorded) return
    isRecorded = true
    if (error === undefined) request.answered(reader.answer())
    else request.failed(error, true)
  }
  return observeEvents(response, {
    onEvent: (data) => {
      guard(() => {
        if (reader.event(data)) end(reader.error)
      }, undefined)
    },
    onEnd: (broken) => {
      guard(() => {
        if (reader.isWhole) end(reader.error)
        else end(errorOf(broken?.value))
      }, undefined)
    },
  })
}

async function bodyOf(response: Response): Promise<unknown> {
  const length = Number(response.headers.get('content-length') ?? 0)
  if (length > bodyMax) return undefined
  // What is not JSON is the client's to report.
  return response
    .clone()
    .json()
    .catch(() => undefined)
}

function errorOf(value: unknown): Error {
  return value instanceof Error ? value : new Error('the stream broke off')
}

/** As clients of the services decide it. */
function isRetried({ status, headers }: Response): boolean {
  const said = headers.get('x-should-retry')
  if (said === 'true' || said === 'false') return said === 'true'
  return status === 408 || status === 409 || status === 429 || status >= 500
}

/** Stands for the error of a response that says no more than its status. */
class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest'

  constructor(status: number) {
    super(`HTTP ${status}`)
  }
}
