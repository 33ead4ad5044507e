/** Smallest buffer a writer starts with, in bytes. */
const initialBytes = 64 * 1024

/** Appends the primitives of ClickHouse's Native format to a growing buffer. Integers are little-endian. */
export class ByteWriter {
  #buffer: Buffer = Buffer.allocUnsafe(initialBytes)
  #length = 0

  /** The bytes written so far, copied out: the writer may go on. */
  toBytes(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length))
  }

  /** LEB128, as ClickHouse's VarUInt. Precondition: a safe integer ≥ 0. */
  varUint(value: number): void {
    this.#reserve(8)
    let rest = value
    while (rest >= 0x80) {
      this.#buffer[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#buffer[this.#length++] = rest
  }

  /** Length-prefixed UTF-8; a lone surrogate becomes U+FFFD. */
  string(text: string): void {
    const byteLength = Buffer.byteLength(text, 'utf8')
    this.varUint(byteLength)
    this.#reserve(byteLength)
    this.#length += this.#buffer.write(text, this.#length, 'utf8')
  }

  /** `byteLength` bytes from hex; '' writes zeroes. Precondition: '' or exactly twice as many hex digits. */
  hex(text: string, byteLength: number): void {
    this.#reserve(byteLength)
    if (text === '') this.#buffer.fill(0, this.#length, this.#length + byteLength)
    else this.#buffer.write(text, this.#length, byteLength, 'hex')
    this.#length += byteLength
  }

  uint8(value: number): void {
    this.#reserve(1)
    this.#length = this.#buffer.writeUInt8(value, this.#length)
  }

  uint32(value: number): void {
    this.#reserve(4)
    this.#length = this.#buffer.writeUInt32LE(value, this.#length)
  }

  int64(value: bigint): void {
    this.#reserve(8)
    this.#length = this.#buffer.writeBigInt64LE(value, this.#length)
  }

  #reserve(byteLength: number): void {
    const needed = this.#length + byteLength
    if (needed <= this.#buffer.length) return
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2))
    this.#buffer.copy(grown, 0, 0, this.#length)
    this.#buffer = grown
  }
}
