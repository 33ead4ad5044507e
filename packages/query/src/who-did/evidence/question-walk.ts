import { findActs } from '../walk/find-acts.ts'
import { PointSource } from '../walk/point-source.ts'
import { relatedRows } from '../walk/related-rows.ts'
import type { Question } from '../question.ts'
import type { ListedAction } from './evidence-record.ts'
import { readEvidence, readFoundActs, relatedRecordsMax } from './evidence.ts'
import type { EvidenceRow, FoundActs } from './evidence.ts'
import { planFindActs } from './find-acts-sql.ts'
import { addRows, nothingGathered } from './gathered-rows.ts'
import type { Gathered, RowSources } from './gathered-rows.ts'
import { planRelatedRecords } from './sql.ts'

/** The most times that one question gathers related records. One is usually enough. */
const gatheringsMax = 4

/** The statements of one question, their cost and their rows. */
export class QuestionWalk {
  readonly #sources: RowSources
  readonly #question: Question
  readonly #points: PointSource
  readonly #around = new Map<string, { readonly rows: EvidenceRow[]; readonly isCut: boolean }>()
  readonly #read = new WeakMap<readonly EvidenceRow[], ReturnType<typeof readEvidence>>()
  #listed: readonly EvidenceRow[] = []
  #gatherings = 0
  #cost = nothingGathered.cost
  /** True when an act was not looked at because too much had been gathered. */
  #isCut = false

  constructor(sources: RowSources, question: Question) {
    this.#sources = sources
    this.#question = question
    this.#points = new PointSource(sources.selector.points, sources.tenant)
  }

  async findActs(): Promise<FoundActs> {
    const rows = await findActs(this.#points, this.#question, () =>
      this.#select(planFindActs(this.#question, this.#sources.tenant)),
    )
    this.#listed = rows.filter(({ role }) => role === 'listed')
    this.#isCut = rows.some(({ role }) => role === 'cut')
    return readFoundActs(rows)
  }

  /** Returns the rows related to an act; undefined once too much has been gathered. */
  async rowsAround(act: ListedAction): Promise<readonly EvidenceRow[] | undefined> {
    const trace = act.key.slice(0, 32)
    const known = this.#around.get(trace)
    const isThere = known?.rows.some(({ record }) => record.startsWith(`["${act.key}"`))
    if (known !== undefined && (isThere === true || !known.isCut)) return known.rows
    if (this.#gatherings >= gatheringsMax) {
      this.#isCut = true
      return undefined
    }
    this.#gatherings += 1
    const { asRecorded } = this.#question
    const rows = [
      ...((await relatedRows(this.#points, act, asRecorded)) ??
        (await this.#select(planRelatedRecords(this.#question, act, this.#sources.tenant)))),
    ]
    const isCut = rows.filter(({ role }) => role === 'kin').length > relatedRecordsMax
    this.#around.set(trace, { rows, isCut })
    return rows
  }

  /** Returns the rows related to the newest act on the handle, for a list without an act that the verdict may concern. */
  async aroundNewest(): Promise<readonly EvidenceRow[]> {
    const cut: EvidenceRow[] = this.#isCut ? [{ role: 'cut', record: '[]' }] : []
    const [newest] = readFoundActs(
      this.#listed.map(({ record }) => ({ role: 'inheriting', record })),
    ).inheriting
    const rows = newest === undefined ? [] : ((await this.rowsAround(newest)) ?? [])
    // A large trace around the newest does not mean that acts on the handle were left out: its last record is not passed on.
    const related = rows.filter(({ role }) => role === 'kin').slice(0, relatedRecordsMax)
    return [...cut, ...related, ...rows.filter(({ role }) => role === 'claimed')]
  }

  /** Returns rows as evidence, parsed once. */
  read(rows: readonly EvidenceRow[]): ReturnType<typeof readEvidence> {
    let evidence = this.#read.get(rows)
    if (evidence === undefined)
      this.#read.set(rows, (evidence = { ...readEvidence(rows), rules: this.#sources.rules }))
    return evidence
  }

  /** Returns everything gathered about the chosen act, with its texts opened. */
  gathered(chosen: readonly EvidenceRow[]): Promise<Gathered> {
    const rows = [...this.#listed, ...chosen]
    const { statements, rowsRead, bytesRead } = this.#points.cost
    const cost = {
      statements: this.#cost.statements + statements,
      rowsRead: this.#cost.rowsRead + rowsRead,
      bytesRead: this.#cost.bytesRead + bytesRead,
    }
    return addRows(this.#sources, { ...nothingGathered, cost }, rows)
  }

  async #select(statement: ReturnType<typeof planFindActs>): Promise<readonly EvidenceRow[]> {
    const selection = await this.#sources.selector.select<EvidenceRow>(statement)
    const { statements, rowsRead, bytesRead } = this.#cost
    this.#cost = {
      statements: statements + 1,
      rowsRead: rowsRead + selection.rowsRead,
      bytesRead: bytesRead + selection.bytesRead,
    }
    return selection.rows
  }
}
