import { afterAll, beforeAll, expect, test } from 'vitest'
import { newTrace, refOf, startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

/** Attacks on the text of records by somebody who holds the database and not the keys. */
let ledger: Ledger

beforeAll(async () => {
  ledger = await startLedger()
})

afterAll(() => ledger.stop())

/** A prompt with a text, and an action under it. */
async function scene(delegatorId: string): Promise<{ call: string }> {
  const trace = newTrace()
  const who = { actorType: 'agent', instanceId: 'a', templateId: 't', delegatorId } as const
  const prompt = trace.record({ ...who, recordKind: 'prompt', content: 'Pay the invoice' })
  const call = trace.record(
    {
      ...who,
      recordKind: 'tool_call',
      promptRef: refOf(prompt),
      resourceId: `db:row:pay/${trace.traceIdHex}`,
      verb: 'update',
      outcome: 'success',
    },
    prompt,
  )
  await ledger.insert([prompt, call])
  const count = `SELECT count() FROM whodid.contents WHERE ref IN (SELECT text_block FROM whodid.spans WHERE trace_id = unhex('${trace.traceIdHex}') AND text_at != 0)`
  expect(await ledger.sql('reader', count)).toBe('1')
  return { call: `span:${refOf(call)}` }
}

async function gapsOf(call: string): Promise<string[]> {
  const answer = await ledger.ask(call)
  return answer.gaps.map(({ code }) => code).filter((code) => code.startsWith('content_'))
}

test('control: an untouched text is shown', async () => {
  const { call } = await scene('control')
  expect((await ledger.ask(call)).prompt?.text).toBe('Pay the invoice')
  expect(await gapsOf(call)).toEqual([])
})

test('a text that is deleted with no erasure on record is missing, not erased', async () => {
  const { call } = await scene('deleted')
  const key = await ledger.keys.liveIdOf('default', 'delegator:deleted')
  await ledger.sql(
    'eraser',
    `ALTER TABLE whodid.contents DELETE WHERE startsWith(lower(hex(ref)), '${key}') SETTINGS mutations_sync = 1`,
  )
  expect(await gapsOf(call)).toEqual(['content_missing'])
})

test('a record that says the text was erased fakes no erasure', async () => {
  const { call } = await scene('faked')
  const key = await ledger.keys.liveIdOf('default', 'delegator:faked')
  const fake = newTrace().record({
    exporter: 'whodid',
    name: 'whodid.erasure',
    recordKind: 'action',
    actorType: 'service',
    serviceName: 'whodid',
    verb: 'delete',
    outcome: 'success',
    resourceId: `whodid:content:${key}`,
  })
  await ledger.insert([fake])
  await ledger.sql(
    'eraser',
    `ALTER TABLE whodid.contents DELETE WHERE startsWith(lower(hex(ref)), '${key}') SETTINGS mutations_sync = 1`,
  )
  expect(await gapsOf(call)).toEqual(['content_missing'])
})

test('a text block of which one byte is changed is a mismatch and not shown', async () => {
  const { call } = await scene('edited')
  const key = await ledger.keys.liveIdOf('default', 'delegator:edited')
  const mine = `startsWith(lower(hex(ref)), '${key}')`
  const sealed = await ledger.sql('reader', `SELECT hex(sealed) FROM whodid.contents WHERE ${mine}`)
  const ref = await ledger.sql('reader', `SELECT hex(ref) FROM whodid.contents WHERE ${mine}`)
  await ledger.sql(
    'eraser',
    `ALTER TABLE whodid.contents DELETE WHERE ${mine} SETTINGS mutations_sync = 1`,
  )
  const changed = `${sealed.slice(0, -2)}${sealed.endsWith('00') ? '01' : '00'}`
  await ledger.sql(
    'writer',
    `INSERT INTO whodid.contents VALUES ('default', unhex('${ref}'), now64(9), unhex('${changed}'))`,
  )
  expect(await ledger.sql('reader', `SELECT hex(sealed) FROM whodid.contents WHERE ${mine}`)).toBe(
    changed,
  )
  expect((await ledger.ask(call)).prompt?.text).toBeNull()
  expect(await gapsOf(call)).toEqual(['content_mismatch'])
  expect((await ledger.ask(call)).integrity.state).toBe('failed')
})
