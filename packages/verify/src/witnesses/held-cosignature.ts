import { parseCheckpoint, parseNote, ProofError, verifySignatures } from '@whodid/tlog'
import type { NoteVerifier } from '@whodid/tlog'

/** The witness whose cosignature is sought, and the log. */
export interface CosignatureSought {
  readonly origin: string
  readonly witness: NoteVerifier
}

/** A cosignature that verifies. */
interface HeldCosignature {
  /** The number of records that its checkpoint covers. */
  readonly size: number
  /** Seconds since 1970, by the witness's clock. */
  readonly timeS: number
}

/**
 * Returns the witness's cosignature with the most records of the log among the notes; undefined when no note has one that
 * verifies. Ignores notes that are not checkpoints of the log. Does NOT check the log's own signature: `judgeWitnesses` does.
 */
export function heldCosignature(
  notes: readonly (string | Uint8Array)[],
  { origin, witness }: CosignatureSought,
): HeldCosignature | undefined {
  let held: HeldCosignature | undefined
  for (const note of notes) {
    const found = cosignatureOn(note, { origin, witness })
    if (found !== undefined && found.size >= (held?.size ?? 0)) held = found
  }
  return held
}

function cosignatureOn(
  note: string | Uint8Array,
  { origin, witness }: CosignatureSought,
): HeldCosignature | undefined {
  try {
    const { text, signatures } = parseNote(note)
    const checkpoint = parseCheckpoint(text)
    const [verified] = verifySignatures(text, signatures, [witness])
    return verified?.time === undefined || checkpoint.origin !== origin
      ? undefined
      : { size: checkpoint.size, timeS: verified.time }
  } catch (thrown) {
    if (!(thrown instanceof ProofError)) throw thrown
    return undefined
  }
}
