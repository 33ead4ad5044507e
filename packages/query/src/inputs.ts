import { inputTrusts } from '@whodid/model'
import type { Input } from '@whodid/model'
import type { Decision } from './decision.ts'
import type { EvidenceRecord } from './evidence/evidence-record.ts'
import { lineageOf } from './lineage.ts'
import { recordsOfRun } from './records-of-run.ts'
import { nameOrNull, toInstant } from './text.ts'

/** Inputs shown in one answer; more are a flood, not an explanation. */
const inputsMax = 200

/** What had been read before an act. */
export interface Inputs {
  /** The untrusted first, whatever else there is; each kind oldest first. */
  readonly inputs: Input[]
  /** How many are left out: of the untrusted and then of the others, the oldest. */
  readonly leftOut: number
}

/**
 * What entered the context of the acting instance, or of one it descends from, or of the agent run that the act stands in,
 * before the act. Only what senders tell that may speak for the actor, or for one that its records name.
 */
export function listInputs(decision: Decision): Inputs {
  const [subject] = decision.trail.records
  if (subject === undefined) return { inputs: [], leftOut: 0 }
  const lineage = new Set(lineageOf(decision))
  const onTrail = new Set(decision.trail.records.map((record) => record.key))
  const inRun = recordsOfRun(decision)
  const isOfAct = (record: EvidenceRecord): boolean =>
    lineage.has(record.instance) ||
    onTrail.has(record.key) ||
    ((record.instance === '' || lineage.size === 0) && inRun(record))
  const found = heardRecords(decision)
    .filter((record) => record.input_source !== '' && record.ts <= subject.ts)
    .filter(isOfAct)
    .filter((record) => !isToldAbove(record, decision))
    .toSorted((a, b) => (a.ts === b.ts ? 0 : a.ts < b.ts ? -1 : 1))
  const untrusted = found.filter(isUntrusted).slice(-inputsMax)
  const room = inputsMax - untrusted.length
  const others = room === 0 ? [] : found.filter((record) => !isUntrusted(record)).slice(-room)
  const shown = [...untrusted, ...others]
  return { inputs: shown.map(toInput), leftOut: found.length - shown.length }
}

/** Records above an input that are looked at for the same reading. */
const tellingsMax = 16

/** Whether a record that it stands under tells of the same reading, and trusts it no more: a client's and its server's side of one. */
function isToldAbove(record: EvidenceRecord, { testimony }: Decision): boolean {
  let above = testimony(record.parent)?.record
  for (let step = 0; step < tellingsMax && above !== undefined; step += 1) {
    if (above.input_source !== '' || above.key === record.key)
      return above.input_source === record.input_source && above.input_trust === record.input_trust
    above = testimony(above.parent)?.record
  }
  return false
}

function heardRecords({ evidence, testimony, trail }: Decision): EvidenceRecord[] {
  const onTrail = trail.records.filter(({ input_source: source }) => source !== '')
  const around = [...evidence.kin.keys()].flatMap((key) => testimony(key)?.record ?? [])
  // Who may not speak for an instance does not say what it has read.
  return [...new Set([...onTrail, ...around])].filter(({ channel }) => channel !== 'unentitled')
}

function isUntrusted(record: EvidenceRecord): boolean {
  return record.input_trust === 'untrusted'
}

function toInput(record: EvidenceRecord): Input {
  return {
    span: record.key,
    source: nameOrNull(record.input_source) ?? '',
    trust: inputTrusts.find((trust) => trust === record.input_trust) ?? 'unknown',
    hash: nameOrNull(record.input_hash),
    instance: nameOrNull(record.instance),
    read_at: toInstant(record.ts),
  }
}
