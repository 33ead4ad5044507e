/** A run of base64 that holds text. */
export interface Base64Run {
  readonly start: number
  readonly end: number
  /** The text that it encodes. */
  readonly text: string
}

/** Characters of the shortest run that is looked into: it encodes fifteen. */
const runLengthMin = 20

/** Characters at the start of a run that are decoded to see if it encodes text. */
const headLength = 16

/** Starts within a run that are tried, because a path before base64 reads like base64. */
const startsMax = 4

/** Every run of base64 in a text, standard or for addresses, that encodes printable text. Time is linear. */
export function base64Runs(text: string): Base64Run[] {
  const runs: Base64Run[] = []
  // A run covers one of the places that are a run's least length apart: few characters of a text are looked at.
  for (let probe = runLengthMin - 1; probe < text.length; probe += runLengthMin) {
    if (!isBase64(text.charCodeAt(probe))) continue
    let start = probe
    while (start > 0 && isBase64(text.charCodeAt(start - 1))) start -= 1
    let end = probe + 1
    while (end < text.length && isBase64(text.charCodeAt(end))) end += 1
    if (end - start >= runLengthMin) {
      const run = decodeRun(text, start, end)
      if (run !== undefined) runs.push(run)
    }
    while (probe + runLengthMin < end) probe += runLengthMin
  }
  return runs
}

/**
 * True when some run of base64 in the UTF-8 of a text, from `start` to `end`, begins as text: without one, {@link base64Runs} finds
 * none in it. Time is linear.
 */
export function hasBase64(bytes: Uint8Array, start: number, end: number): boolean {
  for (let probe = start + runLengthMin - 1; probe < end; probe += runLengthMin) {
    if (!isBase64(bytes[probe] ?? 0)) continue
    let runStart = probe
    while (runStart > start && isBase64(bytes[runStart - 1] ?? 0)) runStart -= 1
    let runEnd = probe + 1
    while (runEnd < end && isBase64(bytes[runEnd] ?? 0)) runEnd += 1
    for (let tried = 0; tried < startsMax && runEnd - runStart >= runLengthMin; tried += 1) {
      if (beginsAsText(bytes, runStart)) return true
      while (runStart < runEnd && bytes[runStart] !== slash) runStart += 1
      runStart += 1
    }
    while (probe + runLengthMin < runEnd) probe += runLengthMin
  }
  return false
}

const slash = 47

function decodeRun(text: string, runStart: number, end: number): Base64Run | undefined {
  let start = runStart
  for (let tried = 0; tried < startsMax && end - start >= runLengthMin; tried += 1) {
    for (let at = 0; at < headLength; at += 1) head[at] = text.charCodeAt(start + at)
    if (beginsAsText(head, 0)) {
      const plain = decode(text.slice(start, end)).replaceAll('\0', '')
      if (isText(plain)) return { start, end: afterPadding(text, end), text: plain }
    }
    const next = text.indexOf('/', start)
    if (next < 0 || next >= end) return undefined
    start = next + 1
  }
  return undefined
}

/** The first characters of a run. */
const head = new Uint8Array(headLength)

function decode(encoded: string): string {
  return Buffer.from(encoded, 'base64').toString('latin1')
}

/** Returns true when the first bytes of a run are text, without decoding all of it: those of most runs, names and hashes, are not. */
function beginsAsText(run: Uint8Array, start: number): boolean {
  let bits = 0
  let bitCount = 0
  let byteCount = 0
  for (let index = start; index < start + headLength; index += 1) {
    bits = ((bits << 6) | (sixBits[run[index] ?? 0] ?? 0)) & 0xffff
    bitCount += 6
    if (bitCount < 8) continue
    bitCount -= 8
    const unit = (bits >> bitCount) & 0xff
    byteCount += 1
    // UTF-16, as PowerShell encodes commands, has a NUL beside each character.
    if (!isPlain(unit) && !(unit === 0 && byteCount % 2 === 0)) return false
  }
  return true
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const sixBits = new Uint8Array(128)
for (const [value, char] of Array.from(alphabet).entries()) sixBits[char.charCodeAt(0)] = value
sixBits['-'.charCodeAt(0)] = 62
sixBits['_'.charCodeAt(0)] = 63

function afterPadding(text: string, end: number): number {
  let after = end
  while (after < end + 2 && text[after] === '=') after += 1
  return after
}

/** Printable ASCII, what sets lines and columns, and here and there something else: a letter with an accent. */
function isText(decoded: string): boolean {
  let oddCount = 0
  for (let index = 0; index < decoded.length; index += 1)
    if (!isPlain(decoded.charCodeAt(index))) oddCount += 1
  return oddCount <= decoded.length / 8
}

function isPlain(unit: number): boolean {
  return (unit >= 32 && unit < 127) || unit === 9 || unit === 10 || unit === 13
}

function isBase64(unit: number): boolean {
  return ofBase64[unit] === 1
}

/** 1 for the characters of base64, standard or for addresses. */
const ofBase64: Uint8Array = Uint8Array.from({ length: 256 }, (_, unit) =>
  `${alphabet}-_`.includes(String.fromCharCode(unit)) ? 1 : 0,
)
