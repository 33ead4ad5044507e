import { hashBytes } from './merkle-hash.ts'
import { noteBytesMax, parseNote } from './note.ts'
import { ProofError } from './proof-error.ts'
import { quoted, strictBase64, strictDecimal, strictText } from './strict-text.ts'

/** Most hashes a proof can hold: one a level of the largest tree. */
const proofHashesMax = 63
/** Longest extra data that is read, in bytes. */
const extraBytesMax = 65_536
const header = 'c2sp.org/tlog-proof@v1'

/** A proof that stands alone: a leaf's place, its inclusion proof and the signed checkpoint it leads to. */
export interface TlogProof {
  readonly index: number
  readonly proof: readonly Buffer[]
  /** The checkpoint's note, signatures and cosignatures included. */
  readonly checkpoint: string
  /** Data that the application adds. Nothing authenticates it. */
  readonly extra?: Buffer
}

/** Writes a proof as text, to be kept with the extension `.tlog-proof` (c2sp.org/tlog-proof@v1). */
export function formatTlogProof({ index, proof, checkpoint, extra }: TlogProof): string {
  const text = [
    header,
    ...(extra === undefined ? [] : [`extra ${extra.toString('base64')}`]),
    `index ${index}`,
    ...proof.map((hash) => hash.toString('base64')),
    '',
    checkpoint,
  ].join('\n')
  parseTlogProof(text)
  return text
}

/** Reads a proof. Throws `malformed_proof`, `malformed_note`. Does NOT check it: `verifyPolicy` for the checkpoint, then `verifyInclusion`. */
export function parseTlogProof(input: string | Uint8Array): TlogProof {
  const bytesMax = noteBytesMax + 2 * extraBytesMax
  const text = strictText(input, 'malformed_proof', { bytesMax })
  const split = text.indexOf('\n\n')
  if (split < 0) throw malformed('expected an empty line before the checkpoint')
  const checkpoint = text.slice(split + 2)
  const [first, ...lines] = text.slice(0, split).split('\n')
  if (first !== header) throw malformed(`expected ${header}, got ${quoted(first ?? '')}`)
  const extra = lines[0]?.startsWith('extra ') === true ? readExtra(lines.shift() ?? '') : undefined
  const index = readIndex(lines.shift() ?? '')
  if (lines.length > proofHashesMax)
    throw malformed(`expected at most ${proofHashesMax} hashes, got ${lines.length}`)
  const proof = lines.map(readHash)
  parseNote(checkpoint)
  return extra === undefined ? { index, proof, checkpoint } : { index, proof, checkpoint, extra }
}

function readExtra(line: string): Buffer {
  const bytes = strictBase64(line.slice('extra '.length))
  if (bytes === undefined || bytes.length > extraBytesMax)
    throw malformed(`extra: expected base64 of at most ${extraBytesMax} bytes, got ${quoted(line)}`)
  return bytes
}

function readIndex(line: string): number {
  const index = line.startsWith('index ') ? strictDecimal(line.slice('index '.length)) : undefined
  if (index === undefined) throw malformed(`expected index and a decimal, got ${quoted(line)}`)
  return index
}

function readHash(line: string): Buffer {
  const hash = strictBase64(line)
  if (hash?.length !== hashBytes)
    throw malformed(`hash: expected base64 of 32 bytes, got ${quoted(line)}`)
  return hash
}

function malformed(detail: string): ProofError {
  return new ProofError('malformed_proof', `proof: ${detail}`)
}
