/** Reads the primitives of ClickHouse's RowBinary, one after another. Throws a RangeError where the bytes end within one. */
export class ByteReader {
  readonly #bytes: Buffer
  #at: number

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes
    this.#at = at
  }

  /** The number of bytes read so far. */
  get at(): number {
    return this.#at
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** Returns the next bytes, not copied. */
  take(length: number): Buffer {
    const start = this.#move(length)
    return this.#bytes.subarray(start, this.#at)
  }

  hex(length: number): string {
    const start = this.#move(length)
    return this.#bytes.toString('hex', start, this.#at)
  }

  varUint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.uint8()
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }

  text(): string {
    const length = this.varUint()
    if (length === 0) return ''
    const start = this.#move(length)
    return this.#bytes.toString('utf8', start, this.#at)
  }

  /** Returns the bytes of a text, not copied. */
  bytes(): Buffer {
    return this.take(this.varUint())
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#move(1))
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#move(4))
  }

  uint64(): bigint {
    return this.#bytes.readBigUInt64LE(this.#move(8))
  }

  int64(): bigint {
    return this.#bytes.readBigInt64LE(this.#move(8))
  }

  /** Returns the bytes that were read from that place on, not copied. */
  since(start: number): Buffer {
    return this.#bytes.subarray(start, this.#at)
  }

  #move(length: number): number {
    const start = this.#at
    if (start + length > this.#bytes.length) throw new RangeError('the bytes end within a field')
    this.#at = start + length
    return start
  }
}
