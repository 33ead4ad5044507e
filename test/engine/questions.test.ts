import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ActionsAnswer, LedgerRecord } from '@whodid/model'
import {
  blastRadius,
  describeDelegator,
  describeInstance,
  listActions,
  listTemplates,
  parseActionsQuestion,
  parseBlastRadiusQuestion,
  parseDelegatorQuestion,
  parseInstanceQuestion,
  parseTemplatesQuestion,
} from '@whodid/query'
import type { RawActionsQuestion } from '@whodid/query'
import { done, incident } from '../harness/incident.ts'
import { newTrace, refOf, startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

let ledger: Ledger
let one: Record<string, LedgerRecord>

beforeAll(async () => {
  ledger = await startLedger()
  one = incident('one')
  await ledger.insert(Object.values(one))
  const foreign = Object.values(incident('one')).map((record) => ({ ...record, tenant: 'other' }))
  await ledger.insert(foreign)
})
afterAll(async () => {
  await ledger.stop()
})

const from = '2026-10-01T00:00:00Z'
const everything = { from: '1970-01-01T00:00:00Z' }
const tenant = 'default'

const actions = (raw: RawActionsQuestion): Promise<ActionsAnswer> =>
  listActions(ledger.selector, tenant, parseActionsQuestion(raw))
const instance = (id: string, more: { limit?: string; cursor?: string } = {}) =>
  describeInstance(ledger.selector, tenant, parseInstanceQuestion({ id, ...more }))
const radius = (id: string, more: { limit?: string; from?: string } = {}) =>
  blastRadius(ledger.selector, tenant, parseBlastRadiusQuestion({ id, ...more }))
const delegator = (id: string) =>
  describeDelegator(ledger.selector, tenant, parseDelegatorQuestion({ id }))

/** Every page, each asked for with the cursor of the one before. */
async function pages(raw: RawActionsQuestion, between = async () => {}): Promise<string[]> {
  const spans: string[] = []
  let cursor: string | undefined
  do {
    const page = await actions({ ...raw, cursor })
    spans.push(...page.actions.map(({ span }) => span))
    cursor = page.next_cursor ?? undefined
    await between()
  } while (cursor !== undefined)
  return spans
}

describe('actions', () => {
  test.each<[string, RawActionsQuestion, readonly string[]]>([
    ['an instance', { instance: 'triage-one' }, ['merge', 'read']],
    ['a resource', { resource: 't:pull:one' }, ['merge']],
    ['an action', { action: 'del-one' }, ['remove']],
    ['a correlation', { correlation: 'corr-one', verb: 'delete' }, ['remove']],
    ['a credential', { credential: 'pat-one' }, ['merge']],
    ['a delegator', { delegator: 'dev@acme.example', instance: 'fixer-one' }, ['remove']],
    ['a template, in a time', { template: 'db-fixer', from }, ['remove']],
    ['a verb', { instance: 'triage-one', verb: 'read' }, ['read']],
    ['an outcome', { instance: 'triage-one', outcome: 'success', verb: 'update' }, ['merge']],
    ['an outcome that came after all', { instance: 'triage-one', outcome: 'unknown' }, []],
    ['a verdict', { correlation: 'corr-one', verdict: 'human' }, []],
    ['a grade', { instance: 'triage-one', grade: 'channel', verb: 'update' }, ['merge']],
    ['a time that ends before', { instance: 'triage-one', to: from }, []],
    ['nothing but a time', { verb: 'delete', verdict: 'agent', ...everything }, ['wire', 'remove']],
    ['what no filter finds', { instance: "x' OR 1=1 --" }, []],
  ])('of %s', async (_what, raw, names) => {
    const answer = await actions(raw)
    expect(answer.actions.map(({ span }) => span)).toEqual(names.map((name) => refOf(one[name]!)))
    expect(answer.next_cursor).toBeNull()
    expect([1, 2]).toContain(answer.cost.statements)
  })

  test('of a resource or a person, with any other filter: their table need not have its column', async () => {
    const act = newTrace().record({
      ...done,
      tenant: 'pairs',
      actorType: 'agent',
      templateId: 'paired',
      delegatorId: 'paired@acme.example',
      instanceId: 'paired-1',
      verb: 'update',
      toolName: 'paired',
      resourceId: 't:pull:paired',
      actionId: 'act-paired',
      sessionId: 'session-paired',
      conversationId: 'conversation-paired',
      correlationId: 'corr-paired',
      credentialId: 'pat-paired',
    })
    await ledger.insert([act])
    const filters = Object.entries({
      trace: act.traceIdHex,
      span: refOf(act),
      action: act.actionId,
      instance: act.instanceId,
      template: act.templateId,
      delegator: act.delegatorId,
      correlation: act.correlationId,
      credential: act.credentialId,
      resource: act.resourceId,
      session: act.sessionId,
      conversation: act.conversationId,
      tool: act.toolName,
      verb: act.verb,
      outcome: 'success',
      as_recorded: '2100-01-01T00:00:00Z',
    })
    const asked = filters.flatMap((other) => [
      { ...everything, resource: act.resourceId, ...Object.fromEntries([other]) },
      { ...everything, delegator: act.delegatorId, ...Object.fromEntries([other]) },
    ])
    const missed = await Promise.all(
      asked.map(async (raw) => {
        const found = await listActions(ledger.selector, 'pairs', parseActionsQuestion(raw))
        return found.actions.some(({ span }) => span === refOf(act)) ? [] : [raw]
      }),
    )
    expect(missed.flat()).toEqual([])
  })

  test('of a trace and of a span', async () => {
    const { remove, wire } = one
    const ofTrace = await actions({ trace: remove!.traceIdHex, verb: 'delete' })
    expect(ofTrace.actions.map(({ span, verdict }) => [span, verdict])).toEqual([
      [refOf(wire!), 'agent'],
      [refOf(remove!), 'agent'],
    ])
    expect((await actions({ span: refOf(remove!) })).actions).toMatchObject([
      { action: 'del-one', verdict: 'agent', grade: 'channel', actor: 'fixer-one', tool: 'sql' },
    ])
  })

  test('as recorded: what had come in by then', async () => {
    const received = one['merge']!.receivedUnixNs
    const before = new Date(Number(received / 1_000_000n) - 1).toISOString()
    const then = await actions({ instance: 'triage-one', as_recorded: before })
    expect(then.actions.map(({ verb }) => verb)).toEqual(['read'])
  })

  test('pages hold each action once while others arrive before, between and after', async () => {
    const trace = newTrace()
    const act = () =>
      trace.record({ ...done, actorType: 'agent', instanceId: 'paged', verb: 'update' })
    const there = Array.from({ length: 25 }, act)
    await ledger.insert(there)
    const late = there.map((record, n) => ({
      ...record,
      spanIdHex: `ff${n.toString().padStart(14, '0')}`,
    }))
    const found = await pages({ instance: 'paged', limit: '4' }, async () => {
      await ledger.insert([act(), ...late.splice(0, 2)])
    })
    expect(new Set(found).size).toBe(found.length)
    const known = new Set(there.map(refOf))
    expect(found.filter((span) => known.has(span))).toEqual(there.map(refOf).toReversed())
  })

  test('copies of a record are one entry, and those that differ in who acted contradict each other', async () => {
    const trace = newTrace()
    const fields = { ...done, actorType: 'agent', instanceId: 'copied', verb: 'update' } as const
    const twice = trace.record(fields)
    const forged = trace.record({
      ...fields,
      delegatorId: 'a@acme.example',
      delegatorType: 'human',
    })
    const plain = trace.record(fields)
    await ledger.insert([plain, twice, forged])
    await ledger.insert([twice, { ...forged, delegatorId: 'b@acme.example' }])
    const listed = await actions({ instance: 'copied' })
    expect(listed.actions.map(({ span, grade }) => [span, grade])).toEqual([
      [refOf(plain), 'channel'],
      [refOf(forged), 'contradicted'],
      [refOf(twice), 'channel'],
    ])
    expect(listed.actions[1]).toMatchObject({ verdict: 'undetermined', actor: null })
    const many = Array.from({ length: 90 }, (_, n) => ({ ...forged, resourceType: `copy ${n}` }))
    await ledger.insert(many)
    expect(await pages({ instance: 'copied', limit: '1' })).toEqual(
      [plain, forged, twice].map(refOf),
    )
  })

  test('each by its own claims', async () => {
    const trace = newTrace()
    const on = { ...done, verb: 'update', resourceId: 't:graded:x' } as const
    const who = { actorType: 'agent', instanceId: 'graded' } as const
    await ledger.insert([
      trace.record({ ...on, ...who, channel: 'unbound' }),
      trace.record({ ...on, ...who, channel: 'unentitled' }),
      trace.record({ ...on, ...who, instanceRule: 'some_convention' }),
      trace.record({ ...on, actorType: 'human', userId: 'ann' }),
      trace.record({ ...on, actorType: 'human', userId: 'ann', instanceId: 'x' }),
      trace.record({ ...on, actorType: 'service', serviceName: 'billing' }),
      trace.record(on),
    ])
    const { actions: listed } = await actions({ resource: 't:graded:x' })
    expect(listed.map(({ verdict, grade, actor }) => [verdict, grade, actor]).toReversed()).toEqual(
      [
        ['agent', 'asserted', 'graded'],
        ['undetermined', 'contradicted', null],
        ['agent', 'inferred', 'graded'],
        ['human', 'channel', 'ann'],
        ['undetermined', 'contradicted', null],
        ['service', 'channel', 'billing'],
        ['undetermined', 'none', null],
      ],
    )
    const asserted = await actions({ resource: 't:graded:x', grade: 'asserted' })
    expect(asserted.actions).toHaveLength(1)
  })
})

describe('an instance', () => {
  test('is told with all its records say, and its timeline in order', async () => {
    const { timeline, instance: about, cost } = await instance('triage-one')
    expect(about).toMatchObject({
      templates: [{ id: 'repo-triage' }],
      delegators: [{ id: 'dev@acme.example', type: 'human' }],
      children: [{ id: 'fixer-one', template: 'db-fixer' }],
      correlation_ids: ['corr-one'],
      records: 7,
      record_kinds: { session: 1, prompt: 1, plan: 1, tool_call: 2, action: 1, delegation: 1 },
      sequence_missing: 0,
    })
    expect(timeline.map(({ record_kind: kind }) => kind)).toEqual([
      'session',
      'prompt',
      'tool_call',
      'plan',
      'tool_call',
      'delegation',
    ])
    expect(timeline[2]).toMatchObject({ input: { source: 't:issue:one', trust: 'untrusted' } })
    expect(cost.statements).toBe(1)
  })

  test('pages its timeline', async () => {
    const first = await instance('triage-one', { limit: '5' })
    const second = await instance('triage-one', { limit: '5', cursor: first.next_cursor! })
    expect([first, second].map(({ timeline }) => timeline.length)).toEqual([5, 1])
    expect(second.next_cursor).toBeNull()
    expect(second.instance).toEqual(first.instance)
    expect(() => parseInstanceQuestion({ id: 'fixer-one', cursor: first.next_cursor! })).toThrow(
      expect.objectContaining({ code: 'invalid_cursor' }),
    )
  })

  test('that nothing names is null', async () => {
    expect(await instance('nobody')).toMatchObject({ instance: null, timeline: [] })
  })

  test('counts the numbers that no record carries', async () => {
    const trace = newTrace()
    const own = { actorType: 'agent', instanceId: 'holed' } as const
    await ledger.insert([1, 2, 5, 9].map((seq) => trace.record({ ...own, seq })))
    expect((await instance('holed')).instance).toMatchObject({ records: 4, sequence_missing: 5 })
  })
})

describe('a blast radius', () => {
  test('holds what the instance, those it started and the spans below them touched', async () => {
    const answer = await radius('triage-one')
    expect(answer.instances).toEqual([
      { id: 'triage-one', parent: null, depth: 0 },
      { id: 'fixer-one', parent: 'triage-one', depth: 1 },
    ])
    const touched = answer.resources.map(({ id, instances, touches }) => [
      id,
      instances,
      touches.map(({ verb, outcome, grade }) => `${verb} ${outcome} ${grade}`).sort(),
    ])
    expect(touched).toEqual([
      ['t:table:one', ['fixer-one'], ['delete success inferred']],
      ['t:row:one', ['fixer-one'], ['delete success channel']],
      ['t:pull:one', ['triage-one'], ['update success channel']],
      ['t:issue:one', ['triage-one'], ['read success channel']],
    ])
    expect(answer).toMatchObject({
      resources_total: 4,
      truncated: { instances: false, resources: false, inherited: false },
      cost: { statements: 1 },
    })
    expect(await radius('triage-one', { limit: '2' })).toMatchObject({
      resources: [{ id: 't:table:one' }, { id: 't:row:one' }],
      truncated: { resources: true },
    })
    expect((await radius('fixer-one')).resources.map(({ id }) => id)).toEqual([
      't:table:one',
      't:row:one',
    ])
  })

  test('ends where instances name each other as parents, and where a line is too long', async () => {
    const trace = newTrace()
    const child = (id: string, parent: string): LedgerRecord =>
      trace.record({
        ...done,
        actorType: 'agent',
        instanceId: id,
        instanceParentId: parent,
        verb: 'update',
        resourceId: `t:line:${id}`,
      })
    await ledger.insert([child('ring-a', 'ring-b'), child('ring-b', 'ring-a')])
    expect((await radius('ring-a')).instances.map(({ id }) => id)).toEqual(['ring-a', 'ring-b'])
    const line = Array.from({ length: 60 }, (_, n) => child(`line-${n + 1}`, `line-${n}`))
    await ledger.insert(line)
    const answer = await radius('line-0')
    expect(answer.instances).toHaveLength(17)
    expect(answer.truncated.instances).toBe(true)
  })

  test('leaves out what a human or another agent did in the same trace', async () => {
    const trace = newTrace()
    const own = { actorType: 'agent', instanceId: 'mixed' } as const
    const session = trace.record({ ...own, recordKind: 'session' })
    const on = (resourceId: string) => ({ ...done, verb: 'update', resourceId })
    const human = trace.record({ actorType: 'human', userId: 'ann' }, session)
    await ledger.insert([
      session,
      human,
      trace.record(on('t:mixed:below-human'), human),
      trace.record(on('t:mixed:below-agent'), session),
      trace.record({ ...on('t:mixed:other'), actorType: 'agent', instanceId: 'other' }, session),
    ])
    expect((await radius('mixed')).resources.map(({ id }) => id)).toEqual(['t:mixed:below-agent'])
  })
})

test('the inventory has each template with what it was seen with, a page at a time', async () => {
  const inventory = (more: { limit?: string; cursor?: string }) =>
    listTemplates(ledger.selector, tenant, parseTemplatesQuestion({ ...everything, ...more }))
  const all = await inventory({})
  expect(all.templates.map(({ id }) => id)).toEqual(['db-fixer', 'repo-triage'])
  expect(all.templates[1]).toMatchObject({
    instances_total: 1,
    instances: [{ id: 'triage-one' }],
    delegators: ['dev@acme.example'],
    tools: ['merge_pull_request', 'read_issue'],
    credentials: ['pat-one'],
    records: 7,
    contradicted_records: 0,
  })
  const first = await inventory({ limit: '1' })
  const second = await inventory({ limit: '1', cursor: first.next_cursor! })
  expect([...first.templates, ...second.templates]).toEqual(all.templates)
  expect(second.next_cursor).toBeNull()
})

test('a delegator’s own acts and those done for it stand apart', async () => {
  const trace = newTrace()
  const on = { ...done, verb: 'approve', resourceId: 't:pull:by-ann' } as const
  const human = { actorType: 'human', userId: 'ann@acme.example' } as const
  const forAnn = { delegatorId: 'ann@acme.example', delegatorType: 'human' } as const
  await ledger.insert([
    trace.record({ ...on, ...human }),
    trace.record({ ...on, ...human, verb: 'update', outcome: 'failure' }),
    trace.record({ ...on, ...forAnn, actorType: 'agent', instanceId: 'for-ann', templateId: 'x' }),
    trace.record({
      ...on,
      ...forAnn,
      actorType: 'agent',
      instanceId: 'forged',
      channel: 'unentitled',
    }),
  ])
  const answer = await delegator('ann@acme.example')
  expect(answer.direct).toMatchObject({
    acts: 2,
    contradicted_acts: 0,
    resources_total: 1,
    latest: [
      { verb: 'update', verdict: 'human' },
      { verb: 'approve', verdict: 'human' },
    ],
  })
  expect(answer.direct.verbs).toEqual([
    { verb: 'update', outcome: 'failure', acts: 1 },
    { verb: 'approve', outcome: 'success', acts: 1 },
  ])
  expect(answer.delegated).toMatchObject({
    acts: 2,
    contradicted_acts: 1,
    agents: [{ instance: 'for-ann', template: 'x', acts: 1 }],
    agents_total: 1,
    latest: [{ verdict: 'undetermined', grade: 'contradicted' }, { actor: 'for-ann' }],
  })
  expect(await delegator('nobody')).toMatchObject({
    direct: { acts: 0, first_at: null, latest: [] },
    delegated: { acts: 0, agents: [] },
  })
})

test('another tenant sees its own', async () => {
  const { selector } = ledger
  const foreign = await listActions(selector, 'other', parseActionsQuestion(everything))
  expect(foreign.actions.length).toBeGreaterThan(0)
  const ours = new Set(
    (await actions({ ...everything, limit: '500' })).actions.map(({ span }) => span),
  )
  expect(foreign.actions.filter(({ span }) => ours.has(span))).toEqual([])
  const none = await describeInstance(selector, 'none', parseInstanceQuestion({ id: 'triage-one' }))
  expect(none.instance).toBeNull()
  const radiusOfNone = parseBlastRadiusQuestion({ id: 'triage-one' })
  expect((await blastRadius(selector, 'none', radiusOfNone)).resources).toEqual([])
  const templates = await listTemplates(selector, 'none', parseTemplatesQuestion(everything))
  expect(templates.templates).toEqual([])
  const acts = parseDelegatorQuestion({ id: 'dev@acme.example' })
  expect((await describeDelegator(selector, 'none', acts)).delegated.acts).toBe(0)
})
