import { ProofError } from './proof-error.ts'
import type { ProofErrorCode } from './proof-error.ts'

/** Reads base64 that has one spelling only: padded, no other characters, no stray bits. Undefined for anything else. */
export function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

/** Reads a whole number up to 2^53 − 1 that has one spelling only: no sign, no leading zero. Undefined for anything else. */
export function strictDecimal(text: string): number | undefined {
  if (!/^(?:0|[1-9]\d{0,15})$/u.test(text)) return undefined
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}

/** Returns the input for an error message: quoted, and cut when it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}

/**
 * Returns the input as text, which must be UTF-8 of at most `bytesMax` bytes with no control character but newline (and those
 * of `allowed`). Throws `code` otherwise.
 */
export function strictText(
  input: string | Uint8Array,
  code: ProofErrorCode,
  { bytesMax, allowed = '' }: { readonly bytesMax: number; readonly allowed?: string },
): string {
  const length = typeof input === 'string' ? Buffer.byteLength(input) : input.length
  if (length > bytesMax)
    throw new ProofError(code, `${thing(code)}: expected at most ${bytesMax} bytes, got ${length}`)
  const text = typeof input === 'string' ? input : decode(input, code)
  if (!text.isWellFormed()) throw new ProofError(code, `${thing(code)}: has a lone surrogate`)
  for (let place = 0; place < text.length; place++) {
    const unit = text.charCodeAt(place)
    if (unit < 0x20 && unit !== 0x0a && !allowed.includes(text.charAt(place)))
      throw new ProofError(
        code,
        `${thing(code)}: has the control character 0x${unit.toString(16).padStart(2, '0')} at ${place}`,
      )
  }
  return text
}

function decode(bytes: Uint8Array, code: ProofErrorCode): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new ProofError(code, `${thing(code)}: is no UTF-8`, { cause })
  }
}

/** Names the thing being read, for a message: a note for `malformed_note`. */
function thing(code: ProofErrorCode): string {
  return code.replace('malformed_', '')
}
