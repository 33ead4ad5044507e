import type { QuestionCost } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { completeDecision } from '../../who-did/decide/complete-decision.ts'
import { decide } from '../../who-did/decide/decide.ts'
import type { Decision } from '../../who-did/decide/decide.ts'
import type { FoldedAct } from '../../who-did/decide/fold-act.ts'
import { readActs } from '../../who-did/decide/fold-act.ts'
import {
  blankEvidenceRecord,
  instanceClaimColumns,
  readRow,
} from '../../who-did/evidence/evidence-columns.ts'
import type {
  EvidenceRecord,
  InstanceClaim,
  StoredRecord,
} from '../../who-did/evidence/evidence-record.ts'
import { relateRecords } from '../../who-did/evidence/evidence.ts'
import type { EvidenceRow, RelatedRecords } from '../../who-did/evidence/evidence.ts'
import { askStatement } from '../ask-statement.ts'
import { judgedColumns, traceRecordsMax, traceRecordsSql } from './sql.ts'

/**
 * Gathers the traces of some records and judges each by the rules of an answer: versions, inheritance, contradictions, and
 * the parts of one act. Other traces are not followed: a delegator that only another trace names stays open.
 *
 * Throws the errors of `Selector.select`.
 */
export async function judgeActs(
  selector: Selector,
  tenant: string,
  { keys, recorded }: { readonly keys: readonly string[]; readonly recorded: string },
): Promise<{ readonly judge: JudgeAct; readonly cost: QuestionCost | undefined }> {
  const traces = [...new Set(keys.map((key) => key.slice(0, 32)))]
  if (traces.length === 0) return { judge: () => undefined, cost: undefined }
  const { rows, cost } = await askStatement<EvidenceRow>(selector, {
    sql: traceRecordsSql,
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
      judged.set(
        trace,
        (judge = judgeTrace(relateRecords(records, { claims, truncated, subjects: [] }))),
      )
    }
    return judge(key)
  }
}

/** An act of a list, judged by the records of its trace as an answer about its span would judge it. */
export interface JudgedAct {
  readonly decision: Decision
  /** The whole act that the record belongs to. */
  readonly act: FoldedAct
  /** The record that represents that act. */
  readonly call: EvidenceRecord
}

/** Returns the judged act of a record's key; undefined for a record that was not gathered. */
type JudgeAct = (key: string) => JudgedAct | undefined

/** Judges the acts of one trace by its records alone. */
function judgeTrace(relatedRecords: RelatedRecords): JudgeAct {
  // An operator may turn off `user_of_the_request`, so lists leave out a person named only by the request above a run.
  const evidence = { ...relatedRecords, listed: [], rules: { inferRequestUser: false } }
  const { fold, mergedRecord } = readActs(relatedRecords)
  return (key) => {
    const act = fold(key)
    const call = act && mergedRecord(act.key)?.record
    if (act === undefined || call === undefined) return undefined
    return { decision: completeDecision(decide({ ...evidence, subject: key })), act, call }
  }
}
