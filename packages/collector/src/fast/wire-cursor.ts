/** Bytes of the longest VarUInt that is read fast: a safe integer takes no more. */
const varIntBytesMax = 7

/** Bits of a length: a request is far smaller. */
const lengthBits = 28

/** The upper half of a time: the last seconds that the ledger holds share it with times that it does not. */
const latestSeconds = 0x7fff_ffff

/**
 * Reads the small parts of a protobuf message where it stands, without an object of its own. What is not as a well-formed exporter sends it gives −1 or
 * false, and nothing is thrown.
 */
export class WireCursor {
  bytes: Buffer = Buffer.alloc(0)
  protected pos = 0

  /** The offset of so many bytes behind their length; −1 when there are more or fewer. */
  protected take(byteLength: number, end: number): number {
    const start = this.pos + 1
    if (this.bytes[this.pos] !== byteLength || start + byteLength > end) return -1
    this.pos = start + byteLength
    return start
  }

  /** The offset of a time that the ledger can hold. */
  protected time(end: number): number {
    const start = this.pos
    this.pos += 8
    if (this.pos > end) return -1
    return this.bytes.readUInt32LE(start + 4) < latestSeconds ? start : -1
  }

  protected isZero(start: number, byteLength: number): boolean {
    for (let at = start; at < start + byteLength; at += 1) if (this.bytes[at] !== 0) return false
    return true
  }

  /** An integer below 128; −1 for a larger one. */
  protected small(end: number): number {
    const byte = this.bytes[this.pos++] ?? 0x80
    return byte < 0x80 && this.pos <= end ? byte : -1
  }

  /**
   * A tag or a length, below 2^28; −1 for a larger one. What it reads may lie behind the message's end, and its caller looks. Integers
   * of 32 bits only: one sum that may be a double makes doubles of all offsets, and the loops over a span's bytes three times as slow.
   */
  protected length(): number {
    const { bytes } = this
    let value = 0
    for (let shift = 0; shift < lengthBits; shift += 7) {
      const byte = bytes[this.pos++] ?? 0x80
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    return -1
  }

  /** A safe integer; −1 for one that is none. What it reads may lie behind the message's end, and its caller looks. */
  protected varInt(): number {
    const { bytes } = this
    let value = 0
    let unit = 1
    for (let count = 0; count < varIntBytesMax; count += 1) {
      const byte = bytes[this.pos++] ?? 0x80
      value += (byte & 0x7f) * unit
      if (byte < 0x80) return value
      unit *= 0x80
    }
    return -1
  }
}
