import type { HandleKind } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { candidatesMax, isNamed } from './evidence/find-acts.ts'
import { readFoundActs, readKin } from './evidence/evidence.ts'
import type { Evidence, EvidenceRow, FoundActs, Kin } from './evidence/evidence.ts'
import type { ListedAction } from './evidence/evidence-record.ts'
import { isSameAct } from './evidence/separate-acts.ts'
import { judgeCandidate, namedAct, newestFirst } from './judge-candidate.ts'
import type { JudgedCandidate } from './judge-candidate.ts'
import { planFindActs, planGatherKin } from './plan.ts'
import type { Question } from './question.ts'

/** What the statements of one question cost. */
export interface StatementCost {
  readonly statements: number
  readonly rows_read: number
  readonly bytes_read: number
}

/** Times that one question gathers what surrounds an act. Most find what they look for at the first. */
const gatheringsMax = 4

/**
 * Walks from a handle to what answers it: finds the acts on the handle, newest first, gathers what surrounds the newest, and
 * goes on to the next where that one turns out to have failed, or not to be what the handle names.
 *
 * The verdict concerns the newest act that succeeded; where no success is on record, the newest that neither failed nor was
 * denied. The statements of one walk may see different moments of the ledger: a record that arrives between two of them is in the
 * later one only.
 *
 * Throws what `Selector.select` throws.
 */
export async function gatherEvidence(
  selector: Selector,
  tenant: string,
  question: Question,
): Promise<{ evidence: Evidence; cost: StatementCost }> {
  const walk = new Walk(selector, tenant, question)
  const acts = await walk.findActs()
  const found = isNamed(question.handle.kind)
    ? await chooseNamed(question.handle.kind, acts, walk)
    : await chooseNewest(question, acts, walk)
  const { listed, counted } = acts
  const evidence: Evidence =
    found === undefined
      ? { ...nothing, truncated: walk.isCut, listed, counted, subject: '' }
      : { ...found.kin, listed, counted, subject: found.subject }
  return { evidence, cost: walk.cost }
}

const nothing = {
  kin: new Map(),
  separate: new Map(),
  instanceClaims: [],
  envelopes: new Map(),
} satisfies Partial<Evidence>

/** An act, and what surrounds it. */
interface Chosen {
  readonly subject: string
  readonly kin: Kin
}

/** A handle that names one act concerns that act however it ended. */
async function chooseNamed(
  kind: HandleKind,
  { candidates }: FoundActs,
  walk: Walk,
): Promise<Chosen | undefined> {
  const act = namedAct(kind, candidates)
  if (act === undefined) return undefined
  const kin = await walk.kinOf(act)
  return kin && { subject: act.key, kin: kind === 'span' ? kin : withAct(kin, act) }
}

async function chooseNewest(
  question: Question,
  { candidates, inheriting }: FoundActs,
  walk: Walk,
): Promise<Chosen | undefined> {
  const carries = new Set(candidates)
  const all = [...candidates, ...inheriting].toSorted(newestFirst).slice(0, candidatesMax)
  const judged = new Set<string>()
  // By how good an answer each is about: a success, an open outcome, what its sender may not say. The newest of each.
  const ranked: (Chosen | undefined)[] = []
  for (const candidate of all) {
    const gathered = await walk.kinOf(candidate)
    if (gathered === undefined) break
    const kin = withAct(gathered, candidate)
    const found = judgeCandidate(question, candidate, { kin, carriesName: carries.has(candidate) })
    if (found === undefined || judged.has(found.key)) continue
    judged.add(found.key)
    const chosen = { subject: found.key, kin: found.key === candidate.key ? kin : gathered }
    const rank = rankOf(found)
    if (rank === 0) return chosen
    ranked[rank] ??= chosen
  }
  return ranked.find((chosen) => chosen !== undefined)
}

/**
 * Whoever may send can write anybody's name on a record about anything. Such a record is answered about only where nothing
 * that can be believed is on record: otherwise it would hide what is.
 */
function rankOf({ outcome, isEntitled }: JudgedCandidate): number {
  if (!isEntitled) return 2
  return outcome === 'success' ? 0 : 1
}

/** The evidence with the act that was found in the place of its span ID, where several acts share one. */
function withAct(kin: Kin, act: ListedAction): Kin {
  const acts = kin.separate.get(act.key)
  const own = acts?.find((versions) => versions.every((version) => isSameAct(version, act)))
  if (own === undefined) return kin
  return { ...kin, kin: new Map([...kin.kin, [act.key, own]]) }
}

/** One question's statements, their cost, and what they brought. */
class Walk {
  readonly #selector: Selector
  readonly #tenant: string
  readonly #question: Question
  readonly #gathered = new Map<string, Kin>()
  #gatherings = 0
  #cost: StatementCost = { statements: 0, rows_read: 0, bytes_read: 0 }
  /** Whether an act was not looked at because too much had been gathered. */
  isCut = false

  constructor(selector: Selector, tenant: string, question: Question) {
    this.#selector = selector
    this.#tenant = tenant
    this.#question = question
  }

  get cost(): StatementCost {
    return this.#cost
  }

  async findActs(): Promise<FoundActs> {
    return readFoundActs(await this.#select(planFindActs(this.#question, this.#tenant)))
  }

  /** What surrounds an act; undefined once too much has been gathered. */
  async kinOf(act: ListedAction): Promise<Kin | undefined> {
    const trace = act.key.slice(0, 32)
    const known = this.#gathered.get(trace)
    if (known !== undefined && (known.kin.has(act.key) || !known.truncated)) return known
    if (this.#gatherings >= gatheringsMax) {
      this.isCut = true
      return undefined
    }
    this.#gatherings += 1
    const kin = readKin(await this.#select(planGatherKin(this.#question, act, this.#tenant)))
    this.#gathered.set(trace, kin)
    return kin
  }

  async #select(statement: ReturnType<typeof planFindActs>): Promise<readonly EvidenceRow[]> {
    const { rows, rowsRead, bytesRead } = await this.#selector.select<EvidenceRow>(statement)
    const { statements, rows_read, bytes_read } = this.#cost
    this.#cost = {
      statements: statements + 1,
      rows_read: rows_read + rowsRead,
      bytes_read: bytes_read + bytesRead,
    }
    return rows
  }
}
