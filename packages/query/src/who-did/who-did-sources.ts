import type { ContentReader } from '@whodid/content'
import type { Selector } from '@whodid/store'
import type { PeopleBook } from '../people/people-book.ts'
import type { IntegrityDeps } from './answer/attach-integrity.ts'
import type { RevocationLookup } from './answer/attach-revocation.ts'
import type { DecisionRules } from './evidence/evidence.ts'

/** The sources of an answer. */
export interface WhoDidSources {
  readonly selector: Selector
  /** Opens the texts that the answer quotes. */
  readonly contents: ContentReader
  /** The trees that rows are verified against; without them every answer is `pending`. */
  readonly trees?: IntegrityDeps['trees']
  /** The monitor of the ledger; without it the assurance is at most `local`, and no self-check is reported. */
  readonly watch?: IntegrityDeps['watch']
  /** The people of the tenant; without it no name leads to another. */
  readonly people?: PeopleBook
  /** The revocations of agents; without them no answer speaks of one. */
  readonly revocations?: RevocationLookup | undefined
  /** The operator's rules for decisions. */
  readonly rules?: DecisionRules | undefined
}
