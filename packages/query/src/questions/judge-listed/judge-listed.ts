import { outcomes } from '@whodid/model'
import type { HandleKind } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { nameOrNull } from '../../text.ts'
import { completeDecision } from '../../who-did/decide/complete-decision.ts'
import { decide } from '../../who-did/decide/decide.ts'
import type { Decision } from '../../who-did/decide/decide.ts'
import type { FoldedAct } from '../../who-did/decide/fold-act.ts'
import { readActs } from '../../who-did/decide/judge-candidate.ts'
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
import type { QuestionCost } from '../ask-statement.ts'
import type { ActionFilters } from '../list-actions/question.ts'
import type { ListedAction } from './listed-action.ts'
import { judgedColumns, traceRecordsMax, traceRecordsSql } from './sql.ts'

/** The handles by which a list was narrowed. */
type ListHandles = ActionFilters['handles']

/**
 * Judges the entries of a list as answers are judged: who acted by inheritance and contradiction, the outcome from wherever
 * it stands. An entry that is only a part of an act which the list holds too is left out.
 *
 * Throws what `Selector.select` throws.
 */
export async function judgeListed(
  selector: Selector,
  tenant: string,
  list: {
    readonly entries: readonly ListedAction[]
    readonly handles: ListHandles
    readonly recorded: string
  },
): Promise<{ readonly entries: ListedAction[]; readonly cost: QuestionCost | undefined }> {
  const { entries, handles, recorded } = list
  const keys = entries.map(({ span }) => span)
  const { judge, cost } = await judgeActs(selector, tenant, { keys, recorded })
  const judged = entries.flatMap((entry) => {
    const found = judge(entry.span)
    if (found === undefined) return [entry]
    const isPart = found.call.key !== entry.span
    return isPart && isListed(found.call, handles) ? [] : [withJudgement(entry, found)]
  })
  return { entries: judged, cost }
}

/** Whether a record carries every name by which the list was narrowed. */
function isListed(record: EvidenceRecord, handles: ListHandles): boolean {
  return Object.entries(handles).every(([name, value]) => {
    // The entries of a record by kind have kinds as their names.
    const kind = name as HandleKind
    if (kind === 'trace') return record.key.startsWith(value)
    if (kind === 'span') return record.key === value
    if (kind === 'delegator') return record.delegator === value || record.user === value
    return record[kind] === value
  })
}

function withJudgement(entry: ListedAction, { decision, act, call }: JudgedAct): ListedAction {
  const isWhole = call.key === entry.span
  const isOpen = entry.outcome === null || entry.outcome === 'unknown'
  const reported = isWhole || isOpen ? act.outcome : entry.outcome
  return {
    ...entry,
    outcome: outcomes.find((outcome) => outcome === reported) ?? null,
    tool: entry.tool ?? nameOrNull(act.tool),
    verdict: decision.verdict,
    grade: decision.grade,
    actor: nameOrNull(decision.actorId),
    template: nameOrNull(decision.template) ?? entry.template,
    instance: nameOrNull(decision.instance) ?? entry.instance,
    delegator: nameOrNull(decision.delegator) ?? entry.delegator,
    delegator_type: nameOrNull(decision.delegatorType) ?? entry.delegator_type,
  }
}

/**
 * Gathers the traces of some records and judges each by the same rules as an answer: versions, inheritance, contradictions,
 * and the parts of one act. What leads across traces is not followed: a delegator that only another trace names stays open.
 *
 * Throws what `Selector.select` throws.
 */
async function judgeActs(
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

/** An act of a list, judged as an answer about its span would judge it, by the records of its trace. */
interface JudgedAct {
  readonly decision: Decision
  /** The whole act that the record belongs to. */
  readonly act: FoldedAct
  /** The record that stands for that act. */
  readonly call: EvidenceRecord
}

/** Judges a record by its key; undefined for a record that was not gathered. */
type JudgeAct = (key: string) => JudgedAct | undefined

/** Judges the acts of one trace by its records alone. */
function judgeTrace(relatedRecords: RelatedRecords): JudgeAct {
  // Lists leave out whom only the request above a run names: an operator may have turned that off.
  const evidence = { ...relatedRecords, listed: [], rules: { inferRequestUser: false } }
  const { fold, mergedRecord } = readActs(relatedRecords)
  return (key) => {
    const act = fold(key)
    const call = act && mergedRecord(act.key)?.record
    if (act === undefined || call === undefined) return undefined
    return { decision: completeDecision(decide({ ...evidence, subject: key })), act, call }
  }
}
