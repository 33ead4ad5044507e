import type { ContentReader } from '@whodid/content'
import { accessLogMax, listAccessLog, readCaseEntries } from '@whodid/query'
import type { Question, WhoDidSources } from '@whodid/query'
import type { CheckpointLogEndpoint } from '@whodid/verify'
import type { Selector } from '@whodid/store'
import type { CustodyEvent, Evidence, Making } from './evidence.ts'
import { gatherContents } from './gather-contents.ts'
import { gatherLogs } from './gather-logs.ts'
import { gatherRecords } from './gather-records.ts'
import { recordRow } from '@whodid/model'
import { stateEvidence } from './state-evidence.ts'
import type { StateEvidence } from './state-evidence.ts'

/** The sources of evidence. The caller opens and closes all of them. */
export interface EvidenceSources {
  readonly selector: Selector
  readonly contents: ContentReader
  readonly trees: NonNullable<WhoDidSources['trees']>
  /** The check of the ledger, as for `whoDid`: the answer in a package is the answer over the API. */
  readonly watch?: WhoDidSources['watch']
  readonly metaLog?: CheckpointLogEndpoint | undefined
  /** The operator's choice of rules. */
  readonly rules?: WhoDidSources['rules']
  /** Puts on record that evidence of this digest is handed out; resolves with the record, `<trace>-<span>`, once it is durable. */
  readonly state?: StateEvidence | undefined
}

/** The question of a package, and its recipient. */
export interface EvidenceRequest {
  readonly tenant: string
  readonly question: Question
  readonly made: Making
  readonly role: string
}

/**
 * Gathers what a package holds: the answer, every record of the traces that it quotes, their proofs, the history of their
 * logs, the texts that are still there, who looked at the handle before, and the notebook of the case.
 *
 * Waits a few seconds for a record that is not sealed yet, and throws `not_sealed` when it stays so; else throws what
 * `Selector.select` throws. Does NOT record the read.
 */
export async function gatherEvidence(
  { selector, contents, trees, watch, metaLog, rules, state }: EvidenceSources,
  { tenant, question, made, role }: EvidenceRequest,
): Promise<Evidence> {
  const gathered = await gatherRecords(
    { selector, contents, trees, watch, rules },
    tenant,
    question,
  )
  const { answer, index, forms, traces } = gathered
  const rows = forms.map(recordRow)
  const statement = state && (await stateEvidence({ answer, index }, state, { selector, tenant }))
  const proven = statement === undefined ? rows : [...rows, recordRow(statement)]
  const { logs, proofs } = await gatherLogs({ trees, metaLog }, proven)
  // Of records that the answer does not quote, what they say is handed over and not their texts.
  const quoted = rows.filter((row) => traces.includes(String(row['trace_id'])))
  const texts = await gatherContents({ selector, contents }, tenant, quoted)
  return {
    answer,
    index,
    ...(statement && { statement: { form: statement, proof: proofs.at(-1) ?? '' } }),
    records: forms.map((form, n) => ({ form, proof: proofs[n] ?? '' })),
    isTruncated: gathered.isTruncated,
    logs,
    ...texts,
    custody: [
      ...(await readsOf(selector, tenant, question.handle.value)),
      {
        at: made.at,
        by: made.by,
        role,
        event: 'export',
        question: answer.question.of,
        case: made.case,
      },
    ],
    ...(made.case === ''
      ? {}
      : { caseEntries: await readCaseEntries(selector, tenant, made.case) }),
    made,
  }
}

/** Returns the earlier reads about the same handle, oldest first, among the newest reads on record. */
async function readsOf(
  selector: Selector,
  tenant: string,
  handle: string,
): Promise<CustodyEvent[]> {
  const reads = await listAccessLog(selector, tenant, accessLogMax)
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
