/**
 * The key of a name in the key tables (`whodid.threads`, `whodid.acts`): the engine's `sipHash64(kind, name)`. The name of a
 * `trace` or of what was `prompted` by one is its ID in hex, and is hashed as its 16 bytes; any other is hashed as UTF-8.
 */
export function nameKey(kind: string, name: string): bigint {
  const isId = kind === 'trace' || kind === 'prompted'
  const bytes = Buffer.from(name, isId ? 'hex' : 'utf8')
  // The engine hashes each argument alone, and then the two hashes.
  let ofKind = kindHashes.get(kind)
  if (ofKind === undefined) kindHashes.set(kind, (ofKind = sipHash(Buffer.from(kind))))
  return sipHash(Buffer.concat([ofKind, sipHash(bytes)])).readBigUInt64LE()
}

/** Kinds are the few words of the code, never a sender's. */
const kindHashes = new Map<string, Buffer>()

/** SipHash-2-4 with a key of zeroes. Its words of 64 bits are pairs of 32: a bigint costs ten times as much. */
function sipHash(bytes: Buffer): Buffer {
  const state = new SipState()
  const whole = bytes.length - (bytes.length % 8)
  for (let at = 0; at < whole; at += 8) state.add(bytes.readInt32LE(at), bytes.readInt32LE(at + 4))
  const last = Buffer.alloc(8)
  bytes.copy(last, 0, whole)
  last[7] = bytes.length & 255
  state.add(last.readInt32LE(0), last.readInt32LE(4))
  return state.digest()
}

/** The four words of the state, low and high half apart. */
class SipState {
  #v0l = 0x70736575
  #v0h = 0x736f6d65
  #v1l = 0x6e646f6d
  #v1h = 0x646f7261
  #v2l = 0x6e657261
  #v2h = 0x6c796765
  #v3l = 0x79746573
  #v3h = 0x74656462

  add(low: number, high: number): void {
    this.#v3l ^= low
    this.#v3h ^= high
    this.#round()
    this.#round()
    this.#v0l ^= low
    this.#v0h ^= high
  }

  digest(): Buffer {
    this.#v2l ^= 0xff
    for (let rounds = 0; rounds < 4; rounds += 1) this.#round()
    const made = Buffer.alloc(8)
    made.writeInt32LE(this.#v0l ^ this.#v1l ^ this.#v2l ^ this.#v3l, 0)
    made.writeInt32LE(this.#v0h ^ this.#v1h ^ this.#v2h ^ this.#v3h, 4)
    return made
  }

  #round(): void {
    let low = (this.#v0l >>> 0) + (this.#v1l >>> 0)
    this.#v0h = (this.#v0h + this.#v1h + carryOf(low)) | 0
    this.#v0l = low | 0
    let swap = (this.#v1l << 13) | (this.#v1h >>> 19)
    this.#v1h = ((this.#v1h << 13) | (this.#v1l >>> 19)) ^ this.#v0h
    this.#v1l = swap ^ this.#v0l
    swap = this.#v0l
    this.#v0l = this.#v0h
    this.#v0h = swap
    low = (this.#v2l >>> 0) + (this.#v3l >>> 0)
    this.#v2h = (this.#v2h + this.#v3h + carryOf(low)) | 0
    this.#v2l = low | 0
    swap = (this.#v3l << 16) | (this.#v3h >>> 16)
    this.#v3h = ((this.#v3h << 16) | (this.#v3l >>> 16)) ^ this.#v2h
    this.#v3l = swap ^ this.#v2l
    low = (this.#v0l >>> 0) + (this.#v3l >>> 0)
    this.#v0h = (this.#v0h + this.#v3h + carryOf(low)) | 0
    this.#v0l = low | 0
    swap = (this.#v3l << 21) | (this.#v3h >>> 11)
    this.#v3h = ((this.#v3h << 21) | (this.#v3l >>> 11)) ^ this.#v0h
    this.#v3l = swap ^ this.#v0l
    low = (this.#v2l >>> 0) + (this.#v1l >>> 0)
    this.#v2h = (this.#v2h + this.#v1h + carryOf(low)) | 0
    this.#v2l = low | 0
    swap = (this.#v1l << 17) | (this.#v1h >>> 15)
    this.#v1h = ((this.#v1h << 17) | (this.#v1l >>> 15)) ^ this.#v2h
    this.#v1l = swap ^ this.#v2l
    swap = this.#v2l
    this.#v2l = this.#v2h
    this.#v2h = swap
  }
}

function carryOf(sum: number): number {
  return sum > 0xff_ff_ff_ff ? 1 : 0
}
