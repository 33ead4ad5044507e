import { completeDecision } from '../complete-decision.ts'
import { decide } from '../decide.ts'
import type { Decision } from '../decision.ts'
import type { Kin } from '../evidence/evidence.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import type { FoldedAct } from '../fold-act.ts'
import { readActs } from '../read-acts.ts'

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

/** Judges the acts of one trace by its records alone. */
export function judgeTrace(kin: Kin): JudgeAct {
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
