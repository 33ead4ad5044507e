import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInConsole } from '../harness/console-session.ts'
import { runWhodid } from '../harness/run-whodid.ts'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

// The notebook of a case: over the API, in a terminal, in the console, and in an evidence package.

const row = 'db:row:shop/customers/42'
const hostile = '</textarea><script>alert(1)</script>\u202e\u001b[31m'

let whodid: WhodidProcess
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'whodid-notebook-'))
  whodid = await startWhodidProcess()
  await sendSpans(whodid, 'notebook', [
    {
      'whodid.actor.type': 'agent',
      'gen_ai.agent.id': 'db-fixer',
      'whodid.agent.instance.id': 'fixer-1',
      ...toolCall('delete', row),
    },
  ])
  await whodid.whoDid(
    row,
    ({ verdict, integrity }) => verdict === 'agent' && integrity.state === 'sealed',
  )
})

afterAll(async () => {
  await whodid.remove()
  await rm(directory, { recursive: true, force: true })
})

interface Entry {
  readonly entry_id: string
  readonly author: string
  readonly kind: string
  readonly text: string | null
  readonly permalink: string | null
  readonly question: { readonly of: string; readonly as_recorded: string } | null
}

function write(
  caseId: string,
  body: object,
  token = whodid.tokens.investigator,
): Promise<Response> {
  return fetch(`${whodid.apiUrl}/v1/cases/${encodeURIComponent(caseId)}/entries`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

async function entriesOf(caseId: string, token?: string): Promise<Entry[]> {
  const answer = await whodid.get(`/v1/cases/${encodeURIComponent(caseId)}`, token)
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { entries: Entry[] }).entries
}

test('an entry stands under the token’s name, frozen, and is read in the order of writing', async () => {
  const before = Date.now()
  expect((await write('INC 7/a', { kind: 'note', text: hostile })).status).toBe(200)
  expect((await write('INC 7/a', { kind: 'pin', of: row }, whodid.tokens.admin)).status).toBe(200)
  const asked = { of: row, verb: 'delete', as_recorded: '2026-01-01T00:00:00Z' }
  expect((await write('INC 7/a', { kind: 'question', ...asked })).status).toBe(200)
  const [note, pin, question, ...more] = await entriesOf('INC 7/a')
  expect(more).toEqual([])
  expect(note).toMatchObject({ author: 'investigator', kind: 'note', question: null })
  expect(note?.text).toBe('</textarea><script>alert(1)</script>\ufffd\ufffd[31m')
  expect(pin).toMatchObject({ author: 'admin', kind: 'pin', text: null, question: { of: row } })
  const frozenMs = Date.parse(pin?.question?.as_recorded ?? '')
  expect(frozenMs).toBeGreaterThanOrEqual(before)
  expect(frozenMs).toBeLessThanOrEqual(Date.now())
  expect(question?.permalink).toBe(
    '/ask?of=db%3Arow%3Ashop%2Fcustomers%2F42&as_recorded=2026-01-01T00%3A00%3A00.000000000Z&verb=delete',
  )
  const { cases } = (await (await whodid.get('/v1/cases')).json()) as { cases: object[] }
  expect(cases).toMatchObject([
    { case_id: 'INC 7/a', entries: 3, authors: ['admin', 'investigator'] },
  ])
})

test.each<[string, number, object]>([
  ['invalid_body', 400, { kind: 'note', text: 'a', author: 'somebody else' }],
  ['invalid_body', 400, { kind: 'shout', text: 'a' }],
  ['invalid_parameter', 400, { kind: 'note' }],
  ['invalid_parameter', 400, { kind: 'note', text: '  ' }],
  ['invalid_parameter', 400, { kind: 'note', text: 'x'.repeat(4_001) }],
  ['invalid_handle', 400, { kind: 'pin' }],
  ['invalid_handle', 400, { kind: 'question', of: 'nonsense' }],
  ['invalid_handle', 400, { kind: 'note', text: 'a', verb: 'delete' }],
  ['invalid_time', 400, { kind: 'pin', of: row, as_recorded: '2199-01-01T00:00:00Z' }],
  ['invalid_time', 400, { kind: 'pin', of: row, from: 'yesterday' }],
])('%s (%i): the entry %j is refused and nothing is kept', async (code, status, body) => {
  const answer = await write('refused', body)
  expect(answer.status).toBe(status)
  expect(await answer.json()).toMatchObject({ code })
  expect(await entriesOf('refused')).toEqual([])
})

test('a sender writes nothing, a wrong ID is refused, and another tenant sees none of it', async () => {
  expect((await write('INC-8', { kind: 'note', text: 'a' }, whodid.tokens.ingest)).status).toBe(403)
  expect((await write('INC-8\u00e9', { kind: 'note', text: 'a' })).status).toBe(400)
  expect((await write('x'.repeat(201), { kind: 'note', text: 'a' })).status).toBe(400)
  const args = ['reader', 'add', '--name', 'far', '--tenant', 'far', '--json']
  const { token } = JSON.parse((await runWhodid(whodid, args)).stdout) as { token: string }
  await expect.poll(async () => (await whodid.get('/v1/cases', token)).status).toBe(200)
  expect(await (await whodid.get('/v1/cases', token)).json()).toEqual({ cases: [] })
  expect(await entriesOf('INC 7/a', token)).toEqual([])
})

test('the command writes and shows the notebook, and no text reaches the terminal as it came', async () => {
  const run = (...args: string[]) => runWhodid(whodid, ['case', ...args])
  expect(await run('INC-9', 'note', hostile)).toMatchObject({ code: 0, stderr: '' })
  const pinned = await run('INC-9', 'pin', row, '--text', 'the row', '--json')
  expect(JSON.parse(pinned.stdout)).toMatchObject({ kind: 'pin', text: 'the row' })
  const { stdout } = await run('INC-9')
  expect(stdout).toContain('alert(1)')
  expect(stdout).toContain(`of ${row}`)
  // oxlint-disable-next-line no-control-regex -- the test looks for the control character
  expect(stdout).not.toMatch(/[\u001b\u202e]/u)
  expect((await run()).stdout).toContain('INC-9')
  for (const args of [
    ['INC-9', 'note'],
    ['INC-9', 'pin', 'nonsense'],
    ['INC-9', 'shout', 'a'],
    ['INC-9', 'note', 'a', '--text', 'b'],
    ['INC-9', 'pin', row, '--of', row],
  ])
    expect((await run(...args)).code, args.join(' ')).toBe(2)
})

test('the console pins an answer by a form of its own session alone, and the pin stays as it was', async () => {
  const reader = await signInConsole(whodid, whodid.tokens.investigator)
  const page = await (await reader.get(`/ask?of=${row}`)).text()
  expect(page).toContain('Pin this')
  const frozen = /name="as_recorded" value="([^"]+)"/u.exec(page)?.[1] ?? ''
  const pin = { case: 'INC-10', kind: 'pin', of: row, as_recorded: frozen, text: hostile }
  for (const refused of [
    await reader.post('/case', pin, { origin: 'http://evil.example' }),
    await reader.post('/case', pin, { 'sec-fetch-site': 'cross-site' }),
    await reader.post('/case', { ...pin, form_token: 'x' }),
  ])
    expect(refused.status).toBe(403)
  expect(await entriesOf('INC-10')).toEqual([])
  const kept = await reader.post('/case', { ...pin, author: 'somebody else' })
  const [entry] = await entriesOf('INC-10')
  expect(entry).toMatchObject({ author: 'investigator', kind: 'pin' })
  expect(kept.headers.get('location')).toBe(`/case?id=INC-10#entry-${entry?.entry_id}`)
  const shown = await (await reader.get('/case?id=INC-10')).text()
  expect(shown).not.toContain('<script>alert')
  expect(shown).toContain('&lt;script&gt;alert(1)')
  expect(shown.replaceAll(/<[^>]*>/gu, '')).not.toMatch(/[\u202a-\u202e]/u)
  expect(await (await reader.get('/cases')).text()).toContain('INC-10')
  // The next answer offers the case again.
  expect(await (await reader.get(`/ask?of=${row}`)).text()).toContain('value="INC-10"')
  const later = 'eve@acme.example'
  await sendSpans(whodid, 'notebook-later', [
    { 'whodid.actor.type': 'human', 'user.id': later, ...toolCall('delete', row) },
  ])
  await whodid.whoDid(row, ({ verdict }) => verdict === 'human')
  const answer = await (await reader.get(entry?.permalink ?? '')).text()
  expect(answer).toContain('db-fixer')
  expect(answer).not.toContain(later)
  expect((await reader.post('/case', { ...pin, kind: 'shout' })).status).toBe(400)
  expect((await reader.get('/case?id=%C3%A9')).status).toBe(400)
})

test('each look and each entry is in the access log, under the case and without the words', async () => {
  await write('INC-11', { kind: 'note', text: 'words that stay in the case' })
  await entriesOf('INC-11')
  const log = await whodid.get('/v1/reads?limit=1000', whodid.tokens.admin)
  const { reads } = (await log.json()) as { reads: { case_id: string; route: string }[] }
  const routes = reads.filter(({ case_id: id }) => id === 'INC-11').map(({ route }) => route)
  expect(routes.toSorted()).toEqual(['/v1/cases/INC-11', '/v1/cases/INC-11/entries'])
  expect(JSON.stringify(reads)).not.toContain('words that stay')
})

test('the notebook goes into the package of its case, and into no other', async () => {
  const at = (name: string): string => join(directory, name)
  const run = (...args: string[]) => runWhodid(whodid, ['export', ...args])
  await write('INC-12', { kind: 'note', text: 'seen by kim at noon' })
  expect((await run('--trust', '--out', at('trust.json'))).code).toBe(0)
  const verify = (name: string) => run('verify', at(name), '--trust', at('trust.json'))
  await expect
    .poll(async () => (await run(row, '--case', 'INC-12', '--out', at('case.zip'))).code)
    .toBe(0)
  expect((await run(row, '--out', at('plain.zip'))).code).toBe(0)
  expect(await verify('case.zip')).toMatchObject({ code: 0 })
  expect((await verify('case.zip')).stdout).toContain(
    'NOT PROVEN: the notebook of the case, 1 entries',
  )
  expect((await verify('plain.zip')).stdout).not.toContain('NOT PROVEN')
  const zip = await readFile(at('case.zip'))
  expect(zip.includes('"text":"seen by kim at noon"')).toBe(true)
  expect(zip.includes('"case_entries": 1')).toBe(true)
  expect((await readFile(at('plain.zip'))).includes('seen by kim at noon')).toBe(false)
  const reader = await signInConsole(whodid, whodid.tokens.investigator)
  const exported = await reader.post('/export', { of: row, case: 'INC-12' })
  expect(Buffer.from(await exported.arrayBuffer()).includes('seen by kim at noon')).toBe(true)
  expect((await reader.post('/export', { of: row, case: 'é' })).status).toBe(400)
})
