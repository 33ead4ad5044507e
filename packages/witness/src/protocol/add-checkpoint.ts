import { hashBytes, ProofError } from '@whodid/tlog'

/** Longest request, in bytes: 63 hashes and a note with many signatures, post-quantum ones included. */
export const requestBytesMax = 262_144
/** Most hashes of a consistency proof (C2SP tlog-witness). */
const proofHashesMax = 63

/** A log's request to a witness: to cosign a checkpoint, with the proof that it continues the one of `oldSize` leaves. */
export interface AddCheckpointRequest {
  readonly oldSize: number
  readonly proof: readonly Buffer[]
  /** The checkpoint's note. */
  readonly checkpoint: string
}

/** Writes the body of `POST /add-checkpoint` (C2SP tlog-witness). */
export function formatAddCheckpoint({ oldSize, proof, checkpoint }: AddCheckpointRequest): string {
  return [`old ${oldSize}`, ...proof.map((hash) => hash.toString('base64')), '', checkpoint].join(
    '\n',
  )
}

/** Reads the body of `POST /add-checkpoint`. Throws `malformed_proof`. Does NOT check the note. */
export function parseAddCheckpoint(text: string): AddCheckpointRequest {
  const split = text.indexOf('\n\n')
  const [first = '', ...lines] = split < 0 ? [] : text.slice(0, split).split('\n')
  const digits = /^old (0|[1-9]\d{0,15})$/u.exec(first)?.[1]
  const oldSize = Number(digits)
  if (!Number.isSafeInteger(oldSize))
    throw malformed('expected "old", a size, the proof, an empty line and a checkpoint')
  if (lines.length > proofHashesMax)
    throw malformed(`expected at most ${proofHashesMax} hashes, got ${lines.length}`)
  return { oldSize, proof: lines.map(readHash), checkpoint: text.slice(split + 2) }
}

function readHash(line: string): Buffer {
  const hash = Buffer.from(line, 'base64')
  if (hash.length !== hashBytes || hash.toString('base64') !== line)
    throw malformed('expected each hash as base64 of 32 bytes')
  return hash
}

function malformed(detail: string): ProofError {
  return new ProofError('malformed_proof', `add-checkpoint: ${detail}`)
}
