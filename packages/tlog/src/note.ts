import { sign, verify } from 'node:crypto'
import { isKeyName } from './note-key.ts'
import type { NoteSigner, NoteVerifier } from './note-key.ts'
import { ProofError } from './proof-error.ts'
import { quoted, strictBase64, strictText } from './strict-text.ts'

/** Longest note that is read, in bytes. */
export const noteBytesMax = 1_000_000
/** Most signatures a note may carry: a log's and those of twice the witnesses a policy must be able to name. */
export const noteSignaturesMax = 64

/** One signature line of a note, not yet checked. */
export interface NoteSignature {
  readonly name: string
  readonly id: number
  /** The bytes after the key's ID: 64 bytes of a `note` key; 8 bytes of time and 64 of a `cosignature` key. */
  readonly signature: Buffer
}

/** A note taken apart, of which nothing has been checked yet. */
export interface ParsedNote {
  /** The signed text, with its last newline. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** A signature that a trusted key made over the note. */
export interface VerifiedSignature {
  readonly key: NoteVerifier
  /** The time at which a cosigner says it saw the checkpoint, in seconds since 1970. Only of a `cosignature` key. */
  readonly time?: number
}

/** Takes a note apart (C2SP signed-note). Throws `malformed_note`. Does NOT check a signature: nothing of the text may be relied on. */
export function parseNote(note: string | Uint8Array): ParsedNote {
  const whole = strictText(note, 'malformed_note', { bytesMax: noteBytesMax })
  const split = whole.lastIndexOf('\n\n')
  if (split < 0) throw malformed('expected an empty line between text and signatures')
  const block = whole.slice(split + 2)
  return { text: whole.slice(0, split + 1), signatures: parseSignatures(block) }
}

/** Reads signature lines that stand alone, as a witness answers them; at least one. Throws `malformed_note`. */
export function parseSignatures(block: string): NoteSignature[] {
  if (!block.endsWith('\n')) throw malformed('expected signature lines, each ending in a newline')
  const lines = block.slice(0, -1).split('\n')
  if (lines.length > noteSignaturesMax)
    throw malformed(`expected at most ${noteSignaturesMax} signatures, got ${lines.length}`)
  if (new Set(lines).size < lines.length) throw malformed('a signature line stands twice')
  return lines.map(parseSignature)
}

/** Signs a text, which must end in a newline, and gives the note. `timeS`, seconds since 1970, is for `cosignature` keys. Throws `malformed_note`. */
export function signNote(text: string, signers: readonly NoteSigner[], timeS?: number): string {
  return addSignatures(
    `${text}\n`,
    signers.map((signer) => signText(text, signer, timeS)),
  )
}

/** One signature line over a text, with its newline. A `cosignature` key needs `timeS`, seconds since 1970. */
export function signText(
  text: string,
  { verifier, privateKey }: NoteSigner,
  timeS?: number,
): string {
  if (!text.endsWith('\n')) throw malformed('expected the text to end in a newline')
  strictText(text, 'malformed_note', { bytesMax: noteBytesMax })
  const message = signedMessage(text, verifier, timeS)
  const signature = Buffer.concat([timeBytes(verifier, timeS), sign(null, message, privateKey)])
  return formatSignature({ name: verifier.name, id: verifier.id, signature })
}

/** One signature line, with its newline, as it stands in a note. */
export function formatSignature({ name, id, signature }: NoteSignature): string {
  const bytes = Buffer.concat([Buffer.alloc(4), signature])
  bytes.writeUInt32BE(id)
  return `— ${name} ${bytes.toString('base64')}\n`
}

/** A note with signature lines added, each once. Throws `malformed_note` when the result would be no note. */
export function addSignatures(note: string, lines: readonly string[]): string {
  const split = note.lastIndexOf('\n\n')
  const present = split < 0 ? [] : note.slice(split + 2).split(/(?<=\n)/u)
  const missing = [...new Set(lines)].filter((line) => !present.includes(line))
  const whole = `${note}${missing.join('')}`
  parseNote(whole)
  return whole
}

/**
 * Checks a note against the keys that are trusted, and returns its text and its signers, in the order of the lines.
 *
 * Signatures of other keys are ignored. Throws `malformed_note`; `invalid_signature` if any trusted key's does not verify, however many others do;
 * `unknown_signer` if no trusted key signed.
 */
export function verifyNote(
  note: string | Uint8Array,
  verifiers: readonly NoteVerifier[],
): { text: string; signatures: readonly [VerifiedSignature, ...VerifiedSignature[]] } {
  const { text, signatures } = parseNote(note)
  const [first, ...others] = verifySignatures(text, signatures, verifiers)
  if (first === undefined) {
    const names = signatures.map(({ name }) => name).join(', ')
    throw new ProofError(
      'unknown_signer',
      `note: no trusted key signed it; signed by ${quoted(names)}`,
    )
  }
  return { text, signatures: [first, ...others] }
}

/** The signatures over a text that trusted keys made; other keys' are left out. Throws `invalid_signature` if a trusted key's does not verify. */
export function verifySignatures(
  text: string,
  signatures: readonly NoteSignature[],
  verifiers: readonly NoteVerifier[],
): VerifiedSignature[] {
  return signatures.flatMap((signature) =>
    verifiers
      .filter(({ name, id }) => name === signature.name && id === signature.id)
      .map((key) => verifySignature(text, signature, key)),
  )
}

function verifySignature(
  text: string,
  { signature }: NoteSignature,
  key: NoteVerifier,
): VerifiedSignature {
  const timeLength = key.kind === 'cosignature' ? 8 : 0
  const invalid = (detail: string): ProofError =>
    new ProofError('invalid_signature', `signature of ${quoted(key.name)}: ${detail}`)
  if (signature.length !== timeLength + 64)
    throw invalid(`expected ${timeLength + 64} bytes, got ${signature.length}`)
  const time = timeLength === 0 ? undefined : Number(signature.readBigUInt64BE(0))
  if (time !== undefined && !Number.isSafeInteger(time)) throw invalid('its time is out of range')
  const message = signedMessage(text, key, time)
  if (!verify(null, message, key.publicKey, signature.subarray(timeLength)))
    throw invalid('does not verify')
  return time === undefined ? { key } : { key, time }
}

/** The bytes that a key signs: the text, or, of a cosigner, a header, the time and the text (C2SP tlog-cosignature). */
function signedMessage(
  text: string,
  { kind, name }: NoteVerifier,
  timeS: number | undefined,
): Buffer {
  if (kind === 'note') return Buffer.from(text)
  if (timeS === undefined || !Number.isSafeInteger(timeS) || timeS <= 0)
    throw malformed(
      `the time of ${quoted(name)}: expected seconds since 1970, got ${String(timeS)}`,
    )
  return Buffer.from(`cosignature/v1\ntime ${timeS}\n${text}`)
}

function timeBytes({ kind }: NoteVerifier, timeS: number | undefined): Buffer {
  const bytes = Buffer.alloc(kind === 'cosignature' ? 8 : 0)
  if (kind === 'cosignature') bytes.writeBigUInt64BE(BigInt(timeS ?? 0))
  return bytes
}

function parseSignature(line: string): NoteSignature {
  const [dash, name, base64, ...rest] = line.split(' ')
  if (dash !== '—' || name === undefined || base64 === undefined || rest.length > 0)
    throw malformed(`expected a signature line, got ${quoted(line)}`)
  if (!isKeyName(name)) throw malformed(`expected a key name, got ${quoted(name)}`)
  const bytes = strictBase64(base64)
  if (bytes === undefined || bytes.length < 5)
    throw malformed(`expected base64 of a key ID and a signature, got ${quoted(base64)}`)
  return { name, id: bytes.readUInt32BE(0), signature: bytes.subarray(4) }
}

function malformed(detail: string): ProofError {
  return new ProofError('malformed_note', `note: ${detail}`)
}
