import { trimEnd } from '@whodid/model'
import type { NoteVerifier, Policy } from '@whodid/tlog'
import { originHashOf } from '../protocol/witness.ts'
import { readBounded } from './post-text.ts'
import type { WitnessEndpoint } from './submit-checkpoint.ts'

/** A witness's answer about a log: an unverified note, no note, or unreachable. */
export type Witnessed =
  | { readonly outcome: 'served'; readonly note: string }
  | { readonly outcome: 'nothing' }
  | { readonly outcome: 'unreachable'; readonly detail: string }

/** The options of a request to a witness. */
export interface FetchOptions {
  /** Default 5,000. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

const timeoutMsDefault = 5_000

/** The answers of a policy's witnesses about a log. */
export interface ServedCheckpoints {
  /** The notes, not verified yet. */
  readonly served: readonly string[]
  /** The witnesses that have a URL and gave no note. They may have cosigned all the same. */
  readonly missing: readonly MissingCheckpoint[]
}

/** A witness that gave no checkpoint, and the reason. */
interface MissingCheckpoint {
  readonly key: NoteVerifier
  readonly why: string
}

/**
 * Asks every witness of a policy that has a URL for its newest checkpoint of a log, all at once. Must be called before the log's
 * own checkpoint is read: then an honest log is never behind a witness. Never throws for an answer or a failure of a witness.
 */
export async function fetchServed(
  policy: Policy,
  origin: string,
  options: FetchOptions = {},
): Promise<ServedCheckpoints> {
  const answers = await Promise.all(
    policy.witnesses.flatMap(({ key, url }) =>
      url === undefined
        ? []
        : [
            fetchWitnessed({ url: trimEnd(url, '/') }, origin, options).then((answer) => ({
              key,
              answer,
            })),
          ],
    ),
  )
  return {
    served: answers.flatMap(({ answer }) => (answer.outcome === 'served' ? [answer.note] : [])),
    missing: answers.flatMap(({ key, answer }) => {
      if (answer.outcome === 'served') return []
      const why =
        answer.outcome === 'nothing' ? 'it serves no checkpoint of this log' : answer.detail
      return [{ key, why }]
    }),
  }
}

/**
 * Asks a witness directly for its newest checkpoint of a log (C2SP tlog-witness, monitoring). Uses only the witness's URL.
 * Never throws for an answer or a failure of the witness. Does NOT check the note: `judgeWitnesses` does.
 */
export async function fetchWitnessed(
  { url }: Pick<WitnessEndpoint, 'url'>,
  origin: string,
  { timeoutMs = timeoutMsDefault, signal }: FetchOptions = {},
): Promise<Witnessed> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(`${url}/${originHashOf(origin)}/checkpoint`, {
      redirect: 'error',
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    })
    const note = await readBounded(response.body)
    if (response.status === 200) return { outcome: 'served', note }
    if (response.status === 404) return { outcome: 'nothing' }
    return { outcome: 'unreachable', detail: `${url} answered ${response.status}` }
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    return {
      outcome: 'unreachable',
      detail: `${url}: ${cause instanceof Error ? cause.message : String(cause)}`,
    }
  }
}
