import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findPlan, listInputs } from '../answer/describe-origin.ts'
import { blankEvidenceRecord } from '../evidence/evidence-columns.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import { decide } from './decide.ts'
import type { Decision } from './decide.ts'
import { followPrompts } from './follow-prompts.ts'

type Fields = Partial<EvidenceRecord>

let clock = 0

/** A record; each is received after the one before. */
function record(key: string, fields: Fields = {}): EvidenceRecord {
  clock += 1
  const ts = `2026-11-22 14:00:00.${String(clock).padStart(9, '0')}`
  const times = { ts, end_ts: ts, received_at: ts }
  const from = { exporter: 'agents', channel: 'entitled', service: 'svc' }
  return { ...blankEvidenceRecord, ...times, ...from, key, ...fields }
}

function decided(subject: string, records: readonly EvidenceRecord[]): Decision {
  const relatedRecords = new Map<string, EvidenceRecord[]>()
  for (const one of records)
    relatedRecords.set(one.key, [...(relatedRecords.get(one.key) ?? []), one])
  const nothing = { listed: [], instanceClaims: [], textBlocks: new Map<string, Buffer>() }
  return decide({
    subject,
    relatedRecords,
    ...nothing,
    separate: new Map<string, never>(),
    truncated: false,
  })
}

/** What an answer says that somebody could be blamed for. */
function settled(decision: Decision) {
  const { verdict, actorId, template, instance, delegator, contradiction, doubt } = decision
  const { prompts, initiating } = followPrompts(decision)
  return {
    who: { verdict, actorId, template, instance, delegator, contradiction, doubt },
    prompts: prompts.map((prompt) => [prompt.key, prompt.exporter]),
    initiating: initiating?.key,
    plan: findPlan(decision).plan?.key,
    inputs: listInputs(decision).inputs.map(({ span }) => span),
    conflicting: decision.conflictingDelegators.map((one) => one.delegator),
    path: decision.path.map((hop) => [hop.record.key, hop.record.exporter, hop.joinedBy]),
  }
}

const agent = { actor_type: 'agent', template: 'T', instance: 'A', instance_key: '1' }
const human = { actor_type: 'human', user: 'ana', exporter: 'people' }
const mesh = { exporter: 'mesh' }
const stranger = { exporter: 'ci', channel: 'unbound' }

describe('crosses_exporters', () => {
  test.each<[string, Fields, Fields, string]>([
    ['a stranger under a person', stranger, human, 'undetermined'],
    ['a stranger under an agent', stranger, agent, 'undetermined'],
    ['infrastructure under a person', mesh, human, 'human'],
    ['infrastructure under an agent', mesh, agent, 'agent'],
    [
      'the same exporter under a person',
      { exporter: 'people', channel: 'unbound' },
      human,
      'human',
    ],
    ['the same exporter under an agent', { channel: 'unbound' }, agent, 'agent'],
    [
      'infrastructure under what only asserts',
      mesh,
      { ...agent, channel: 'unbound' },
      'undetermined',
    ],
    [
      'what only asserts, under its own',
      { channel: 'unbound' },
      { ...agent, channel: 'unbound' },
      'agent',
    ],
  ])('%s', (_, act, above, verdict) => {
    const found = decided('act', [record('act', { parent: 'call', ...act }), record('call', above)])
    expect(found.verdict).toBe(verdict)
    expect(found.notAdmitted === undefined).toBe(verdict !== 'undetermined')
    expect(found.path).toHaveLength(verdict === 'undetermined' ? 1 : 2)
  })

  test('every record on the way up must be of one that may speak for the actor', () => {
    const act = record('act', { parent: 'hop', ...mesh })
    const call = record('call', agent)
    const through = (hop: Fields): Decision =>
      decided('act', [act, record('hop', { parent: 'call', ...hop }), call])
    expect(through(mesh).instance).toBe('A')
    expect(through({ channel: 'unbound' }).instance).toBe('A')
    expect(through(stranger)).toMatchObject({ verdict: 'undetermined' })
    expect(through(stranger).notAdmitted).toMatchObject({ exporter: 'ci', record: { key: 'call' } })
  })

  test('an exporter is known to speak for a template by another record of it', () => {
    const act = record('act', { parent: 'call', exporter: 'b', channel: 'unbound' })
    const call = record('call', agent)
    expect(decided('act', [act, call]).verdict).toBe('undetermined')
    const named = (template: string): EvidenceRecord =>
      record('other', { exporter: 'b', ...agent, template, instance: 'B' })
    expect(decided('act', [act, call, named('T')]).instance).toBe('A')
    expect(decided('act', [act, call, named('U')]).verdict).toBe('undetermined')
  })

  test('a missing parent that another exporter supplies gives nothing', () => {
    const act = record('act', { parent: 'ask', ...agent, instance: '' })
    const before = settled(decided('act', [act]))
    const supplied = {
      actor_type: 'agent',
      exporter: 'ci',
      template: 'Z',
      instance: 'z',
      delegator: 'eve',
      delegator_type: 'human',
      kind: 'prompt',
      prompt_origin: 'human',
      correlation: 'c',
    }
    for (const fields of [supplied, { ...supplied, ...stranger }])
      expect(settled(decided('act', [act, record('ask', fields)]))).toEqual(before)
    // Infrastructure may stand there, and says nothing by it.
    const between = settled(decided('act', [act, record('ask', { ...supplied, actor_type: '' })]))
    expect({ ...between, path: [] }).toEqual({ ...before, path: [] })
  })

  test('a version of another exporter neither contradicts nor fills, whenever it comes', () => {
    const own = { ...agent, outcome: 'success', parent: 'ask' }
    const ask = record('ask', {
      ...agent,
      kind: 'prompt',
      prompt_origin: 'human',
      delegator: 'dev',
    })
    const before = settled(decided('act', [record('act', own), ask]))
    const partial = { actor_type: 'agent', delegator: 'eve', delegator_type: 'human', ...stranger }
    for (const other of [stranger, partial, { ...agent, ...stranger, channel: 'unentitled' }]) {
      const [first, second] = [record('act', other), record('act', own)]
      expect(settled(decided('act', [first, second, ask]))).toEqual(before)
      expect(settled(decided('act', [second, first, ask]))).toEqual(before)
    }
    const itself = record('act', { ...agent, exporter: 'ci', template: 'Z', instance: 'z' })
    const found = decided('act', [record('act', own), itself, ask])
    expect(settled(found)).toEqual(before)
    expect(found.mergedRecord('act')?.setAside.map((one) => one.exporter)).toEqual(['ci'])
  })

  const z = { ...stranger, channel: 'entitled', actor_type: 'agent', template: 'Z' }

  test('a copy of a span below the copier’s own does not lead, in whatever order the owner’s records came', () => {
    const act = record('act', { channel: 'unbound', parent: 'b' })
    const above = [
      record('b', { channel: 'unbound', kind: 'prompt' }),
      record('b', { actor_type: 'agent', template: 'T', kind: 'prompt' }),
    ]
    const found = settled(decided('act', [act, ...above]))
    expect(found.who).toMatchObject({ verdict: 'agent', template: 'T' })
    const copies = [record('act', { ...stranger, parent: 'b' }), record('b', z)]
    expect(settled(decided('act', [act, ...above, ...copies]))).toEqual(found)
  })

  test('a copy of a span above infrastructure does not take the place of the actor’s own', () => {
    const own = [
      record('act', { ...agent, parent: 'e' }),
      record('e', { ...mesh, parent: 'd' }),
      record('d', { channel: 'unbound', kind: 'prompt', prompt_origin: 'human' }),
    ]
    const found = settled(decided('act', own))
    expect(found).toMatchObject({ who: { template: 'T' }, initiating: 'd' })
    const copies = [record('d', { ...stranger, kind: 'prompt', parent: 'c' }), record('c', z)]
    expect(settled(decided('act', [...own, ...copies]))).toEqual(found)
  })

  test('a prompt under a shared correlation ID is heard from an exporter of the actor alone', () => {
    const act = record('act', { ...agent, correlation: 'c' })
    const prompt = { ...agent, kind: 'prompt', prompt_origin: 'human', correlation: 'c' }
    expect(settled(decided('act', [act, record('ask', prompt)])).initiating).toBe('ask')
    const others = { ...prompt, exporter: 'ci', template: 'Z', instance: 'z' }
    expect(settled(decided('act', [act, record('ask', others)])).initiating).toBeUndefined()
    const cites = record('act', { ...agent, prompt_ref: 'ask' })
    expect(settled(decided('act', [cites, record('ask', others)])).initiating).toBeUndefined()
    const asked = { ...human, kind: 'prompt', prompt_origin: 'human' }
    expect(settled(decided('act', [cites, record('ask', asked)])).initiating).toBe('ask')
  })

  test('an instance that the own record calls its parent tells its own prompt', () => {
    const act = record('act', { ...agent, instance_parent: 'P' })
    const parent = { ...agent, exporter: 'b', template: 'U', instance: 'P', delegator: 'dev' }
    const ask = record('ask', { ...parent, kind: 'prompt', prompt_origin: 'human' })
    expect(settled(decided('act', [act, ask]))).toMatchObject({
      initiating: 'ask',
      who: { delegator: 'dev' },
    })
    const asserted = record('ask', { ...ask, channel: 'unbound' })
    expect(settled(decided('act', [act, asserted]))).toMatchObject({ who: { delegator: '' } })
    const later = record('ask2', { ...parent, exporter: 'ci', kind: 'prompt', delegator: 'eve' })
    expect(settled(decided('act', [act, ask, later]))).toMatchObject({ who: { delegator: 'dev' } })
  })
})

describe('whoever is not entitled to the actor', () => {
  const keys = ['act', 'b', 'c', 'd', 'e'] as const
  const name = fc.constantFrom('', 'A', 'B', 'C')
  const any = {
    key: fc.constantFrom(...keys),
    parent: fc.constantFrom('', ...keys, 'f'),
    kind: fc.constantFrom('prompt', 'plan', 'delegation', 'session', 'tool_call', 'other'),
    span_kind: fc.constantFrom('1', '2'),
    prompt_origin: fc.constantFrom('', 'human', 'agent'),
    prompt_ref: fc.constantFrom('', ...keys),
    plan_ref: fc.constantFrom('', ...keys),
    delegator: fc.constantFrom('', 'dev', 'eve'),
    delegator_type: fc.constantFrom('', 'human', 'none'),
    user: fc.constantFrom('', 'ana', 'eve'),
    correlation: fc.constantFrom('', 'x'),
    delegation: fc.constantFrom('', 'g', 'h'),
    delegation_parent: fc.constantFrom('', 'g', 'h'),
    input_source: fc.constantFrom('', 'https://a.example', 'https://b.example'),
    input_trust: fc.constantFrom('', 'untrusted', 'trusted'),
  }
  /** Who sends what: a channel is what the token makes of the claim, so each exporter has few. */
  const own = fc.oneof(
    fc.record({
      ...any,
      exporter: fc.constant('agents'),
      channel: fc.constant('entitled'),
      actor_type: fc.constant('agent'),
      template: fc.constant('T'),
      instance: name,
      instance_parent: name,
      instance_rule: fc.constantFrom('', 'agent.instance_id', 'session_id'),
    }),
    fc.record({ ...any, exporter: fc.constant('agents'), channel: fc.constant('unbound') }),
    fc.record({
      key: any.key,
      parent: any.parent,
      kind: fc.constant('other'),
      exporter: fc.constant('mesh'),
      channel: fc.constant('entitled'),
    }),
  )
  const hostile = fc.oneof(
    // A token for Z alone: its own template, nobody in particular, and what it may not say.
    fc.record({
      ...any,
      exporter: fc.constant('ci'),
      channel: fc.constant('entitled'),
      actor_type: fc.constant('agent'),
      template: fc.constant('Z'),
      instance: fc.constantFrom('', 'z1', 'z2'),
    }),
    fc.record({
      ...any,
      exporter: fc.constant('ci'),
      channel: fc.constant('unbound'),
      actor_type: fc.constantFrom('', 'agent'),
    }),
    fc.record({
      ...any,
      exporter: fc.constant('ci'),
      channel: fc.constant('unentitled'),
      actor_type: fc.constantFrom('agent', 'human', 'service'),
      template: fc.constantFrom('', 'T', 'U'),
      instance: name,
    }),
    // One that is bound to nobody, and says whatever it likes.
    fc.record({
      ...any,
      exporter: fc.constant('gateway'),
      channel: fc.constant('unbound'),
      actor_type: fc.constantFrom('', 'agent', 'human', 'service'),
      template: fc.constantFrom('', 'T', 'U'),
      instance: name,
      instance_parent: name,
    }),
    // One that may say that people act, and says nothing of them here but that they did.
    fc.record({
      ...any,
      kind: fc.constantFrom('session', 'tool_call', 'other'),
      exporter: fc.constant('people'),
      channel: fc.constant('entitled'),
      actor_type: fc.constant('human'),
    }),
  )

  const rows = (some: readonly Fields[]): EvidenceRecord[] =>
    some.map((fields) => record(fields.key ?? '', fields))

  test('changes nothing that an answer settles, by whatever it adds', () => {
    let decidedCount = 0
    fc.assert(
      fc.property(
        fc.array(own, { minLength: 1, maxLength: 8 }),
        fc.array(hostile, { minLength: 1, maxLength: 8 }),
        (before, added) => {
          const subject = record('act', { ...before[0], key: 'act' })
          const base = [subject, ...rows(before.slice(1))]
          const found = decided('act', base)
          // Whom nobody names, anybody may still name: that is no act of an actor yet.
          if (found.verdict === 'undetermined') return
          decidedCount += 1
          const open = new Set(base.map(({ key }) => key))
          for (const one of base) if (one.channel === 'entitled') open.delete(one.key)
          // Under the ID of a record that names nobody, who is entitled to itself may still say that it is its own.
          const fair = rows(added).filter((one) => one.channel !== 'entitled' || !open.has(one.key))
          const after = decided('act', [...base, ...fair])
          expect(settled(after)).toEqual(settled(found))
        },
      ),
      { numRuns: 1500 },
    )
    expect(decidedCount).toBeGreaterThan(400)
  })

  test('makes nobody the actor of its own record but itself', () => {
    fc.assert(
      fc.property(
        fc.array(own, { minLength: 1, maxLength: 8 }),
        fc.array(hostile, { minLength: 1, maxLength: 8 }),
        (around, [first, ...added]) => {
          const act = record('x', { ...first, key: 'x' })
          const found = decided('x', [act, ...rows(around), ...rows(added)])
          if (found.verdict === 'undetermined') return
          const { actor, template, instance } = found.claimSources
          const claimSources = [actor, template, instance]
          for (const claimSource of claimSources)
            expect(claimSource === undefined || claimSource.exporter === act.exporter).toBe(true)
        },
      ),
      { numRuns: 1500 },
    )
  })
})
