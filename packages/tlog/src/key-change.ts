import { parseNote, signNote, verifySignatures } from './note.ts'
import { parseVkey } from './note-key.ts'
import type { NoteSigner } from './note-key.ts'
import { ProofError } from './proof-error.ts'

const header = 'whodid-key-epoch/v1'

/** A log that goes over from one key to another. */
export interface KeyChange {
  readonly origin: string
  readonly oldVkey: string
  readonly newVkey: string
}

/** The statement of a change, as a note that both keys have signed; the same bytes each time. Throws `malformed_key` for keys of two logs. */
export function signKeyChange(oldSigner: NoteSigner, newSigner: NoteSigner): string {
  const [{ vkey: oldVkey }, { vkey: newVkey }] = [oldSigner.verifier, newSigner.verifier]
  const change = { origin: oldSigner.verifier.name, oldVkey, newVkey }
  checkKeys(change)
  return signNote(formatText(change), [oldSigner, newSigner])
}

/**
 * Reads the statement of a change and checks that both keys have signed it. Throws `malformed_note`, `malformed_key`,
 * `invalid_signature`, and `unknown_signer` when a signature is missing. Does NOT check that the old key is the log's: the caller must.
 */
export function verifyKeyChange(note: string | Uint8Array): KeyChange {
  const { text, signatures } = parseNote(note)
  const [first, origin = '', old = '', next = '', last] = text.split('\n')
  const change = { origin, oldVkey: old.slice(4), newVkey: next.slice(4) }
  if (first !== header || last !== '' || formatText(change) !== text)
    throw new ProofError('malformed_note', `key change: expected "${header}" and three lines`)
  const keys = checkKeys(change)
  const verified = verifySignatures(text, signatures, keys)
  if (keys.some((key) => !verified.some((one) => one.key === key)))
    throw new ProofError('unknown_signer', 'key change: expected the signatures of both keys')
  return change
}

function formatText({ origin, oldVkey, newVkey }: KeyChange): string {
  return `${header}\n${origin}\nold ${oldVkey}\nnew ${newVkey}\n`
}

function checkKeys({ origin, oldVkey, newVkey }: KeyChange): ReturnType<typeof parseVkey>[] {
  const keys = [parseVkey(oldVkey), parseVkey(newVkey)]
  if (oldVkey === newVkey || keys.some(({ name, kind }) => name !== origin || kind !== 'note'))
    throw new ProofError('malformed_key', `key change: expected two keys of the log ${origin}`)
  return keys
}
