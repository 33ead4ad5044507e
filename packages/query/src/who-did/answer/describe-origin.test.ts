import { describe, expect, test } from 'vitest'
import { decide } from '../decide/decide.ts'
import { blankEvidenceRecord } from '../evidence/evidence-columns.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import { listInputs } from './describe-origin.ts'

const sender = { exporter: 'agents', channel: 'entitled', service: 'svc' }
const agent = { actor_type: 'agent', template: 'triage', instance: 'triage-1' }
const web = { input_source: 'web:page', input_trust: 'untrusted' }

/** The keys of the inputs of the act `act`, which is the last of the records. */
function inputsOf(records: readonly (Partial<EvidenceRecord> & { readonly key: string })[]) {
  const whole = records.map((record, second): EvidenceRecord => {
    const ts = `2026-11-22 14:00:0${second}.000000000`
    return { ...blankEvidenceRecord, ts, end_ts: ts, received_at: ts, ...sender, ...record }
  })
  const decision = decide({
    subject: 'act',
    relatedRecords: new Map(whole.map((record) => [record.key, [record]])),
    listed: [],
    instanceClaims: [],
    textBlocks: new Map<string, Buffer>(),
    separate: new Map<string, never>(),
    truncated: false,
  })
  return listInputs(decision).inputs.map(({ span }) => span)
}

describe('an input that a record above reports too', () => {
  const act = { key: 'act', ...agent, kind: 'tool_call', parent: 'run' }
  const run = { key: 'run', ...agent, kind: 'prompt' }

  test('is listed once', () => {
    const client = { key: 'client', ...agent, ...web, parent: 'run' }
    const server = { key: 'server', ...agent, ...web, parent: 'client' }
    expect(inputsOf([run, client, server, act])).toEqual(['client'])
  })

  test('is listed where the record above is of another agent', () => {
    const client = { key: 'client', ...agent, instance: 'other-1', ...web }
    const server = { key: 'server', ...agent, ...web, parent: 'client' }
    expect(inputsOf([run, client, server, act])).toEqual(['server'])
  })

  test('is listed where the records are each other’s parents, or their own', () => {
    const one = { key: 'one', ...agent, ...web, parent: 'two' }
    const two = { key: 'two', ...agent, ...web, parent: 'one' }
    const own = { key: 'own', ...agent, ...web, parent: 'own' }
    expect(inputsOf([run, one, two, own, act])).toEqual(['one', 'two', 'own'])
  })
})
