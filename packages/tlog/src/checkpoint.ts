import { emptyRoot, hashBytes } from './merkle-hash.ts'
import { verifyNote } from './note.ts'
import type { VerifiedSignature } from './note.ts'
import type { NoteVerifier } from './note-key.ts'
import { ProofError } from './proof-error.ts'
import { quoted, strictBase64, strictDecimal, strictText } from './strict-text.ts'
import { checkTreeSize } from './tree-size.ts'

/** Longest text of a checkpoint that is read, in bytes, its signatures not counted. */
const checkpointBytesMax = 65_536

/** A log's state: how many leaves it has and the root over them. */
export interface Checkpoint {
  /** The log's identity. */
  readonly origin: string
  readonly size: number
  readonly root: Buffer
}

/** The text of a checkpoint, to be signed (C2SP tlog-checkpoint): origin, size, base64 root, each on a line. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  checkTreeSize('checkpoint size', size)
  const text = `${origin}\n${size}\n${root.toString('base64')}\n`
  // A text that cannot be read back as it was meant must not be signed.
  if (parseCheckpoint(text).origin !== origin)
    throw malformed(`origin: expected one line, got ${quoted(origin)}`)
  return text
}

/**
 * Reads the text of a checkpoint. Extension lines are allowed and left out: the log signs them, and no tree covers them.
 *
 * Throws `malformed_checkpoint`; `wrong_root` when a tree of no leaves has another root than that of nothing. Does NOT check a
 * signature; `verifyCheckpoint` does.
 */
export function parseCheckpoint(text: string): Checkpoint {
  strictText(text, 'malformed_checkpoint', { bytesMax: checkpointBytesMax })
  const lines = text.split('\n')
  if (lines.pop() !== '' || lines.length < 3 || lines.includes(''))
    throw malformed(`expected at least three lines, none empty, got ${quoted(text)}`)
  const [origin = '', sizeText = '', rootText = ''] = lines
  const size = strictDecimal(sizeText)
  if (size === undefined) throw malformed(`size: expected a decimal, got ${quoted(sizeText)}`)
  const root = strictBase64(rootText)
  if (root?.length !== hashBytes)
    throw malformed(`root: expected base64 of 32 bytes, got ${quoted(rootText)}`)
  if (size === 0 && !root.equals(emptyRoot))
    throw new ProofError('wrong_root', 'checkpoint root: the empty tree has another')
  return { origin, size, root }
}

/**
 * Checks a checkpoint that `log` must have signed, with any cosignatures of `witnesses`, and gives it.
 *
 * Throws `malformed_note`, `malformed_checkpoint`; `unknown_signer` if the log did not sign, `invalid_signature` if a signature of the log or
 * of a trusted witness does not verify, `origin_mismatch` if the checkpoint is another log's. Does NOT demand any witness: see `verifyPolicy`.
 */
export function verifyCheckpoint(
  note: string | Uint8Array,
  log: NoteVerifier,
  witnesses: readonly NoteVerifier[] = [],
): { checkpoint: Checkpoint; cosignatures: readonly VerifiedSignature[] } {
  const { text, signatures } = verifyNote(note, [log, ...witnesses])
  if (!signatures.some(({ key }) => key === log))
    throw new ProofError('unknown_signer', `checkpoint: ${quoted(log.name)} did not sign it`)
  const checkpoint = parseCheckpoint(text)
  if (checkpoint.origin !== log.name)
    throw new ProofError(
      'origin_mismatch',
      `checkpoint: expected the origin ${quoted(log.name)}, got ${quoted(checkpoint.origin)}`,
    )
  return { checkpoint, cosignatures: signatures.filter(({ key }) => key !== log) }
}

function malformed(detail: string): ProofError {
  return new ProofError('malformed_checkpoint', `checkpoint: ${detail}`)
}
