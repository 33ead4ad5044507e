import { spanRefOf } from '@whodid/corpus'
import type { Corpus, CorpusQuestion } from '@whodid/corpus'
import type { WhoDidAnswer } from '@whodid/model'
import type { Organisation } from './organisation.ts'
import { scoreAnswer } from './score-answer.ts'
import type { Scored } from './score-corpus.ts'

/** One question as of two moments: just before the last record that bears on it was received, and as it was. */
export interface AskedAsRecorded {
  readonly question: CorpusQuestion
  /** That last record. */
  readonly lastRef: string
  /** Records that the answer of the moment before names, and that came later. */
  readonly foreseen: readonly string[]
  readonly after: Scored
}

/** Asks questions of these situations as recorded before and after the last receipt of what bears on them. */
export async function askAsRecorded(
  organisation: Pick<Organisation, 'ask'>,
  { questions, requests }: Pick<Corpus, 'questions' | 'requests'>,
  situations: ReadonlySet<string>,
): Promise<AskedAsRecorded[]> {
  const receipts = firstReceipts(requests)
  const asked: AskedAsRecorded[] = []
  for (const question of questions) {
    if (!situations.has(question.situation)) continue
    const last = lastReceiptOf(question, receipts)
    if (last === undefined) continue
    const { of, at, verb } = question
    const askAt = (ns: bigint): Promise<WhoDidAnswer> =>
      organisation.ask({ of, at, verb, as_recorded: formatNs(ns) })
    const before = await askAt(last.ns - 1n)
    const answer = await askAt(last.ns)
    asked.push({
      question,
      lastRef: last.ref,
      foreseen: namedRecords(before).filter((ref) => (receipts.get(ref) ?? last.ns) >= last.ns),
      after: { question, answer, marks: scoreAnswer(question, answer) },
    })
  }
  return asked
}

/** The records that an answer shows; not those that shown ones refer to. */
function namedRecords({ action, chain, inputs, alternatives }: WhoDidAnswer): string[] {
  return [
    ...(action === null ? [] : [action.span]),
    ...[...chain, ...inputs, ...alternatives].map(({ span }) => span),
  ]
}

/** When each record was first received. */
function firstReceipts(requests: Corpus['requests']): Map<string, bigint> {
  const receipts = new Map<string, bigint>()
  for (const { spans, arriveNs } of requests)
    for (const span of spans) {
      const ref = spanRefOf(span)
      if (arriveNs < (receipts.get(ref) ?? arriveNs + 1n)) receipts.set(ref, arriveNs)
    }
  return receipts
}

function lastReceiptOf(
  { subjects, truth }: CorpusQuestion,
  receipts: ReadonlyMap<string, bigint>,
): { readonly ref: string; readonly ns: bigint } | undefined {
  return [...subjects, ...truth.chain, ...truth.inputs.map(({ span }) => span)]
    .map((ref) => ({ ref, ns: receipts.get(ref) ?? 0n }))
    .toSorted((a, b) => Number(b.ns - a.ns))[0]
}

function formatNs(ns: bigint): string {
  const second = new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19)
  return `${second}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`
}
