import { describe, expect, test } from 'vitest'
import { decide } from '../decide/decide.ts'
import { readActs } from '../decide/fold-act.ts'
import { blankEvidenceRecord } from '../evidence/evidence-columns.ts'
import type { EvidenceRecord, ListedAction } from '../evidence/evidence-record.ts'
import { listAlternatives } from './alternatives.ts'

const agent = { actor_type: 'agent', template: 'triage', instance: 't-1' }
const nobody = { actor_type: '', template: '', instance: '' }
let second = 0

/** An act of its own trace, a second after the one before. */
function act(name: string, fields: Partial<EvidenceRecord>): EvidenceRecord {
  second += 1
  const ts = `2026-11-28 02:00:${String(second).padStart(2, '0')}.000000000`
  const key = `${name.padStart(32, '0')}-${'b'.repeat(16)}`
  const call = { kind: 'tool_call', verb: 'update', channel: 'unbound', exporter: 'one' }
  return { ...blankEvidenceRecord, ...call, key, ts, received_at: ts, end_ts: ts, ...fields }
}

/** The outcomes of the alternatives to a subject, of which the evidence holds what is not `unheld`. */
function outcomesBeside(
  others: readonly EvidenceRecord[],
  unheld: readonly EvidenceRecord[] = [],
): (string | null)[] {
  const subject = act('subject', { ...agent, outcome: 'success', channel: 'entitled' })
  const held = [subject, ...others].filter((record) => !unheld.includes(record))
  const listed: readonly ListedAction[] = [subject, ...others].map((record) => ({
    ...record,
    qualifies: true,
  }))
  const evidence = {
    subject: subject.key,
    relatedRecords: new Map(held.map((record) => [record.key, [record]])),
    listed,
    instanceClaims: [],
    textBlocks: new Map<string, Buffer>(),
    separate: new Map<string, never>(),
    truncated: false,
  }
  const { fold } = readActs(evidence)
  return listAlternatives(decide(evidence), fold, 10).map(({ outcome }) => outcome)
}

const intentOf = (fields: Partial<EvidenceRecord>): EvidenceRecord =>
  act('intent', { action: 'a-1', outcome: 'unknown', ...fields })
const failureOf = (fields: Partial<EvidenceRecord>): EvidenceRecord =>
  act('outcome', { action: 'a-1', outcome: 'failure', ...fields })

describe('an intent among the alternatives, and an outcome under its action ID in another trace', () => {
  test.each([
    ['that names nobody', nobody],
    ['of an agent', agent],
  ])('%s, stays where another unbound sender reports the outcome', (_, named) => {
    const records = [intentOf(named), failureOf({ ...named, exporter: 'stranger' })]
    expect(outcomesBeside(records)).toEqual(['unknown', 'failure'])
  })

  test.each([
    ['that names nobody', nobody],
    ['of an agent', agent],
  ])('%s, is one act with the outcome that its own sender reports', (_, named) => {
    expect(outcomesBeside([intentOf(named), failureOf(named)])).toEqual(['failure'])
  })

  test('is one act with the outcome from any sender that may speak for its agent', () => {
    const entitled = { ...agent, channel: 'entitled' }
    const records = [intentOf(entitled), failureOf({ ...entitled, exporter: 'fleet' })]
    expect(outcomesBeside(records)).toEqual(['failure'])
  })

  test('that names nobody, stays where the sender of either is not known', () => {
    const [intent, failure] = [intentOf(nobody), failureOf(nobody)]
    expect(outcomesBeside([intent, failure], [failure])).toEqual(['unknown', 'failure'])
    expect(outcomesBeside([intent, failure], [intent])).toEqual(['unknown', 'failure'])
  })

  test('of an agent, goes by the names where no sender is known', () => {
    const records = [intentOf(agent), failureOf(agent)]
    expect(outcomesBeside(records, records)).toEqual(['failure'])
  })

  test('stays where the outcome names another', () => {
    const records = [intentOf(agent), failureOf({ ...agent, instance: 't-2' })]
    expect(outcomesBeside(records)).toEqual(['unknown', 'failure'])
  })
})
