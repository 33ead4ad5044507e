import type { ContentReader } from '@whodid/content'
import type { Selector } from '@whodid/store'
import type { SoughtTime } from './names-sql.ts'
import type { FindQuestion } from './question.ts'
import { LedgerSearch, noSearch } from './search-ledger.ts'
import type { SearchResult } from './search-ledger.ts'
import { searchTexts } from './search-texts.ts'
import { foundBelow } from './shape-candidates.ts'
import { soughtIn } from './sought.ts'
import type { Sought } from './sought.ts'

/** The sources of a search. */
export interface FindSources {
  readonly selector: Selector
  /** Opens the texts in which words are looked for. */
  readonly contents: ContentReader
}

/** What all searches of one clue found. */
export interface ClueSearch extends SearchResult {
  /** True when a name on record is exactly the clue. */
  readonly isExact: boolean
  /** Words of the clue that may be slips. */
  readonly typed: readonly string[]
  readonly time: SoughtTime
}

/**
 * Makes the searches of a clue: those among names, and those that read more, unless a name fits a clue of one word exactly. Throws the errors of
 * `Selector.select`.
 */
export async function searchClue(
  sources: FindSources,
  tenant: string,
  question: FindQuestion,
): Promise<ClueSearch> {
  const ledger = new LedgerSearch(sources.selector, tenant, question)
  const sought = soughtIn(question)
  const first = await searchNames(ledger, sought, question)
  const isExact = first.found.some(({ code }) => code === 'is_the_name')
  const second =
    isExact && !sought.isSentence
      ? skipped(sought)
      : await searchRecords(ledger, sought, { ...sources, tenant })
  const below = sought.prefixes
    .filter(({ of, prefix }) => of === 'resource' && prefix !== question.clue)
    .flatMap(({ prefix }) => foundBelow(prefix, first.found))
  const all = merge([first, { ...noSearch, found: below }, second])
  return { ...all, isExact, typed: sought.typed, time: ledger.time }
}

/** The searches among names; and, where the clue is nothing but a time and verbs, what was done then. */
async function searchNames(
  ledger: LedgerSearch,
  sought: Sought,
  question: FindQuestion,
): Promise<SearchResult> {
  if (question.readings.length === 0) return ledger.actsOfTime(question.time.verbs)
  return merge(
    await Promise.all([
      ledger.names(sought.names),
      ledger.prefixes(sought.prefixes),
      ledger.recentNames(sought.fragments),
    ]),
  )
}

/** The searches that read more than names. */
async function searchRecords(
  ledger: LedgerSearch,
  { attributes, subjects, words }: Sought,
  sources: FindSources & { readonly tenant: string },
): Promise<SearchResult> {
  return merge(
    await Promise.all([
      ledger.recentAttributes(attributes),
      ledger.recentSubjects(subjects),
      words.length === 0 ? noSearch : searchTexts(sources, words, ledger.time),
    ]),
  )
}

function skipped({ words }: Sought): SearchResult {
  if (words.length === 0) return noSearch
  const text =
    'Did not open texts, since a name fits exactly: several words, or "text <word>", open them'
  const searched = {
    place: 'texts',
    text,
    looked_at: 0,
    reached: null,
    is_whole: false,
    needs_time: false,
  } as const
  return { ...noSearch, searched: [searched] }
}

function merge(results: readonly SearchResult[]): SearchResult {
  return {
    found: results.flatMap(({ found }) => found),
    searched: results.flatMap(({ searched }) => searched),
    costs: results.flatMap(({ costs }) => costs),
  }
}
