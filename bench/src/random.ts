/** A stream of numbers that a seed decides. */
export interface Random {
  /** An integer from 0 to `below` - 1. */
  int(below: number): number
  pick<T>(choices: readonly [T, ...T[]]): T
  hex(length: number): string
  bytes(length: number): Buffer
}

/** Makes a stream of random numbers (xorshift128): the same seed gives the same stream on every machine. */
export function seededRandom(seed: number): Random {
  let [a, b, c, d] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88, 0xb7e15162 | 0]
  function next(): number {
    const mixed = d ^ (d << 11)
    d = c
    c = b
    b = a
    a = a ^ (a >>> 19) ^ (mixed ^ (mixed >>> 8))
    return a >>> 0
  }
  for (let warm = 0; warm < 20; warm += 1) next()
  const int = (below: number): number => next() % below
  const bytes = (length: number): Buffer => {
    const made = Buffer.alloc(length)
    for (let at = 0; at < length; at += 1) made[at] = next() & 0xff
    return made
  }
  return {
    int,
    bytes,
    pick: (choices) => choices[int(choices.length)] ?? choices[0],
    hex: (length) =>
      bytes(Math.ceil(length / 2))
        .toString('hex')
        .slice(0, length),
  }
}
