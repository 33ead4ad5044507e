import type { WhoDidAnswer } from '@whodid/model'
import { whoDidOnEvidence } from '@whodid/query'
import type { EvidencedAnswer, Question, WhoDidSources } from '@whodid/query'
import type { EvidenceIndex } from '@whodid/query/offline'
import { packageRecordsMax } from './evidence.ts'
import { indexEvidence } from './index-evidence.ts'
import { readForms, readFormsOfSpans } from './read-forms.ts'
import { recordRow } from '@whodid/model'

/** An answer with the records that it rests on. */
export interface GatheredRecords {
  readonly answer: WhoDidAnswer
  readonly index: EvidenceIndex
  /** Canonical forms, by log and index: what the answer was decided from, and all of the traces that it quotes. */
  readonly forms: readonly Buffer[]
  readonly isTruncated: boolean
  /** The traces that it quotes, the subject's first. */
  readonly traces: readonly string[]
}

/** Asks the question, and gathers the records; what the answer was decided from goes before what only stands around it. */
export async function gatherRecords(
  sources: WhoDidSources,
  tenant: string,
  question: Question,
): Promise<GatheredRecords> {
  const { selector } = sources
  const { answer, rows, evidence } = await whoDidOnEvidence(sources, tenant, question)
  const traces = tracesOf(answer)
  const decided = await indexEvidence(selector, tenant, { rows, evidence, question })
  const quoted = await readForms(selector, tenant, traces)
  const seals = await readFormsOfSpans(selector, tenant, sealSpans(evidence.relatedRecords))
  const found = distinct([...decided.forms, ...seals, ...quoted])
  return {
    answer,
    index: decided.index,
    forms: found.slice(0, packageRecordsMax).toSorted(byPlace),
    isTruncated: found.length > packageRecordsMax,
    traces,
  }
}

/** Seals and tokens that a package holds at most; the records of the act come first. */
const sealSpansMax = 256

/** The spans of the seals of records, and of the instance tokens that the seals are by: what it takes to check a seal again. */
function sealSpans(records: EvidencedAnswer['evidence']['relatedRecords']): string[] {
  const spans = [...records.values()]
    .flat()
    .filter(({ seal_result: result }) => result === 'verified')
    .flatMap(({ seal, seal_token: token }) => {
      const hex = Buffer.from(token, 'base64url').toString('hex')
      return [seal, `${hex.slice(0, 32)}-${hex.slice(32, 48)}`]
    })
    .filter((span) => /^[0-9a-f]{32}-[0-9a-f]{16}$/u.test(span))
  return [...new Set(spans)].slice(0, sealSpansMax)
}

/** Each form once, the first ones first. Two that differ at one place both stay: one of them was not sealed. */
function distinct(forms: readonly Buffer[]): Buffer[] {
  return [...new Map(forms.map((form) => [form.toString('latin1'), form])).values()]
}

function byPlace(a: Buffer, b: Buffer): number {
  const [one, other] = [recordRow(a), recordRow(b)]
  const [oneLog, otherLog] = [String(one['log_id']), String(other['log_id'])]
  if (oneLog !== otherLog) return oneLog < otherLog ? -1 : 1
  return Number(one['log_index']) - Number(other['log_index'])
}

/** Traces that the answer quotes; the subject's first. An answer quotes a few hundred spans at most. */
function tracesOf({ action, prompt, nearest_prompt, plan, chain, inputs }: WhoDidAnswer): string[] {
  const quoted = [action, prompt, nearest_prompt, plan, ...chain, ...inputs]
  return [...new Set(quoted.flatMap((one) => (one === null ? [] : [one.span.slice(0, 32)])))]
}
