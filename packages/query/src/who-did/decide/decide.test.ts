import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findPlan } from '../answer/describe-origin.ts'
import { evidenceColumns } from '../evidence/evidence-columns.ts'
import type { EvidenceRecord, InstanceClaim, ListedAction } from '../evidence/evidence-record.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { decide } from './decide.ts'
import type { Decision } from './decide.ts'
import { lineageOf } from './lineage.ts'

const blank = Object.fromEntries(
  Object.keys(evidenceColumns).map((field) => [field, '']),
) as unknown as EvidenceRecord

let clock = 0

function record(key: string, fields: Partial<EvidenceRecord> = {}): EvidenceRecord {
  clock += 1
  const ts = `2026-11-22 14:00:00.${String(clock).padStart(9, '0')}`
  const lists = { delegation_chain: [], credential_scopes: [] }
  const numbers = { seq: '-1', plan_step: '-1', dropped: 0, credential_borrowed: false }
  const from = { exporter: 'one', channel: 'entitled', service: 'svc' }
  return { ...blank, ...lists, ...numbers, ...from, key, ts, received_at: ts, ...fields }
}

const agent = { actor_type: 'agent', template: 'T', instance: 'A', instance_key: '1' }
const forDev = { delegator: 'dev', delegator_type: 'human' }

const nothing = {
  listed: [],
  instanceClaims: [],
  textBlocks: new Map<string, Buffer>(),
  separate: new Map<string, never>(),
  truncated: false,
}

/** Decides on the first of the records. */
function decided(records: readonly EvidenceRecord[], more: Partial<Evidence> = {}): Decision {
  const relatedRecords = new Map<string, EvidenceRecord[]>()
  for (const one of records)
    relatedRecords.set(one.key, [...(relatedRecords.get(one.key) ?? []), one])
  const subject = records[0]?.key ?? ''
  return decide({ subject, relatedRecords, ...nothing, ...more })
}

describe('each rule', () => {
  test('inherited_from_ancestor: the nearest record above that names the instance', () => {
    const found = decided([
      record('act', { parent: 'wire' }),
      record('wire', { parent: 'call' }),
      record('call', { ...agent, ...forDev }),
    ])
    expect(found).toMatchObject({ verdict: 'agent', instance: 'A', delegator: 'dev' })
    expect(found.grade).toBe('inferred')
  })

  test('inherited_from_ancestor: never past a human or a service', () => {
    const found = decided([
      record('act', { parent: 'job', actor_type: 'agent' }),
      record('job', { parent: 'call', actor_type: 'service', service: 'billing' }),
      record('call', agent),
    ])
    expect(found).toMatchObject({ verdict: 'undetermined', instance: '' })
  })

  test('a hint names no instance, and goes before nothing', () => {
    const hinted = { actor_type: 'agent', instance: 's', instance_rule: 'session_id' }
    expect(decided([record('act', hinted)]).verdict).toBe('undetermined')
    const below = record('act', { ...hinted, parent: 'call', service: 'other' })
    expect(decided([below, record('call', agent)]).instance).toBe('A')
  })

  test('overwritten_downstream: another name inside the process gives way', () => {
    const written = {
      actor_type: 'agent',
      template: 'ReAct',
      channel: 'unentitled',
      parent: 'call',
    }
    const found = decided([record('act', written), record('call', agent)])
    expect(found).toMatchObject({ verdict: 'agent', instance: 'A', template: 'T' })
    expect([...found.overwritten.keys()]).toEqual(['act'])
    const elsewhere = record('act', { ...written, exporter: 'two' })
    expect(decided([elsewhere, record('call', agent)])).toMatchObject({
      verdict: 'undetermined',
      contradiction: 'exporter_not_entitled',
    })
  })

  test('another template from elsewhere is another agent, of no known instance', () => {
    const other = { actor_type: 'agent', template: 'U', service: 'other', parent: 'call' }
    const found = decided([record('act', other), record('call', agent)])
    expect(found).toMatchObject({ verdict: 'agent', template: 'U', instance: '' })
  })

  test('unentitled_claim_set_aside: a forged copy does not unmake a record', () => {
    const forged = record('act', {
      ...agent,
      instance: 'B',
      channel: 'unentitled',
      exporter: 'two',
    })
    expect(decided([record('act', agent), forged])).toMatchObject({
      verdict: 'agent',
      instance: 'A',
    })
    expect(decided([forged])).toMatchObject({ contradiction: 'exporter_not_entitled' })
  })

  test('conflicting_identity: two that may speak and differ', () => {
    const other = { ...agent, template: 'U', instance: 'B' }
    const found = decided([record('act', agent), record('act', other)])
    expect(found).toMatchObject({ verdict: 'undetermined', contradiction: 'conflicting_identity' })
    expect(found.contradicting.map((one) => one.instance)).toEqual(['A', 'B'])
  })

  test('conflicting_identity: two instances of one template leave the instance open', () => {
    const found = decided([record('act', agent), record('act', { ...agent, instance: 'B' })])
    expect(found).toMatchObject({ verdict: 'agent', template: 'T', actorId: 'T', instance: '' })
    expect(found).toMatchObject({ contradiction: '', doubt: 'conflicting_identity' })
    const forTwo = [agent, { ...agent, delegator: 'eve' }].map((one) => ({ ...forDev, ...one }))
    const disputed = decided(forTwo.map((one) => record('act', one)))
    expect(disputed).toMatchObject({ verdict: 'agent', instance: 'A', delegator: '' })
    expect(disputed.conflictingDelegators.map((one) => one.delegator)).toEqual(['dev', 'eve'])
  })

  test('conflicting_content: one actor, two acts under one span', () => {
    const found = decided([
      record('act', { ...agent, resource: 'x', ts: 't' }),
      record('act', { ...agent, resource: 'y', ts: 't' }),
    ])
    expect(found.verdict).toBe('agent')
    expect(found.mergedRecord('act')?.differsInContent).toBe(true)
  })

  test('instance_of_another_template: a second claimant, unless it came a day late', () => {
    const claim = (template: string, exporter: string, day: string): InstanceClaim => ({
      instance_key: '1',
      template,
      exporter,
      received_at: `2026-11-${day} 00:00:00.000`,
    })
    const own = claim('T', 'one', '10')
    const soon = { instanceClaims: [own, claim('U', 'two', '10')] }
    const late = { instanceClaims: [own, claim('U', 'two', '20')] }
    const found = decided([record('act', agent)], soon)
    expect(found).toMatchObject({ doubt: 'instance_of_another_template', verdict: 'agent' })
    expect(found).toMatchObject({ template: 'T', instance: '', actorId: 'T' })
    expect(decided([record('act', agent)], late).instance).toBe('A')
    const newcomer = record('act', { ...agent, template: 'U', exporter: 'two' })
    expect(decided([newcomer], late)).toMatchObject({ template: 'U', instance: '' })
  })

  test('simultaneous_actions: which of two came last is no guess', () => {
    const act = record('act', agent)
    const other: ListedAction = { ...act, key: 'b', template: 'U', instance: 'B', qualifies: true }
    expect(decided([act], { listed: [other] }).contradiction).toBe('simultaneous_actions')
    const same = { ...other, template: 'T', instance: 'A' }
    expect(decided([act], { listed: [same] }).instance).toBe('A')
    const sibling = { ...same, instance: 'B' }
    const found = decided([act], { listed: [sibling] })
    expect(found).toMatchObject({ verdict: 'agent', template: 'T', instance: '' })
    expect(found.doubt).toBe('simultaneous_actions')
    for (const channel of ['unbound', 'unentitled'])
      expect(decided([act], { listed: [{ ...other, channel }] }).instance).toBe('A')
  })

  test('joined_by_delegation, and by correlation to the one human prompt', () => {
    const child = record('act', { ...agent, instance: 'B', instance_parent: 'A', correlation: 'c' })
    const handing = record('hand', { ...agent, ...forDev, kind: 'delegation', parent: 'ask' })
    const ask = record('ask', { ...agent, kind: 'prompt', prompt_origin: 'human' })
    const byDelegation = decided([child, handing, ask])
    expect(byDelegation.path.map((hop) => hop.joinedBy)).toEqual([
      'subject',
      'delegation',
      'parent',
    ])
    expect(byDelegation.delegator).toBe('dev')
    const stray = { ...child, instance_parent: '' }
    const asked = { ...ask, correlation: 'c' }
    expect(decided([stray, asked]).path.at(-1)?.joinedBy).toBe('correlation')
    const second = { ...asked, key: 'ask2' }
    expect(decided([stray, asked, second]).path).toHaveLength(1)
  })

  test('joined_by_delegation past an instance that left nothing: by the grant that it worked under', () => {
    const of = { ...agent, instance: 'C', instance_parent: 'B', delegation: 'g2' }
    const third = record('act', { ...of, delegation_parent: 'g1' })
    const handing = record('hand', { ...agent, kind: 'delegation', delegation: 'g1' })
    const found = decided([third, handing])
    expect(found.path.at(-1)).toMatchObject({ joinedBy: 'delegation', leftOut: 'B' })
    expect(decided([third, { ...handing, delegation: 'g0' }]).path).toHaveLength(1)
    const unentitled = { ...handing, channel: 'unentitled' }
    expect(decided([third, unentitled]).path).toHaveLength(1)
  })

  test('a plan is not looked for past the prompt that began the task', () => {
    const before = record('plan', { ...agent, kind: 'plan' })
    const asked = { ...agent, kind: 'prompt', prompt_origin: 'human', plan_ref: 'plan' }
    const act = record('act', { ...agent, parent: 'ask' })
    expect(findPlan(decided([act, record('ask', asked), before])).plan).toBeUndefined()
    const sub = record('ask', { ...asked, prompt_origin: 'agent' })
    expect(findPlan(decided([act, sub, before])).plan?.key).toBe('plan')
  })

  test('a record of no actor that names somebody else conflicts', () => {
    const leaf = record('act', { instance: 'X', parent: 'call' })
    expect(decided([leaf, record('call', agent)]).contradiction).toBe('conflicting_identity')
    const behalf = record('act', { delegator: 'svc', delegator_type: 'human', parent: 'call' })
    const found = decided([behalf, record('call', { ...agent, ...forDev })])
    expect(found).toMatchObject({ verdict: 'agent', delegator: '' })
    expect(found.conflictingDelegators).toHaveLength(2)
  })
})

describe('whatever the evidence', () => {
  const id = fc.constantFrom('', 'a', 'b', 'c', 'd')
  const some = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    parent: id,
    actor_type: fc.constantFrom('', 'agent', 'human', 'service'),
    channel: fc.constantFrom('entitled', 'unbound', 'unentitled'),
    exporter: fc.constantFrom('one', 'two'),
    kind: fc.constantFrom('prompt', 'delegation', 'session', 'tool_call'),
    template: fc.constantFrom('', 'T', 'U'),
    instance: id,
    instance_parent: id,
    instance_rule: fc.constantFrom('', 'session_id', 'agent.instance_id'),
    delegator: id,
    delegation: id,
    delegation_parent: id,
    delegation_chain: fc.array(id, { maxLength: 4 }),
    user: id,
    correlation: fc.constantFrom('', 'x'),
    prompt_ref: id,
  })
  const evidence = fc.array(some, { maxLength: 12 })

  test('it ends, names nobody when undetermined, and nobody that no record names', () => {
    fc.assert(
      fc.property(evidence, (rows) => {
        const found = decided(rows.map((fields) => record(fields.key, fields)))
        const names = new Set(rows.flatMap((row) => [row.instance, row.template, row.user, 'svc']))
        expect(new Set(found.path.map((hop) => hop.record.key)).size).toBe(found.path.length)
        expect(lineageOf(found).length).toBeLessThanOrEqual(4)
        if (found.verdict === 'undetermined') expect(found.actorId).toBe('')
        else expect(names).toContain(found.actorId)
        if (found.contradiction !== '') expect(found.verdict).toBe('undetermined')
      }),
      { numRuns: 500 },
    )
  })

  test('an identical copy changes nothing', () => {
    fc.assert(
      fc.property(evidence, (rows) => {
        const records = rows.map((fields) => record(fields.key, fields))
        const once = decided(records)
        const twice = decided([...records, ...records])
        expect([twice.verdict, twice.actorId, twice.delegator]).toEqual([
          once.verdict,
          once.actorId,
          once.delegator,
        ])
      }),
      { numRuns: 300 },
    )
  })

  test('a chain 4,000 deep and a cycle of parents end', () => {
    const deep = Array.from({ length: 4000 }, (_, n) =>
      record(`s${n}`, { parent: n === 3999 ? '' : `s${n + 1}`, ...(n === 3999 ? agent : {}) }),
    )
    expect(decided(deep)).toMatchObject({ verdict: 'agent', instance: 'A' })
    const round = decided([record('a', { parent: 'b' }), record('b', { parent: 'a' })])
    expect(round).toMatchObject({ verdict: 'undetermined', ancestors: { cycleAt: 'a' } })
  })
})
