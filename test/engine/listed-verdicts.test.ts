import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LedgerRecord, ListedAction } from '@whodid/model'
import { listActions, parseActionsQuestion } from '@whodid/query'
import { done } from '../harness/incident.ts'
import { newTrace, refOf, startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

let ledger: Ledger
beforeAll(async () => {
  ledger = await startLedger()
})
afterAll(async () => {
  await ledger.stop()
})

/** Every mixture of claims that one record can make, alone in its trace. */
function everyMixture(): LedgerRecord[] {
  const named = { instanceId: 'mixed-instance' }
  const instances = [
    {},
    named,
    { ...named, instanceRule: 'session_id' },
    { ...named, instanceRule: 'some_rule' },
  ]
  const on = { ...done, verb: 'update', resourceId: 't:mixed:all' } as const
  return (['', 'agent', 'human', 'service'] as const).flatMap((actorType) =>
    (['entitled', 'unentitled'] as const).flatMap((channel) =>
      instances.flatMap((instance) =>
        [{}, { templateId: 'mixed-template' }].flatMap((template) =>
          [{}, { userId: 'mixed-user', serviceName: 'mixed-service' }].map((names) =>
            newTrace().record({ ...on, actorType, channel, ...instance, ...template, ...names }),
          ),
        ),
      ),
    ),
  )
}

test('a list says of a lone record what the question says of it, for every mixture of claims', async () => {
  const records = everyMixture()
  expect(records).toHaveLength(128)
  // An instance each: no other record speaks for it.
  const alone = records.map((record, n) =>
    record.instanceId === '' ? record : { ...record, instanceId: `mixed-${n}` },
  )
  await ledger.insert(alone)
  const question = parseActionsQuestion({ resource: 't:mixed:all', limit: '500' })
  const { actions } = await listActions(ledger.selector, 'default', question)
  const listed = new Map(actions.map((action) => [action.span, action]))
  expect(listed.size).toBe(records.length)
  const disagreements: string[] = []
  for (const record of alone) {
    const { verdict, actor } = await ledger.ask(`span:${refOf(record)}`)
    const entry = listed.get(refOf(record))!
    const asked = `${verdict} ${actor?.id ?? null}`
    const told = `${entry.verdict} ${entry.actor}`
    if (asked !== told)
      disagreements.push(`${JSON.stringify(claimsOf(record))}: asked ${asked}, listed ${told}`)
  }
  expect(disagreements).toEqual([])
})

test('a list says of an act below others what the question says of it', async () => {
  const trace = newTrace()
  const agent = { actorType: 'agent', templateId: 'lister', instanceId: 'l-1' } as const
  const run = trace.record({ ...agent, recordKind: 'prompt' })
  const call = trace.record({ ...done, toolName: 'put', verb: 'update' }, run)
  const wire = trace.record(
    { recordKind: 'action', outcome: 'success', verb: 'send', resourceId: 't:wire:1' },
    call,
  )
  const asked = trace.record({ recordKind: 'tool_call', toolName: 'rm', verb: 'delete' }, run)
  const denied = trace.record({ recordKind: 'approval', approvalDecision: 'deny' }, asked)
  const hinted = newTrace().record({
    ...done,
    actorType: 'agent',
    templateId: 'some-service',
    templateRule: 'resource.service_name',
  })
  await ledger.insert([run, call, wire, asked, denied, hinted])
  const list = async (raw: object): Promise<ListedAction[]> =>
    (await listActions(ledger.selector, 'default', parseActionsQuestion(raw))).actions
  const listed = [
    ...(await list({ trace: trace.traceIdHex })),
    ...(await list({ trace: hinted.traceIdHex })),
  ]
  expect(listed.map(({ span }) => span)).toEqual([asked, wire, call, hinted].map(refOf))
  for (const { span, verdict, actor, outcome } of listed) {
    const answer = await ledger.ask(`span:${span}`)
    expect([span, verdict, actor, outcome]).toEqual([
      span,
      answer.verdict,
      answer.actor?.id ?? null,
      answer.action?.outcome ?? null,
    ])
  }
  expect(listed[0]).toMatchObject({ outcome: 'denied', actor: 'l-1', template: 'lister' })
  expect(await list({ trace: trace.traceIdHex, outcome: 'denied' })).toHaveLength(1)
  expect(await list({ trace: trace.traceIdHex, verdict: 'human' })).toEqual([])
})

function claimsOf(record: LedgerRecord): object {
  const { actorType, channel, instanceRule, templateId, instanceId, userId, serviceName } = record
  return { actorType, channel, instanceRule, templateId, instanceId, userId, serviceName }
}
