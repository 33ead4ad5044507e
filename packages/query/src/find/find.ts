import type { ContentReader } from '@whodid/content'
import { formatInstant, printableLine } from '@whodid/model'
import type { FindAnswer, QuestionCost } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { sumCosts } from '../questions/ask-statement.ts'
import type { Lookup } from './clue/clue-reading.ts'
import type { Found } from './found.ts'
import { namesMax } from './names-sql.ts'
import type { SoughtName } from './names-sql.ts'
import { nearSpelling } from './near-spelling.ts'
import { prefixesMax } from './prefixes-sql.ts'
import type { SoughtPrefix } from './prefixes-sql.ts'
import type { FindQuestion } from './question.ts'
import { fragmentsMax } from './recent-sql.ts'
import { relateResources } from './relate-resources.ts'
import { LedgerSearch, noSearch } from './search-ledger.ts'
import type { SearchResult } from './search-ledger.ts'
import { searchTexts } from './search-texts.ts'
import { foundBelow, leadOfNear, mergeFound, shapeCandidate } from './shape-candidates.ts'

/** The sources of a search. */
export interface FindSources {
  readonly selector: Selector
  /** Opens the texts in which words are looked for. */
  readonly contents: ContentReader
}

/** Candidates whose related resources are looked for. */
const relatedFor = 10

/**
 * Finds what a vague clue may mean: names through the index, names that begin with it, then the newest records, their attributes and their
 * texts, each within a bound that the answer names. An exact name ends the search before attributes and texts.
 *
 * Nothing found is an answer. Throws the errors of `Selector.select`. Does NOT record the read, and does NOT check who asks.
 */
export async function find(
  { selector, contents }: FindSources,
  tenant: string,
  question: FindQuestion,
): Promise<FindAnswer> {
  const startedMs = performance.now()
  const ledger = new LedgerSearch(selector, tenant, question)
  const sought = soughtIn(question)
  const first = await searchNames(ledger, sought, question)
  const isExact = first.found.some(({ code }) => code === 'is_the_name')
  const second =
    isExact && !sought.isSentence
      ? skipped(sought)
      : await searchRecords(ledger, sought, { selector, contents, tenant })
  const below = sought.prefixes
    .filter(({ of, prefix }) => of === 'resource' && prefix !== question.clue)
    .flatMap(({ prefix }) => foundBelow(prefix, first.found))
  const all = mergeFound([...first.found, ...below, ...second.found])
  const shown = all.slice(0, question.limit)
  const { time } = ledger
  const [relations, near] = await Promise.all([
    relateResources(selector, tenant, { found: shown.slice(0, relatedFor), time }),
    isExact
      ? { near: [], costs: [] }
      : nearSpelling(selector, tenant, { typed: sought.typed, time }),
  ])
  const costs = [...first.costs, ...second.costs, ...relations.costs, ...near.costs]
  const searched = [...first.searched, ...second.searched]
  return {
    ...describeClue(question),
    candidates: shown.map((one) =>
      shapeCandidate(one, question, relations.related.get(one.name) ?? []),
    ),
    more: all.length > shown.length,
    did_you_mean: near.near
      .filter(({ name }) => !all.some((one) => one.name === name))
      .map(({ kind, name }) => ({
        kind,
        name: printableLine(name),
        leads_to: leadOfNear(kind, name),
      })),
    searched: searched.map((made) => ({ ...made, text: printableLine(made.text, 400) })),
    advice: adviceFor(all, searched),
    cost: {
      ...totalOf(costs),
      elapsed_ms: Math.round((performance.now() - startedMs) * 100) / 100,
    },
  }
}

/** What is looked for, of all readings of a clue. */
interface Sought {
  readonly names: readonly SoughtName[]
  readonly prefixes: readonly SoughtPrefix[]
  readonly fragments: readonly string[]
  readonly attributes: readonly string[]
  readonly words: readonly string[]
  /** Words that are compared in spelling. */
  readonly typed: readonly string[]
  /** True for several words: a name that fits one of them answers nothing yet. */
  readonly isSentence: boolean
}

function soughtIn({ readings, clue, time }: FindQuestion): Sought {
  const lookups = readings.flatMap((reading) => reading.lookups)
  const texts = (by: 'fragment' | 'attribute'): string[] => [
    ...new Set(lookups.flatMap((one) => (one.by === by ? [one.text] : []))),
  ]
  const words = lookups.flatMap((one) => (one.by === 'text' ? one.words : []))
  const rest = time.rest === '' ? clue : time.rest
  return {
    names: distinct(lookups, (one) =>
      one.by === 'name' ? { kind: one.kind, name: one.name } : undefined,
    ).slice(0, namesMax),
    prefixes: distinct(lookups, prefixOf).slice(0, prefixesMax),
    fragments: texts('fragment').slice(0, fragmentsMax),
    attributes: texts('attribute').slice(0, fragmentsMax),
    words: [...new Set(words)],
    typed: readings.length === 0 ? [] : [...new Set([rest, ...rest.split(/\s+/u)])],
    isSentence: /\s/u.test(rest.trim()),
  }
}

function prefixOf(lookup: Lookup): SoughtPrefix | undefined {
  if (lookup.by === 'resources') return { of: 'resource', prefix: lookup.prefix }
  return lookup.by === 'people' ? { of: 'delegator', prefix: lookup.prefix } : undefined
}

function distinct<One>(
  lookups: readonly Lookup[],
  read: (lookup: Lookup) => One | undefined,
): One[] {
  const seen = new Map<string, One>()
  for (const lookup of lookups) {
    const one = read(lookup)
    if (one !== undefined) seen.set(JSON.stringify(one), one)
  }
  return [...seen.values()]
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
  { attributes, words }: Sought,
  sources: FindSources & { readonly tenant: string },
): Promise<SearchResult> {
  return merge(
    await Promise.all([
      ledger.recentAttributes(attributes),
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

function describeClue({
  clue,
  isCut,
  after,
  before,
  isTimeOfClue,
  readings,
  time,
}: FindQuestion): Pick<FindAnswer, 'clue' | 'is_cut' | 'time' | 'readings'> {
  const instant = (ns: bigint | null): string | null => (ns === null ? null : formatInstant(ns))
  const verbs =
    time.verbs.length === 0 ? 'acts other than reads' : `acts of ${time.verbs.join(', ')}`
  const ofTime = { reading: 'time', text: `a time, and ${verbs} in it` }
  return {
    clue: printableLine(clue, 600),
    is_cut: isCut,
    time: { after: instant(after), before: instant(before), from_clue: isTimeOfClue },
    readings:
      readings.length === 0
        ? [ofTime]
        : readings.map(({ form, text }) => ({ reading: form, text })),
  }
}

function adviceFor(found: readonly Found[], searched: SearchResult['searched']): string | null {
  const bounded = searched.filter(({ needs_time: needsTime }) => needsTime)
  const oldest = bounded.flatMap(({ reached }) => reached ?? []).toSorted()[0]
  const older =
    bounded.length === 0
      ? []
      : [`Give a time to look further back${oldest === undefined ? '' : `: before ${oldest}`}.`]
  if (found.length > 0) return older[0] ?? null
  return [
    'Nothing on record fits, in what was looked at. Absence of a record is no evidence of a human.',
    ...older,
  ].join(' ')
}

function totalOf(costs: readonly QuestionCost[]): QuestionCost {
  return costs.length === 0
    ? { statements: 0, rows_read: 0, bytes_read: 0, elapsed_ms: 0 }
    : sumCosts(costs)
}
