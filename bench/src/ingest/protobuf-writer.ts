/**
 * Writes protobuf from the back of a buffer to its front, so that the length of a nested message is known when its
 * prefix is written: one pass, lengths as short as real exporters write them. Fields come out in the reverse of the
 * order in which they are written.
 */
export class ProtobufWriter {
  readonly #buffer: Buffer
  #at: number

  constructor(bytesMax: number) {
    this.#buffer = Buffer.allocUnsafe(bytesMax)
    this.#at = bytesMax
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#buffer.length - this.#at
  }

  /** Forgets what was written. */
  reset(): void {
    this.#at = this.#buffer.length
  }

  /** A copy of what was written. */
  toBytes(): Buffer {
    return Buffer.from(this.#buffer.subarray(this.#at))
  }

  bytes(field: number, value: Buffer): void {
    this.#at -= value.length
    value.copy(this.#buffer, this.#at)
    this.#prefix(field, value.length)
  }

  string(field: number, value: string): void {
    const length = Buffer.byteLength(value)
    this.#at -= length
    this.#buffer.write(value, this.#at)
    this.#prefix(field, length)
  }

  fixed64(field: number, value: bigint): void {
    this.#at -= 8
    this.#buffer.writeBigUInt64LE(value, this.#at)
    this.#varint((field << 3) | 1)
  }

  uint(field: number, value: number): void {
    this.#varint(value)
    this.#varint(field << 3)
  }

  /** A nested message: `body` writes its fields. */
  message(field: number, body: () => void): void {
    const end = this.#at
    body()
    this.#prefix(field, end - this.#at)
  }

  #prefix(field: number, length: number): void {
    this.#varint(length)
    this.#varint((field << 3) | 2)
  }

  /** At most 32 bits. */
  #varint(value: number): void {
    let width = 1
    for (let rest = value >>> 7; rest > 0; rest >>>= 7) width += 1
    this.#at -= width
    let rest = value >>> 0
    for (let index = 0; index < width; index += 1) {
      this.#buffer[this.#at + index] = index === width - 1 ? rest : (rest & 0x7f) | 0x80
      rest >>>= 7
    }
  }
}
