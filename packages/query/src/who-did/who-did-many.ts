import { WhodidError } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'
import { nameOrNull } from '../text.ts'
import { parseQuestion } from './question.ts'
import type { RawQuestion } from './question.ts'
import { whoDid } from './who-did-answer.ts'
import type { WhoDidSources } from './who-did-sources.ts'

/** The same question about many handles, as received. */
export interface RawManyQuestion extends Omit<RawQuestion, 'of'> {
  readonly of: readonly string[]
}

/** The outcome of one handle: its answer, or the error that prevented it. */
export type HandleOutcome =
  | { readonly of: string; readonly answer: WhoDidAnswer }
  | { readonly of: string; readonly error: unknown }

/** The maximum number of handles in one question. */
export const handlesMax = 50

/** The maximum number of statements that one question runs at the same time. */
const statementsAtOnceMax = 4

/**
 * Asks who did it for each handle, one statement a handle, and resolves with an outcome for each, in the order asked.
 *
 * An invalid handle, or one whose statement fails, has the error as its outcome; the others are still answered. Throws
 * `invalid_parameter` for no handle or more than {@link handlesMax}, and the errors of `parseQuestion` for the fields
 * that all handles share.
 */
export async function whoDidMany(
  sources: WhoDidSources,
  tenant: string,
  raw: RawManyQuestion,
): Promise<HandleOutcome[]> {
  checkMany(raw)
  const outcomes = new Map<number, HandleOutcome>()
  const waiting = raw.of.entries()
  const work = async (): Promise<void> => {
    for (const [index, of] of waiting) {
      try {
        const answer = await whoDid(sources, tenant, parseQuestion({ ...raw, of }))
        outcomes.set(index, { of: nameOrNull(of) ?? '', answer })
      } catch (error) {
        // The error is the outcome of this handle; the caller classifies it.
        outcomes.set(index, { of: nameOrNull(of) ?? '', error })
      }
    }
  }
  await Promise.all(Array.from({ length: statementsAtOnceMax }, work))
  return raw.of.flatMap((_, index) => outcomes.get(index) ?? [])
}

/** Throws for errors that do not depend on a single handle. */
export function checkMany(raw: RawManyQuestion): void {
  if (raw.of.length < 1 || raw.of.length > handlesMax)
    throw new WhodidError(
      'invalid_parameter',
      `"of" expected 1–${handlesMax} handles; got ${raw.of.length}`,
    )
  // Any valid handle serves to check the other fields.
  parseQuestion({ ...raw, of: 'template:any' })
}
