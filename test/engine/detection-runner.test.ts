import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  backTest,
  createDetectionRunner,
  describeFinding,
  listFindings,
  readDetections,
} from '@whodid/detect'
import type { Detection } from '@whodid/detect'
import { WhodidError } from '@whodid/model'
import { createFindingWriter, createSelector } from '@whodid/store'
import type { FindingRow, FindingWriter } from '@whodid/store'
import { startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'
import { merged, mergeOfAgent } from './detection-cases/merged.ts'
import { agentAct, recordsOf, windowStartNs } from './detection-cases/detection-case.ts'
import type { Played } from './detection-cases/detection-case.ts'

// The runner on a real engine: windows, each hit once, what readers decide, and what a failure leaves.

const second = 1_000_000_000n
const borrowed = {
  credentialId: 'pat-1',
  credentialBorrowed: true,
  credentialSubject: 'dev@acme.example',
}

let ledger: Ledger
let writer: FindingWriter
let rule: Detection
let tenants = 0

beforeAll(async () => {
  ledger = await startLedger()
  writer = createFindingWriter(ledger.access('recorder'))
  const found = (await readDetections()).find(({ id }) => id === 'borrowed-credential')
  if (found === undefined) throw new Error('no detection')
  rule = found
})

afterAll(async () => {
  await writer.close()
  await ledger.stop()
})

/** A tenant with a clock, and a runner that can be started again. */
function world(detections: readonly Detection[] = [rule], through: Partial<FindingWriter> = {}) {
  tenants += 1
  const tenant = `t${tenants}`
  const clock = { nowNs: windowStartNs }
  const start = () =>
    createDetectionRunner({
      detections,
      selector: ledger.selector,
      writer: { ...writer, ...through },
      now: () => clock.nowNs,
    })
  const play = async (...played: readonly Played[]): Promise<void> => {
    await ledger.insert(recordsOf(tenant, played))
  }
  const at = (seconds: number): void => {
    clock.nowNs = windowStartNs + BigInt(seconds) * second
  }
  const findings = async () =>
    (await listFindings(ledger.selector, tenant, { limit: 100 })).findings
  return { tenant, start, play, at, findings }
}

test('finds what came in, once, across overlapping windows and a restart', async () => {
  const { tenant, start, play, at, findings } = world()
  const runner = start()
  await play(agentAct(10, borrowed))
  at(30)
  expect(await runner.step(tenant)).toMatchObject({ ran: 1, hits: 1 })
  at(60)
  expect(await runner.step(tenant)).toMatchObject({ hits: 0 })
  await play(agentAct(70, { ...borrowed, instanceId: 'i2' }))
  at(90)
  expect(await start().step(tenant)).toMatchObject({ hits: 1 })
  at(120)
  expect(await start().step(tenant)).toMatchObject({ hits: 0 })
  const [finding, ...others] = await findings()
  expect(others).toEqual([])
  expect(finding).toMatchObject({
    rule: 'borrowed-credential',
    subject: 'credential:pat-1',
    severity: 'high',
    state: 'open',
    hits: 2,
    triage: null,
  })
})

test('rests when nothing came in', async () => {
  const { tenant, start, play, at } = world()
  const runner = start()
  await play(agentAct(10, borrowed))
  at(30)
  await runner.step(tenant)
  at(300)
  expect(await runner.step(tenant)).toMatchObject({ ran: 1 })
  at(330)
  expect(await runner.step(tenant)).toMatchObject({ ran: 0 })
  await play(agentAct(340))
  at(360)
  expect(await runner.step(tenant)).toMatchObject({ ran: 1, hits: 0 })
})

test('finds what was received hours ago and came into the ledger now', async () => {
  const { tenant, start, play, at } = world()
  const runner = start()
  await play(agentAct(10), agentAct(11, { logId: 'cut off' }))
  at(30)
  await runner.step(tenant)
  await play(agentAct(9_000))
  at(9_010)
  expect(await runner.step(tenant)).toMatchObject({ hits: 0 })
  await play(agentAct(1_000, { ...borrowed, logId: 'cut off' }))
  at(9_040)
  expect(await runner.step(tenant)).toMatchObject({ hits: 1 })
})

test('an insert whose acknowledgement was lost stores nothing twice', async () => {
  const failure = new WhodidError('store_unavailable', 'the connection broke')
  const lost = {
    times: 0,
    addHits: async (rows: readonly FindingRow[]): Promise<void> => {
      await writer.addHits(rows)
      lost.times += 1
      if (lost.times === 1) throw failure
    },
  }
  const { tenant, start, play, at, findings } = world([rule], { addHits: lost.addHits })
  const runner = start()
  await play(agentAct(10, borrowed))
  at(30)
  await expect(runner.step(tenant)).rejects.toBe(failure)
  at(60)
  await runner.step(tenant)
  expect((await findings()).map(({ hits }) => hits)).toEqual([1])
  const rows = `SELECT count() FROM whodid.findings WHERE tenant = '${tenant}'`
  expect(await ledger.sql('reader', rows, { log_comment: tenant })).toBe('1')
})

test('a detection that the engine refuses is named, and keeps no other from running', async () => {
  const broken = { ...rule, id: 'broken', sql: rule.sql.replace('AS subject', 'AS nothing') }
  const { tenant, start, play, at, findings } = world([broken, rule])
  await play(agentAct(10, borrowed))
  at(30)
  const step = await start().step(tenant)
  expect([...step.failed]).toEqual([['broken', 'store_refused']])
  expect(step).toMatchObject({ ran: 2, hits: 1 })
  expect((await findings()).map((one) => one.rule)).toEqual(['borrowed-credential'])
  const kept = `SELECT rule, error FROM whodid.detection_runs ORDER BY rule`
  expect(await ledger.sql('reader', kept, { log_comment: tenant })).toBe(
    'borrowed-credential\t\nbroken\tstore_refused',
  )
})

test('a detection that reads too much is named, and the next try finds what this one did not', async () => {
  const { tenant, start, play, at } = world()
  const narrow = createDetectionRunner({
    detections: [rule],
    selector: ledger.selector,
    writer,
    now: () => windowStartNs + 30n * second,
    limits: { secondsMax: 10, rowsMax: 1, hitsMax: 10 },
  })
  await play(...Array.from({ length: 50 }, (_, n) => agentAct(n / 10, borrowed)))
  expect([...(await narrow.step(tenant)).failed.values()]).toEqual(['query_too_expensive'])
  at(30)
  expect(await start().step(tenant)).toMatchObject({ hits: 1 })
})

test('more hits than one step takes are added in the next', async () => {
  const { tenant, play, findings } = world()
  const runner = createDetectionRunner({
    detections: [rule],
    selector: ledger.selector,
    writer,
    now: () => windowStartNs + 30n * second,
    limits: { secondsMax: 10, rowsMax: 1_000_000, hitsMax: 2 },
  })
  await play(...[1, 2, 3, 4, 5].map((n) => agentAct(n, { ...borrowed, instanceId: `i${n}` })))
  const added: number[] = []
  for (let step = 0; step < 4; step += 1) added.push((await runner.step(tenant)).hits)
  expect(added).toEqual([2, 2, 1, 0])
  expect((await findings()).map(({ hits }) => hits)).toEqual([5])
})

test('a tenant sees its own findings', async () => {
  const ours = world()
  await ours.play(agentAct(10, borrowed))
  ours.at(30)
  await ours.start().step(ours.tenant)
  const [finding] = await ours.findings()
  expect(finding).toBeDefined()
  const other = world()
  expect(await other.findings()).toEqual([])
  await expect(
    describeFinding(ledger.selector, other.tenant, finding?.id ?? ''),
  ).rejects.toMatchObject({ code: 'not_found' })
})

test('decisions give the state: acknowledged until it happens again, suppressed until its end', async () => {
  const { tenant, start, play, at, findings } = world()
  const runner = start()
  await play(agentAct(10, borrowed))
  at(30)
  await runner.step(tenant)
  const id = (await findings())[0]?.id ?? ''
  const decide = (action: string, decidedAtSeconds: number, untilUnixNs = 0n) =>
    writer.addTriage({
      tenant,
      findingId: id,
      decidedAtUnixNs: windowStartNs + BigInt(decidedAtSeconds) * second,
      triageId: `q${decidedAtSeconds}`,
      reader: 'kim',
      role: 'investigator',
      action,
      reason: action === 'suppress' ? 'known \u001b[31mtest' : '',
      untilUnixNs,
    })
  const state = async () => (await findings())[0]?.state
  expect(await state()).toBe('open')
  await decide('acknowledge', 40)
  expect(await state()).toBe('acknowledged')
  await play(agentAct(50, { ...borrowed, instanceId: 'again' }))
  at(60)
  await runner.step(tenant)
  expect(await state()).toBe('open')
  await decide('suppress', 70, 2_000_000_000n * second)
  expect(await state()).toBe('suppressed')
  await play(agentAct(80, { ...borrowed, instanceId: 'while suppressed' }))
  at(90)
  await runner.step(tenant)
  expect(await state()).toBe('suppressed')
  await decide('reopen', 100)
  expect(await state()).toBe('open')
  // The end of this one passed before the test was written.
  await decide('suppress', 110, windowStartNs - 10n * 365n * 86_400n * second)
  expect(await state()).toBe('open')
  const { triage, hits } = await describeFinding(ledger.selector, tenant, id)
  expect(triage.map(({ action }) => action)).toEqual([
    'acknowledge',
    'suppress',
    'reopen',
    'suppress',
  ])
  expect(triage[1]).toMatchObject({ reader: 'kim', reason: expect.not.stringContaining('\u001b') })
  expect(hits.map(({ hit }) => hit)).toEqual([
    'instance:while suppressed',
    'instance:again',
    'instance:i1',
  ])
  expect(hits[0]).toMatchObject({
    query_hash: rule.queryHash,
    measured: { person: 'dev@acme.example' },
  })
})

test('lists are narrowed by state, rule, subject and severity, and say when there is more', async () => {
  const { tenant, start, play, at } = world()
  await play(
    agentAct(10, borrowed),
    agentAct(11, { ...borrowed, credentialId: 'pat-2' }),
    agentAct(12, { ...borrowed, credentialId: 'pat-3' }),
  )
  at(30)
  await start().step(tenant)
  const list = (question: object) =>
    listFindings(ledger.selector, tenant, { limit: 100, ...question })
  expect((await list({})).findings).toHaveLength(3)
  expect((await list({ subject: 'credential:pat-2' })).findings).toHaveLength(1)
  expect((await list({ severity: 'low' })).findings).toEqual([])
  expect((await list({ state: 'acknowledged' })).findings).toEqual([])
  expect((await list({ state: 'open', rule: 'borrowed-credential' })).findings).toHaveLength(3)
  expect(await list({ limit: 2 })).toMatchObject({ more: true })
  expect(await list({ limit: 3 })).toMatchObject({ more: false })
})

test('a back-test counts what would have been found, day by day, and writes nothing', async () => {
  const { tenant, play, findings } = world()
  const day = 86_400
  await play(
    agentAct(-3 * day, borrowed),
    agentAct(-3 * day + 1, borrowed),
    agentAct(-day, { ...borrowed, credentialId: 'pat-2' }),
    agentAct(-40 * day, { ...borrowed, credentialId: 'pat-3' }),
  )
  const options = { tenant, days: 30, nowUnixNs: windowStartNs }
  expect(await backTest(ledger.selector, [rule], options)).toEqual([
    { rule: 'borrowed-credential', hits: 2, findings: 2, error: null },
  ])
  const dear = { ...options, limits: { secondsMax: 10, rowsMax: 1, hitsMax: 10 } }
  expect(await backTest(ledger.selector, [rule], dear)).toEqual([
    { rule: 'borrowed-credential', hits: null, findings: null, error: 'query_too_expensive' },
  ])
  expect(await backTest(ledger.selector, [rule], { ...options, msMax: 0 })).toEqual([
    { rule: 'borrowed-credential', hits: null, findings: null, error: 'query_too_expensive' },
  ])
  expect(await findings()).toEqual([])
})

test('a ledger that does not answer ends the step, and the next goes on', async () => {
  const { tenant, start, play, at, findings } = world()
  const nowhere = createSelector({ ...ledger.access('reader'), url: 'http://127.0.0.1:1' })
  const runner = createDetectionRunner({
    detections: [rule],
    selector: nowhere,
    writer,
    now: () => windowStartNs,
  })
  await expect(runner.step(tenant)).rejects.toMatchObject({ code: 'store_unavailable' })
  await nowhere.close()
  await play(agentAct(10, borrowed))
  at(30)
  await start().step(tenant)
  expect(await findings()).toHaveLength(1)
})

test('a step that is to stop starts no further detection, and the next goes on', async () => {
  const stopping = new AbortController()
  stopping.abort()
  const { tenant, start, play, at } = world()
  const runner = createDetectionRunner({
    detections: [rule],
    selector: ledger.selector,
    writer,
    now: () => windowStartNs + 30n * second,
    stopping: stopping.signal,
  })
  await play(agentAct(10, borrowed))
  expect(await runner.step(tenant)).toMatchObject({ ran: 0, hits: 0 })
  at(30)
  expect(await start().step(tenant)).toMatchObject({ ran: 1, hits: 1 })
})

test('does not ask about imported logs until one is imported', async () => {
  const ghost = (await readDetections()).find(({ id }) => id === 'ghost-act')
  const { tenant, start, play, at, findings } = world(ghost === undefined ? [] : [ghost])
  const runner = start()
  await play(mergeOfAgent(10))
  at(30)
  expect(await runner.step(tenant)).toMatchObject({ ran: 1, hits: 0, rowsRead: 0 })
  // Imported minutes after the act and after the window that its record was in.
  await play(merged(12, {}, { late: 300 }))
  at(330)
  expect(await runner.step(tenant)).toMatchObject({ ran: 1, hits: 1 })
  expect(await findings()).toMatchObject([
    { rule: 'ghost-act', subject: 'person:dev@acme.example' },
  ])
})
