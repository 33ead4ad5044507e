import { hasPart } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'
import { shapeAnswer } from '../who-did/answer/shape-answer.ts'
import { isRevocationReason } from '../who-did/answer/revocation-reasons.ts'
import { summarize } from '../who-did/answer/summarize.ts'
import { decide } from '../who-did/decide/decide.ts'
import type { ContentState, EvidenceRecord } from '../who-did/evidence/evidence-record.ts'
import { readEvidence } from '../who-did/evidence/evidence.ts'
import type { DecisionRules, Evidence, EvidenceRow } from '../who-did/evidence/evidence.ts'
import { parseQuestion } from '../who-did/question.ts'
import type { RawQuestion } from '../who-did/question.ts'
import { deriveRow } from './derive-row.ts'
import type { DerivableRole, SealedRecord, StatedValues } from './derive-row.ts'

/** The places of the records that an answer was decided from: `evidence.json` of a package. */
export interface EvidenceIndex {
  readonly question: RawQuestion
  /** The rows of the statement, in their order. */
  readonly rows: readonly IndexedRow[]
  /** The operator's settings for how answers are made. */
  readonly rules?: DecisionRules
  /** True when more acts were on record than one question looks at. */
  readonly isCut?: boolean
  /** The states of the texts of prompts and plans that were looked at. */
  readonly texts: readonly IndexedText[]
}

/** A row of the statement: its role, and the place of the record that it is made of. */
export interface IndexedRow {
  readonly role: DerivableRole
  readonly log: string
  readonly index: number
  readonly stated?: StatedValues
}

/** The state of a text: `text` where it was shown, otherwise as `OpenedContent` has it. */
export interface IndexedText {
  readonly log: string
  readonly index: number
  readonly state: {
    readonly state: ContentState['state']
    readonly record?: string
    readonly at?: string
  }
}

/** Returns the proven records and texts that are available; undefined for any other. */
interface OfflineDeps {
  readonly record: (log: string, index: number) => SealedRecord | undefined
  readonly text: (log: string, index: number) => string | undefined
}

/** The answer that the evidence gives, and the number of its texts that are taken as stated. */
interface OfflineDecision {
  /** The answer without its integrity and cost. */
  readonly answer: Omit<WhoDidAnswer, 'integrity' | 'cost'>
  /** The number of texts that are not available; the state of each is taken as stated. */
  readonly textsStated: number
}

/** Gaps that are found beside the decision: a proof that is missing when the question is asked, and spans that a seal names. */
const gapsBeside: ReadonlySet<string> = new Set(['unsealed', 'sealed_span_missing'])

/**
 * Decides an answer again from sealed records alone, by the code that first decided it. The rows of evidence are rebuilt from
 * the records' own columns. `said` is the answer as it was given; only its integrity and its revocation are used, for the summary.
 *
 * Throws an Error that names the record which is not available, or says that the index is invalid. Pure: reads nothing.
 */
export function decideOffline(
  { question: raw, rows, texts, rules, isCut = false }: EvidenceIndex,
  deps: OfflineDeps,
  said: Pick<WhoDidAnswer, 'integrity' | 'cost' | 'reasons'>,
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
  // The summary names a revocation, which is on record beside the evidence.
  const reasons = [...shaped.reasons, ...said.reasons.filter(isRevocationReason)]
  const whole = { ...shaped, reasons, cost, integrity: said.integrity }
  return {
    answer: { ...shaped, summary: summarize(question, whole) },
    textsStated: opened.textsStated,
  }
}

/** An answer as it was given, without the parts not decided from records, to compare with {@link decideOffline}'s. */
export function decidedPart({
  integrity: _integrity,
  cost: _cost,
  ...answer
}: WhoDidAnswer): Omit<WhoDidAnswer, 'integrity' | 'cost'> {
  const reasons = answer.reasons.filter((reason) => !isRevocationReason(reason))
  return { ...answer, reasons, gaps: answer.gaps.filter(({ code }) => !gapsBeside.has(code)) }
}

/** Puts the available texts into the evidence, and the stated states of the others. */
function openStated(
  evidence: Evidence,
  texts: readonly IndexedText[],
  deps: OfflineDeps,
): { evidence: Evidence; textsStated: number } {
  const states = new Map(texts.map((text) => [`${text.log} ${text.index}`, text.state]))
  let textsStated = 0
  const open = (record: EvidenceRecord): EvidenceRecord => {
    const { log, log_index: place, commitment, text_at: textAt } = record
    if (commitment === '') return record
    if (!hasPart(textAt, 'content')) return { ...record, content_state: { state: 'withheld' } }
    const stated = states.get(`${log} ${place}`)
    const text = deps.text(log, Number(place))
    if (text !== undefined && stated?.state === 'text')
      return { ...record, content: text, content_state: { state: 'text', text } }
    textsStated += 1
    return { ...record, content_state: statedState(stated) }
  }
  const relatedRecords = new Map(
    [...evidence.relatedRecords].map(([key, versions]) => [key, versions.map(open)]),
  )
  return { evidence: { ...evidence, relatedRecords }, textsStated }
}

function statedState(stated: IndexedText['state'] | undefined): ContentState {
  if (stated?.state === 'erased')
    return { state: 'erased', record: stated.record ?? '', at: stated.at ?? '' }
  const other = otherStates.find((state) => state === stated?.state)
  return { state: other ?? 'unread' }
}

/** States that carry no further data; any other counts as an unread text. */
const otherStates = ['expired', 'missing', 'mismatch', 'withheld'] as const
