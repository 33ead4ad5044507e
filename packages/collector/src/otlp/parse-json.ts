import { WhodidError } from '@whodid/model'

/** Digits from which a number may not survive as a double. */
const exactDigits = 16

const notANumber = Buffer.from('NaN')
const infinity = Buffer.from('Infinity')
const quote = 0x22
const backslash = 0x5c

/**
 * Parses JSON without letting its text choose how much memory that takes, and without losing digits: an integer of 16
 * digits or more becomes a string, which OTLP takes for the same number. So does a bare `NaN`, `Infinity` or `-Infinity`,
 * which is no JSON and which some writers of JSON put there.
 *
 * `JSON.parse` alone does not overflow its stack, but turns 60 MB of brackets into gigabytes of arrays. Throws
 * `invalid_body`, or `body_too_large` when there are more than `containersMax` arrays and objects.
 */
export function parseJson(bytes: Buffer, containersMax: number): unknown {
  const unquoted = scan(bytes, containersMax)
  const text = unquoted.length === 0 ? bytes.toString('utf8') : quoteRanges(bytes, unquoted)
  try {
    return JSON.parse(text)
  } catch (thrown) {
    // V8's message quotes the text it stumbled over, in up to a few dozen characters.
    const why = thrown instanceof Error ? thrown.message : 'unknown failure'
    throw new WhodidError('invalid_body', `the body expected JSON; got other text: ${why}`, {
      cause: thrown,
    })
  }
}

interface Range {
  readonly start: number
  readonly end: number
}

function scan(bytes: Buffer, containersMax: number): Range[] {
  const ranges: Range[] = []
  let containers = 0
  let index = 0
  while (index < bytes.length) {
    const byte = bytes[index] ?? 0
    if (byte === quote) {
      index = endOfString(bytes, index + 1)
    } else if (byte === 0x5b || byte === 0x7b) {
      containers += 1
      if (containers > containersMax)
        throw new WhodidError(
          'body_too_large',
          `the body expected at most ${containersMax} arrays and objects; got more`,
        )
      index += 1
    } else if (isNumberByte(byte)) {
      const end = endOfNumber(bytes, index)
      if (end - index >= exactDigits && isInteger(bytes, index, end))
        ranges.push({ start: index, end })
      index = end
    } else if (byte === 0x4e || byte === 0x49) {
      const name = byte === 0x4e ? notANumber : infinity
      const end = index + name.length
      if (bytes.subarray(index, end).equals(name)) {
        const hasSign = bytes[index - 1] === 0x2d
        ranges.push({ start: hasSign ? index - 1 : index, end })
        index = end
      } else index += 1
    } else {
      index += 1
    }
  }
  return ranges
}

function endOfString(bytes: Buffer, start: number): number {
  let index = start
  for (;;) {
    const end = bytes.indexOf(quote, index)
    if (end === -1) return bytes.length
    let slashes = 0
    while (bytes[end - 1 - slashes] === backslash && end - 1 - slashes >= start) slashes += 1
    if (slashes % 2 === 0) return end + 1
    index = end + 1
  }
}

/** Digits, sign, point and exponent. */
function isNumberByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2b || byte === 0x2e
}

function endOfNumber(bytes: Buffer, start: number): number {
  let index = start
  while (index < bytes.length) {
    const byte = bytes[index] ?? 0
    if (!isNumberByte(byte) && byte !== 0x65 && byte !== 0x45) return index
    index += 1
  }
  return index
}

function isInteger(bytes: Buffer, start: number, end: number): boolean {
  const first = bytes[start] === 0x2d ? start + 1 : start
  for (let index = first; index < end; index += 1) {
    const byte = bytes[index] ?? 0
    if (byte < 0x30 || byte > 0x39) return false
  }
  return true
}

function quoteRanges(bytes: Buffer, ranges: readonly Range[]): string {
  const parts: string[] = []
  let from = 0
  for (const { start, end } of ranges) {
    parts.push(bytes.toString('utf8', from, start), '"', bytes.toString('latin1', start, end), '"')
    from = end
  }
  parts.push(bytes.toString('utf8', from))
  return parts.join('')
}
