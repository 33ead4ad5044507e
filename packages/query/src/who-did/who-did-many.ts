import { WhodidError } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'
import { nameOrNull } from '../text.ts'
import { parseQuestion } from './question.ts'
import type { RawQuestion } from './question.ts'
import { whoDid } from './who-did.ts'
import type { WhoDidSources } from './who-did.ts'

/** The same question about many handles, as it arrives. */
export interface RawManyQuestion extends Omit<RawQuestion, 'of'> {
  readonly of: readonly string[]
}

/** What became of one of the handles: its answer, or what kept it from being answered. */
export type HandleOutcome =
  | { readonly of: string; readonly answer: WhoDidAnswer }
  | { readonly of: string; readonly error: unknown }

/** Most handles in one question. */
export const handlesMax = 50

/** Statements of one question that the engine is given at one time. */
const statementsAtOnceMax = 4

/**
 * Asks who did it for each handle, one statement a handle, and resolves with an outcome for each, in the order asked.
 *
 * A handle that is none, or whose statement fails, has the error as its outcome, and the others are answered. Throws
 * `invalid_parameter` for no handle or more than {@link handlesMax}, and what `parseQuestion` throws for the rest of the
 * question, which concerns them all.
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
        // It is the outcome of this handle; the caller tells which kind of failure it was.
        outcomes.set(index, { of: nameOrNull(of) ?? '', error })
      }
    }
  }
  await Promise.all(Array.from({ length: statementsAtOnceMax }, work))
  return raw.of.flatMap((_, index) => outcomes.get(index) ?? [])
}

/** Throws for what is wrong with the question whatever the handles. */
export function checkMany(raw: RawManyQuestion): void {
  if (raw.of.length < 1 || raw.of.length > handlesMax)
    throw new WhodidError(
      'invalid_parameter',
      `"of" expected 1–${handlesMax} handles; got ${raw.of.length}`,
    )
  // Any handle will do to see whether the rest is a question.
  parseQuestion({ ...raw, of: 'template:any' })
}
