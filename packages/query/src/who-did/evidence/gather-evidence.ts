import type { HandleKind } from '@whodid/model'
import { decide } from '../decide/decide.ts'
import {
  isOpen,
  judgeCandidate,
  namedAct,
  newestFirst,
  withActorAbove,
} from '../decide/judge-candidate.ts'
import type { JudgedCandidate } from '../decide/judge-candidate.ts'
import { isNamed } from '../question.ts'
import type { Question } from '../question.ts'
import type { CandidateAct, ListedAction } from './evidence-record.ts'
import {
  isSameAct,
  readEvidence,
  readFoundActs,
  readRecord,
  relatedRecordsMax,
} from './evidence.ts'
import type { EvidenceRow, FoundActs } from './evidence.ts'
import { addRows, nothingGathered } from './gathered-rows.ts'
import type { Gathered, RowSources } from './gathered-rows.ts'
import { candidatesMax, planFindActs } from './find-acts-sql.ts'
import { planRelatedRecords } from './sql.ts'
import { findActs } from '../walk/find-acts.ts'
import { PointSource } from '../walk/point-source.ts'
import { relatedRows } from '../walk/related-rows.ts'

/** The most times that one question gathers related records. One is usually enough. */
const gatheringsMax = 4

/**
 * Finds the acts on the handle, newest first, and gathers the records related to the newest. It continues with the next where
 * that one failed, or is not what the handle names.
 *
 * The verdict concerns the newest act that succeeded; without a success on record, the newest that neither failed nor was
 * denied. The statements of one walk may see different moments of the ledger: a record that arrives between two of them is
 * only in the later one.
 *
 * Throws the errors of `Selector.select`.
 */
export async function gatherEvidence(sources: RowSources, question: Question): Promise<Gathered> {
  const walk = new Walk(sources, question)
  const found = await walk.findActs()
  const { kind } = question.handle
  const chosen = isNamed(kind)
    ? await chooseNamed(kind, found, walk)
    : await chooseNewest(question, found, walk)
  return walk.gathered(chosen ?? (await walk.aroundNewest()))
}

/** The rows of an act and its related records; the act's own have the role `subject`. */
type Chosen = readonly EvidenceRow[]

/** A handle that names one act concerns that act however it ended. */
async function chooseNamed(
  kind: HandleKind,
  { candidates }: FoundActs,
  walk: Walk,
): Promise<Chosen | undefined> {
  const act = namedAct(kind, kind === 'action' ? await withActors(candidates, walk) : candidates)
  const rows = act && (await walk.rowsAround(act))
  if (act === undefined || rows === undefined) return undefined
  return kind === 'span' ? withSubject(rows, act.key) : withSubject(rows, act.key, act)
}

/** The most acts without an actor whose ancestors are looked at, first received first. */
const blankActsMax = 2

/**
 * Gives those acts of a shared ID that name nobody the actor of the records above them. Anyone who learned the ID can send
 * such a record; without an actor it counts like an unentitled one.
 */
async function withActors(
  candidates: readonly CandidateAct[],
  walk: Walk,
): Promise<readonly CandidateAct[]> {
  if (candidates.length < 2) return candidates
  const blank = candidates
    .filter(isOpen)
    .toSorted((a, b) => (a.received_at < b.received_at ? -1 : 1))
  const named = new Map<CandidateAct, CandidateAct>()
  for (const [place, act] of blank.entries()) {
    const rows = place < blankActsMax ? await walk.rowsAround(act) : undefined
    const decision = rows && decide(walk.read(withSubject(rows, act.key, act)))
    named.set(act, withActorAbove(act, decision))
  }
  return candidates.map((act) => named.get(act) ?? act)
}

async function chooseNewest(
  question: Question,
  { candidates, inheriting }: FoundActs,
  walk: Walk,
): Promise<Chosen | undefined> {
  const carries = new Set<ListedAction>(candidates)
  const all = [...candidates, ...inheriting].toSorted(newestFirst).slice(0, candidatesMax)
  const judged = new Set<string>()
  // Ranked by the quality of the answer: a success, an open outcome, an unentitled claim. Each rank keeps the newest.
  const ranked: (Chosen | undefined)[] = []
  for (const candidate of all) {
    const gathered = await walk.rowsAround(candidate)
    if (gathered === undefined) break
    const rows = withSubject(gathered, candidate.key, candidate)
    const carriesName = carries.has(candidate)
    const found = judgeCandidate(question, candidate, { evidence: walk.read(rows), carriesName })
    if (found === undefined || judged.has(found.key)) continue
    judged.add(found.key)
    const chosen = found.key === candidate.key ? rows : withSubject(gathered, found.key)
    const rank = rankOf(found)
    if (rank === 0) return chosen
    ranked[rank] ??= chosen
  }
  return ranked.find((chosen) => chosen !== undefined)
}

/**
 * Any sender can write any name on a record. An answer uses such a record only where no believable one exists; otherwise it
 * would hide the believable one.
 */
function rankOf({ outcome, isEntitled }: JudgedCandidate): number {
  if (!isEntitled) return 2
  return outcome === 'success' ? 0 : 1
}

/** Returns the rows with one act as the subject: of several acts under one span ID, the one that was found. */
function withSubject(rows: readonly EvidenceRow[], key: string, act?: ListedAction): EvidenceRow[] {
  return rows.map((row) => {
    if (row.role !== 'kin' || !row.record.startsWith(`["${key}"`)) return row
    const isSubject = act === undefined || isSameAct(readRecord(row.record), act)
    return isSubject ? { role: 'subject', record: row.record } : row
  })
}

/** The statements of one question, their cost and their rows. */
class Walk {
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
  gathered(chosen: Chosen): Promise<Gathered> {
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
