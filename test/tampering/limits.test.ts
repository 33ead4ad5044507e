import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyLedger } from '@whodid/verify'
import { createLeafReader } from '@whodid/store'
import type { LeafReader } from '@whodid/store'
import { startDbaLedger } from '../harness/dba-ledger.ts'
import type { DbaLedger } from '../harness/dba-ledger.ts'
import { newTrace } from '../harness/ledger.ts'
import { createTestLog, verifyTestLog } from '../harness/sealed-log.ts'
import { undetectable } from './undetectable.ts'

let ledger: DbaLedger
let reader: LeafReader

beforeAll(async () => {
  ledger = await startDbaLedger()
  reader = createLeafReader(ledger.access('verifier'))
})

afterAll(async () => {
  await reader.close()
  await ledger.stop()
})

test('docs/LIMITS.md says what no verification finds, and no more than that', () => {
  const page = readFileSync(new URL('../../docs/LIMITS.md', import.meta.url), 'utf8')
  const section = page.split(/^## /mu).find((text) => text.startsWith('About verification')) ?? ''
  const said = [...section.matchAll(/^- \*\*(.+?)\*\*/gmsu)].map(([, words = '']) =>
    words.replaceAll(/\s+/gu, ' ').replaceAll("'", '’'),
  )
  expect(said).toEqual(undetectable)
})

test('what was false when it was sealed verifies', async () => {
  const log = createTestLog('limits.test/lie')
  const lie = newTrace().record({ actorType: 'human', userId: 'nobody@acme.example' })
  await ledger.insert(log.seal([lie]), 'lie')
  expect((await verifyTestLog(log, reader)).findings).toEqual([])
})

test('a row deleted from the table of actions is not found', async () => {
  const log = createTestLog('limits.test/actions')
  const act = newTrace().record({ recordKind: 'tool_call', resourceId: 'x:y:hidden' })
  await ledger.insert(log.seal([act]), 'act')
  const count = "SELECT count() FROM whodid.actions WHERE resource_id = 'x:y:hidden'"
  expect(await ledger.dba(count)).toBe('1')
  await ledger.dba("ALTER TABLE whodid.actions DELETE WHERE resource_id = 'x:y:hidden'")
  expect(await ledger.dba(count)).toBe('0')
  expect((await verifyTestLog(log, reader)).findings).toEqual([])
})

test('a log that is dropped whole is not missed where nobody names it', async () => {
  const log = createTestLog('limits.test/dropped')
  await ledger.insert(log.seal([newTrace().record({ name: 'dropped' })]), 'dropped')
  const known = ['limits.test/lie', 'limits.test/actions']
  expect((await verifyLedger([], reader, known)).findings).toMatchObject([
    { code: 'row_of_unknown_log', log: log.origin },
  ])
  await ledger.dba(`ALTER TABLE whodid.spans DELETE WHERE log_id = '${log.origin}'`)
  expect((await verifyLedger([], reader, known)).findings).toEqual([])
})
