import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCheckedClient } from '../harness/checked-client.ts'
import { runWhodid } from '../harness/run-whodid.ts'
import type { Ran } from '../harness/run-whodid.ts'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

let whodid: WhodidProcess
beforeAll(async () => {
  whodid = await startWhodidProcess()
  const agent = {
    'gen_ai.agent.id': 'repo-triage',
    'whodid.actor.type': 'agent',
    'whodid.agent.instance.id': 'triage-1',
    'whodid.delegator.id': 'dev@acme.example',
    'whodid.delegator.type': 'human',
  }
  const fixer = {
    ...agent,
    'gen_ai.agent.id': 'db-fixer',
    'whodid.agent.instance.id': 'fixer-1',
    'whodid.agent.instance.parent_id': 'triage-1',
  }
  await sendSpans(whodid, 'incident', [
    {
      ...agent,
      ...toolCall('read', 't:issue:9'),
      'whodid.input.source': 't:issue:9',
      'whodid.input.trust': 'untrusted',
    },
    { ...agent, ...toolCall('update', 'github:pull:acme/app/812') },
    { ...fixer, ...toolCall('delete', 't:row:\u001b[2J\u202eboo'), 'whodid.action.id': 'del-1' },
    {
      'whodid.actor.type': 'human',
      'user.id': 'dev@acme.example',
      ...toolCall('approve', 't:x:1'),
    },
  ])
  await whodid.whoDid('t:x:1', ({ action }) => action !== null)
})
afterAll(async () => {
  await whodid.remove()
})

const run = (...args: string[]): Promise<Ran> => runWhodid(whodid, args)

/** The lines of a table: runs of blanks part its cells. */
const rows = ({ stdout }: Ran): string[] => stdout.trimEnd().split('\n')

test('actions lists what was done, narrowed by handles and options', async () => {
  const all = await run('actions')
  expect({ code: all.code, stderr: all.stderr }).toEqual({ code: 0, stderr: '' })
  expect(rows(all)[0]).toMatch(/^TIME +WHO +FOR +VERB +OUTCOME +GRADE +ON +SPAN$/u)
  expect(rows(all)).toHaveLength(5)
  expect(rows(all)[1]).toMatch(/human dev@acme\.example +– +approve +success/u)
  const ofPull = await run('actions', 'https://github.com/acme/app/pull/812', 'instance:triage-1')
  expect(rows(ofPull)).toHaveLength(2)
  expect(rows(ofPull)[1]).toMatch(/repo-triage triage-1 +dev@acme\.example +update +success/u)
  expect(rows(await run('actions', 'instance:triage-1', '--verb', 'read'))).toHaveLength(2)
  expect((await run('actions', 'instance:nobody')).stdout).toContain('Absence of a record')
})

test('a listing is paged with the cursor that it names', async () => {
  const first = await run('actions', 'delegator:dev@acme.example', '--limit', '2')
  const [, cursor = ''] = /--cursor ([\w-]+)/u.exec(first.stdout) ?? []
  const second = await run(
    'actions',
    'delegator:dev@acme.example',
    '--limit',
    '2',
    '--cursor',
    cursor,
  )
  expect(rows(second)).toHaveLength(3)
  expect(second.stdout).not.toContain('--cursor')
  expect(second.stdout).toContain('t:issue:9')
})

test('a listing of a default time names that time with its cursor', async () => {
  for (const command of ['actions', 'templates']) {
    const first = await run(command, '--limit', '1')
    const [, from = '', cursor = ''] = /--from (\S+) --cursor ([\w-]+)/u.exec(first.stdout) ?? []
    const second = await run(command, '--limit', '1', '--from', from, '--cursor', cursor)
    expect(second.code).toBe(0)
    expect(rows(second)[1]).not.toBe(rows(first)[1])
  }
})

test('an instance is shown with its timeline', async () => {
  const shown = await run('instance', 'instance:triage-1')
  expect(shown.code).toBe(0)
  expect(shown.stdout).toMatch(/^Acts for +human dev@acme\.example$/mu)
  expect(shown.stdout).toMatch(/^Started +db-fixer fixer-1$/mu)
  expect(shown.stdout).toMatch(/tool_call +read +success +t:issue:9 +untrusted input$/mu)
  expect((await run('instance', 'nobody')).stdout).toContain('No record names this instance')
})

test('a blast radius holds what the instances it started touched, and nothing escapes into the terminal', async () => {
  const { stdout, code } = await run('blast-radius', 'triage-1')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^Touched +3 resources/mu)
  expect(stdout).toContain('t:row:\ufffd[2J\ufffdboo')
  expect(stdout).not.toContain('\u001b')
  expect(stdout).not.toContain('\u202e')
  expect(stdout).toMatch(/update +github:pull:acme\/app\/812 +triage-1/u)
})

test('templates are the inventory of the last week', async () => {
  const { stdout } = await run('templates')
  expect(stdout).toMatch(/^TEMPLATE +INSTANCES +FIRST +LAST +FOR +TOOLS +CREDENTIALS$/mu)
  expect(stdout).toMatch(/^db-fixer +1 .* delete_it +–$/mu)
  expect(
    (await run('templates', '--to', '2020-01-01T00:00:00Z', '--from', '2019-01-01T00:00:00Z'))
      .stdout,
  ).toContain('No agent is on record')
})

test('a delegator’s direct acts and those on their behalf stand apart', async () => {
  const { stdout } = await run('delegator', 'dev@acme.example')
  expect(stdout).toMatch(/^DIRECT {2}1 acts on 1 resources$/mu)
  expect(stdout).toMatch(/^ON THEIR BEHALF {2}3 acts on 3 resources$/mu)
  expect(stdout).toMatch(/^db-fixer +fixer-1 +1 /mu)
})

test('many handles are answered one after the other, and the exit code tells of one that was not', async () => {
  const both = await run('ask', 'action:del-1', 't:x:1')
  expect(both.code).toBe(0)
  expect(both.stdout).toMatch(/^AGENT [^]*─{10}[^]*^HUMAN /mu)
  const wrong = await run('ask', 'action:del-1', 'nonsense', '--json')
  expect(wrong.code).toBe(2)
  const { outcomes } = JSON.parse(wrong.stdout) as {
    outcomes: { answer: object | null; problem: { code: string } | null }[]
  }
  expect(outcomes.map(({ problem }) => problem?.code)).toEqual([undefined, 'invalid_handle'])
})

test('--json prints the answer of the API', async () => {
  const client = createCheckedClient(whodid.apiUrl, whodid.tokens.investigator)
  const path = { id: 'triage-1' }
  const { data } = await client.GET('/v1/instances/{id}', { params: { path } })
  const printed = JSON.parse((await run('instance', 'triage-1', '--json')).stdout) as object
  expect({ ...printed, cost: null }).toEqual({ ...data, cost: null })
  for (const args of [['actions'], ['blast-radius', 'x'], ['templates'], ['delegator', 'x']])
    expect(JSON.parse((await run(...args, '--json')).stdout)).toMatchObject({
      cost: { statements: expect.any(Number) as number },
    })
})

test.each([
  [['actions', 'instance:a', '--outcome', 'won'], 'invalid_parameter', '"outcome" expected one of'],
  [['actions', 'instance:a', '--cursor', 'x'], 'invalid_cursor', '"cursor" expected'],
  [['blast-radius', 'x', '--limit', '0'], 'invalid_parameter', '"limit" expected'],
  [['templates', '--from', 'the other day'], 'invalid_time', '"--from" expected'],
])('%j, which the API refuses, is a usage error', async (args, code, message) => {
  const ran = await run(...args)
  expect(ran.code).toBe(2)
  expect(ran.stderr).toContain(`${code}:`)
  expect(ran.stderr).toContain(message)
  expect(ran.stdout).toBe('')
})

test('every question is on record under the case it was asked for', async () => {
  const questions = {
    '/v1/who-did': ['ask', 't:x:1'],
    '/v1/find': ['find', 't:x:1'],
    '/v1/actions': ['actions'],
    '/v1/instances/triage-1': ['instance', 'triage-1'],
    '/v1/instances/triage-1/blast-radius': ['blast-radius', 'triage-1'],
    '/v1/templates': ['templates'],
    '/v1/delegators/dev%40acme.example': ['delegator', 'dev@acme.example'],
  }
  for (const [route, args] of Object.entries(questions)) {
    const { code, stderr } = await run(...args, '--case', `INC 7 ${route}`)
    expect({ code, stderr }, route).toEqual({ code: 0, stderr: '' })
  }
  const many = await run('ask', 't:x:1', 'instance:triage-1', '--case', 'INC-8')
  expect(many.code).toBe(0)
  const list = await whodid.get('/v1/reads?limit=1000', whodid.tokens.admin)
  const { reads } = (await list.json()) as { reads: { route: string; case_id: string | null }[] }
  const underCase = reads.map(({ case_id: caseId }) => caseId).filter((caseId) => caseId !== null)
  const wanted = Object.keys(questions).map((route) => `INC 7 ${route}`)
  expect(underCase.toSorted()).toEqual([...wanted, 'INC-8'].toSorted())
  expect((await run('reads', '--limit', '200')).stdout).toContain('INC 7 /v1/who-did')
  const refused = await runWhodid(whodid, ['reads'], { WHODID_TOKEN: whodid.tokens.investigator })
  expect(refused.stderr).toContain('forbidden')
})

test('a list is a table, JSON, or rows for another program', async () => {
  const [json, ndjson, csv, md] = await Promise.all(
    ['json', 'ndjson', 'csv', 'md'].map((form) => run('actions', 'instance:triage-1', '-o', form)),
  )
  const { actions } = JSON.parse(json?.stdout ?? '') as { actions: { span: string }[] }
  expect(actions.length).toBeGreaterThan(0)
  const rows = (ndjson?.stdout ?? '').trim().split('\n')
  expect(rows.map((row) => JSON.parse(row) as unknown)).toEqual(actions)
  const [heading = '', ...lines] = (csv?.stdout ?? '').trim().split('\r\n')
  expect(lines[0]?.split(',')[heading.split(',').indexOf('span')]).toBe(actions[0]?.span)
  expect(md?.stdout.split('\n')).toHaveLength(actions.length + 3)
  const [touched, timeline] = await Promise.all([
    run('blast-radius', 'triage-1', '-o', 'csv'),
    run('instance', 'triage-1', '-o', 'ndjson'),
  ])
  expect(touched.stdout).toMatch(/^id,type,touches,/u)
  expect(JSON.parse(timeline.stdout.split('\n')[0] ?? '')).toHaveProperty('record_kind')
  const refused = await run('actions', '-o', 'xml')
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toContain('"--output" expected table, json, ndjson, csv or md; got "xml"')
})

test('a case that no header can carry is refused before anything is asked', async () => {
  for (const caseId of ['', 'a\nb', 'ä', 'x'.repeat(201)]) {
    const { code, stderr } = await run('ask', 't:x:1', '--case', caseId)
    expect(code).toBe(2)
    expect(stderr).toContain('invalid_parameter')
  }
})
