import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LedgerRecord } from '@whodid/model'
import {
  blastRadius,
  describeDelegator,
  describeInstance,
  listActions,
  parseActionsQuestion,
  parseBlastRadiusQuestion,
  parseDelegatorQuestion,
  parseInstanceQuestion,
} from '@whodid/query'
import { done, triage } from '../harness/incident.ts'
import { newTrace, refOf, startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

let ledger: Ledger

beforeAll(async () => {
  ledger = await startLedger()
})
afterAll(async () => {
  await ledger.stop()
})

const tenant = 'default'
const instance = (id: string) =>
  describeInstance(ledger.selector, tenant, parseInstanceQuestion({ id }))
const radius = (id: string) =>
  blastRadius(ledger.selector, tenant, parseBlastRadiusQuestion({ id }))
const delegator = (id: string) =>
  describeDelegator(ledger.selector, tenant, parseDelegatorQuestion({ id }))
const resource = (id: string) =>
  listActions(ledger.selector, tenant, parseActionsQuestion({ resource: id }))

const ci = { exporter: 'ci' } satisfies Partial<LedgerRecord>
const unentitled = { ...ci, channel: 'unentitled' } satisfies Partial<LedgerRecord>
const eve = { delegatorId: 'eve@x.example', delegatorType: 'human' } as const
const act = (resourceId: string) => ({ ...done, verb: 'update', resourceId }) as const

test('a record that names nobody touches nothing in another’s name', async () => {
  const trace = newTrace()
  const run = trace.record({ ...triage, instanceId: 'v-1', recordKind: 'session' })
  const own = trace.record({ ...act('l:own'), channel: 'unbound' }, run)
  const below = trace.record({ ...ci, ...act('l:forged'), channel: 'unbound' }, run)
  const copy = {
    ...trace.record({ ...below, resourceId: 'l:copy' }, run),
    spanIdHex: own.spanIdHex,
  }
  const proxy = trace.record({ exporter: 'mesh', ...act('l:proxied') }, run)
  await ledger.insert([run, own, below, copy, proxy])
  const touched = (await radius('v-1')).resources.map(({ id }) => id)
  expect(touched.toSorted()).toEqual(['l:own', 'l:proxied'])
})

test('who may not speak for an instance adds no child, parent, person or number to it', async () => {
  const of = (fields: Partial<LedgerRecord>) => newTrace().record({ ...triage, ...fields })
  const own = [1, 3].map((seq) => of({ ...act('l:v-2'), instanceId: 'v-2', seq, delegatorId: '' }))
  const innocent = of({ ...act('l:innocent'), instanceId: 'i-2' })
  const forged = [
    of({ ...unentitled, ...eve, instanceId: 'v-2', instanceParentId: 'x', seq: 2 }),
    of({ ...unentitled, ...eve, instanceId: 'v-2', correlationId: 'x', seq: 90 }),
    of({ ...unentitled, instanceId: 'i-2', instanceParentId: 'v-2' }),
  ]
  await ledger.insert([...own, innocent, ...forged])
  const { instance: about } = await instance('v-2')
  expect(about).toMatchObject({ parents: [], delegators: [], children: [], sequence_missing: 1 })
  expect(about?.exporters).toContainEqual({ name: 'ci', entitled: false })
  const { instances, resources } = await radius('v-2')
  expect(instances.map(({ id }) => id)).toEqual(['v-2'])
  expect(resources.map(({ id }) => id)).not.toContain('l:innocent')
})

test('nobody ends the intent of another', async () => {
  const announced = { recordKind: 'action', verb: 'delete', actionId: 'l-3' } as const
  const ana = { exporter: 'people', actorType: 'human', userId: 'ana@x.example' } as const
  const intent = newTrace().record({ ...ana, ...announced, outcome: 'unknown' })
  const job = { exporter: 'jobs', actorType: 'service', serviceName: 'nightly' } as const
  const outcome = newTrace().record({ ...job, ...announced, outcome: 'failure' })
  const unbound = { ...triage, ...announced, channel: 'unbound', instanceId: 'u-3' } as const
  const open = newTrace().record({ ...unbound, outcome: 'unknown' })
  const ended = newTrace().record({ ...unbound, ...ci, outcome: 'failure' })
  await ledger.insert([intent, outcome, open, ended])
  expect((await delegator('ana@x.example')).direct.acts).toBe(1)
  const { timeline } = await instance('u-3')
  expect(timeline.map(({ span }) => span)).toContain(refOf(open))
})

test('a list names no instance and no delegator that an answer leaves open', async () => {
  const own = newTrace().record({ ...triage, ...act('l:twice'), instanceId: 'v-4' })
  const rival = { ...ci, actorType: 'agent', templateId: 'rival', instanceId: 'v-4' } as const
  const twice = newTrace().record({ ...rival, recordKind: 'session' })
  const doubted = newTrace().record({
    ...triage,
    ...act('l:doubted'),
    delegatorId: 'ana@x.example',
  })
  const again = { ...doubted, ...eve }
  await ledger.insert([own, twice, doubted, again])
  const [first] = (await resource('l:twice')).actions
  expect(first).toMatchObject({ verdict: 'agent', template: triage.templateId, instance: null })
  const [second] = (await resource('l:doubted')).actions
  expect(second).toMatchObject({ verdict: 'agent', delegator: null })
})

test('a delegator’s agents are named as the answers about their acts name them', async () => {
  const fay = { delegatorId: 'fay@x.example', delegatorType: 'human' } as const
  const of = (fields: Partial<LedgerRecord>) =>
    newTrace().record({ ...triage, ...fay, ...act('l:fay'), ...fields })
  const own = [of({ instanceId: 'd-1' }), of({ instanceId: 'd-1' })]
  const forged = of({ ...unentitled, templateId: 'db-fixer', instanceId: 'd-2' })
  const contested = of({ instanceId: 'd-3' })
  const rival = { ...ci, actorType: 'agent', templateId: 'rival', instanceId: 'd-3' } as const
  const claim = newTrace().record({ ...rival, recordKind: 'session' })
  const hints = [
    of({ instanceId: '', templateId: 'orders', templateRule: 'resource.service_name' }),
    of({ instanceId: 's-1', instanceRule: 'session_id', templateId: '' }),
  ]
  const job = of({ actorType: 'service', serviceName: 'nightly', templateId: '', instanceId: '' })
  await ledger.insert([...own, forged, contested, claim, ...hints, job])
  const { delegated } = await delegator('fay@x.example')
  expect(
    delegated.agents.map(({ template, instance, acts }) => [template, instance, acts]),
  ).toEqual([
    [null, null, 2],
    ['orders', null, 1],
    ['repo-triage', null, 1],
    ['repo-triage', 'd-1', 2],
  ])
  expect(delegated).toMatchObject({ acts: 7, contradicted_acts: 1, agents_total: 4 })
  for (const record of [...own, contested, ...hints]) {
    const { agent } = await ledger.ask(`span:${refOf(record)}`)
    const named = [agent?.template?.id ?? null, agent?.instance?.id ?? null]
    expect(delegated.agents.map((one) => [one.template, one.instance])).toContainEqual(named)
  }
  const { agent } = await ledger.ask(`span:${refOf(forged)}`)
  expect(agent).toBeNull()
})
