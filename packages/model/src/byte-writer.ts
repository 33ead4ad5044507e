/** Smallest buffer a writer starts with, in bytes. */
const initialBytes = 64 * 1024

/** Bytes of the largest buffer that {@link ByteWriter.clear} keeps. */
const keptBytesMax = 1024 * 1024

/** UTF-16 units up to which a text is written unit by unit, which is cheaper than a call for it. */
const shortLengthMax = 24

/** Bytes of the longest VarUInt of a safe integer. */
const varUintBytesMax = 8

/** Bytes from which on a call that copies costs less than a loop. */
const copyBytesMin = 64

/** Bytes that JSON takes for one byte at most, `\\u001f`. */
const escapedBytesMax = 6

/** Digits of the largest safe integer. */
const decimalBytesMax = 16

/** The letter behind the backslash, of the bytes that have a short escape. */
const shortEscapes = new Uint8Array(128)
for (const pair of ['\bb', '\tt', '\nn', '\ff', '\rr', `""`, '\\\\'])
  shortEscapes[pair.charCodeAt(0)] = pair.charCodeAt(1)

/** Appends the primitives of ClickHouse's RowBinary and Native formats to a growing buffer. Integers are little-endian. */
export class ByteWriter {
  #buffer: Buffer = Buffer.allocUnsafeSlow(initialBytes)
  #view = new DataView(this.#buffer.buffer)
  #length = 0

  /** Bytes written so far. */
  get length(): number {
    return this.#length
  }

  /** The bytes written so far, copied out: the writer may go on. */
  toBytes(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length))
  }

  /** The bytes written so far, until the next call of anything else. */
  view(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  /** Starts again, with the buffer that is there; one that has grown past a megabyte is given back. */
  clear(): void {
    this.#length = 0
    if (this.#buffer.length <= keptBytesMax) return
    this.#buffer = Buffer.allocUnsafeSlow(initialBytes)
    this.#view = new DataView(this.#buffer.buffer)
  }

  /** LEB128, as ClickHouse's VarUInt. Precondition: a safe integer ≥ 0. */
  varUint(value: number): void {
    this.#reserve(varUintBytesMax)
    this.#putVarUint(value)
  }

  /** Length-prefixed UTF-8; a lone surrogate becomes U+FFFD. */
  string(text: string): void {
    if (text.length <= shortLengthMax && this.#shortAscii(text)) return
    // Three bytes is the most that one UTF-16 unit takes.
    this.#reserve(text.length * 3 + 2 * varUintBytesMax)
    const start = this.#length
    // Most text is ASCII: it takes as many bytes as it has units, and its length is known before it is written.
    this.#putVarUint(text.length)
    const textStart = this.#length
    const byteLength = this.#buffer.write(text, textStart)
    if (byteLength === text.length) this.#length += byteLength
    else this.#moveText(start, textStart, byteLength)
  }

  /** `byteLength` bytes from hex; '' writes zeroes. Precondition: '' or exactly twice as many hex digits. */
  hex(text: string, byteLength: number): void {
    this.#reserve(byteLength)
    if (text === '') return this.zeroes(byteLength)
    this.#buffer.write(text, this.#length, byteLength, 'hex')
    this.#length += byteLength
  }

  /** Length-prefixed bytes, as a text has them. */
  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length + varUintBytesMax)
    this.#putVarUint(bytes.length)
    this.#buffer.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#buffer.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** The bytes of `source` from `start` to `end`, as they are. */
  copy(source: Buffer, start: number, end: number): void {
    this.#reserve(end - start)
    const buffer = this.#buffer
    let at = this.#length
    if (end - start > copyBytesMin) at += source.copy(buffer, at, start, end)
    else for (let from = start; from < end; from += 1) buffer[at++] = source[from] ?? 0
    this.#length = at
  }

  /** The same with their length in front, as a text has it. */
  text(source: Buffer, start: number, end: number): void {
    this.varUint(end - start)
    this.copy(source, start, end)
  }

  /** UTF-8 within a string of JSON, with the escapes of `JSON.stringify`. Precondition: no surrogates. */
  escaped(source: Buffer, start: number, end: number): void {
    this.#reserve((end - start) * escapedBytesMax)
    const buffer = this.#buffer
    let at = this.#length
    for (let from = start; from < end; from += 1) {
      const byte = source[from] ?? 0
      if (byte >= 0x20 && byte !== 0x22 && byte !== 0x5c) {
        buffer[at++] = byte
        continue
      }
      buffer[at++] = 0x5c
      const short = shortEscapes[byte] ?? 0
      if (short !== 0) buffer[at++] = short
      else at += buffer.write(`u00${byte.toString(16).padStart(2, '0')}`, at, 'latin1')
    }
    this.#length = at
  }

  /** The digits of a safe integer ≥ 0. */
  decimal(value: number): void {
    this.#reserve(decimalBytesMax)
    let digits = 1
    for (let limit = 10; limit <= value; limit *= 10) digits += 1
    let rest = value
    for (let at = this.#length + digits - 1; at >= this.#length; at -= 1) {
      const tenth = Math.floor(rest / 10)
      this.#buffer[at] = 0x30 + (rest - tenth * 10)
      rest = tenth
    }
    this.#length += digits
  }

  /** All that another writer has, with its length in front. */
  textOf(other: ByteWriter): void {
    this.text(other.#buffer, 0, other.#length)
  }

  /** True when all that was written are the bytes of `source` from `start` to `end`. */
  isEqual(source: Buffer, start: number, end: number): boolean {
    const buffer = this.#buffer
    const length = this.#length
    if (length !== end - start) return false
    for (let at = 0; at < length; at += 1) if (buffer[at] !== source[start + at]) return false
    return true
  }

  /** `byteLength` zeroes. */
  zeroes(byteLength: number): void {
    this.#reserve(byteLength)
    this.#buffer.fill(0, this.#length, this.#length + byteLength)
    this.#length += byteLength
  }

  /** A text of characters up to U+00FF, each as one byte, without its length. */
  latin1(text: string): void {
    this.#reserve(text.length)
    this.#length += this.#buffer.write(text, this.#length, 'latin1')
  }

  /** A text in UTF-8, without its length. */
  utf8(text: string): void {
    // Three bytes is the most that one UTF-16 unit takes.
    this.#reserve(text.length * 3)
    this.#length += this.#buffer.write(text, this.#length)
  }

  /** Takes back all that was written from `length` on. */
  truncate(length: number): void {
    this.#length = Math.min(this.#length, length)
  }

  /** Writes one byte over. Precondition: `at` is below {@link length}. */
  set(at: number, value: number): void {
    this.#buffer[at] = value
  }

  uint8(value: number): void {
    this.#reserve(1)
    this.#buffer[this.#length++] = value
  }

  uint32(value: number): void {
    this.#reserve(4)
    this.#view.setUint32(this.#length, value, true)
    this.#length += 4
  }

  int64(value: bigint): void {
    this.#reserve(8)
    this.#view.setBigInt64(this.#length, value, true)
    this.#length += 8
  }

  /** As {@link int64}. Precondition: a safe integer. */
  safeInt64(value: number): void {
    this.#reserve(8)
    this.#view.setUint32(this.#length, value >>> 0, true)
    this.#view.setInt32(this.#length + 4, Math.floor(value / 2 ** 32), true)
    this.#length += 8
  }

  /** Writes ASCII that is shorter than 128 bytes; leaves everything as it was when the text is none. */
  #shortAscii(text: string): boolean {
    this.#reserve(text.length + 1)
    const buffer = this.#buffer
    const start = this.#length + 1
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index)
      if (unit >= 0x80) return false
      buffer[start + index] = unit
    }
    buffer[start - 1] = text.length
    this.#length = start + text.length
    return true
  }

  /** Puts the right length in front of a text that took more bytes than it has units. Precondition: there is room. */
  #moveText(start: number, textStart: number, byteLength: number): void {
    let headBytes = 1
    for (let rest = byteLength; rest >= 0x80; rest = Math.floor(rest / 0x80)) headBytes += 1
    this.#buffer.copyWithin(start + headBytes, textStart, textStart + byteLength)
    this.#length = start
    this.#putVarUint(byteLength)
    this.#length += byteLength
  }

  #putVarUint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.#buffer[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#buffer[this.#length++] = rest
  }

  #reserve(byteLength: number): void {
    const needed = this.#length + byteLength
    if (needed <= this.#buffer.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2))
    this.#buffer.copy(grown, 0, 0, this.#length)
    this.#buffer = grown
    this.#view = new DataView(grown.buffer)
  }
}
