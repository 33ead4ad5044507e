/** A stream of chances that a seed decides, so that a corpus can be made again. */
export interface Chance {
  /** An integer from 0 to `below` - 1. */
  int(below: number): number
  pick<T>(choices: readonly [T, ...T[]]): T
  /** `length` hex digits, never all zero. */
  hex(length: number): string
  /** The form of a UUIDv7; nothing in it tells a time. */
  uuid(): string
}

/** Makes a stream of chances (SplitMix32): the same seed gives the same stream on every machine. */
export function seededChance(seed: number): Chance {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }
  const int = (below: number): number => next() % below
  const hex = (length: number): string => {
    let digits = ''
    while (digits.length < length) digits += next().toString(16).padStart(8, '0')
    const made = digits.slice(0, length)
    return /^0*$/u.test(made) ? hex(length) : made
  }
  return {
    int,
    pick: (choices) => choices[int(choices.length)] ?? choices[0],
    hex,
    uuid: () => `0197c2a4-${hex(4)}-7${hex(3)}-9${hex(3)}-${hex(12)}`,
  }
}
