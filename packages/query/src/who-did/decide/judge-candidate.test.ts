import { describe, expect, test } from 'vitest'
import { blankEvidenceRecord } from '../evidence/evidence-columns.ts'
import type { CandidateAct, EvidenceRecord } from '../evidence/evidence-record.ts'
import { decide } from './decide.ts'
import { namedAct, withActorAbove } from './judge-candidate.ts'

const owner = { exporter: 'agents', channel: 'entitled', actor_type: 'agent', template: 'triage' }
const rival = { exporter: 'rival', channel: 'entitled', actor_type: 'agent', template: 'rival' }
const asserting = { ...rival, exporter: 'ci', channel: 'unbound' }

/** The act that names nobody of a sender, under a run of the same sender, with the actor that the run names. */
function actBelow(run: Partial<EvidenceRecord>, second: number, outcome = 'success'): CandidateAct {
  const act = listed(`act-${second}`, second, { outcome, exporter: run.exporter ?? '' })
  const above = { ...blankEvidenceRecord, ...run, key: `run-${second}`, kind: 'prompt' }
  const own = {
    ...blankEvidenceRecord,
    ...act,
    parent: above.key,
  }
  const decision = decide({
    subject: own.key,
    relatedRecords: new Map([above, own].map((record) => [record.key, [record]])),
    listed: [],
    instanceClaims: [],
    textBlocks: new Map<string, Buffer>(),
    separate: new Map<string, never>(),
    truncated: false,
  })
  return withActorAbove(act, decision)
}

function listed(key: string, second: number, fields: Partial<CandidateAct> = {}): CandidateAct {
  const ts = `2026-11-22 14:00:0${second}.000000000`
  const act = { key, ts, received_at: ts, action: 'a-1', verb: 'update', outcome: 'success' }
  const call = { kind: 'tool_call', tool: 'set_row', resource: '', channel: 'unbound' }
  const nobody = { actor_type: '', instance: '', instance_rule: '', template: '', user: '' }
  return {
    ...act,
    ...call,
    ...nobody,
    template_rule: '',
    service: '',
    exporter: '',
    qualifies: true,
    ...fields,
  }
}

describe('an action ID on records that name nobody', () => {
  test.each(['unknown', 'success'])(
    'belongs to the agent above the first of them, whose outcome is %s',
    (outcome) => {
      const first = actBelow(owner, 1, outcome)
      expect(first).toMatchObject({ channel: 'entitled', template: 'triage' })
      expect(namedAct('action', [actBelow(rival, 2), first])).toBe(first)
    },
  )

  test('is answered by the record of the same agent that reports the outcome', () => {
    const outcome = actBelow(owner, 3)
    expect(namedAct('action', [actBelow(owner, 1, 'unknown'), actBelow(rival, 2), outcome])).toBe(
      outcome,
    )
  })

  test('is not taken by a claim that its sender only asserts', () => {
    const entitled = listed('own', 2, owner)
    expect(namedAct('action', [actBelow(asserting, 1), entitled])).toBe(entitled)
  })

  test('is not taken where nobody stands above, or nothing above was read', () => {
    const claimed = listed('own', 2, asserting)
    expect(namedAct('action', [actBelow({ exporter: 'ci' }, 1), claimed])).toBe(claimed)
    expect(namedAct('action', [withActorAbove(listed('a', 1), undefined), claimed])).toBe(claimed)
  })
})

describe('an action ID on records whose senders are bound to nobody', () => {
  const first = listed('act-1', 1, { ...asserting, outcome: 'unknown' })
  const another = listed('act-2', 2, { ...asserting, exporter: 'other', outcome: 'failure' })

  test('is not ended by the outcome that another sender reports of the same agent', () => {
    expect(namedAct('action', [another, first])).toBe(first)
  })

  test('is answered by the outcome that the first sender reports', () => {
    const outcome = listed('act-3', 3, asserting)
    expect(namedAct('action', [another, outcome, first])).toBe(outcome)
  })

  test('is ended by any sender that may speak for the agent', () => {
    const intent = listed('act-1', 1, { ...owner, outcome: 'unknown' })
    const outcome = listed('act-2', 2, { ...owner, exporter: 'fleet' })
    expect(namedAct('action', [intent, outcome])).toBe(outcome)
  })
})
