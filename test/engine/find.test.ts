import { afterAll, beforeAll, expect, test } from 'vitest'
import { createContentReader } from '@whodid/content'
import type { FindAnswer } from '@whodid/model'
import { findAnswerSchema } from '@whodid/model/answers'
import { find, parseFindQuestion } from '@whodid/query'
import type { RawFindQuestion } from '@whodid/query'
import { incident } from '../harness/incident.ts'
import { newTrace, startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

let ledger: Ledger
const one = incident('one')
const nowMs = Date.UTC(2026, 10, 3, 12)

beforeAll(async () => {
  ledger = await startLedger()
  await ledger.insert(Object.values(one))
})
afterAll(async () => {
  await ledger.stop()
})

async function ask(q: string, more: Partial<RawFindQuestion> = {}, tenant = 'default'): Promise<FindAnswer> {
  const sources = { selector: ledger.selector, contents: createContentReader(ledger.keys, () => 0n) }
  return findAnswerSchema.parse(await find(sources, tenant, parseFindQuestion({ q, ...more }, nowMs)))
}

test.each(['dev@acme.example', 'db-fixer', 'what was deleted', 'triage the issues', 'merge-o', 't:pull:', '7ace0000', 'acme/app#812', 'db-fxier', '10.0.0.1'])('%s', async (q) => {
  const answer = await ask(q)
  console.log(q, JSON.stringify({...answer, candidates: answer.candidates.map(c=>[c.kind,c.label,c.why.code,c.records,c.acts,c.leads_to.of])}, null, 1))
  expect(answer.cost.statements).toBeGreaterThan(0)
})
