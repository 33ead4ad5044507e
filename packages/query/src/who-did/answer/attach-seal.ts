import { RefusedToken } from '@whodid/identity'
import { readSeal } from '@whodid/identity/seal'
import type { Gap, WhoDidAnswer } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { latest, toDateTime64 } from '../../time-bounds.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { presentSpansSql, sealsSql } from '../evidence/seal-sql.ts'
import type { Question } from '../question.ts'

/** The gap for a span that a seal names and that is not on record; not part of the decision. */
const sealGap = 'sealed_span_missing'

/** The sources of {@link attachSeal}. */
interface SealDeps {
  readonly evidence: Evidence
  readonly tenant: string
  readonly selector: Pick<Selector, 'select'>
}

/** Missing spans that a gap names. */
const namedMax = 5

/**
 * Adds to an answer on a sealed act a gap for the spans that its seal names beside it and that are not on record under the same token:
 * somebody on the way kept or changed them; another record under such a span's ID does not stand for it. Reads nothing more for an act that is not sealed, and seldom for one whose seal was gathered with its trace. Throws what
 * `Selector.select` throws.
 */
export async function attachSeal<Answer extends Pick<WhoDidAnswer, 'action' | 'gaps' | 'cost'>>(
  question: Question,
  answer: Answer,
  deps: SealDeps,
): Promise<Answer> {
  const { evidence } = deps
  const subject = (evidence.relatedRecords.get(answer.action?.span ?? '') ?? []).find(
    ({ seal_result: result, seal }) => result === 'verified' && isRef(seal),
  )
  if (subject === undefined) return answer
  const cost = { ...answer.cost }
  const select = async <Row>(sql: string, refs: readonly string[]): Promise<readonly Row[]> => {
    const { selector, tenant } = deps
    const { asRecorded } = question
    const traces = [...new Set(refs.map((ref) => ref.slice(0, 32)))].join(',')
    const recorded = asRecorded === null ? latest : toDateTime64(asRecorded)
    const parameters = { traces, keys: refs.join(','), token: subject.seal_token, recorded }
    const { rows, rowsRead, bytesRead } = await selector.select<Row>({ sql, parameters, tenant })
    cost.statements += 1
    cost.rows_read += rowsRead
    cost.bytes_read += bytesRead
    return rows
  }
  const sealed = evidence.relatedRecords.get(subject.seal)?.map(sealOf) ?? []
  const named =
    namedSpans(subject, sealed) ??
    namedSpans(subject, await select<SealRow>(sealsSql, [subject.seal]))
  // A span that was gathered as sealed is on record; only of the others the ledger is asked.
  const isGathered = (ref: string): boolean =>
    evidence.relatedRecords
      .get(ref)
      ?.some(
        ({ seal_result: result, seal_token: token, seal_jws: carried }) =>
          result === 'verified' && token === subject.seal_token && carried === '',
      ) === true
  const sought = named?.filter((ref) => !isGathered(ref)) ?? []
  if (sought.length === 0) return { ...answer, cost }
  const present = await select<{ readonly ref: string }>(presentSpansSql, sought)
  const known = new Set(present.map(({ ref }) => ref))
  const missing = sought.filter((ref) => !known.has(ref))
  return { ...answer, cost, gaps: [...answer.gaps, ...missingGap(missing, subject.key)] }
}

function sealOf({ seal_result: result, seal_jws: jws, seal_key: key }: EvidenceRecord): SealRow {
  return result === 'verified' ? { jws, key } : { jws: '', key: '' }
}

interface SealRow {
  readonly jws: string
  readonly key: string
}

/** The spans beside the subject that its seal names; undefined where the seal is not among the rows. */
function namedSpans(
  { key, seal_key: sealKey }: EvidenceRecord,
  rows: readonly SealRow[],
): readonly string[] | undefined {
  for (const row of rows) {
    if (row.key !== sealKey) continue
    const leaves = leavesOf(row.jws)
    if (leaves.includes(key)) return leaves.filter((leaf) => leaf !== key)
  }
  return undefined
}

function leavesOf(jws: string): readonly string[] {
  try {
    return [...readSeal(jws).leaves.keys()]
  } catch (thrown) {
    if (thrown instanceof RefusedToken) return []
    throw thrown
  }
}

function missingGap(missing: readonly string[], span: string): Gap[] {
  if (missing.length === 0) return []
  const named = missing.slice(0, namedMax).join(', ')
  const more = missing.length > namedMax ? `, and ${missing.length - namedMax} more` : ''
  return [
    {
      code: sealGap,
      text: `The instance has sealed ${missing.length} more spans with this one that are not on record as it sealed them: ${named}${more}.`,
      span,
    },
  ]
}

function isRef(text: string): boolean {
  return /^[0-9a-f]{32}-[0-9a-f]{16}$/u.test(text)
}
