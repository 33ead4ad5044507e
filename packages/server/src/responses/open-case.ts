import type { MessageOrder, ResponseOutcome } from '@whodid/detect'
import { formatInstant, WhodidError } from '@whodid/model'
import type { CaseWriter, Selector } from '@whodid/store'

/** Entries that a case takes. */
const entriesMax = 500

/** The parts that it uses. */
export interface CaseParts {
  readonly selector: Pick<Selector, 'select'>
  readonly caseWriter: CaseWriter
  readonly tenant: string
  readonly response: string
  readonly nowUnixNs: bigint
}

/**
 * Opens the case `finding-<id>`: pins the record that the newest hit rests on, or else the finding's subject, frozen as the ledger is now. A
 * case that has the entry of this delivery already is left as it is. Resolves however it ends.
 */
export async function openCase(
  { deliveryId, finding, hit }: MessageOrder,
  { selector, caseWriter, tenant, response, nowUnixNs }: CaseParts,
): Promise<ResponseOutcome> {
  const caseId = `finding-${finding.id}`
  const target = `case:${caseId}`
  const [span] = hit?.spans ?? []
  const of = span === undefined ? finding.subject : `span:${span}`
  try {
    const { rows } = await selector.select<{ entries: string; same: string }>({
      sql: entriesSql,
      parameters: { case: caseId, entry: deliveryId },
      tenant,
    })
    const { entries = '0', same = '0' } = rows[0] ?? {}
    if (same !== '0') return { outcome: 'done', error: '', target }
    if (Number(entries) >= entriesMax) return { outcome: 'given_up', error: 'case_full', target }
    await caseWriter.write({
      tenant,
      caseId,
      writtenAtUnixNs: nowUnixNs,
      entryId: deliveryId,
      author: `response:${response}`,
      role: 'response',
      kind: 'pin',
      text: `${finding.severity}, ${finding.rule} on ${finding.subject}: ${finding.text}`,
      question: JSON.stringify({ of, as_recorded: formatInstant(nowUnixNs) }),
    })
    return { outcome: 'done', error: '', target }
  } catch (thrown) {
    const error = thrown instanceof WhodidError ? thrown.code : 'internal'
    return { outcome: 'failed', error, target }
  }
}

const entriesSql = `SELECT count() AS entries, countIf(entry_id = {entry:String}) AS same
FROM whodid.case_entries WHERE case_id = {case:String}`
