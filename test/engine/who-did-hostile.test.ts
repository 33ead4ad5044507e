import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { normalizeResource } from '@whodid/model'
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

const update = { ...done, verb: 'update' } satisfies Partial<LedgerRecord>

describe('handles that are not names', () => {
  const kinds = ['action', 'instance', 'template', 'delegator', 'correlation', 'credential']
  const hostile = [`'`, `\\`, `' OR 1=1 --`, '${id}', '{id:String}', '`', '%00', '\u202e', '\ud800']

  test.each([...kinds, 'resource'])('%s: each is a value, found by nobody', async (kind) => {
    for (const value of hostile) {
      const answer = await ledger.ask(`${kind}:${value}`)
      expect(answer.reasons.map(({ code }) => code)).toEqual(['no_record'])
    }
  })

  test('NUL, and more than any record could carry, are refused', async () => {
    for (const value of ['a\0b', 'x'.repeat(100_000)])
      await expect(async () => ledger.ask(`instance:${value}`)).rejects.toThrow(
        expect.objectContaining({ code: 'invalid_handle' }),
      )
  })
})

test('one resource under every spelling of its name', async () => {
  const names: readonly (readonly [string, string])[] = [
    ['https://Wiki.Example/Pages/Caf%c3%a9/', 'HTTPS://wiki.example/Pages/Café#top'],
    ['https://wiki.example/%7Eann/notes', 'https://wiki.example/~ann/notes/'],
    ['DB:Row:shop/cafe\u0301', 'db:row:shop/caf\u00e9'],
    ['https://github.com/Acme/App/pull/77/files', 'github:pull:acme/app/77'],
  ]
  for (const [told, asked] of names) {
    const resourceId = normalizeResource(told).id
    expect(normalizeResource(resourceId).id).toBe(resourceId)
    const act = newTrace().record({ ...triage, ...update, resourceId })
    await ledger.insert([act])
    expect((await ledger.ask(`resource:${asked}`)).action?.span, asked).toBe(refOf(act))
  }
})

describe('what has no end', () => {
  test('a chain 10,000 deep: who acted is known, and what was not looked at is said', async () => {
    const trace = newTrace()
    const records: LedgerRecord[] = []
    for (let depth = 0; depth < 10_000; depth += 1)
      records.push(trace.record(depth === 0 ? triage : {}, records.at(-1)))
    const said = trace.record({ ...triage, ...update, resourceId: 'deep:1:said' }, records.at(-1))
    const silent = trace.record({ ...update, resourceId: 'deep:1:silent' }, records.at(-1))
    await ledger.insert([...records, said, silent])
    const known = await ledger.ask('deep:1:said')
    expect(known).toMatchObject({ verdict: 'agent', agent: { instance: { id: 'triage-1' } } })
    const gaps = known.gaps.map(({ code }) => code)
    expect(gaps).toEqual(expect.arrayContaining(['missing_parent', 'evidence_truncated']))
    expect(known.chain.length).toBeLessThanOrEqual(256)
    const unknown = await ledger.ask('deep:1:silent')
    expect(unknown).toMatchObject({ verdict: 'undetermined', actor: null })
    expect(unknown.reasons[0]?.code).toBe('evidence_truncated')
  })

  test('two instances that each call the other their parent', async () => {
    const one = { ...triage, instanceId: 'loop-1', instanceParentId: 'loop-2', delegationChain: [] }
    const two = { ...triage, instanceId: 'loop-2', instanceParentId: 'loop-1', delegationChain: [] }
    const act = newTrace().record({ ...one, ...update, resourceId: 'loop:1:1' })
    const other = newTrace().record({ ...two, recordKind: 'prompt', promptOrigin: 'agent' })
    const back = newTrace().record({ ...one, recordKind: 'delegation' })
    await ledger.insert([act, other, back])
    const answer = await ledger.ask('loop:1:1')
    expect(answer).toMatchObject({ verdict: 'agent', agent: { instance: { id: 'loop-1' } } })
    expect(answer.chain.length).toBeLessThanOrEqual(3)
  })

  test('two grants that each are given under the other', async () => {
    const grant = (own: string, of: string) => ({ delegationId: own, delegationParentId: of })
    const one = { ...triage, instanceId: 'grant-1', delegationChain: [], ...grant('g:1', 'g:2') }
    const two = { ...triage, instanceId: 'grant-2', delegationChain: [], ...grant('g:2', 'g:1') }
    const act = newTrace().record({ ...one, ...update, resourceId: 'loop:1:2' })
    const handed = newTrace().record({ ...two, recordKind: 'delegation' })
    const back = newTrace().record({ ...one, recordKind: 'delegation' })
    await ledger.insert([act, handed, back])
    const answer = await ledger.ask('loop:1:2')
    expect(answer).toMatchObject({ verdict: 'agent', agent: { instance: { id: 'grant-1' } } })
    expect(answer.chain.length).toBeLessThanOrEqual(3)
  })

  test('an instance with fifty thousand acts, each in a trace of its own', async () => {
    const busy = { ...triage, instanceId: 'busy', delegationChain: ['dev@acme.example', 'busy'] }
    const acts = Array.from({ length: 50_000 }, (_, n) =>
      newTrace().record({ ...busy, ...update, resourceId: `busy:1:${n}` }),
    )
    await ledger.insert(acts)
    const answer = await ledger.ask('instance:busy')
    expect(answer.action?.span).toBe(refOf(acts.at(-1) as LedgerRecord))
    expect((await ledger.ask('busy:1:777')).agent?.instance?.id).toBe('busy')
  })
})

test('as_recorded: what the ledger had received by then, whatever came later', async () => {
  const first = newTrace().record({ ...triage, ...update, resourceId: 'late:1:1' })
  const earlier = newTrace().record({ ...triage, ...update, resourceId: 'late:1:1' })
  const late: LedgerRecord = {
    ...earlier,
    receivedUnixNs: first.receivedUnixNs + 3_600_000_000_000n,
  }
  await ledger.insert([first, late])
  expect((await ledger.ask('late:1:1')).action?.span).toBe(refOf(late))
  const before = new Date(Number(first.receivedUnixNs / 1_000_000n) + 60_000).toISOString()
  const then = await ledger.ask({ of: 'late:1:1', as_recorded: before })
  expect(then.action?.span).toBe(refOf(first))
  expect(then.question.as_recorded).toBe(before)
  expect(then.alternatives).toEqual([])
})
