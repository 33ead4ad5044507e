/** An event of a stream of server-sent events. */
export interface StreamEvent {
  readonly event: string
  readonly id: string | undefined
  readonly data: string
}

/** A stream that is open. */
export interface EventStream {
  /** All events so far. */
  readonly events: readonly StreamEvent[]
  /** Resolves with the first event, past or to come, that satisfies `is`; rejects when the stream ends without one. */
  readonly find: (is: (event: StreamEvent) => boolean) => Promise<StreamEvent>
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>
  readonly close: () => void
}

/** Opens a stream of server-sent events. Throws when the answer is not one. */
export async function openEventStream(url: string, token: string): Promise<EventStream> {
  const leave = new AbortController()
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token}` },
    signal: leave.signal,
  })
  if (response.status !== 200 || response.body === null)
    throw new Error(`${response.status}: ${await response.text()}`)
  const events: StreamEvent[] = []
  const waiting = new Set<() => void>()
  let isEnded = false
  const read = async (body: AsyncIterable<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder()
    let rest = ''
    try {
      for await (const chunk of body) {
        rest += decoder.decode(chunk, { stream: true })
        const blocks = rest.split('\n\n')
        rest = blocks.pop() ?? ''
        events.push(...blocks.map(parseBlock))
        for (const wake of waiting) wake()
      }
    } catch (thrown) {
      if (!leave.signal.aborted && !(thrown instanceof TypeError)) throw thrown
    } finally {
      isEnded = true
      for (const wake of waiting) wake()
    }
  }
  const ended = read(response.body)
  return {
    events,
    ended,
    close: () => leave.abort(),
    find: (is) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = events.find(is)
          if (found === undefined && !isEnded) return
          waiting.delete(look)
          if (found === undefined) reject(new Error(`not among ${JSON.stringify(events)}`))
          else resolve(found)
        }
        waiting.add(look)
        look()
      }),
  }
}

function parseBlock(block: string): StreamEvent {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}: (.*)$`, 'mu').exec(block)?.[1]
  return { event: field('event') ?? 'message', id: field('id'), data: field('data') ?? '' }
}
