import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCheckedClient } from '../harness/checked-client.ts'
import { runWhodid } from '../harness/run-whodid.ts'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

// One person under several names, in a running Whodid: added by the command, asked about under each name.

let whodid: WhodidProcess
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whodid-people-'))
  whodid = await startWhodidProcess()
  const act = (delegator: string, resource: string) => ({
    ...toolCall('update', resource),
    'gen_ai.agent.id': 'fixer',
    'whodid.actor.type': 'agent',
    'whodid.agent.instance.id': `for-${delegator}`,
    'whodid.delegator.id': delegator,
    'whodid.delegator.type': 'human',
    'user.id': delegator,
  })
  await sendSpans(whodid, 'ann', [act('ann-lee', 'db:row:shop/a/1')])
  await sendSpans(whodid, 'oncall', [act('oncall', 'db:row:shop/a/2')])
  await sendSpans(whodid, 'shared', [act('shared', 'db:row:shop/a/3')])
  await whodid.whoDid('db:row:shop/a/3', ({ verdict }) => verdict === 'agent')
})
afterAll(async () => {
  await whodid.remove()
  await rm(folder, { recursive: true, force: true })
})

async function people(...args: readonly string[]): Promise<unknown> {
  const ran = await runWhodid(whodid, ['people', ...args, '--json'])
  expect(ran.code, ran.stderr).toBe(0)
  return JSON.parse(ran.stdout)
}

it('finds what is on record under another name of a person, and says so', async () => {
  const before = await whodid.whoDid('person:ann@acme.example')
  expect(before).toMatchObject({ verdict: 'undetermined', action: null })
  expect(before.people).toBeUndefined()
  const file = join(folder, 'members.json')
  await writeFile(file, JSON.stringify([{ login: 'ann-lee', id: 7, email: 'ann@acme.example' }]))
  expect(await people('import', file, '--format', 'github-org')).toEqual({ recorded: 2 })
  for (const name of ['ann@acme.example', 'github:7']) {
    const answer = await whodid.whoDid(`person:${name}`)
    expect(answer).toMatchObject({
      verdict: 'agent',
      question: { of: `person:${name}`, from: null, to: null },
      action: { resource: { id: 'db:row:shop/a/1' } },
      delegator: { id: 'ann-lee' },
      people: [
        {
          name: 'ann-lee',
          person: 'ann@acme.example',
          source: 'github-org',
          rule: 'alias_of',
          grade: 'inferred',
        },
      ],
    })
    expect(answer.reasons.map(({ code }) => code)).toContain('alias_of')
  }
  const byResource = await whodid.whoDid('db:row:shop/a/1')
  expect(byResource.people?.map(({ person }) => person)).toEqual(['ann@acme.example'])
  expect(byResource.reasons.map(({ code }) => code)).not.toContain('alias_of')
})

it('takes a name for a person’s only while it was theirs', async () => {
  await people('add', 'bob@acme.example', 'oncall', '--from', '2020-01-01T00:00:00Z')
  expect((await whodid.whoDid('person:bob@acme.example')).delegator?.id).toBe('oncall')
  const end = ['--from', '2021-01-01T00:00:00Z', '--no-longer']
  await people('add', 'bob@acme.example', 'oncall', ...end)
  expect((await whodid.whoDid('person:bob@acme.example')).action).toBeNull()
  expect((await whodid.whoDid('person:oncall')).people).toBeUndefined()
  expect(await people('show', 'oncall', '--at', '2020-06-01T00:00:00Z')).toMatchObject({
    people: [
      {
        person: 'bob@acme.example',
        name: 'oncall',
        from: '2020-01-01T00:00:00.000000000Z',
        until: '2021-01-01T00:00:00.000000000Z',
      },
    ],
    conflict: false,
  })
})

it('shows a name of two people at one time as a conflict, and follows neither', async () => {
  await people('add', 'carl@acme.example', 'shared')
  await people('add', 'dora@acme.example', 'shared')
  const answer = await whodid.whoDid('person:shared')
  expect(answer.gaps.map(({ code }) => code)).toContain('conflicting_alias')
  expect(answer.people?.map(({ person }) => person).toSorted()).toEqual([
    'carl@acme.example',
    'dora@acme.example',
  ])
  expect(await people('show', 'shared')).toMatchObject({ conflict: true })
})

it('is the administrator’s to add to, each tenant’s own, and on record when it is read', async () => {
  const { investigator, admin } = whodid.tokens
  const names = [{ person: 'eve', name: 'e', kind: 'name' }]
  const post = (token: string, body: unknown) =>
    fetch(`${whodid.apiUrl}/v1/people`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  expect((await post(investigator, { source: 'x', names })).status).toBe(403)
  for (const bad of [
    { source: 'x', names: [] },
    { source: '', names },
    { source: 'x', names: [{ person: 'a\0', name: 'b', kind: 'name' }] },
    { source: 'x', names: [{ person: 'a', name: 'b', kind: 'No Kind' }] },
    { source: 'x', names: [{ person: 'a', name: 'b', kind: 'name', from: 'yesterday' }] },
    { source: 'x', names: Array.from({ length: 501 }, () => names[0]) },
  ])
    expect((await post(admin, bad)).status, JSON.stringify(bad).slice(0, 80)).toBe(400)
  const client = createCheckedClient(whodid.apiUrl, admin)
  const added = await client.POST('/v1/people', { body: { source: 'hr', names } })
  expect(added.data).toEqual({ recorded: 1 })
  await client.GET('/v1/people', { params: { query: { name: 'e' } } })
  const { reads } = (await (await whodid.get('/v1/reads?limit=20', admin)).json()) as {
    reads: { route: string; question: string }[]
  }
  const asked = reads.filter(({ route }) => route === '/v1/people').map(({ question }) => question)
  expect(asked.slice(0, 2)).toEqual(['{"name":"e"}', '{"source":"hr","names":"1"}'])
  const other = await runWhodid(whodid, ['reader', 'add', '--name', 'b', '--tenant', 'b', '--json'])
  const { token } = JSON.parse(other.stdout) as { token: string }
  await expect
    .poll(async () => (await whodid.get('/v1/people?name=ann-lee', token)).json())
    .toEqual({ people: [], conflict: false })
})
