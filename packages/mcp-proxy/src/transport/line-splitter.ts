/** A line with its end, or a piece of a line that is too long to be looked at. */
export interface LinePart {
  readonly bytes: Buffer
  /** True for a whole line. */
  readonly isWhole: boolean
  /** True for a whole line, and for the last piece of one. */
  readonly isLast: boolean
}

const newline = 10

/** Splits a stream of bytes at line ends. A line of more than `bytesMax` comes in pieces, so that it can pass without being kept. */
export class LineSplitter {
  readonly #bytesMax: number
  #chunks: Buffer[] = []
  #bytes = 0
  #inPieces = false

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Returns what a chunk completes. */
  push(chunk: Buffer): LinePart[] {
    const parts: LinePart[] = []
    let start = 0
    while (start < chunk.length) {
      const at = chunk.indexOf(newline, start)
      const end = at === -1 ? chunk.length : at + 1
      this.#take(chunk.subarray(start, end), at !== -1, parts)
      start = end
    }
    return parts
  }

  /** Returns what is left when the stream ends without a line end. */
  rest(): LinePart[] {
    if (this.#bytes === 0) return []
    return [this.#complete()]
  }

  #take(piece: Buffer, endsLine: boolean, parts: LinePart[]): void {
    this.#chunks.push(piece)
    this.#bytes += piece.length
    if (endsLine) parts.push(this.#complete())
    else if (this.#bytes > this.#bytesMax) {
      this.#inPieces = true
      parts.push({ bytes: this.#empty(), isWhole: false, isLast: false })
    }
  }

  #complete(): LinePart {
    const isWhole = !this.#inPieces && this.#bytes <= this.#bytesMax
    this.#inPieces = false
    return { bytes: this.#empty(), isWhole, isLast: true }
  }

  #empty(): Buffer {
    const bytes = Buffer.concat(this.#chunks, this.#bytes)
    this.#chunks = []
    this.#bytes = 0
    return bytes
  }
}
