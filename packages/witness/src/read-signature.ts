import { formatSignature, parseSignatures, ProofError, verifySignatures } from '@whodid/tlog'
import type { NoteVerifier } from '@whodid/tlog'

/** Reads an answer of signature lines: those of the key that was asked, checked, and when it signed; or why it is none. Never throws. */
export function readSignature(
  body: string,
  text: string,
  key: NoteVerifier,
): { readonly lines: readonly string[]; readonly timeS: number } | { readonly detail: string } {
  try {
    const given = parseSignatures(body).filter(({ name, id }) => name === key.name && id === key.id)
    const times = verifySignatures(text, given, [key]).map(({ time }) => time ?? 0)
    if (times.length === 0) return { detail: 'no line of its answer is signed by its key' }
    return { lines: given.map(formatSignature), timeS: Math.max(...times) }
  } catch (error) {
    if (!(error instanceof ProofError)) throw error
    return { detail: `its answer does not hold: ${error.message}` }
  }
}
