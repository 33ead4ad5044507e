import { parseNote, ProofError, signText, verifyKeyChange } from '@whodid/tlog'
import type { NoteSigner } from '@whodid/tlog'
import { plainReply } from '../service/serve-replies.ts'
import type { Reply } from '../service/serve-replies.ts'
import type { CheckpointLog } from './checkpoint-log.ts'

/** What a change of keys is put on record with. */
interface AddKeyDeps {
  readonly log: Pick<CheckpointLog, 'registry' | 'register'>
  readonly receipts: NoteSigner
  readonly nowS: () => number
  /** Is told what an operator should know. */
  readonly onEvent: (event: {
    readonly event: 'registered' | 'refused'
    readonly detail: string
  }) => void
}

/**
 * Answers `POST /add-key`: a log's next key, by a statement that it and the key before it have signed. The key before it must be the
 * newest one registered, so that a key that has ended names no other. Answers with a signature over the statement once the
 * key is durable here; asked again, with the same. Rejects when the disk fails.
 */
export async function addKey(
  { log, receipts, nowS, onEvent }: AddKeyDeps,
  body: string,
): Promise<Reply> {
  try {
    const { origin, oldVkey, newVkey } = verifyKeyChange(body)
    const known = log.registry.log(origin)
    if (known === undefined) return plainReply(404, 'this meta-log does not know the log')
    const isKnown = known.keys.some(({ vkey }) => vkey === newVkey)
    if (!isKnown && known.keys.at(-1)?.vkey !== oldVkey) {
      const why = `the old key is not the newest one registered of ${origin}`
      onEvent({ event: 'refused', detail: `${why}: ${newVkey} was not added` })
      return plainReply(403, why)
    }
    const refused = await log.register(newVkey)
    if (refused !== undefined) return plainReply(403, refused)
    if (!isKnown) onEvent({ event: 'registered', detail: `added ${newVkey}, named by ${oldVkey}` })
    // A crash before this leaves the key registered; the collector asks again.
    return plainReply(200, signText(parseNote(body).text, receipts, nowS()))
  } catch (error) {
    if (!(error instanceof ProofError)) throw error
    const isUnsigned = error.code === 'unknown_signer' || error.code === 'invalid_signature'
    return plainReply(isUnsigned ? 403 : 400, error.message)
  }
}
