import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LedgerRecord } from '@whodid/model'
import { done, incident } from '../harness/incident.ts'
import { newTrace, refOf, startLedger, statementsMax } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

let ledger: Ledger

beforeAll(async () => {
  ledger = await startLedger()
})

afterAll(async () => {
  await ledger.stop()
})

describe('an agent that acted for a human', () => {
  let records: Record<string, LedgerRecord>
  beforeAll(async () => {
    records = incident('a')
    await ledger.insert(Object.values(records))
  })
  const ref = (name: string): string => refOf(records[name] as LedgerRecord)

  test('is named with its instance, delegator, prompt, plan, inputs and credential', async () => {
    const answer = await ledger.ask('t:pull:a')
    expect(answer).toMatchObject({
      verdict: 'agent',
      grade: 'channel',
      action: {
        span: ref('merge'),
        verb: 'update',
        outcome: 'success',
        tool: 'merge_pull_request',
        resource: { id: 't:pull:a', type: 't.pull' },
      },
      actor: { type: 'agent', id: 'triage-a', grade: 'channel' },
      agent: { template: { id: 'repo-triage' }, instance: { id: 'triage-a', parent_id: null } },
      delegator: { id: 'dev@acme.example', type: 'human', grade: 'channel' },
      prompt: { span: ref('prompt'), origin: 'human', text: 'Triage the issues', grade: 'channel' },
      plan: { span: ref('plan'), step: 1, text: '1. merge' },
      inputs: [{ span: ref('read'), source: 't:issue:a', trust: 'untrusted' }],
      credential: { id: 'pat-a', subject: 'dev@acme.example', borrowed: true },
      correlation_id: 'corr-a',
      integrity: { state: 'pending' },
      alternatives: [],
    })
    expect(answer.gaps.map((gap) => gap.code)).toEqual(['unsealed'])
    expect(answer.reasons.map((reason) => reason.code)).toEqual([
      'instance_on_record',
      'exporter_entitled',
      'delegator_on_record',
      'borrowed_credential',
      'untrusted_input',
    ])
    expect(answer.cost.statements).toBeLessThanOrEqual(statementsMax)
    expect(answer.cost.rows_read).toBeGreaterThan(0)
  })

  test('the chain runs from the root to the action, the plan in its place', async () => {
    const { chain } = await ledger.ask('t:pull:a')
    expect(chain.map((hop) => [hop.span, hop.joined_by])).toEqual([
      [ref('session'), 'parent'],
      [ref('prompt'), 'parent'],
      [ref('plan'), 'plan_ref'],
      [ref('merge'), 'subject'],
    ])
  })

  test("a sub-agent's act leads back to the human's prompt and to what its parent had read", async () => {
    const answer = await ledger.ask('t:row:a')
    expect(answer).toMatchObject({
      verdict: 'agent',
      agent: { template: { id: 'db-fixer' }, instance: { id: 'fixer-a', parent_id: 'triage-a' } },
      prompt: { span: ref('prompt'), origin: 'human' },
      inputs: [{ span: ref('read'), instance: 'triage-a' }],
    })
    expect(answer.delegation_chain).toEqual([
      { type: 'human', id: 'dev@acme.example', template: null, grade: 'channel' },
      { type: 'agent', id: 'triage-a', template: 'repo-triage', grade: 'channel' },
      { type: 'agent', id: 'fixer-a', template: 'db-fixer', grade: 'channel' },
    ])
    expect(answer.chain.at(0)?.span).toBe(ref('session'))
    expect(answer.chain.at(-1)?.span).toBe(ref('remove'))
    expect(answer.chain.map((hop) => hop.span)).toContain(ref('subPrompt'))
  })

  test("a span that says nothing inherits its ancestor's actor, graded inferred", async () => {
    const answer = await ledger.ask('t:table:a')
    expect(answer).toMatchObject({
      verdict: 'agent',
      grade: 'inferred',
      actor: { id: 'fixer-a', grade: 'inferred' },
      delegator: { id: 'dev@acme.example', grade: 'inferred' },
      prompt: { grade: 'inferred' },
    })
    expect(answer.reasons.map((reason) => reason.code)).toContain('inherited_from_ancestor')
  })

  test.each([
    ['action:merge-a', 'triage-a', 'merge'],
    ['instance:triage-a', 'triage-a', 'merge'],
    ['credential:pat-a', 'triage-a', 'merge'],
    ['correlation:corr-a', 'fixer-a', 'remove'],
    ['template:db-fixer', 'fixer-a', 'remove'],
    ['delegator:dev@acme.example', 'fixer-a', 'remove'],
  ])('%s is answered with instance %s', async (of, instance, record) => {
    const answer = await ledger.ask(of)
    expect(answer.agent?.instance?.id).toBe(instance)
    expect(answer.action?.span).toBe(ref(record))
  })

  test('a trace or a span is answered, bare or with its prefix', async () => {
    const trace = records['merge']?.traceIdHex ?? ''
    expect((await ledger.ask(`trace:${trace.toUpperCase()}`)).action?.span).toBe(ref('wire'))
    expect((await ledger.ask(trace)).action?.span).toBe(ref('wire'))
    expect((await ledger.ask(ref('prompt'))).action?.record_kind).toBe('prompt')
    expect((await ledger.ask(`span:${ref('prompt')}`)).prompt?.text).toBe('Triage the issues')
  })

  test('the view alone gives the same verdict, instance and delegator', async () => {
    for (const of of ['t:pull:a', 't:row:a', 't:table:a', 'instance:triage-a', 't:nothing:a']) {
      const answer = await ledger.ask(of)
      const row = await ledger.sql(
        'reader',
        `SELECT verdict, instance, delegator FROM whodid.who_did(of = '${of}') FORMAT JSONCompactEachRow`,
      )
      expect(JSON.parse(row)).toEqual([
        answer.verdict,
        answer.agent?.instance?.id ?? '',
        answer.delegator?.id ?? '',
      ])
    }
  })
})

describe('who else it may have been', () => {
  test('a human, with no agent in between', async () => {
    const record = newTrace().record({
      ...done,
      actorType: 'human',
      userId: 'dev',
      verb: 'update',
      resourceId: 'h:pull:1',
    })
    await ledger.insert([record])
    const answer = await ledger.ask('h:pull:1')
    expect(answer).toMatchObject({
      verdict: 'human',
      grade: 'channel',
      actor: { type: 'human', id: 'dev' },
      agent: null,
      delegator: null,
    })
    expect(answer.delegation_chain).toEqual([
      { type: 'human', id: 'dev', template: null, grade: 'channel' },
    ])
    expect(answer.gaps.map((gap) => gap.code)).toEqual(['unsealed'])
  })

  test('a service that is no agent', async () => {
    const record = newTrace().record({
      ...done,
      actorType: 'service',
      serviceName: 'billing',
      verb: 'update',
      resourceId: 'h:row:7',
    })
    await ledger.insert([record])
    expect(await ledger.ask('h:row:7')).toMatchObject({
      verdict: 'service',
      actor: { type: 'service', id: 'billing' },
    })
  })

  test('nobody on record: undetermined, and no evidence of a human', async () => {
    const answer = await ledger.ask('h:pull:999')
    expect(answer).toMatchObject({
      verdict: 'undetermined',
      grade: 'none',
      action: null,
      actor: null,
      agent: null,
      gaps: [],
      chain: [],
    })
    expect(answer.reasons.map((reason) => reason.code)).toEqual(['no_record'])
  })

  test('a span that names no actor under none that does', async () => {
    await ledger.insert([newTrace().record({ ...done, verb: 'update', resourceId: 'h:bare:1' })])
    const answer = await ledger.ask('h:bare:1')
    expect(answer).toMatchObject({ verdict: 'undetermined', actor: null })
    expect(answer.reasons[0]?.code).toBe('no_actor_claim')
    expect(answer.gaps.map((gap) => gap.code)).toEqual(
      expect.arrayContaining(['missing_instance', 'missing_delegator', 'missing_prompt']),
    )
  })
})
