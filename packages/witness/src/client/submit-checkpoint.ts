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

/** The key and the address of a witness. */
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
  /** The log's tiles, from which the proof is made; they must have the whole tree of the checkpoint. */
  readonly reader: TileReader
  /** The size that this witness probably cosigned last. Default 0; if it is wrong, the witness answers with its size and one more request follows. */
  readonly oldSize?: number
  /** The most milliseconds for each request. Default 5,000. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/**
 * The outcome of a submission. `cosigned` gives the signature lines to add to the note. `unreachable` may succeed later
 * unchanged. `refused` repeats until somebody changes a setting (the witness does not know the log or its key).
 * `ahead` and `fork` are alarms: the witness has seen a larger tree than this checkpoint's, or one that it does not continue.
 */
export type Submission =
  | {
      readonly outcome: 'cosigned'
      readonly lines: readonly string[]
      readonly size: number
      /** The time at which the witness saw it, in seconds since 1970. */
      readonly timeS: number
    }
  | { readonly outcome: 'unreachable' | 'refused' | 'fork'; readonly detail: string }
  | { readonly outcome: 'ahead'; readonly detail: string; readonly size: number }

/** The most requests for one submission: others may submit the same log's checkpoints in between. */
const requestsMax = 4

/**
 * Asks a witness to cosign a checkpoint (C2SP tlog-witness). At most four requests, each of at most `timeoutMs`. Never
 * throws for an answer or a failure of the witness. Throws `ProofError` for a malformed checkpoint and for missing tiles.
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
 * The outcome of a submitted key change. `registered`: the checkpoint log has signed that it knows the new key. `unreachable` may
 * succeed later unchanged. `refused` needs an operator: the old key is not the newest one registered, or the log is not registered.
 */
export type KeyChangeSubmission =
  | { readonly outcome: 'registered' }
  | { readonly outcome: 'unreachable' | 'refused'; readonly detail: string }

/** Submits a key change to a checkpoint log: the statement that both keys have signed. One request. Never throws for an answer or a failure. */
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
  // Anybody can send an answer that is not signed by the checkpoint log's key.
  const signed = readSignature(body, parseNote(note).text, metaLog.key)
  return 'detail' in signed ? { outcome: 'refused', ...signed } : { outcome: 'registered' }
}

/** Reads signature lines and verifies those of `key`. Returns them with their time, or the reason that there are none. Never throws. */
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
