import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ContentReader } from '@whodid/content'
import { WhodidError } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'
import { listReads, readsMax, whoDidOnEvidence } from '@whodid/query'
import type { LedgerWatch, MetaLogEndpoint, Question } from '@whodid/query'
import type { LogTrees, Selector } from '@whodid/store'
import { packageRecordsMax } from './build-package.ts'
import type { CustodyEvent, Evidence, Making } from './evidence.ts'
import { evidenceJson } from './evidence-json.ts'
import { gatherContents } from './gather-contents.ts'
import { gatherLogs } from './gather-logs.ts'
import { indexEvidence } from './index-evidence.ts'
import { readForms, readFormsOfSpans } from './read-forms.ts'
import { recordRow } from './record-row.ts'

/** Where evidence is found. Its caller opens and closes all of it. */
export interface EvidenceSources {
  readonly selector: Selector
  readonly contents: ContentReader
  readonly trees: LogTrees
  /** Who watches over the ledger, as for `whoDid`: the answer in a package says what the same answer over the API does. */
  readonly watch?: LedgerWatch | undefined
  readonly metaLog?: MetaLogEndpoint | undefined
  /** Puts on record that evidence of this digest is handed out; resolves with the record, `<trace>-<span>`, once it is durable. */
  readonly state?: ((sha256: string) => Promise<string>) | undefined
}

/** What is exported, and for whom. */
export interface EvidenceRequest {
  readonly tenant: string
  readonly question: Question
  readonly made: Making
  readonly role: string
}

/**
 * Gathers what a package holds: the answer, every record of the traces that it quotes, their proofs, the history of their
 * logs, the texts that are still there, and who looked at the handle before.
 *
 * Waits a few seconds for a record that is not sealed yet, and throws `not_sealed` when it stays so; else throws what
 * `Selector.select` throws. Does NOT record the read.
 */
export async function gatherEvidence(
  { selector, contents, trees, watch, metaLog, state }: EvidenceSources,
  { tenant, question, made, role }: EvidenceRequest,
): Promise<Evidence> {
  const sources = { selector, contents, trees, watch }
  const { answer, rows: said, evidence } = await whoDidOnEvidence(sources, tenant, question)
  const traces = tracesOf(answer)
  const around = await readForms(selector, tenant, traces)
  const decided = await indexEvidence(selector, tenant, { rows: said, evidence, question })
  const found = distinct([...decided.forms, ...around])
  const forms = found.slice(0, packageRecordsMax).toSorted(byPlace)
  const rows = forms.map(recordRow)
  const json = evidenceJson({ answer, index: decided.index })
  const statement = state && (await findStatement(selector, tenant, await state(sha256Of(json))))
  const proven = statement === undefined ? rows : [...rows, recordRow(statement)]
  const { logs, proofs } = await gatherLogs({ trees, metaLog }, proven)
  // Of records that the answer does not quote, what they say is handed over and not their texts.
  const quoted = rows.filter((row) => traces.includes(String(row['trace_id'])))
  const texts = await gatherContents({ selector, contents }, tenant, quoted)
  return {
    answer,
    index: decided.index,
    ...(statement && { statement: { form: statement, proof: proofs.at(-1) ?? '' } }),
    records: forms.map((form, index) => ({ form, proof: proofs[index] ?? '' })),
    isTruncated: found.length > packageRecordsMax,
    logs,
    ...texts,
    custody: [
      ...(await custodyOf(selector, tenant, question.handle.value)),
      {
        at: made.at,
        by: made.by,
        role,
        event: 'export',
        question: answer.question.of,
        case: made.case,
      },
    ],
    made,
  }
}

/** Milliseconds between two looks for a record that is on its way into ClickHouse, and how many there are. */
const storeWaitMs = 100
const storeWaitsMax = 100

/** The record that was just made. Throws `not_sealed` when it does not come into ClickHouse within ten seconds. */
async function findStatement(selector: Selector, tenant: string, span: string): Promise<Buffer> {
  for (let waits = 0; waits < storeWaitsMax; waits += 1) {
    const [form] = await readFormsOfSpans(selector, tenant, [span])
    if (form !== undefined) return form
    await sleep(storeWaitMs)
  }
  throw new WhodidError(
    'not_sealed',
    `the record of the export, ${span}, expected to be in ClickHouse; it is still on its way`,
  )
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
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

/** Who asked about the same thing before, oldest first, among the newest reads on record. */
async function custodyOf(
  selector: Selector,
  tenant: string,
  handle: string,
): Promise<CustodyEvent[]> {
  const reads = await listReads(selector, tenant, readsMax)
  return reads
    .filter(({ question }) => question.includes(handle))
    .map((read) => ({
      at: read.read_at,
      by: read.reader,
      role: read.role,
      event: `read ${read.route}`,
      question: read.question,
      case: read.case_id ?? '',
    }))
    .toReversed()
}
