import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LedgerRecord, WhoDidAnswer } from '@whodid/model'
import { done, triage } from '../harness/incident.ts'
import { newTrace, refOf, startLedger, statementsMax } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

let ledger: Ledger

beforeAll(async () => {
  ledger = await startLedger()
})

afterAll(async () => {
  await ledger.stop()
})

const codes = ({ reasons }: WhoDidAnswer): string[] => reasons.map(({ code }) => code)
const other = { exporter: 'other' } satisfies Partial<LedgerRecord>
/** Of a token that may speak for the template `rival` only. */
const rival = {
  ...other,
  actorType: 'agent',
  templateId: 'rival',
  instanceId: 'rival-1',
} satisfies Partial<LedgerRecord>

describe('one span ID under which several acts stand', () => {
  const trace = newTrace()
  const run = trace.record({ ...triage, recordKind: 'prompt' })
  const carts = trace.record(
    { ...triage, ...done, toolName: 'delete_rows', verb: 'delete', resourceId: 's:table:carts' },
    run,
  )
  const orders = {
    ...trace.record({ ...carts, toolName: 'drop_table', resourceId: 's:table:orders' }, run),
    spanIdHex: carts.spanIdHex,
  }
  beforeAll(() => ledger.insert([run, carts, orders]))

  test.each([
    ['s:table:carts', 'delete_rows'],
    ['s:table:orders', 'drop_table'],
  ])('%s is answered with the act that names it', async (of, tool) => {
    const answer = await ledger.ask(of)
    expect(answer).toMatchObject({ verdict: 'agent', action: { tool, resource: { id: of } } })
    expect(codes(answer)).toContain('shared_span_id')
  })

  test('the span is answered with one of them, and says that there is another', async () => {
    const answer = await ledger.ask(`span:${refOf(carts)}`)
    expect(answer.action?.resource?.id).toBe('s:table:carts')
    const shared = answer.reasons.find(({ code }) => code === 'shared_span_id')
    expect(shared?.text).toContain('s:table:orders')
  })

  test('who uses another’s span ID for an act of its own changes nothing of the other’s', async () => {
    const own = newTrace().record({ ...triage, ...done, verb: 'update', resourceId: 's:row:1' })
    await ledger.insert([own])
    const forged = { ...own, ...rival, resourceId: 's:row:2', receivedUnixNs: 1n }
    await ledger.insert([forged])
    expect(await ledger.ask('s:row:1')).toMatchObject({
      verdict: 'agent',
      actor: { id: 'triage-1' },
    })
    expect(await ledger.ask('s:row:2')).toMatchObject({
      verdict: 'agent',
      actor: { id: 'rival-1' },
    })
  })
})

describe('an action ID that somebody else uses too', () => {
  const announced = { ...triage, recordKind: 'action', verb: 'delete', outcome: 'unknown' } as const
  const intentOf = (actionId: string): LedgerRecord =>
    newTrace().record({ ...announced, actionId, resourceId: `i:${actionId}` })

  test('a failure by another does not take the open intent away', async () => {
    const intent = intentOf('open-1')
    const claims = [
      rival,
      { ...triage, ...other, channel: 'unentitled' },
      { ...triage, ...other, channel: 'unbound' },
      { ...other, channel: 'unbound' },
    ] as const
    const forged = claims.map((claim) =>
      newTrace().record({
        recordKind: 'tool_call',
        verb: 'delete',
        ...claim,
        outcome: 'failure',
        actionId: 'open-1',
        resourceId: 'i:open-1',
      }),
    )
    await ledger.insert([intent, ...forged])
    const answer = await ledger.ask('i:open-1')
    expect(answer).toMatchObject({
      verdict: 'agent',
      actor: { id: 'triage-1' },
      action: { span: refOf(intent), outcome: 'unknown' },
    })
    expect(answer.gaps.map(({ code }) => code)).toContain('outcome_not_recorded')
  })

  test('the ID is answered with the record of whoever had it first', async () => {
    const first = newTrace().record({ ...triage, ...done, verb: 'update', actionId: 'mine' })
    const later = newTrace().record({ ...rival, ...done, verb: 'update', actionId: 'mine' })
    await ledger.insert([first, later])
    const answer = await ledger.ask('action:mine')
    expect(answer.action?.span).toBe(refOf(first))
    expect(answer.alternatives.map(({ span }) => span)).toEqual([refOf(later)])
  })

  test('the outcome of an intent answers for it, from the intent’s own span too', async () => {
    const trace = newTrace()
    const intent = trace.record({ ...announced, actionId: 'did-1', resourceId: 'i:did-1' })
    const outcome = trace.record({
      ...triage,
      ...done,
      verb: 'delete',
      actionId: 'did-1',
      resourceId: 'i:did-1',
    })
    await ledger.insert([intent, outcome])
    for (const of of ['i:did-1', 'action:did-1']) {
      const answer = await ledger.ask(of)
      expect(answer.action).toMatchObject({ span: refOf(outcome), outcome: 'success' })
      expect(answer.alternatives).toEqual([])
    }
    expect((await ledger.ask(`span:${refOf(intent)}`)).action?.outcome).toBe('success')
  })
})

describe('the act that the verdict concerns', () => {
  test('a call that was rejected was not done', async () => {
    const trace = newTrace()
    const call = trace.record({
      ...triage,
      recordKind: 'tool_call',
      toolName: 'Bash',
      verb: 'execute',
      resourceId: 'r:host:1',
    })
    const asked = trace.record(
      { ...triage, recordKind: 'approval', approvalDecision: 'deny' },
      call,
    )
    await ledger.insert([call, asked])
    expect(await ledger.ask('r:host:1')).toMatchObject({ verdict: 'undetermined', action: null })
    const answer = await ledger.ask(`span:${refOf(call)}`)
    expect(answer.action?.outcome).toBe('denied')
    expect(answer.summary).toMatch(/tried to execute .* and was denied/u)
    expect(answer.reasons.find(({ code }) => code === 'outcome_of_part')?.span).toBe(refOf(asked))
  })

  test('an outcome that is not on record is said; a success before it goes before it', async () => {
    const about = {
      ...triage,
      recordKind: 'tool_call',
      verb: 'update',
      resourceId: 'r:row:3',
    } as const
    const open = newTrace().record({ ...about, instanceId: 'later' })
    await ledger.insert([open])
    const answer = await ledger.ask('r:row:3')
    expect(answer).toMatchObject({ verdict: 'agent', action: { span: refOf(open), outcome: null } })
    expect(answer.gaps.map(({ code }) => code)).toContain('outcome_not_recorded')
    const success = {
      ...newTrace().record({ ...about, ...done }),
      startUnixNs: open.startUnixNs - 9n,
    }
    await ledger.insert([success])
    expect((await ledger.ask('r:row:3')).action?.span).toBe(refOf(success))
  })

  test('what its sender may not say hides nothing that can be believed', async () => {
    const about = { ...triage, ...done, verb: 'update', resourceId: 'r:row:4' } as const
    const own = newTrace().record(about)
    const forged = newTrace().record({ ...about, ...other, channel: 'unentitled' })
    await ledger.insert([own, forged])
    for (const of of ['r:row:4', `span:${refOf(own)}`]) {
      const answer = await ledger.ask(of)
      expect(answer).toMatchObject({ verdict: 'agent', action: { span: refOf(own) } })
    }
    const answer = await ledger.ask('r:row:4')
    expect(answer.reasons.find(({ code }) => code === 'newer_act_not_entitled')?.span).toBe(
      refOf(forged),
    )
    expect(answer.alternatives).toMatchObject([{ verdict: 'undetermined', actor: null }])
  })
})

describe('a token that may speak for another agent only', () => {
  const own = { exporter: 'desks', actorType: 'agent', templateId: 'desk' } as const
  const blank = { exporter: 'desks', channel: 'unbound', ...done } as const

  test.each<[string, Partial<LedgerRecord>]>([
    ['the same act', { toolName: 'set_row', verb: 'update', resourceId: 'r:row:5' }],
    ['a failure', { outcome: 'failure' }],
    ['another delegator', { delegatorId: 'mallory@x.example', delegatorType: 'human' }],
  ])('takes no call by its span ID, saying %s', async (what, said) => {
    const trace = newTrace()
    const resourceId = `r:row:${what}`
    const run = trace.record({ ...own, recordKind: 'prompt' })
    const call = trace.record({ ...blank, toolName: 'set_row', verb: 'update', resourceId }, run)
    const forged = { ...rival, ...done, ...said, receivedUnixNs: call.receivedUnixNs + 9n }
    await ledger.insert([run, call, { ...trace.record(forged, run), spanIdHex: call.spanIdHex }])
    for (const of of [`span:${refOf(call)}`, resourceId])
      expect(await ledger.ask(of)).toMatchObject({
        verdict: 'agent',
        agent: { template: { id: 'desk' } },
        delegator: null,
        action: { tool: 'set_row', outcome: 'success', resource: { id: resourceId } },
      })
  })

  test('hides no act by a newer record that names nobody', async () => {
    const about = { ...done, verb: 'delete', resourceId: 'r:row:6' } as const
    const act = newTrace().record({ ...triage, ...about })
    const nobody = newTrace().record({ ...other, ...about, channel: 'unbound' })
    await ledger.insert([act, nobody])
    const answer = await ledger.ask('r:row:6')
    expect(answer).toMatchObject({ verdict: 'agent', action: { span: refOf(act) } })
    expect(answer.reasons.find(({ code }) => code === 'newer_act_not_entitled')?.span).toBe(
      refOf(nobody),
    )
    expect(answer.alternatives).toMatchObject([{ span: refOf(nobody), verdict: 'undetermined' }])
  })
})

describe('an action ID on a record that names nobody', () => {
  const nobody = { ...other, channel: 'unbound', recordKind: 'tool_call', verb: 'update' } as const

  test.each(['success', 'failure', 'denied', 'unknown'] as const)(
    'is not taken from the actor by a %s that came before',
    async (outcome) => {
      const actionId = `first-${outcome}`
      const forged = newTrace().record({ ...nobody, outcome, actionId })
      const act = newTrace().record({ ...triage, ...done, verb: 'update', actionId })
      await ledger.insert([forged, act])
      const answer = await ledger.ask(`action:${actionId}`)
      expect(answer).toMatchObject({ verdict: 'agent', action: { span: refOf(act) } })
      expect(answer.alternatives).toMatchObject([{ span: refOf(forged), verdict: 'undetermined' }])
    },
  )

  test('is its own where a run of its own exporter stands above it', async () => {
    const trace = newTrace()
    const run = trace.record({ ...rival, recordKind: 'prompt' })
    const act = trace.record({ ...nobody, ...done, actionId: 'below' }, run)
    const later = newTrace().record({ ...triage, ...done, verb: 'update', actionId: 'below' })
    await ledger.insert([run, act, later])
    expect(await ledger.ask('action:below')).toMatchObject({
      verdict: 'agent',
      actor: { id: 'rival-1' },
      action: { span: refOf(act) },
    })
  })
})

describe('an approval', () => {
  const ana = { exporter: 'people', actorType: 'human', userId: 'ana@acme.example' } as const

  test.each(['', 'success'] as const)(
    'with the outcome "%s" is no act of who allowed it',
    async (outcome) => {
      const resourceId = `r:approved:${outcome}`
      const trace = newTrace()
      const call = trace.record({ ...triage, recordKind: 'tool_call', verb: 'delete', resourceId })
      const allowed = {
        ...ana,
        recordKind: 'approval',
        approvalDecision: 'allow',
        outcome,
      } as const
      await ledger.insert([call, trace.record({ ...allowed, resourceId }, call)])
      expect(await ledger.ask(resourceId)).toMatchObject({
        verdict: 'agent',
        actor: { id: 'triage-1' },
        action: { span: refOf(call) },
      })
    },
  )
})

describe('alternatives', () => {
  test('name whom an answer about them names, also where a copy of the span came later', async () => {
    const about = { ...done, verb: 'update', resourceId: 'r:row:7' } as const
    const act = newTrace().record({ ...triage, ...about })
    const receivedUnixNs = act.receivedUnixNs + 9n
    const startUnixNs = act.startUnixNs + 9n
    const newest = newTrace().record({ ...triage, ...about, instanceId: 'triage-9' })
    await ledger.insert([act, { ...act, ...rival, receivedUnixNs, startUnixNs }, newest])
    const { alternatives } = await ledger.ask('r:row:7')
    expect(alternatives).toMatchObject([{ span: refOf(act), verdict: 'agent', actor: 'triage-1' }])
  })

  test('are judged where every act of the trace failed or was denied', async () => {
    const trace = newTrace()
    const run = trace.record({ ...triage, recordKind: 'prompt' })
    const failed = trace.record({ recordKind: 'tool_call', toolName: 'a', outcome: 'failure' }, run)
    const call = trace.record({ recordKind: 'tool_call', toolName: 'b' }, run)
    const denied = trace.record({ recordKind: 'approval', approvalDecision: 'deny' }, call)
    await ledger.insert([run, failed, call, denied])
    const answer = await ledger.ask(`trace:${trace.traceIdHex}`)
    expect(answer).toMatchObject({ verdict: 'undetermined', action: null })
    expect(answer.alternatives).toMatchObject([
      { span: refOf(call), verdict: 'agent', actor: 'triage-1', outcome: 'denied' },
      { span: refOf(failed), verdict: 'agent', actor: 'triage-1', outcome: 'failure' },
    ])
  })
})

describe('a name that only an ancestor carries', () => {
  const trace = newTrace()
  const agent = {
    actorType: 'agent',
    templateId: 'stocker',
    instanceId: 'e-701',
    delegatorId: 'kim@depot.example',
    delegatorType: 'human',
  } satisfies Partial<LedgerRecord>
  const run = trace.record({ ...agent, recordKind: 'prompt' })
  const call = trace.record({ ...done, verb: 'execute', toolName: 'order_stock' }, run)
  beforeAll(() => ledger.insert([run, call]))

  test.each(['template:stocker', 'instance:e-701', 'delegator:kim@depot.example'])(
    '%s finds the act',
    async (of) => {
      const answer = await ledger.ask(of)
      expect(answer).toMatchObject({
        verdict: 'agent',
        action: { span: refOf(call), tool: 'order_stock' },
        agent: { template: { id: 'stocker' }, instance: { id: 'e-701' } },
        delegator: { id: 'kim@depot.example' },
      })
      expect(answer.cost.statements).toBeLessThanOrEqual(statementsMax)
    },
  )

  test('it does not find an act in the same trace that is another’s', async () => {
    const two = newTrace()
    const one = two.record({ ...agent, instanceId: 'e-702', recordKind: 'prompt' })
    const foreign = two.record({ ...triage, ...done, verb: 'update' }, one)
    await ledger.insert([one, foreign])
    expect((await ledger.ask('instance:e-702')).reasons[0]?.code).toBe('no_record')
  })
})
