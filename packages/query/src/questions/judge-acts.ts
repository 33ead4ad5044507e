import type { QuestionCost } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { blankEvidenceRecord, instanceClaimColumns, readRow } from '../evidence/evidence-columns.ts'
import { kinOf } from '../evidence/evidence.ts'
import type { EvidenceRow } from '../evidence/evidence.ts'
import type { EvidenceRecord, InstanceClaim, StoredRecord } from '../evidence/evidence-record.ts'
import { gatherTracesStatement, judgedColumns, traceRecordsMax } from '../evidence/gather-traces.ts'
import { askStatement } from './ask-statement.ts'
import { judgeTrace } from './judge-trace.ts'
import type { JudgeAct, JudgedAct } from './judge-trace.ts'

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
