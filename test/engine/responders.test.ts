import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  createDetectionRunner,
  createResponder,
  listFindings,
  readDetections,
} from '@whodid/detect'
import type { Detection, MessageOrder, Response, ResponseOutcome } from '@whodid/detect'
import type { StopOrder, StopPolicy } from '@whodid/detect'
import { WhodidError } from '@whodid/model'
import { createFindingWriter } from '@whodid/store'
import type { FindingWriter, ResponseRow } from '@whodid/store'
import { startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'
import {
  agentAct,
  recordsOf,
  untrustedInput,
  windowStartNs,
} from './detection-cases/detection-case.ts'
import type { Played } from './detection-cases/detection-case.ts'

// The responders on a real engine: what counts for a stop, what is done once, and what a failure leaves.

const second = 1_000_000_000n

let ledger: Ledger
let writer: FindingWriter
let rules: readonly Detection[]
let tenants = 0

beforeAll(async () => {
  ledger = await startLedger()
  writer = createFindingWriter(ledger.access('recorder'))
  const wanted = [
    'borrowed-credential',
    'other-persons-credential',
    'redirected-agent',
    'wider-delegation',
  ]
  rules = (await readDetections()).filter(({ id }) => wanted.includes(id))
})

afterAll(async () => {
  await writer.close()
  await ledger.stop()
})

/** Under the person's own credential: `borrowed-credential`, high. */
function borrowed(at: number, instanceId: string, more: Omit<Played, 'at'> = {}): Played {
  const credential = { credentialId: `pat-${instanceId}-${at}`, credentialBorrowed: true }
  const person = { credentialSubject: 'dev@acme.example' }
  return agentAct(at, { instanceId, ...credential, ...person, ...more })
}

/** Under somebody else's: `other-persons-credential`, critical. */
function others(at: number, instanceId: string, more: Omit<Played, 'at'> = {}): Played {
  return agentAct(at, {
    instanceId,
    delegatorId: 'dev@acme.example',
    delegatorType: 'human',
    credentialId: `boss-${instanceId}-${at}`,
    credentialSubject: 'boss@acme.example',
    ...more,
  })
}

/** A tenant with a clock, in which records are played, found, and answered to. */
function world() {
  tenants += 1
  const tenant = `r${tenants}`
  const clock = { nowNs: windowStartNs }
  const now = () => clock.nowNs
  const { selector } = ledger
  const runner = createDetectionRunner({ detections: rules, selector, writer, now })
  const find = async (seconds: number, ...played: readonly Played[]): Promise<void> => {
    await ledger.insert(recordsOf(tenant, played))
    clock.nowNs = windowStartNs + BigInt(seconds) * second
    await runner.step(tenant)
    clock.nowNs += second
  }
  const responder = (response: Response, through: Partial<FindingWriter> = {}) =>
    createResponder({
      response,
      selector,
      writer: { ...writer, ...through },
      now,
      stopping: new AbortController().signal,
    })
  const later = (seconds: number): void => {
    clock.nowNs += BigInt(seconds) * second
  }
  return { tenant, find, responder, later }
}

function pausing(tenant: string, more: Partial<StopPolicy> = {}) {
  const orders: StopOrder[] = []
  const policy: StopPolicy = {
    name: 'hold',
    kind: 'pause',
    tenant,
    rules: [],
    severity: 'medium',
    withinNs: 3_600n * second,
    mostPerHour: 10,
    ...more,
  }
  const act = (order: StopOrder): Promise<ResponseOutcome> => {
    orders.push(order)
    return Promise.resolve({ outcome: 'done', error: '', target: `instance:${order.instance}` })
  }
  return { response: { policy, act }, orders }
}

function telling(tenant: string, outcome: ResponseOutcome['outcome'] = 'done', mostPerHour = 100) {
  const told: { readonly delivery: string; readonly attempt: number }[] = []
  const policy = {
    name: 'tell',
    kind: 'webhook' as const,
    tenant,
    rules: [],
    severity: 'high' as const,
    mostPerHour,
  }
  const response: Response = {
    policy,
    act: ({ deliveryId, attempt }: MessageOrder) => {
      told.push({ delivery: deliveryId, attempt })
      return Promise.resolve({ outcome, error: outcome === 'done' ? '' : 'status_500', target: '' })
    },
  }
  return { response, told }
}

async function attemptsOf(tenant: string): Promise<string> {
  const rows = `SELECT attempt, outcome, error, target FROM whodid.finding_responses WHERE tenant = '${tenant}' ORDER BY attempted_at, finding_id`
  return ledger.sql('reader', rows, { log_comment: tenant })
}

test('an instance is stopped once for the same hits, and again when both rules find anew', async () => {
  const { tenant, find, responder, later } = world()
  const { response, orders } = pausing(tenant)
  await find(30, borrowed(10, 'i1'), borrowed(11, 'lone'), others(12, 'i1'))
  const held = responder(response)
  expect(await held.step()).toMatchObject({ attempts: 1, problem: undefined })
  expect(orders).toMatchObject([{ instance: 'i1', attempt: 1 }])
  expect(orders[0]?.findings.map(({ rule }) => rule).toSorted()).toEqual([
    'borrowed-credential',
    'other-persons-credential',
  ])
  // One row for each finding behind the order.
  expect(await attemptsOf(tenant)).toBe('1\tdone\t\tinstance:i1\n1\tdone\t\tinstance:i1')
  later(5)
  await held.step()
  await responder(response).step()
  expect(orders).toHaveLength(1)
  await find(60, borrowed(50, 'i1'))
  await held.step()
  expect(orders).toHaveLength(1)
  await find(90, others(80, 'i1'))
  await held.step()
  expect(orders).toHaveLength(2)
  expect(orders[1]?.deliveryId).not.toBe(orders[0]?.deliveryId)
})

test('records of senders that may not speak for the instance stop nobody', async () => {
  const { tenant, find, responder } = world()
  const { response, orders } = pausing(tenant)
  await find(
    30,
    borrowed(10, 'framed', { channel: 'unbound' }),
    others(11, 'framed', { channel: 'unbound' }),
    borrowed(12, 'half'),
    others(13, 'half', { channel: 'unbound' }),
    borrowed(14, 'real'),
    others(15, 'real'),
  )
  const found = (await listFindings(ledger.selector, tenant, { limit: 100 })).findings
  expect(found.map(({ subject }) => subject)).toContain('instance:framed')
  await responder(response).step()
  expect(orders.map(({ instance }) => instance)).toEqual(['real'])
})

test('an instance that a sender of another template claims is not stopped, and that is said', async () => {
  const { tenant, find, responder } = world()
  const { response, orders } = pausing(tenant)
  const junk = { exporter: 'evil', templateId: 'junk' }
  await find(
    30,
    agentAct(5, { instanceId: 'victim' }),
    borrowed(10, 'victim', junk),
    others(11, 'victim', junk),
    // Honest hits do not count either: whose they are is not known.
    borrowed(12, 'claimed'),
    others(13, 'claimed'),
    agentAct(14, { instanceId: 'claimed', exporter: 'evil', channel: 'unentitled' }),
    borrowed(15, 'two'),
    others(16, 'two', { templateId: 'junk' }),
    borrowed(17, 'real'),
    others(18, 'real'),
  )
  expect(await responder(response).step()).toMatchObject({
    problem: '3 instances are not stopped: several senders or templates claim them',
  })
  expect(orders.map(({ instance }) => instance)).toEqual(['real'])
})

/** Honest acts of a child, which rules join to what it read and to what its parent holds. */
function child(at: number, id: string): Played[] {
  const merge = { verb: 'approve', resourceId: `github:pull:acme/app/${at}` }
  const given = { instanceParentId: `${id}-parent`, delegationScopes: ['repo:read', 'db:write'] }
  return [agentAct(at, { instanceId: id, ...given, ...merge })]
}

function narrow(at: number, id: string, more: Omit<Played, 'at'>): Played {
  return agentAct(at, { instanceId: `${id}-parent`, delegationScopes: ['repo:read'], ...more })
}

test("records of others that rules join to an instance's own do not stop it", async () => {
  const { tenant, find, responder } = world()
  const { response, orders } = pausing(tenant)
  const evil = { exporter: 'evil', channel: 'unentitled' } as const
  const junk = { exporter: 'evil', templateId: 'junk' }
  await find(
    60,
    // Without a right: the rules do not even take them.
    untrustedInput(1, { instanceId: 'a', ...evil }),
    narrow(2, 'a', evil),
    ...child(20, 'a'),
    // With a right to another template, where the parent has sent nothing itself.
    untrustedInput(3, { instanceId: 'b' }),
    narrow(4, 'b', junk),
    ...child(30, 'b'),
    // Bound to nobody.
    untrustedInput(5, { instanceId: 'c' }),
    narrow(6, 'c', { channel: 'unbound' }),
    ...child(40, 'c'),
    // All of one sender that is entitled.
    untrustedInput(7, { instanceId: 'd' }),
    narrow(8, 'd', {}),
    ...child(50, 'd'),
    borrowed(51, 'd'),
  )
  const { findings } = await listFindings(ledger.selector, tenant, { limit: 100 })
  const found = findings.map(({ rule, subject }) => `${rule} ${subject}`)
  expect(found).not.toContain('redirected-agent instance:a')
  expect(found).not.toContain('wider-delegation instance:a')
  expect(found).toContain('wider-delegation instance:b')
  expect(found).toContain('wider-delegation instance:c')
  await responder(response).step()
  expect(orders.map(({ instance }) => instance)).toEqual(['d'])
  expect(orders[0]?.findings.map(({ rule }) => rule).toSorted()).toEqual([
    'borrowed-credential',
    'redirected-agent',
    'wider-delegation',
  ])
})

test('hits outside the time, of other rules, or of acknowledged findings do not count', async () => {
  const { tenant, find, responder } = world()
  await find(30, borrowed(10, 'i1'), others(12, 'i1'))
  const short = pausing(tenant, { name: 'short', withinNs: second / 2n })
  await responder(short.response).step()
  expect(short.orders).toEqual([])
  const one = pausing(tenant, { name: 'one', rules: ['other-persons-credential'] })
  await responder(one.response).step()
  expect(one.orders).toEqual([])
  const critical = pausing(tenant, { name: 'critical', severity: 'critical' })
  await responder(critical.response).step()
  expect(critical.orders).toEqual([])
  const { findings } = await listFindings(ledger.selector, tenant, {
    rule: 'borrowed-credential',
    limit: 1,
  })
  await writer.addTriage({
    tenant,
    findingId: findings[0]?.id ?? '',
    decidedAtUnixNs: windowStartNs + 40n * second,
    triageId: 'q',
    reader: 'kim',
    role: 'investigator',
    action: 'acknowledge',
    reason: '',
    untilUnixNs: 0n,
  })
  const all = pausing(tenant, { name: 'all' })
  await responder(all.response).step()
  expect(all.orders).toEqual([])
})

test('no more instances are stopped in an hour than the file allows, and that is said', async () => {
  const { tenant, find, responder } = world()
  const { response, orders } = pausing(tenant, { mostPerHour: 2 })
  const instances = ['a', 'b', 'c', 'd']
  await find(30, ...instances.flatMap((id, n) => [borrowed(n + 1, id), others(n + 10, id)]))
  const held = responder(response)
  expect(await held.step()).toMatchObject({
    attempts: 2,
    problem: '2 instances are not stopped: it stops at most 2 an hour',
  })
  await held.step()
  await responder(response).step()
  expect(orders).toHaveLength(2)
})

test('a message that fails is given up after its last attempt, and the rows say so', async () => {
  const { tenant, find, responder, later } = world()
  const { response, told } = telling(tenant, 'failed')
  await find(30, borrowed(10, 'i1'))
  const teller = responder(response)
  const first = await teller.step()
  expect(first.attempts).toBe(1)
  expect(await teller.step()).toMatchObject({ attempts: 0, nextAtUnixNs: expect.any(BigInt) })
  for (let n = 0; n < 10; n += 1) {
    later(3_600)
    await teller.step()
  }
  expect(told.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(new Set(told.map(({ delivery }) => delivery)).size).toBe(1)
  const rows = (await attemptsOf(tenant)).split('\n')
  expect(rows.map((row) => row.split('\t')[1])).toEqual([
    ...Array.from({ length: 7 }, () => 'failed'),
    'given_up',
  ])
})

test('a flood of findings is told a bounded number an hour, the others later, and that is said', async () => {
  const { tenant, find, responder, later } = world()
  const { response, told } = telling(tenant, 'done', 2)
  await find(30, ...[1, 2, 3, 4, 5].map((n) => borrowed(n, `i${n}`)))
  const teller = responder(response)
  expect(await teller.step()).toMatchObject({
    attempts: 2,
    problem: '3 findings wait: it answers to at most 2 an hour',
  })
  later(1_800)
  expect(await teller.step()).toMatchObject({ attempts: 0 })
  later(1_801)
  expect(await teller.step()).toMatchObject({ attempts: 2 })
  expect(new Set(told.map(({ delivery }) => delivery)).size).toBe(4)
})

test('messages that fail and wait for their next attempt take no place of the others', async () => {
  const { tenant, find, responder, later } = world()
  const { response } = telling(tenant, 'done', 2)
  const told: string[] = []
  const isBad = (text: string): boolean => /pat-bad/u.test(text)
  const act = ({ finding }: MessageOrder): Promise<ResponseOutcome> => {
    told.push(finding.subject)
    const outcome = isBad(finding.subject) ? 'failed' : 'done'
    return Promise.resolve({ outcome, error: '', target: '' })
  }
  if (response.policy.kind !== 'webhook') throw new Error('a webhook was made')
  const teller = responder({ policy: response.policy, act })
  await find(30, borrowed(1, 'bad1'), borrowed(2, 'bad2'))
  await teller.step()
  await teller.step()
  expect(told).toHaveLength(2)
  await find(31, borrowed(30, 'good1'), borrowed(30.5, 'good2'))
  const step = await teller.step()
  expect(step).toMatchObject({ attempts: 2, problem: undefined })
  expect(told.filter((subject) => !isBad(subject))).toHaveLength(2)
  // What waits is still known of.
  expect((await teller.step()).nextAtUnixNs).toBeGreaterThan(windowStartNs)
  later(3_700)
  await teller.step()
  expect(told.filter(isBad).length).toBeGreaterThan(2)
})

test('an attempt that could not be kept is kept before any other is made, and not sent again', async () => {
  const { tenant, find, responder } = world()
  const { response, told } = telling(tenant)
  const failure = new WhodidError('store_unavailable', 'the connection broke')
  const broken = { is: true }
  const teller = responder(response, {
    addResponses: async (rows: readonly ResponseRow[]) => {
      if (broken.is) throw failure
      await writer.addResponses(rows)
    },
  })
  await find(30, borrowed(10, 'i1'), borrowed(11, 'i2'))
  await expect(teller.step()).rejects.toBe(failure)
  await expect(teller.step()).rejects.toBe(failure)
  expect(told).toHaveLength(1)
  broken.is = false
  await teller.step()
  expect(told).toHaveLength(2)
  expect(new Set(told.map(({ delivery }) => delivery)).size).toBe(2)
  expect((await attemptsOf(tenant)).split('\n')).toHaveLength(2)
})

test('a responder answers to its own tenant, and to nothing that is older than a day', async () => {
  const { tenant, find, responder, later } = world()
  await find(30, borrowed(10, 'i1'))
  const other = telling(`${tenant}-other`)
  expect(await responder(other.response).step()).toMatchObject({ attempts: 0 })
  later(90_000)
  const late = telling(tenant)
  expect(await responder(late.response).step()).toMatchObject({ attempts: 0 })
  expect([...other.told, ...late.told]).toEqual([])
})
