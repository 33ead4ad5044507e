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

function decodeRun(text: string, runStart: number, end: number): Base64Run | undefined {
  let start = runStart
  for (let tried = 0; tried < startsMax && end - start >= runLengthMin; tried += 1) {
    if (beginsAsText(text, start)) {
      const plain = decode(text.slice(start, end)).replaceAll('\0', '')
      if (isText(plain)) return { start, end: afterPadding(text, end), text: plain }
    }
    const slash = text.indexOf('/', start)
    if (slash < 0 || slash >= end) return undefined
    start = slash + 1
  }
  return undefined
}

function decode(encoded: string): string {
  return Buffer.from(encoded, 'base64').toString('latin1')
}

/** Returns true when the first bytes of a run are text, without decoding all of it: those of most runs, names and hashes, are not. */
function beginsAsText(text: string, start: number): boolean {
  let bits = 0
  let bitCount = 0
  let byteCount = 0
  for (let index = start; index < start + headLength; index += 1) {
    bits = ((bits << 6) | (sixBits[text.charCodeAt(index)] ?? 0)) & 0xffff
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
  return (
    (unit >= 97 && unit <= 122) ||
    (unit >= 65 && unit <= 90) ||
    (unit >= 47 && unit <= 57) ||
    unit === 43 ||
    unit === 45 ||
    unit === 95
  )
}
