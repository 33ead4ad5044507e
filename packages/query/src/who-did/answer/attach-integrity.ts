import { assurances } from '@whodid/model'
import type { Gap, Integrity, WhoDidAnswer } from '@whodid/model'
import type { LogTrees } from '@whodid/tlog-posix'
import { describeMonitor, verifyQuotedRecords } from '@whodid/verify'
import type { IntegrityMonitor, QuotedRecord, QuotedRecordResult } from '@whodid/verify'
import type { Evidence } from '../evidence/evidence.ts'
import type { Question } from '../question.ts'
import { summarize } from './summarize.ts'

/** The parts of an answer that quote records. */
type Quoting = Pick<WhoDidAnswer, 'action' | 'prompt' | 'plan' | 'chain' | 'inputs'>

/** The sources that an answer's records are checked against. */
export interface IntegrityDeps {
  readonly evidence: Evidence
  readonly trees: LogTrees | undefined
  readonly watch: IntegrityMonitor | undefined
}

/** Adds to an answer the integrity of its records, the gaps in it, and the summary that rests on it. */
export async function attachIntegrity(
  question: Question,
  answer: Omit<WhoDidAnswer, 'summary' | 'integrity'>,
  deps: IntegrityDeps,
): Promise<WhoDidAnswer> {
  const texts = await textFindings(answer.gaps, deps)
  const judged = withTexts(await judgeIntegrity(answer, deps), texts)
  const integrity = withCheck(judged, deps.watch)
  const gaps = [...answer.gaps, ...integrityGaps({ ...answer, integrity })]
  const sealed = { ...answer, integrity, gaps }
  return { ...sealed, summary: summarize(question, sealed) }
}

/** A text that was changed, or deleted with no deletion on record, counts as tampering. */
function withTexts(integrity: Integrity, gaps: readonly Gap[]): Integrity {
  const findings = gaps.flatMap(({ text, span }) => (span === null ? [] : [{ span, text }]))
  if (findings.length === 0) return integrity
  return {
    ...integrity,
    state: 'failed',
    assurance: null,
    findings: [...integrity.findings, ...findings],
  }
}

/**
 * Returns the gaps that tell of a text which was changed or taken away. A text that is missing counts only where the log of its record
 * is: another collector's log and keys are elsewhere, and nothing here can tell a deleted text from one that only its keys can open.
 */
async function textFindings(
  gaps: readonly Gap[],
  { evidence, trees }: Pick<IntegrityDeps, 'evidence' | 'trees'>,
): Promise<Gap[]> {
  const isElsewhere = async (log: string): Promise<boolean> =>
    trees !== undefined && log !== '' && (await trees.byOrigin(log)) === undefined
  const found: Gap[] = []
  for (const gap of gaps) {
    if (gap.code === 'content_mismatch') found.push(gap)
    if (gap.code !== 'content_missing') continue
    const records = evidence.relatedRecords.get(gap.span ?? '') ?? []
    const places = await Promise.all(records.map(({ log }) => isElsewhere(log)))
    if (places.length === 0 || places.includes(false)) found.push(gap)
  }
  return found
}

/** A ledger known to differ from what was sealed gives no certain answer: a missing record may have been removed. */
function withCheck(integrity: Integrity, watch: IntegrityMonitor | undefined): Integrity {
  if (watch === undefined) return integrity
  const check = describeMonitor(watch.state())
  if (check.state !== 'failed') return { ...integrity, check }
  return { ...integrity, state: 'failed', assurance: null, check }
}

/**
 * Checks every record that an answer quotes against the tree of its log: the act, its chain, its prompt and plan, its inputs.
 * The result is `sealed` only when all of them are. It is `failed` when any record is not what was sealed; the answer then
 * names it. Without trees nothing can be checked, and the result is `pending`.
 */
async function judgeIntegrity(
  answer: Quoting,
  { evidence, trees, watch }: IntegrityDeps,
): Promise<Integrity> {
  const span = answer.action?.span
  const [subject] = evidence.relatedRecords.get(span ?? '') ?? []
  if (span === undefined || subject === undefined) return nothingToSeal
  const place = { log: subject.log === '' ? null : subject.log, index: Number(subject.log_index) }
  const proof = `/v1/actions/${span}/proof`
  const located = place.log === null ? { log: null, index: null } : place
  if (trees === undefined) return { ...nothingToSeal, ...located }
  const judgements = await verifyQuotedRecords(trees, quotedRecords(answer, evidence), watch)
  const own = judgements.find((judgement) => judgement.span === span)
  const findings = judgements.filter(({ state }) => state === 'failed').map(findingOf)
  const isPending = judgements.some(({ state }) => state === 'pending')
  return {
    ...located,
    state: findings.length > 0 ? 'failed' : isPending ? 'pending' : 'sealed',
    assurance: weakest(judgements),
    checkpoint: own?.state === 'sealed' ? own.checkpoint : null,
    proof: own?.state === 'sealed' ? proof : null,
    findings,
    check: null,
  }
}

/** Returns the weakest assurance that all of them have; null where one is not sealed. */
function weakest(judgements: readonly QuotedRecordResult[]): Integrity['assurance'] {
  const known = judgements.map(({ assurance }) =>
    assurance === null ? -1 : assurances.indexOf(assurance),
  )
  return assurances[Math.min(...known)] ?? null
}

/** Returns the gaps in the proof, for the answer's gaps. */
function integrityGaps(answer: Pick<WhoDidAnswer, 'action' | 'integrity'>): Gap[] {
  const { action, integrity } = answer
  if (integrity.state === 'sealed' || (action === null && integrity.state === 'pending')) return []
  const span = action?.span ?? null
  const [found] = integrity.check?.state === 'failed' ? integrity.check.findings : []
  if (integrity.findings.length === 0 && found !== undefined) {
    const text = `The ledger is not what was sealed (${found.code}: ${found.text}): what this answer lacks may be what was taken.`
    return [{ code: 'unsealed', text, span }]
  }
  const text =
    integrity.state === 'failed'
      ? 'What is quoted is not what was sealed: a record, its text or the tree that proves it has been changed.'
      : 'No checkpoint covers all of this yet: nothing proves so far that nobody edited it.'
  return [{ code: 'unsealed', text, span }]
}

const nothingToSeal: Integrity = {
  state: 'pending',
  assurance: null,
  log: null,
  index: null,
  checkpoint: null,
  proof: null,
  findings: [],
  check: null,
}

function quotedRecords(answer: Quoting, { relatedRecords }: Evidence): QuotedRecord[] {
  const quoted = new Set(
    [answer.action, answer.prompt, answer.plan, ...answer.chain, ...answer.inputs].flatMap(
      (part) => (part === null ? [] : [part.span]),
    ),
  )
  return [...quoted].flatMap((span) =>
    (relatedRecords.get(span) ?? []).map((record) => ({
      span,
      log: record.log,
      index: Number(record.log_index),
      leaf: Buffer.from(record.leaf, 'hex'),
    })),
  )
}

function findingOf({ span, why }: QuotedRecordResult): Integrity['findings'][number] {
  return { span, text: why }
}
