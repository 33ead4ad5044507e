import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LedgerRecord } from '@whodid/model'
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

const update = { ...done, verb: 'update' } as const
const promptHash = `sha256:${'ab'.repeat(32)}`

/** The views answer by the same handles; what they are not sure of they leave open. */
async function inSql(of: string): Promise<string> {
  return ledger.sql('reader', `SELECT trail[1].key FROM whodid.who_did(of = '${of}')`)
}

describe.each([
  ['session', 'sessionId'],
  ['conversation', 'conversationId'],
] as const)('%s:', (kind, field) => {
  const own = (value: string): Partial<LedgerRecord> => ({ [field]: value })

  test('is answered with the newest act that carries it', async () => {
    const trace = newTrace()
    const root = trace.record({ ...triage, ...own('a b/1'), recordKind: 'session' })
    const first = trace.record(
      { ...triage, ...update, ...own('a b/1'), resourceId: 'h:row:1' },
      root,
    )
    const other = newTrace().record({ ...triage, ...update, ...own('2'), resourceId: 'h:row:2' })
    await ledger.insert([root, first, other])
    const answer = await ledger.ask(`${kind}:a b/1`)
    expect(answer).toMatchObject({ verdict: 'agent', action: { span: refOf(first) } })
    expect(await inSql(`${kind}:a b/1`)).toBe(refOf(first))
  })

  test('finds an act below the record that names it, and none below another', async () => {
    const trace = newTrace()
    const mine = trace.record({ ...triage, ...own('3'), recordKind: 'session' })
    const act = trace.record({ ...triage, ...update, resourceId: 'h:row:3' }, mine)
    const theirs = trace.record({ ...triage, ...own('4'), recordKind: 'session' })
    const later = trace.record({ ...triage, ...update, resourceId: 'h:row:4' }, theirs)
    await ledger.insert([mine, act, theirs, later])
    expect((await ledger.ask(`${kind}:3`)).action?.span).toBe(refOf(act))
    expect((await ledger.ask(`${kind}:4`)).action?.span).toBe(refOf(later))
  })

  test('that is on no record is answered so', async () => {
    const answer = await ledger.ask(`${kind}:none`)
    expect(answer).toMatchObject({ verdict: 'undetermined', action: null })
    expect(answer.reasons.map(({ code }) => code)).toEqual(['no_record'])
  })
})

describe('tool:', () => {
  test('is answered with the newest call that came off', async () => {
    const call = (values: Partial<LedgerRecord>): LedgerRecord =>
      newTrace().record({ ...triage, ...update, toolName: 'merge_it', ...values })
    const old = call({ resourceId: 'h:pull:1' })
    const newest = call({ resourceId: 'h:pull:2' })
    const failed = call({ resourceId: 'h:pull:3', outcome: 'failure' })
    const others = call({ resourceId: 'h:pull:4', toolName: 'close_it' })
    await ledger.insert([old, newest, failed, others])
    const answer = await ledger.ask('tool:merge_it')
    expect(answer.action).toMatchObject({ span: refOf(newest), tool: 'merge_it' })
    expect(answer.alternatives.map(({ span }) => span)).toContain(refOf(old))
    expect(await inSql('tool:merge_it')).toBe(refOf(newest))
  })

  test('many failures do not hide the success behind them', async () => {
    const call = (outcome: 'success' | 'failure'): LedgerRecord =>
      newTrace().record({ ...triage, ...update, toolName: 'often', outcome, resourceId: 'h:often' })
    const success = call('success')
    const earlier = { ...success, startUnixNs: success.startUnixNs - 7_200_000_000_000n }
    await ledger.insert([earlier])
    await ledger.insert(Array.from({ length: 257 }, () => call('failure')))
    const answer = await ledger.ask('tool:often')
    expect(answer.verdict).toBe('agent')
    expect(answer.action).toMatchObject({ span: refOf(earlier), outcome: 'success' })
  })
})

describe('a name that a long run repeats in every batch', () => {
  const named = { ...triage, templateId: 'long-run' } as const
  /** As if as many batches of the newest trace had been received. */
  const repeat = async (key: string, rows: number): Promise<string> =>
    ledger.sql(
      'migrator',
      `INSERT INTO whodid.threads SELECT * EXCEPT copy FROM (SELECT *, arrayJoin(range(${rows})) AS copy FROM (SELECT * FROM whodid.threads WHERE key = ${key} ORDER BY hour DESC LIMIT 1))`,
    )

  test('does not hide the older traces in which an act inherits it', async () => {
    const trace = newTrace()
    const run = trace.record({ ...named, recordKind: 'prompt' })
    const act = trace.record({ ...done, verb: 'update', resourceId: 'h:long:1' }, run)
    await ledger.insert([run, act])
    const later = newTrace().record({ ...named, recordKind: 'prompt' })
    await ledger.insert([{ ...later, startUnixNs: later.startUnixNs + 3_600_000_000_000n }])
    expect(await repeat(`sipHash64('template', 'long-run')`, 5000)).toBe('')
    expect((await ledger.ask('template:long-run')).action?.span).toBe(refOf(act))
  })

  test('does not hide an older call of the tool', async () => {
    const call = (outcome: 'success' | 'failure'): LedgerRecord =>
      newTrace().record({ ...triage, ...update, toolName: 'long', outcome, resourceId: 'h:long:2' })
    const [old, newest] = [call('success'), call('failure')]
    await ledger.insert([old, { ...newest, startUnixNs: newest.startUnixNs + 3_600_000_000_000n }])
    expect(await repeat(`sipHash64('tool', 'long')`, 5000)).toBe('')
    const answer = await ledger.ask('tool:long')
    expect(answer.action?.span).toBe(refOf(old))
  })
})

describe('action:', () => {
  const rival = { exporter: 'rival', actorType: 'agent', templateId: 'rival' } as const
  const nobody = { exporter: 'rival', channel: 'unbound' } as const
  const crowdOf = (fields: Partial<LedgerRecord>): LedgerRecord[] =>
    Array.from({ length: 300 }, (_, n) =>
      newTrace().record({ ...update, ...fields, resourceId: `h:crowd:${n}` }),
    )
  /** Stamped before the crowd, and received after it. */
  const receivedLast = (record: LedgerRecord): LedgerRecord => ({
    ...record,
    receivedUnixNs: newTrace().record({}).receivedUnixNs,
  })

  test.each<[string, Partial<LedgerRecord>]>([
    ['entitled', rival],
    ['unbound', { ...rival, ...nobody }],
    ['unentitled', { ...triage, exporter: 'rival', channel: 'unentitled' }],
    ['nameless', nobody],
  ])('is the act of its first sender under any crowd of later %s ones', async (kind, said) => {
    const actionId = `crowd-${kind}`
    const own = { ...triage, recordKind: 'action', verb: 'update', actionId } as const
    const intent = newTrace().record({ ...own, outcome: 'unknown' })
    // In a trace of its own: the intent does not lead to it.
    const outcome = newTrace().record({ ...own, ...done })
    const crowd = crowdOf({ ...said, actionId })
    await ledger.insert([intent, ...crowd, receivedLast(outcome)])
    expect(await ledger.ask(`action:${actionId}`)).toMatchObject({
      verdict: 'agent',
      actor: { id: 'triage-1' },
      action: { span: refOf(outcome), outcome: 'success' },
    })
  })

  test.each<[string, Partial<LedgerRecord>]>([
    ['unbound', { ...rival, ...nobody }],
    ['unentitled', { ...triage, exporter: 'rival', channel: 'unentitled' }],
    ['nameless', nobody],
  ])('is the act of its first entitled sender after any crowd of %s ones', async (kind, said) => {
    const actionId = `after-${kind}`
    const act = newTrace().record({ ...triage, ...update, actionId })
    await ledger.insert([...crowdOf({ ...said, actionId }), receivedLast(act)])
    const answer = await ledger.ask(`action:${actionId}`)
    expect(answer).toMatchObject({ verdict: 'agent', action: { span: refOf(act) } })
  })

  test('is the act that a run above its first record names, under a crowd of entitled ones', async () => {
    const actionId = 'crowd-below'
    const trace = newTrace()
    const run = trace.record({ ...triage, recordKind: 'prompt' })
    const act = trace.record({ exporter: 'test', channel: 'unbound', ...update, actionId }, run)
    await ledger.insert([run, act, ...crowdOf({ ...rival, actionId })])
    const answer = await ledger.ask(`action:${actionId}`)
    expect(answer).toMatchObject({ verdict: 'agent', action: { span: refOf(act) } })
  })
})

describe('prompt:', () => {
  test('is answered with what was done under it, in its trace and in others', async () => {
    const trace = newTrace()
    const prompt = trace.record({
      ...triage,
      recordKind: 'prompt',
      promptOrigin: 'human',
      promptHash,
    })
    const below = trace.record({ ...triage, ...update, resourceId: 'h:file:1' }, prompt)
    await ledger.insert([prompt, below])
    expect((await ledger.ask(`prompt:${promptHash}`)).action?.span).toBe(refOf(below))
    const elsewhere = newTrace().record({
      ...triage,
      ...update,
      resourceId: 'h:file:2',
      promptRef: refOf(prompt),
    })
    const unrelated = newTrace().record({ ...triage, ...update, resourceId: 'h:file:3' })
    await ledger.insert([elsewhere, unrelated])
    const answer = await ledger.ask(promptHash)
    expect(answer).toMatchObject({
      question: { kind: 'prompt' },
      action: { span: refOf(elsewhere) },
      prompt: { hash: promptHash, origin: 'human' },
    })
    expect(await inSql(promptHash)).toBe(refOf(elsewhere))
  })
})
