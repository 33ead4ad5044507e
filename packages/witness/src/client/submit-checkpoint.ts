import {
  formatSignature,
  parseCheckpoint,
  parseNote,
  parseSignatures,
  ProofError,
  proveConsistency,
  verifySignatures,
} from '@whodid/tlog'
import type { NoteVerifier, TileReader } from '@whodid/tlog'
import { formatAddCheckpoint } from '../protocol/add-checkpoint.ts'
import { postText } from './post-text.ts'
import type { PostOptions, TextResponse } from './post-text.ts'

/** A witness as a log knows it. */
export interface WitnessEndpoint {
  /** Its key, of kind `cosignature`. */
  readonly key: NoteVerifier
  /** Its submission prefix, without a trailing slash. */
  readonly url: string
}

/** A checkpoint to be cosigned. */
export interface SubmitOptions {
  /** The note, signed by the log. */
  readonly checkpoint: string
  /** The log's tiles, which the proof is made from; they must hold the whole tree of the checkpoint. */
  readonly reader: TileReader
  /** What this witness is thought to have cosigned last. Default 0; when it is wrong, the witness says so and one more request is made. */
  readonly oldSize?: number
  /** How long each request may take. Default 5,000. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/**
 * What became of a submission. `cosigned` gives the signature lines to add to the note. `unreachable` may succeed later
 * unchanged. `refused` will not until somebody changes a setting (the witness does not know the log or its key).
 * `ahead` and `fork` are alarms: the witness has seen a larger tree than this checkpoint's, or one that it does not continue.
 */
export type Submission =
  | {
      readonly outcome: 'cosigned'
      readonly lines: readonly string[]
      readonly size: number
      /** When the witness saw it, in seconds since 1970. */
      readonly timeS: number
    }
  | { readonly outcome: 'unreachable' | 'refused' | 'fork'; readonly detail: string }
  | { readonly outcome: 'ahead'; readonly detail: string; readonly size: number }

/** Requests for one submission: others may submit the same log's checkpoints in between. */
const requestsMax = 4

/**
 * Asks a witness to cosign a checkpoint (C2SP tlog-witness). At most four requests, each of at most `timeoutMs`. Never
 * throws for what the witness answers or fails to; throws `ProofError` when the checkpoint is none or the tiles lack it.
 */
export async function submitCheckpoint(
  witness: WitnessEndpoint,
  options: SubmitOptions,
): Promise<Submission> {
  const { checkpoint, reader } = options
  const { text } = parseNote(checkpoint)
  const { size } = parseCheckpoint(text)
  let oldSize = Math.min(options.oldSize ?? 0, size)
  for (let request = 0; request < requestsMax; request++) {
    const proof = await proveConsistency(reader, oldSize, size)
    const body = formatAddCheckpoint({ oldSize, proof, checkpoint })
    const response = await postText(`${witness.url}/add-checkpoint`, body, options)
    if ('outcome' in response) return response
    if (response.status !== 409) return read(response, { text, size }, witness.key)
    const known = readSize(response)
    if (known === undefined)
      return { outcome: 'refused', detail: 'it answered 409 without the size it knows' }
    if (known > size)
      return {
        outcome: 'ahead',
        size: known,
        detail: `it has cosigned ${known} leaves, this checkpoint has ${size}`,
      }
    oldSize = known
  }
  return { outcome: 'unreachable', detail: `it named another size ${requestsMax} times in a row` }
}

function read(
  { status, body }: TextResponse,
  { text, size }: { text: string; size: number },
  key: NoteVerifier,
): Submission {
  const said = body.slice(0, 200).trim()
  if (status === 200) return readCosignature(body, { text, size }, key)
  if (status === 422) return { outcome: 'fork', detail: `it found no continuation: ${said}` }
  if (status === 429 || status >= 500)
    return { outcome: 'unreachable', detail: `it answered ${status}: ${said}` }
  return { outcome: 'refused', detail: `it answered ${status}: ${said}` }
}

function readCosignature(
  body: string,
  { text, size }: { text: string; size: number },
  key: NoteVerifier,
): Submission {
  const signed = readSignature(body, text, key)
  return 'detail' in signed
    ? { outcome: 'refused', ...signed }
    : { outcome: 'cosigned', size, ...signed }
}

function readSize({ contentType, body }: TextResponse): number | undefined {
  if (!contentType.startsWith('text/x.tlog.size')) return undefined
  const digits = /^(0|[1-9]\d{0,15})\n?$/u.exec(body)?.[1]
  return digits === undefined || !Number.isSafeInteger(Number(digits)) ? undefined : Number(digits)
}

/**
 * What became of it. `registered`: the checkpoint log has signed that it knows the new key. `unreachable` may succeed later unchanged;
 * `refused` will not until somebody looks: the old key is not the newest one that it knows of the log, or the log is not registered.
 */
export type KeyChangeSubmission =
  | { readonly outcome: 'registered' }
  | { readonly outcome: 'unreachable' | 'refused'; readonly detail: string }

/** Tells a checkpoint log of a change of keys, by the statement that both have signed. One request. Never throws for what is answered or fails. */
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

/** Reads an answer of signature lines: those of the key that was asked, checked, and when it signed; or why it is none. Never throws. */
function readSignature(
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
