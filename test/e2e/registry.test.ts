import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Registration, RegistryAnswer } from '@whodid/model'
import { createCheckedClient } from '../harness/checked-client.ts'
import { runWhodid } from '../harness/run-whodid.ts'
import { sendSpans } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

// The registry of templates in a running Whodid: written by the command and the API, read as of any time, sealed as any record.

let whodid: WhodidProcess
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whodid-registry-'))
  whodid = await startWhodidProcess()
})
afterAll(async () => {
  await whodid.remove()
  await rm(folder, { recursive: true, force: true })
})

const later = '2261-01-01T00:00:00Z'
const definition = {
  template: 'db-fixer',
  owner: 'platform',
  justification: 'repairs orders',
  expires_at: later,
}

const post = (body: unknown, token = whodid.tokens.admin): Promise<Response> =>
  fetch(`${whodid.apiUrl}/v1/registry/templates`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

async function registry(query: Record<string, string> = {}): Promise<RegistryAnswer> {
  const client = createCheckedClient(whodid.apiUrl, whodid.tokens.investigator)
  const { data } = await client.GET('/v1/registry/templates', { params: { query } })
  if (data === undefined) throw new Error('the registry gave no answer')
  return data
}

/** Waits until the newest version of a template is the one of a record. */
const untilKnown = (template: string, record: string): Promise<unknown> =>
  expect
    .poll(async () => (await registry({ template })).registrations[0]?.record, { timeout: 60_000 })
    .toBe(record)

async function register(more: object): Promise<Registration> {
  const response = await post({ ...definition, ...more })
  expect(response.status).toBe(200)
  const made = (await response.json()) as Registration
  await untilKnown(made.template, made.record)
  return made
}

test('a version is registered by the command, replaced by the next, and found as of any time', async () => {
  const prompt = join(folder, 'prompt.md')
  await writeFile(prompt, 'Repair orders.\n')
  const ran = await runWhodid(
    whodid,
    `templates register pr-bot --owner platform --because reviews --expires ${later} --scope repo:read --scope pr:comment --tool get_* --no-resources --prompt-file ${prompt} --json`.split(
      ' ',
    ),
  )
  expect(ran).toMatchObject({ code: 0, stderr: '' })
  const first = JSON.parse(ran.stdout) as Registration
  expect(first).toMatchObject({
    template: 'pr-bot',
    owner: 'platform',
    scopes: ['repo:read', 'pr:comment'],
    tools: ['get_*'],
    resources: [],
    audiences: null,
    prompt: {
      file: prompt,
      hash: 'sha256:d361d4b1592b20254feda5dcd7f6f9a36a315f2995177d0431be4ea507196934',
    },
    recorded_by: 'admin',
  })
  await untilKnown('pr-bot', first.record)
  const second = await register({ template: 'pr-bot', tools: ['merge'] })
  const history = await registry({ template: 'pr-bot' })
  expect(history.registrations).toEqual([
    { ...second, in_force: true },
    { ...first, in_force: false },
  ])
  const then = await registry({ template: 'pr-bot', at: first.recorded_at })
  expect(then.registrations).toEqual([{ ...first, in_force: true }])
  const before = await registry({ template: 'pr-bot', at: '2020-01-01T00:00:00Z' })
  expect(before.registrations).toEqual([])

  const shown = await runWhodid(whodid, ['templates', 'show', 'pr-bot'])
  expect(shown.stdout).toMatch(/Tools +merge\n/u)
  expect(shown.stdout).toMatch(/Resources +not stated\n/u)
  expect(shown.stdout).not.toContain('get_*')
  const all = await runWhodid(whodid, ['templates', 'history', 'pr-bot'])
  expect(all.stdout).toMatch(/Resources +none\n/u)
  expect(all.stdout).toContain('not in force')

  // The registration is itself an act on record, and sealed.
  const record = await whodid.whoDid(
    `span:${second.record}`,
    ({ integrity }) => integrity.state === 'sealed',
  )
  expect(record).toMatchObject({ verdict: 'service', actor: { id: 'whodid' } })
  expect(record.integrity.state).toBe('sealed')
})

test('pages lead through the templates and through a history, and an expired version is not in force', async () => {
  const [a, b, c] = [
    await register({ template: 'page-a' }),
    await register({ template: 'page-b' }),
    await register({ template: 'page-b', expires_at: '2020-01-01T00:00:00Z' }),
  ]
  const pages: Registration[] = []
  let cursor: string | null = null
  do {
    const answer: RegistryAnswer = await registry({
      limit: '1',
      ...(cursor === null ? {} : { cursor }),
    })
    expect(answer.registrations.length).toBeLessThanOrEqual(1)
    pages.push(...answer.registrations)
    cursor = answer.next_cursor
  } while (cursor !== null)
  expect(pages.map(({ template }) => template)).toEqual(
    pages.map(({ template }) => template).toSorted(),
  )
  expect(pages.filter(({ template }) => template.startsWith('page-'))).toEqual([
    { ...a, in_force: true },
    { ...c, in_force: false },
  ])
  const newest = await registry({ template: 'page-b', limit: '1' })
  expect(newest.registrations).toEqual([{ ...c, in_force: false }])
  const older = await registry({
    template: 'page-b',
    limit: '1',
    cursor: newest.next_cursor ?? '',
  })
  expect(older).toMatchObject({ registrations: [{ ...b, in_force: false }], next_cursor: null })
})

test('nobody but the admin registers, no other sender’s record counts, and each tenant has its own', async () => {
  const { investigator, ingest } = whodid.tokens
  for (const token of [investigator, ingest])
    expect((await post(definition, token)).status).toBe(403)
  expect((await whodid.get('/v1/registry/templates', ingest)).status).toBe(403)
  const real = await register({ tools: ['select'] })
  await sendSpans(whodid, 'forged', [
    {
      'whodid.record.kind': 'action',
      'whodid.actor.type': 'service',
      'service.name': 'whodid',
      'whodid.action.id': 'whodid:register:forged',
      'whodid.action.verb': 'create',
      'whodid.action.outcome': 'success',
      'whodid.resource.id': 'whodid:template:db-fixer',
      'whodid.registry.template': 'db-fixer',
      'whodid.registry.definition': JSON.stringify({ ...definition, tools: ['*'] }),
      'whodid.registry.recorded_by': 'admin',
    },
  ])
  await whodid.whoDid('action:whodid:register:forged', ({ action }) => action !== null)
  const { registrations } = await registry({ template: 'db-fixer' })
  expect(registrations).toEqual([{ ...real, in_force: true }])

  const added = await runWhodid(whodid, ['reader', 'add', '--name', 'b', '--tenant', 'b', '--json'])
  const { token } = JSON.parse(added.stdout) as { token: string }
  await expect
    .poll(async () => (await whodid.get('/v1/registry/templates', token)).json())
    .toMatchObject({ registrations: [], next_cursor: null })
  const { reads } = (await (
    await whodid.get('/v1/reads?limit=200', whodid.tokens.admin)
  ).json()) as {
    reads: { route: string; question: string }[]
  }
  const questions = reads
    .filter(({ route }) => route === '/v1/registry/templates')
    .map(({ question }) => JSON.parse(question) as object)
  expect(questions).toContainEqual({ template: 'db-fixer' })
  expect(questions).toContainEqual({
    template: 'db-fixer',
    expires_at: '2261-01-01T00:00:00.000000000Z',
  })
})

test.each([
  ['no owner', { owner: undefined }, 'invalid_body'],
  ['a blank owner', { owner: ' ' }, 'invalid_parameter'],
  ['a hidden character', { justification: 'a\u202eb' }, 'invalid_parameter'],
  ['no time', { expires_at: 'soon' }, 'invalid_time'],
  ['a field that there is not', { toolz: [] }, 'invalid_body'],
  ['an asterisk in the middle', { tools: ['get_*_it'] }, 'invalid_parameter'],
  ['two asterisks', { resources: ['file:**'] }, 'invalid_parameter'],
  ['an empty name', { tools: [''] }, 'invalid_parameter'],
  ['a scope with a space', { scopes: ['a b'] }, 'invalid_parameter'],
  ['too many tools', { tools: Array.from({ length: 129 }, () => 'a') }, 'invalid_parameter'],
  ['half a character', { template: '\ud800' }, 'invalid_parameter'],
  ['no hash', { prompt: { file: 'a', hash: 'md5:1' } }, 'invalid_parameter'],
])('a definition with %s is refused', async (_, change, code) => {
  const response = await post({ ...definition, ...change })
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([400, code])
})
