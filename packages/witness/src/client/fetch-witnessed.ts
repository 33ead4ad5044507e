import { trimEnd } from '@whodid/model'
import type { NoteVerifier, Policy } from '@whodid/tlog'
import { originHashOf } from '../protocol/witness.ts'
import { readBounded } from './post-text.ts'
import type { WitnessEndpoint } from './submit-checkpoint.ts'

/** What a witness serves of a log: a note, which nobody has checked yet; nothing; or it was not reached. */
export type Witnessed =
  | { readonly outcome: 'served'; readonly note: string }
  | { readonly outcome: 'nothing' }
  | { readonly outcome: 'unreachable'; readonly detail: string }

/** How a witness is asked. */
export interface FetchOptions {
  /** Default 5,000. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

const timeoutMsDefault = 5_000

/** What a policy's witnesses serve of a log. */
export interface ServedCheckpoints {
  /** Notes, which nobody has checked yet. */
  readonly served: readonly string[]
  /** Witnesses that have a URL and gave none. That says nothing of what they cosigned. */
  readonly missing: readonly MissingCheckpoint[]
}

/** A witness that gave no checkpoint, and why. */
interface MissingCheckpoint {
  readonly key: NoteVerifier
  readonly why: string
}

/**
 * Asks every witness of a policy that has a URL what it cosigned last of a log, all at once. To be done before the log's own
 * checkpoint is read, for an honest log is never behind what a witness has. Never throws for what they answer or fail to.
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
 * Asks a witness what it cosigned last of a log, past the log itself (C2SP tlog-witness, monitoring). Only its URL is used.
 * Never throws for what the witness answers or fails to. Does NOT check the note: `judgeWitnesses` does.
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
