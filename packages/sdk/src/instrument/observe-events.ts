/** Characters of one event that are read; a longer one is passed on and not observed. */
const eventMax = 1_048_576

/** The reader of a stream's events, beside the application's own. */
interface EventObserver {
  /** Called with the data of an event before the application gets it. */
  readonly onEvent: (data: string) => void
  /** Called once: at the stream's end, with an error where it broke or the application stopped reading. */
  readonly onEnd: (error?: { readonly value: unknown }) => void
}

/**
 * A response of server-sent events whose events are told as the application reads them: nothing is buffered, and the application's own
 * pace and cancellation hold. The observer must not throw.
 */
export function observeEvents(response: Response, observer: EventObserver): Response {
  if (response.body === null) {
    observer.onEnd()
    return response
  }
  // A response's body is a stream of bytes; Node's types do not say so.
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const events = new EventLines(observer.onEvent)
  let isEnded = false
  const end = (error?: { readonly value: unknown }): void => {
    if (isEnded) return
    isEnded = true
    observer.onEnd(error)
  }
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read()
          if (!done) {
            events.add(value)
            controller.enqueue(value)
            return
          }
          end()
          controller.close()
        } catch (error) {
          end({ value: error })
          throw error
        }
      },
      cancel: async (reason) => {
        end({ value: reason instanceof Error ? reason : new StoppedReading('the stream was left') })
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, response)
}

/** Stands for the error of a stream that the application did not read to its end. */
class StoppedReading extends Error {
  override readonly name = 'StoppedReading'
}

/** Takes bytes as they come and tells the data of whole events. */
class EventLines {
  readonly #onData: (data: string) => void
  readonly #decoder = new TextDecoder()
  #rest = ''
  #data = ''
  /** True within a line that is too long. */
  #skips = false

  constructor(onData: (data: string) => void) {
    this.#onData = onData
  }

  add(bytes: Uint8Array): void {
    const [first = '', ...lines] = this.#decoder.decode(bytes, { stream: true }).split('\n')
    this.#rest += first
    for (const line of lines) {
      this.#line(this.#rest.replace(/\r$/u, ''))
      this.#rest = line
    }
    if (this.#rest.length <= eventMax) return
    this.#rest = ''
    this.#skips = true
  }

  #line(line: string): void {
    if (line === '') {
      if (this.#data !== '' && !this.#skips) this.#onData(this.#data)
      this.#data = ''
      this.#skips = false
      return
    }
    if (!line.startsWith('data:') || this.#skips) return
    const more = line.slice(line.startsWith('data: ') ? 6 : 5)
    this.#data = this.#data === '' ? more : `${this.#data}\n${more}`
    if (this.#data.length > eventMax) this.#skips = true
  }
}
