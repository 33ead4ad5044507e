import type { Selector } from '@whodid/store'
import { completeDecision } from '../complete-decision.ts'
import { decide } from '../decide.ts'
import type { Decision } from '../decision.ts'
import { blankEvidenceRecord, instanceClaimColumns, readRow } from '../evidence/evidence-columns.ts'
import { kinOf } from '../evidence/evidence.ts'
import type { EvidenceRow, Kin } from '../evidence/evidence.ts'
import type { EvidenceRecord, InstanceClaim, StoredRecord } from '../evidence/evidence-record.ts'
import { gatherTracesStatement, judgedColumns, traceRecordsMax } from '../evidence/gather-traces.ts'
import type { FoldedAct } from '../fold-act.ts'
import { readActs } from '../read-acts.ts'
import type { QuestionCost } from './ask-statement.ts'
import { askStatement } from './ask-statement.ts'

/** An act of a list, judged as an answer about its span would judge it, by the records of its trace. */
export interface JudgedAct {
  readonly decision: Decision
  /** The whole act that the record belongs to. */
  readonly act: FoldedAct
  /** The record that stands for that act. */
  readonly call: EvidenceRecord
}

/** Judges a record by its key; undefined for a record that was not gathered. */
export type JudgeAct = (key: string) => JudgedAct | undefined

/**
 * Gathers the traces of some records and judges each by the same rules as an answer: versions, inheritance, contradictions,
 * and the parts of one act. What leads across traces is not followed: a delegator that only another trace names stays open.
 *
 * Throws what `Selector.select` throws.
 */
export async function judgeActs(
  selector: Selector,
  tenant: string,
  { keys, recorded }: { readonly keys: readonly string[]; readonly recorded: string },
): Promise<{ readonly judge: JudgeAct; readonly cost: QuestionCost | undefined }> {
  const traces = [...new Set(keys.map((key) => key.slice(0, 32)))]
  if (traces.length === 0) return { judge: () => undefined, cost: undefined }
  const { rows, cost } = await askStatement<EvidenceRow>(selector, {
    sql: gatherTracesStatement,
    parameters: { traces: traces.join(','), recorded },
    tenant,
  })
  return { judge: judgeOf(rows), cost }
}

function judgeOf(rows: readonly EvidenceRow[]): JudgeAct {
  const byTrace = new Map<string, EvidenceRecord[]>()
  const claims: InstanceClaim[] = []
  for (const { role, record } of rows) {
    if (role === 'claimed') claims.push(readRow<InstanceClaim>(instanceClaimColumns, record))
    else {
      const read = {
        ...blankEvidenceRecord,
        ...readRow<Partial<StoredRecord>>(judgedColumns, record),
      }
      const trace = read.key.slice(0, 32)
      byTrace.set(trace, [...(byTrace.get(trace) ?? []), read])
    }
  }
  const truncated = rows.length - claims.length > traceRecordsMax
  const judged = new Map<string, (key: string) => JudgedAct | undefined>()
  return (key) => {
    const trace = key.slice(0, 32)
    let judge = judged.get(trace)
    if (judge === undefined) {
      const records = byTrace.get(trace) ?? []
      judged.set(trace, (judge = judgeTrace(kinOf(records, { claims, truncated, subjects: [] }))))
    }
    return judge(key)
  }
}

function judgeTrace(kin: Kin): JudgeAct {
  // Lists leave out whom only the request above a run names: an operator may have turned that off.
  const evidence = { ...kin, listed: [], rules: { inferRequestUser: false } }
  const { fold, testimony } = readActs(kin)
  return (key) => {
    const act = fold(key)
    const call = act && testimony(act.key)?.record
    if (act === undefined || call === undefined) return undefined
    return { decision: completeDecision(decide({ ...evidence, subject: key })), act, call }
  }
}
