import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { done, triage } from '../harness/incident.ts'
import { newTrace, startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

let ledger: Ledger

beforeAll(async () => {
  ledger = await startLedger()
})

afterAll(async () => {
  await ledger.stop()
})

const rival = {
  exporter: 'other',
  actorType: 'agent',
  templateId: 'rival',
  instanceId: 'rival-1',
} as const
const act = { ...triage, ...done, verb: 'update' } as const

async function told(of: string): Promise<string> {
  return ledger.sql(
    'reader',
    `SELECT concat(verdict, ' ', instance, ' ', contradiction) FROM whodid.who_did(of = '${of}')`,
  )
}

describe('the view in SQL leaves open what it does not decide', () => {
  test('an action’s ID that two actors use', async () => {
    const own = newTrace().record({ ...act, actionId: 'v-1', resourceId: 'v:row:1' })
    await ledger.insert([own])
    expect(await told('action:v-1')).toBe('agent triage-1')
    await ledger.insert([newTrace().record({ ...act, ...rival, actionId: 'v-1' })])
    expect(await told('action:v-1')).toBe('undetermined  beyond_the_view')
    expect((await ledger.ask('action:v-1')).actor?.id).toBe('triage-1')
  })

  test.each(['failure', 'denied'] as const)('an act of which a part is a %s', async (outcome) => {
    const trace = newTrace()
    const call = trace.record({ ...act, toolName: 'drop', resourceId: `v:${outcome}` })
    const part = trace.record({ ...triage, recordKind: 'action', verb: 'update', outcome }, call)
    await ledger.insert([call, part])
    expect(await told(`v:${outcome}`)).toBe('undetermined  beyond_the_view')
  })

  test('an approval is no act', async () => {
    const call = newTrace().record({ ...act, resourceId: 'v:gate' })
    const approval = newTrace().record({
      actorType: 'human',
      userId: 'boss@acme.example',
      recordKind: 'approval',
      approvalDecision: 'allow',
      verb: 'approve',
      outcome: 'success',
      resourceId: 'v:gate',
    })
    await ledger.insert([call, approval])
    expect(await told('v:gate')).toBe('agent triage-1')
    expect((await ledger.ask('v:gate')).actor?.id).toBe('triage-1')
  })
})
