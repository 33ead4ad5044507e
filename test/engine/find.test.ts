import { afterAll, beforeAll, expect, test } from 'vitest'
import { createContentReader } from '@whodid/content'
import { parseHandle } from '@whodid/model'
import type { Candidate, FindAnswer } from '@whodid/model'
import { findAnswerSchema } from '@whodid/model/answers'
import { find, parseFindQuestion } from '@whodid/query'
import { done, incident, triage } from '../harness/incident.ts'
import { newTrace, refOf, startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

type RawFindQuestion = Parameters<typeof parseFindQuestion>[0]

let ledger: Ledger
const one = incident('one')
const sha = '9fceb02d0ae598e95dc970b74767f19372d61af8'
const pull = 'github:pull:acme/app/812'
const commit = `github:commit:acme/app/${sha}`
const nowMs = Date.UTC(2026, 10, 3, 12)
const own = { ...triage, ...done, channel: 'entitled' } as const
const hostile = 'db:row:shop/\u001b[2J\u202eboo'

beforeAll(async () => {
  ledger = await startLedger()
  const merge = newTrace()
  const edit = newTrace()
  const odd = newTrace()
  await ledger.insert([
    ...Object.values(one),
    merge.record({
      ...own,
      verb: 'update',
      resourceId: pull,
      toolName: 'merge_pull_request',
      result: `merged as ${sha}`,
    }),
    merge.record({ ...own, verb: 'create', resourceId: commit }),
    edit.record({ ...own, verb: 'update', resourceId: 'file:/srv/app/src/a.ts' }),
    edit.record({
      ...own,
      verb: 'create',
      resourceId: 'github:commit:acme/app/0123456789abcdef0123456789abcdef01234567',
    }),
    edit.record({ ...own, verb: 'update', resourceId: 'db:table:shop/customers' }),
    edit.record({ ...own, verb: 'delete', resourceId: 'db:row:shop/customers/42' }),
    edit.record({
      ...own,
      verb: 'delete',
      resourceId: 'db:row:shop/customers/43',
      attributes: '{"server.address":"10.3.7.9"}',
    }),
    odd.record({ ...own, verb: 'delete', resourceId: hostile }),
    odd.record({ ...own, credentialId: 'sha256:0badc0de', credentialSubject: 'Shop_App' }),
    // As an older ledger has it: the URL, before it had a canonical form.
    odd.record({
      ...own,
      verb: 'update',
      resourceId: 'https://gitlab.com/acme/app/-/merge_requests/5',
    }),
    odd.record({
      ...own,
      delegatorId: 'gone@acme.example',
      recordKind: 'prompt',
      content: 'The secret plan of the heron',
    }),
    {
      ...odd.record({ ...own, verb: 'delete', resourceId: 'db:row:shop/customers/99' }),
      tenant: 'other',
    },
  ])
})
afterAll(async () => {
  await ledger.stop()
})

async function ask(
  q: string,
  more: Partial<RawFindQuestion> = {},
  tenant = 'default',
): Promise<FindAnswer> {
  const contents = createContentReader(ledger.keys, () => 0n)
  const question = parseFindQuestion({ q, ...more }, nowMs)
  return findAnswerSchema.parse(
    await find({ selector: ledger.selector, contents }, tenant, question),
  )
}

const names = ({ candidates }: FindAnswer): string[] =>
  candidates.map(({ kind, label }) => `${kind} ${label}`)
const first = (answer: FindAnswer, kind: string): Candidate => {
  const found = answer.candidates.find((candidate) => candidate.kind === kind)
  if (found === undefined) throw new Error(`no ${kind} among ${names(answer).join(', ')}`)
  return found
}

test.each([
  ['dev@acme.example', 'delegator dev@acme.example', 'is_the_name'],
  ['dev', 'delegator dev@acme.example', 'begins_with_it'],
  ['DB-FIXER', 'template db-fixer', 'is_the_name'],
  ['merge_pull_request', 'tool merge_pull_request', 'is_the_name'],
  ['fixer-o', 'instance fixer-one', 'begins_with_it'],
  [one['merge']?.traceIdHex ?? '', `trace ${one['merge']?.traceIdHex}`, 'is_the_name'],
  [
    one['merge']?.traceIdHex.slice(0, 30) ?? '',
    `trace ${one['merge']?.traceIdHex}`,
    'begins_with_it',
  ],
  ['acme/app#812', `resource ${pull}`, 'is_the_name'],
  [`https://github.com/acme/app/commit/${sha}`, `resource ${commit}`, 'is_the_name'],
  [sha.slice(0, 10), `resource ${commit}`, 'contains_it'],
  ['10.3.7.9', 'resource db:row:shop/customers/43', 'in_attributes'],
  ['shop_app', 'credential sha256:0badc0de', 'in_attributes'],
  ['src/a.ts', 'resource file:/srv/app/src/a.ts', 'contains_it'],
  ['db:row:shop/customers/', 'resource db:row:shop/customers/42', 'begins_with_it'],
  ['heron secret', 'text The secret plan of the heron', 'in_text'],
  ['what was deleted', 'resource db:row:shop/customers/42', 'in_the_time'],
])('%s is found: %s', async (clue, name, code) => {
  const answer = await ask(clue)
  expect(names(answer)).toContain(name)
  const found = answer.candidates.find(({ kind, label }) => `${kind} ${label}` === name)
  expect(found?.why.code).toBe(code)
  expect(found?.records).toBeGreaterThan(0)
  expect(found?.first_at).toMatch(/^2026-11-01T/u)
  expect(answer.searched.length).toBeGreaterThan(0)
})

test('each candidate that asks leads to an answer about an act or says plainly that there is none', async () => {
  for (const clue of ['dev@acme.example', 'acme/app#812', 'db:row:shop/', 'heron', sha])
    for (const { leads_to: lead } of (await ask(clue)).candidates)
      if (lead.question === 'who_did' && lead.of !== null) {
        expect(() => parseHandle(lead.of ?? '')).not.toThrow()
        expect((await ledger.ask(lead.of)).question.of).toBe(lead.of)
      }
})

test('a span ID leads to its span', async () => {
  const record = one['merge']
  if (record === undefined) throw new Error('the incident has a merge')
  const answer = await ask(record.spanIdHex)
  expect(answer.candidates.map(({ leads_to: lead }) => lead.of)).toContain(`span:${refOf(record)}`)
})

test('a commit leads to its pull request, a row to its table, a file to its commits', async () => {
  const related = async (clue: string): Promise<string[]> =>
    first(await ask(clue), 'resource').related.map(({ label }) => label)
  expect(await related(sha)).toEqual([pull])
  expect(await related('db:row:shop/customers/42')).toEqual(['db:table:shop/customers'])
  expect(await related('file:/srv/app/src/a.ts')).toEqual([
    'github:commit:acme/app/0123456789abcdef0123456789abcdef01234567',
  ])
})

test('everything below a resource is one candidate too, which leads to its list', async () => {
  const below = first(await ask('shop.customers'), 'resources')
  expect(below).toMatchObject({ label: 'db:row:shop/customers/', acts: 2 })
  expect(below.leads_to).toEqual({
    question: 'find',
    of: 'db:row:shop/customers/',
    filters: { limit: '100' },
  })
})

test('a time narrows what is found, and a verb leads to the list of its acts', async () => {
  const acts = first(await ask('what was deleted on 2026-11-01'), 'acts')
  expect(acts.leads_to).toEqual({
    question: 'actions',
    of: null,
    filters: { verb: 'delete', from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' },
  })
  expect((await ask('what was deleted yesterday')).candidates).toEqual([])
  expect((await ask('db-fixer', { before: '2026-10-01T00:00:00Z' })).candidates).toEqual([])
  expect((await ask('dev@acme.example', { after: '2026-11-02T00:00:00Z' })).candidates).toEqual([])
})

test('a slip is answered with the name that was meant, and a number that differs is another name', async () => {
  const { candidates, did_you_mean: near } = await ask('db-fxier')
  expect(candidates).toEqual([])
  expect(near).toEqual([
    {
      kind: 'template',
      name: 'db-fixer',
      leads_to: { question: 'who_did', of: 'template:db-fixer', filters: {} },
    },
  ])
  expect((await ask('db:row:shop/customers/52')).did_you_mean).toEqual([])
})

test('nothing found says what was looked at', async () => {
  const { candidates, searched, advice } = await ask('zebra-crossing')
  expect(candidates).toEqual([])
  expect(searched.map(({ place }) => place)).toEqual([
    'index',
    'people',
    'records',
    'attributes',
    'texts',
  ])
  expect(advice).toContain('no evidence')
})

test('a tenant finds its own records alone', async () => {
  expect(names(await ask('db:row:shop/customers/99'))).toEqual([])
  expect(names(await ask('db:row:shop/customers/99', {}, 'other'))).toEqual([
    'resource db:row:shop/customers/99',
  ])
  expect(names(await ask('heron', {}, 'other'))).toEqual([])
  expect(names(await ask('what was deleted', {}, 'other'))).toHaveLength(2)
})

test('a name that no handle can carry leads to its newest record, and nothing unprintable leaves', async () => {
  const answer = await ask('boo')
  const odd = first(answer, 'resource')
  expect(odd.label).toBe('db:row:shop/\ufffd[2J\ufffdboo')
  expect(odd.leads_to.of).toBe(`span:${odd.newest}`)
  expect(JSON.stringify(answer)).not.toMatch(/\\u001b|\u202e/u)
})

test('a URL that older records have as it is leads to its record', async () => {
  const found = first(await ask('https://gitlab.com/acme/app/-/merge_requests/5'), 'resource')
  expect(found.label).toBe('https://gitlab.com/acme/app/-/merge_requests/5')
  expect(found.leads_to.of).toBe(`span:${found.newest}`)
})

test.each([
  "'; DROP TABLE whodid.spans --",
  '%',
  '_',
  '{name0:String}',
  '\\',
  'a\0b',
  '((((',
  '\ud800',
  "x' OR 1=1",
])('%j is a clue like any other', async (clue) => {
  expect((await ask(clue)).cost.statements).toBeGreaterThan(0)
})

test('what was erased is not found again', async () => {
  expect(names(await ask('heron'))).toEqual(['text The secret plan of the heron'])
  const key = await ledger.keys.liveIdOf('default', 'delegator:gone@acme.example')
  await ledger.keys.destroy(key ?? '', {
    erasure: 'e',
    erased_at: '2026-11-02T00:00:00Z',
    record: 'r',
  })
  const after = await ask('heron')
  expect(after.candidates).toEqual([])
  expect(after.searched.find(({ place }) => place === 'texts')?.text).toContain('erased')
})
