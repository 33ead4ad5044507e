import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LedgerRecord } from '@whodid/model'
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

function claimsOf(record: LedgerRecord): object {
  const { actorType, channel, instanceRule, templateId, instanceId, userId, serviceName } = record
  return { actorType, channel, instanceRule, templateId, instanceId, userId, serviceName }
}
