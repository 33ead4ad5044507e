import { describe, expect, test } from 'vitest'
import { describeDelegation } from '../answer/describe-actors.ts'
import { decide } from './decide.ts'
import type { Decision } from './decide.ts'
import { blankEvidenceRecord } from '../evidence/evidence-columns.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import { followPrompts } from './follow-prompts.ts'

type Fields = Partial<EvidenceRecord>

let clock = 0

function record(key: string, fields: Fields): EvidenceRecord {
  clock += 1
  const ts = `2026-11-22 14:00:00.${String(clock).padStart(9, '0')}`
  const from = { channel: 'entitled', actor_type: 'agent', service: 'svc' }
  return { ...blankEvidenceRecord, ts, end_ts: ts, received_at: ts, ...from, key, ...fields }
}

function decided(records: readonly EvidenceRecord[]): Decision {
  const relatedRecords = new Map<string, EvidenceRecord[]>()
  for (const one of records)
    relatedRecords.set(one.key, [...(relatedRecords.get(one.key) ?? []), one])
  return decide({
    subject: 'act',
    relatedRecords,
    listed: [],
    instanceClaims: [],
    textBlocks: new Map<string, Buffer>(),
    separate: new Map<string, never>(),
    truncated: false,
  })
}

const child = { exporter: 'agents', template: 'T', instance: 'A' }
const act = (fields: Fields): EvidenceRecord =>
  record('act', { ...child, kind: 'tool_call', ...fields })
const asked = { kind: 'prompt', prompt_origin: 'human', delegator_type: 'human', instance: 'P' }
const parent = { ...asked, exporter: 'chiefs', template: 'chief', delegator: 'ana' }
const rival = { ...asked, exporter: 'ci', template: 'ci-bot', delegator: 'eve' }

describe('an instance that the actor calls its parent', () => {
  test('is heard where one exporter tells of it', () => {
    const found = decided([act({ instance_parent: 'P' }), record('p', parent)])
    expect(found.delegator).toBe('ana')
    expect(followPrompts(found).initiating?.key).toBe('p')
  })

  test.each([[[rival, parent]], [[parent, rival]]])(
    'is heard in nobody’s words where two templates claim it, whoever came first',
    (claims) => {
      const found = decided([
        act({ instance_parent: 'P' }),
        ...claims.map((fields, index) => record(`p${index}`, fields)),
      ])
      expect(found).toMatchObject({ verdict: 'agent', instance: 'A', delegator: '' })
      expect(followPrompts(found).initiating).toBeUndefined()
    },
  )

  test('is its first claimant’s where the other comes a day later', () => {
    const late = record('q', { ...rival, received_at: '2026-11-24 14:00:00.000000000' })
    expect(decided([late, act({ instance_parent: 'P' }), record('p', parent)]).delegator).toBe(
      'ana',
    )
  })
})

describe('a chain that a record gives', () => {
  const chained = (chain: readonly string[], fields: Fields = {}) =>
    describeDelegation(decided([act({ delegation_chain: [...chain], ...fields })])).map(
      ({ type, id }) => `${type} ${id}`,
    )

  test('begins with whoever delegated, who is no agent though no record says of what kind', () => {
    expect(chained(['ana', 'P', 'A'])).toEqual(['unknown ana', 'agent P', 'agent A'])
    const forBob = { delegator: 'bob', delegator_type: 'human' }
    expect(chained(['ana', 'A'], forBob)).toEqual(['unknown ana', 'agent A'])
    expect(chained(['bob', 'A'], forBob)).toEqual(['human bob', 'agent A'])
    expect(chained(['A'])).toEqual(['agent A'])
  })

  test('ends with the actor, also where it names another last', () => {
    expect(chained(['ana', 'P'])).toEqual(['unknown ana', 'agent P', 'agent A'])
  })
})
