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
import { isSameAct, readRecord } from './evidence.ts'
import type { EvidenceRow, FoundActs } from './evidence.ts'
import type { Gathered, RowSources } from './gathered-rows.ts'
import { candidatesMax } from './find-acts-sql.ts'
import { QuestionWalk } from './question-walk.ts'

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
  const walk = new QuestionWalk(sources, question)
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
  walk: QuestionWalk,
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
  walk: QuestionWalk,
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
  walk: QuestionWalk,
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
    if (found === undefined) continue
    const { tool, verb, resource } = candidate
    // Several acts may stand under the candidate's own span ID: one of them, by whomever, hides no other.
    const isOwn = found.key === candidate.key
    const act = isOwn ? JSON.stringify([found.key, tool, verb, resource]) : found.key
    if (judged.has(act)) continue
    judged.add(act)
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
