import type { WhoDidAnswer } from '@whodid/model'
import { shapeAnswer } from '../who-did/answer/shape-answer.ts'
import { summarize } from '../who-did/answer/summarize.ts'
import { decide } from '../who-did/decide/decide.ts'
import type { ContentState, EvidenceRecord } from '../who-did/evidence/evidence-record.ts'
import { readEvidence } from '../who-did/evidence/evidence.ts'
import type { DecisionRules, Evidence, EvidenceRow } from '../who-did/evidence/evidence.ts'
import { parseQuestion } from '../who-did/question.ts'
import type { RawQuestion } from '../who-did/question.ts'
import { deriveRow } from './derive-row.ts'
import type { DerivableRole, SealedRecord, StatedValues } from './derive-row.ts'

/** What an answer was decided from, by the places of its records: `evidence.json` of a package. */
export interface EvidenceIndex {
  readonly question: RawQuestion
  /** The rows of the statement, in their order. */
  readonly rows: readonly IndexedRow[]
  /** What the operator had decided about how answers are made. */
  readonly rules?: DecisionRules
  /** Whether more acts were on record than one question looks at. */
  readonly isCut?: boolean
  /** What became of the texts of prompts and plans, of each that was looked at. */
  readonly texts: readonly IndexedText[]
}

/** A row of the statement: what it is, and the place of the record that it is made of. */
export interface IndexedRow {
  readonly role: DerivableRole
  readonly log: string
  readonly index: number
  readonly stated?: StatedValues
}

/** What became of a text. `text` where it was shown, else as `OpenedContent` has it. */
export interface IndexedText {
  readonly log: string
  readonly index: number
  readonly state: {
    readonly state: ContentState['state']
    readonly record?: string
    readonly at?: string
  }
}

/** The records and texts that are at hand, each of them proven; undefined for what is not there. */
interface OfflineDeps {
  readonly record: (log: string, index: number) => SealedRecord | undefined
  readonly text: (log: string, index: number) => string | undefined
}

/** What the evidence comes to, and on whose word what of it rests. */
interface OfflineDecision {
  /** All of an answer but what was found of its proof and what it cost. */
  readonly answer: Omit<WhoDidAnswer, 'integrity' | 'cost'>
  /** Texts that are not at hand: what became of each is as it was stated. */
  readonly textsStated: number
}

/** The gap that tells what is missing of the proof when the question is asked; not part of the decision. */
const proofGap = 'unsealed'

/**
 * Decides an answer again from sealed records alone, by the code that decided it: the rows of evidence are made anew of the
 * records' own columns. `said` is the answer as it was given; of it only the integrity is taken, for the summary's warning.
 *
 * Throws an Error that says which record is not at hand, or that the index is none. Pure: reads nothing, asks nobody.
 */
export function decideOffline(
  { question: raw, rows, texts, rules, isCut = false }: EvidenceIndex,
  deps: OfflineDeps,
  said: Pick<WhoDidAnswer, 'integrity' | 'cost'>,
): OfflineDecision {
  const question = parseQuestion(raw)
  const cut: EvidenceRow[] = isCut ? [{ role: 'cut', record: '[]' }] : []
  const evidence = readEvidence([
    ...cut,
    ...rows.map(({ role, log, index, stated }) => {
      const record = deps.record(log, index)
      if (record === undefined)
        throw new Error(
          `record ${index} of the log ${log}, which the answer was decided from, is not there`,
        )
      return deriveRow(role, record, stated ?? {})
    }),
  ])
  const opened = openStated(evidence, texts, deps)
  const { cost, ...shaped } = shapeAnswer(
    question,
    decide({ ...opened.evidence, rules }),
    said.cost,
  )
  const whole = { ...shaped, cost, integrity: said.integrity }
  return {
    answer: { ...shaped, summary: summarize(question, whole) },
    textsStated: opened.textsStated,
  }
}

/** An answer as it was given, without what is not decided from records: to be compared with {@link decideOffline}'s. */
export function decidedPart({
  integrity: _integrity,
  cost: _cost,
  ...answer
}: WhoDidAnswer): Omit<WhoDidAnswer, 'integrity' | 'cost'> {
  return { ...answer, gaps: answer.gaps.filter(({ code }) => code !== proofGap) }
}

/** Puts the texts that are at hand into the evidence; of the others what is stated. */
function openStated(
  evidence: Evidence,
  texts: readonly IndexedText[],
  deps: OfflineDeps,
): { evidence: Evidence; textsStated: number } {
  const states = new Map(texts.map((text) => [`${text.log} ${text.index}`, text.state]))
  let textsStated = 0
  const open = (record: EvidenceRecord): EvidenceRecord => {
    const { log, log_index: place, content_commitment: commitment } = record
    if (commitment === '') return record
    if (/^0+$/u.test(commitment)) return { ...record, content_state: { state: 'withheld' } }
    const stated = states.get(`${log} ${place}`)
    const text = deps.text(log, Number(place))
    if (text !== undefined && stated?.state === 'text')
      return { ...record, content: text, content_state: textState(text) }
    textsStated += 1
    return { ...record, content_state: statedState(stated) }
  }
  const relatedRecords = new Map(
    [...evidence.relatedRecords].map(([key, versions]) => [key, versions.map(open)]),
  )
  return { evidence: { ...evidence, relatedRecords }, textsStated }
}

/** The salt is not part of what is decided from. */
function textState(text: string): ContentState {
  return { state: 'text', text, nonce: noNonce }
}

const noNonce = Buffer.alloc(0)

function statedState(stated: IndexedText['state'] | undefined): ContentState {
  if (stated?.state === 'erased')
    return { state: 'erased', record: stated.record ?? '', at: stated.at ?? '' }
  const other = otherStates.find((state) => state === stated?.state)
  return { state: other ?? 'unread' }
}

/** States that say nothing more; any other is as if the text had not been read. */
const otherStates = ['expired', 'missing', 'mismatch', 'withheld'] as const
