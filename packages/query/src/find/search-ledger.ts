import { candidateKinds, WhodidError } from '@whodid/model'
import type { CandidateKind, MatchCode, QuestionCost, Search } from '@whodid/model'
import type { Selector, Statement } from '@whodid/store'
import { askStatement } from '../questions/ask-statement.ts'
import { toInstant } from '../text.ts'
import { earliest, latest, toDateTime64 } from '../time-bounds.ts'
import type { Found, FoundRow } from './found.ts'
import { actsCountedMax, placesMax, planNames, planPresence } from './names-sql.ts'
import type { SoughtName, SoughtTime } from './names-sql.ts'
import { planPrefixes, prefixRowsMax } from './prefixes-sql.ts'
import type { SoughtPrefix } from './prefixes-sql.ts'
import {
  planActsOfTime,
  planRecentAttributes,
  planRecentNames,
  planRecentSubjects,
} from './recent-sql.ts'
import { recentAttributesMax, recentNamesMax } from './recent-sql.ts'
import type { FindQuestion } from './question.ts'

/** What one search found, what it looked at, and what it cost. */
export interface SearchResult {
  readonly found: readonly Found[]
  readonly searched: readonly Search[]
  readonly costs: readonly QuestionCost[]
}

/** A search that is not made. */
export const noSearch: SearchResult = { found: [], searched: [], costs: [] }

/** The searches that SQL alone answers, of one clue in one tenant. */
export class LedgerSearch {
  readonly #selector: Selector
  readonly #tenant: string
  readonly #time: SoughtTime
  readonly #isOpen: boolean

  constructor(selector: Selector, tenant: string, { after, before }: FindQuestion) {
    this.#selector = selector
    this.#tenant = tenant
    this.#time = {
      since: after === null ? earliest : toDateTime64(after),
      until: before === null ? latest : toDateTime64(before),
    }
    this.#isOpen = after === null
  }

  get time(): SoughtTime {
    return this.#time
  }

  /** Exact names, through the index of names. */
  async names(names: readonly SoughtName[]): Promise<SearchResult> {
    if (names.length === 0) return noSearch
    const present = await this.#ask<{ readonly place: number }>(planPresence(names, this.#tenant))
    const known = present.rows.flatMap(({ place }) => names[place] ?? [])
    type Row = FoundRow & { readonly is_cut: number | boolean }
    const { rows, costs } = await this.#count<Row>(known)
    const found = rows.map((row) =>
      foundOf(row, {
        code: 'is_the_name',
        why: `this is the name of the ${row.kind}`,
        isWhole: !row.is_cut,
      }),
    )
    const kinds = [...new Set(names.map(({ kind }) => kind))].join(', ')
    const text = `Looked up ${names.length} exact names (${kinds}) in the index, whatever their age; counted in the newest ${placesMax} traces or ${actsCountedMax} acts of each`
    return {
      found,
      searched: [search('index', text, { lookedAt: names.length, isWhole: true })],
      costs: [present.cost, ...costs],
    }
  }

  async #count<Row>(
    names: readonly SoughtName[],
  ): Promise<{ readonly rows: readonly Row[]; readonly costs: readonly QuestionCost[] }> {
    if (names.length === 0) return { rows: [], costs: [] }
    const { rows, cost } = await this.#ask<Row>(planNames(names, this.#time, this.#tenant))
    return { rows, costs: [cost] }
  }

  /** Names that begin with some prefixes, in the order of names. */
  async prefixes(prefixes: readonly SoughtPrefix[]): Promise<SearchResult> {
    if (prefixes.length === 0) return noSearch
    type Row = FoundRow & {
      readonly names: string
      readonly looked: string
      readonly place: number
    }
    const { rows, cost } = await this.#ask<Row>(planPrefixes(prefixes, this.#time, this.#tenant))
    const found = rows.flatMap((row) => {
      const prefix = prefixes[row.place]?.prefix ?? ''
      if (row.name === prefix) return []
      return [
        foundOf(row, {
          code: 'begins_with_it',
          why: 'its name begins with the clue',
          isWhole: Number(row.looked) < prefixRowsMax,
        }),
      ]
    })
    const isWhole = rows.every((row) => Number(row.looked) < prefixRowsMax)
    const lookedAt = Math.max(0, ...rows.map((row) => Number(row.names)))
    const what = prefixes
      .map(({ prefix }) => prefix)
      .slice(0, 3)
      .join(', ')
    const place = prefixes.some(({ of }) => of === 'resource') ? 'resources' : 'people'
    const text = `Looked for names of acts that begin with ${what}${prefixes.length > 3 ? ' and others' : ''}, up to ${prefixRowsMax} acts each${isWhole ? '' : '; there are more: type more of the name'}`
    return { found, searched: [search(place, text, { lookedAt, isWhole })], costs: [cost] }
  }

  /** Names of recent records that contain some fragments. */
  async recentNames(fragments: readonly string[]): Promise<SearchResult> {
    if (fragments.length === 0) return noSearch
    return this.#recent(planRecentNames(fragments, this.#time, this.#tenant), {
      place: 'records',
      what: `names that contain ${quoted(fragments)}`,
      rowsMax: recentNamesMax,
      match: (row) => matchOf(row, fragments),
    })
  }

  /** Recent records whose attributes contain some fragments. */
  async recentAttributes(fragments: readonly string[]): Promise<SearchResult> {
    if (fragments.length === 0) return noSearch
    return this.#recent(planRecentAttributes(fragments, this.#time, this.#tenant), {
      place: 'attributes',
      what: `attributes that contain ${quoted(fragments)}`,
      rowsMax: recentAttributesMax,
      match: () => ({
        code: 'in_attributes',
        why: 'a record of it has the clue in its attributes',
      }),
    })
  }

  /** Credentials that recent records used, of one of some logins. */
  async recentSubjects(subjects: readonly string[]): Promise<SearchResult> {
    if (subjects.length === 0) return noSearch
    return this.#recent(planRecentSubjects(subjects, this.#time, this.#tenant), {
      place: 'attributes',
      what: `credentials of ${quoted(subjects)}`,
      rowsMax: recentAttributesMax,
      match: () => ({ code: 'in_attributes', why: 'a credential of this login was used' }),
    })
  }

  /** What was done in the time asked about, by verb and by resource. */
  async actsOfTime(verbs: readonly string[]): Promise<SearchResult> {
    const what = verbs.length === 0 ? 'acts other than reads' : `acts of ${verbs.join(' or ')}`
    return this.#recent(planActsOfTime(verbs, this.#time, this.#tenant), {
      place: 'time',
      what,
      rowsMax: recentNamesMax,
      match: () => ({ code: 'in_the_time', why: `among the ${what} of the time asked about` }),
    })
  }

  async #recent(
    statement: Statement,
    { place, what, rowsMax, match }: RecentSearch,
  ): Promise<SearchResult> {
    try {
      const { rows, cost } = await this.#ask<FoundRow>(statement)
      const reach = rows.find(({ kind }) => kind === 'reach')
      const lookedAt = Number(reach?.records ?? 0)
      const isWhole = lookedAt < rowsMax
      const reached = reach === undefined || lookedAt === 0 ? null : toInstant(reach.first)
      const found = rows
        .filter(({ kind }) => kind !== 'reach')
        .map((row) => ({
          ...foundOf(row, { ...match(row), isWhole }),
          ...(row.kind === 'verb'
            ? {
                line: `${row.records} ${Number(row.records) === 1 ? 'record' : 'records'} of acts: ${row.name}`,
              }
            : {}),
        }))
      const text = `Looked for ${what} in the ${isWhole ? '' : 'newest '}${lookedAt} records${this.#isOpen ? '' : ' of the time asked about'}${isWhole ? '' : '; older ones need a time'}`
      const made = search(place, text, { lookedAt, isWhole, reached, needsTime: !isWhole })
      return { found, searched: [made], costs: [cost] }
    } catch (thrown) {
      if (!(thrown instanceof WhodidError) || thrown.code !== 'query_too_expensive') throw thrown
      const text = `Looked for ${what}, and gave up: the records of this time are too many to read. Give a shorter time`
      return { ...noSearch, searched: [search(place, text, { isWhole: false, needsTime: true })] }
    }
  }

  #ask<Row>(
    statement: Statement,
  ): Promise<{ readonly rows: readonly Row[]; readonly cost: QuestionCost }> {
    return askStatement<Row>(this.#selector, statement)
  }
}

interface RecentSearch {
  readonly place: Search['place']
  readonly what: string
  readonly rowsMax: number
  readonly match: (row: FoundRow) => { readonly code: MatchCode; readonly why: string }
}

/** Describes a search. */
export function search(
  place: Search['place'],
  text: string,
  far: {
    readonly lookedAt?: number
    readonly isWhole: boolean
    readonly reached?: string | null
    readonly needsTime?: boolean
  },
): Search {
  return {
    place,
    text,
    looked_at: far.lookedAt ?? 0,
    reached: far.reached ?? null,
    is_whole: far.isWhole,
    needs_time: far.needsTime ?? false,
  }
}

function foundOf(
  row: FoundRow,
  match: { readonly code: MatchCode; readonly why: string; readonly isWhole: boolean },
): Found {
  return {
    ...match,
    kind: kindOf(row.kind),
    name: row.name,
    records: Number(row.records),
    acts: Number(row.acts),
    first: toInstant(row.first),
    last: toInstant(row.last),
    newest: row.newest,
  }
}

function kindOf(kind: string): CandidateKind {
  return candidateKinds.find((known) => known === kind) ?? 'acts'
}

function matchOf(
  { kind, name }: FoundRow,
  fragments: readonly string[],
): { code: MatchCode; why: string } {
  const lower = (kind === 'span' ? name.slice(33) : name).toLowerCase()
  const sought = fragments.map((text) => text.toLowerCase())
  if (sought.includes(lower)) return { code: 'is_the_name', why: `this is the name of the ${kind}` }
  if (sought.some((text) => lower.startsWith(text)))
    return { code: 'begins_with_it', why: 'its name begins with the clue' }
  if (sought.some((text) => lower.endsWith(text)))
    return { code: 'contains_it', why: 'its name ends with the clue' }
  return { code: 'contains_it', why: 'its name contains the clue' }
}

function quoted(fragments: readonly string[]): string {
  return fragments.map((text) => `"${text.slice(0, 80)}"`).join(' or ')
}
