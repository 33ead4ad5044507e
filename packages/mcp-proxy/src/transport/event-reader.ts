/** Reads the data of server-sent events from the bytes of a stream as they pass. */
export class EventReader {
  readonly #bytesMax: number
  readonly #onData: (text: string) => void
  readonly #onTooLong: () => void
  readonly #decoder = new TextDecoder()
  #line = ''
  #lineIsEmpty = true
  #data: string[] = []
  /** UTF-16 units of the event so far. */
  #length = 0
  #afterReturn = false

  constructor(options: {
    readonly bytesMax: number
    readonly onData: (text: string) => void
    /** Called for each event that is longer than `bytesMax`. */
    readonly onTooLong: () => void
  }) {
    this.#bytesMax = options.bytesMax
    this.#onData = options.onData
    this.#onTooLong = options.onTooLong
  }

  /** Takes a chunk, and gives the data of each event that it completes. */
  push(chunk: Uint8Array): void {
    const decoded = this.#decoder.decode(chunk, { stream: true })
    // A line end of two characters may come in two chunks.
    const text = this.#afterReturn && decoded.startsWith('\n') ? decoded.slice(1) : decoded
    if (decoded !== '') this.#afterReturn = decoded.endsWith('\r')
    let start = 0
    for (const match of text.matchAll(/\r\n|\n|\r/gu)) {
      this.#take(text.slice(start, match.index))
      this.#endLine()
      start = match.index + match[0].length
    }
    this.#take(text.slice(start))
  }

  #take(part: string): void {
    if (part === '') return
    this.#lineIsEmpty = false
    this.#length += part.length
    if (this.#length <= this.#bytesMax) {
      this.#line += part
      return
    }
    this.#line = ''
    this.#data = []
  }

  #endLine(): void {
    const line = this.#line
    const isEmpty = this.#lineIsEmpty
    this.#line = ''
    this.#lineIsEmpty = true
    if (isEmpty) this.#endEvent()
    else if (line.startsWith('data:')) this.#data.push(line.slice(line[5] === ' ' ? 6 : 5))
  }

  #endEvent(): void {
    const data = this.#data
    const isTooLong = this.#length > this.#bytesMax
    this.#data = []
    this.#length = 0
    if (isTooLong) this.#onTooLong()
    else if (data.length > 0) this.#onData(data.join('\n'))
  }
}
