import { parseNote } from '@whodid/tlog'
import { postText } from './post-text.ts'
import type { PostOptions } from './post-text.ts'
import { readSignature } from './read-signature.ts'
import type { WitnessEndpoint } from './submit-checkpoint.ts'

/**
 * What became of it. `registered`: the meta-log has signed that it knows the new key. `unreachable` may succeed later unchanged;
 * `refused` will not until somebody looks: the old key is not the newest one that it knows of the log, or the log is not registered.
 */
export type KeyChangeSubmission =
  | { readonly outcome: 'registered' }
  | { readonly outcome: 'unreachable' | 'refused'; readonly detail: string }

/** Tells a meta-log of a change of keys, by the statement that both have signed. One request. Never throws for what is answered or fails. */
export async function submitKeyChange(
  metaLog: WitnessEndpoint,
  note: string,
  options: PostOptions = {},
): Promise<KeyChangeSubmission> {
  const response = await postText(`${metaLog.url}/add-key`, note, options)
  if ('outcome' in response) return response
  const { status, body } = response
  const detail = `it answered ${status}: ${body.slice(0, 200).trim()}`
  if (status === 429 || status >= 500) return { outcome: 'unreachable', detail }
  if (status !== 200) return { outcome: 'refused', detail }
  // An answer that its key has not signed may be anybody's.
  const signed = readSignature(body, parseNote(note).text, metaLog.key)
  return 'detail' in signed ? { outcome: 'refused', ...signed } : { outcome: 'registered' }
}
