import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runWhodid } from '../harness/run-whodid.ts'
import type { Ran } from '../harness/run-whodid.ts'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

const traceId = createHash('md5').update('mistyped').digest('hex')
const spanId = '0000000000000001'
const instanceId = '01a201c6-f836-79e7-8ca8-11445b431966'

let whodid: WhodidProcess
beforeAll(async () => {
  whodid = await startWhodidProcess()
  const agent = {
    'gen_ai.agent.id': 'db-fixer',
    'whodid.actor.type': 'agent',
    'whodid.agent.instance.id': instanceId,
    'whodid.delegator.id': 'dev@acme.example',
    'whodid.delegator.type': 'human',
  }
  await sendSpans(whodid, 'mistyped', [
    { ...agent, ...toolCall('delete', 'file:/srv/app/a.ts') },
    { ...agent, ...toolCall('update', 'file:///srv/app/b.ts') },
    ...Array.from({ length: 12 }, (_, n) => ({
      ...agent,
      ...toolCall('update', 'github:pull:acme/app/812'),
      'whodid.action.id': `merge-${n}`,
    })),
  ])
  await whodid.whoDid('action:merge-11', ({ action }) => action !== null)
})
afterAll(async () => {
  await whodid.remove()
})

const run = (...args: string[]): Promise<Ran> => runWhodid(whodid, args)

test.each([
  [`trace:${traceId.slice(0, 12)}`, `trace:${traceId}`],
  [traceId.slice(0, 31), `trace:${traceId}`],
  [spanId, `span:${traceId}-${spanId}`],
  [`span:${traceId}-${spanId.slice(0, 15)}`, `last 24 hours: span:${traceId}-0000`],
  [instanceId.slice(0, 18), `instance:${instanceId}`],
  ['instnace:x', 'Did you mean "instance:x"?'],
  ['dev@acme.example', 'Did you mean "person:dev@acme.example"?'],
  ['/srv/app/a.ts', 'Did you mean "file:/srv/app/a.ts"?'],
  ['prompt:sha256:abc', 'expected prompt:sha256:<64 hex>'],
])('%s is no handle: asked wrongly, and what was meant is said', async (typed, meant) => {
  const { code, stdout, stderr } = await run('ask', typed)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('invalid_handle:')
  expect(stderr).toContain(meant)
  expect(stderr).not.toContain('othing is recorded')
})

test.each([
  [['ask', `instance:${instanceId.slice(0, 13)}`], `instance:${instanceId}`],
  [['ask', `instance:${instanceId.toUpperCase()}`], `instance:${instanceId}`],
  [['instance', instanceId.slice(0, 8)], `instance:${instanceId}`],
  [['blast-radius', instanceId.slice(0, 23)], `instance:${instanceId}`],
  [['ask', 'template:db-fixr'], 'template:db-fixer'],
  [['ask', 'tool:updaet_it'], 'tool:update_it'],
  [['ask', 'Template:DB-fixer'], 'template:db-fixer'],
  [['ask', 'user:Dev@acme.example'], 'delegator:dev@acme.example'],
  [['delegator', 'dev@acme.exmaple'], 'delegator:dev@acme.example'],
  [['ask', 'file:/srv/app/A.ts'], 'resource:file:/srv/app/a.ts'],
  [['actions', 'file:/srv/app'], 'resource:file:/srv/app/a.ts'],
  [['ask', 'file:/srv/app/a.ts', '--verb', 'deleted'], 'did you mean --verb delete?'],
  [['actions', 'instance:' + instanceId, '--verb', 'raed'], 'did you mean --verb read?'],
  [['actions', '--verb', 'remove'], 'did you mean --verb delete?'],
])(
  '%j: nothing fits, and what is near is named, with an exit code of its own',
  async (args, near) => {
    const ran = await run(...args)
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code: 3, stdout: '' })
    expect(ran.stderr).toContain(near)
    expect(ran.stderr).toContain('unknown_name:')
    const asJson = await run(...args, '--json')
    expect(asJson.code).toBe(3)
    expect(JSON.parse(asJson.stdout)).toHaveProperty('cost')
    expect(JSON.parse(asJson.stderr)).toMatchObject({ error: { code: 'unknown_name' } })
  },
)

test.each([
  'github:pull:acme/app/813',
  'github:pull:acme/app/81',
  'instance:quite-another',
  'template:stocker',
  `trace:${'1'.repeat(32)}`,
])('%s is a whole name, and that nothing is recorded under it is the answer', async (handle) => {
  const { code, stdout, stderr } = await run('ask', handle)
  expect(code).toBe(0)
  expect(stderr).not.toContain('unknown_name')
  expect(stdout).toMatch(/^UNDETERMINED/u)
})

test('of several handles the ones that are answered are shown, and the one that is mistyped is named', async () => {
  const { code, stdout, stderr } = await run('ask', 'template:db-fixr', 'file:/srv/app/a.ts')
  expect(code).toBe(3)
  expect(stdout).toMatch(/^AGENT /mu)
  expect(stderr).toContain('template:db-fixer')
})

test.each([
  `Trace:${traceId.toUpperCase()}`,
  `${traceId}-${spanId}`.toUpperCase(),
  'user:dev@acme.example',
  'PERSON:dev@acme.example',
  'file:///srv/app/a.ts',
  'file:/srv/app/b.ts',
  'FILE:/srv/app/b.ts',
])('%s is taken as it is meant', async (handle) => {
  const { code, stdout } = await run('ask', handle)
  expect(code).toBe(0)
  expect(stdout).toMatch(/^AGENT /u)
})

test('times are taken as people say them, and shown in their zone beside UTC', async () => {
  const inZone = (...args: string[]): Promise<Ran> =>
    runWhodid(whodid, args, { TZ: 'Asia/Kolkata' })
  for (const from of ['24h', '90 min', 'yesterday', '7d'])
    expect((await inZone('actions', 'template:db-fixer', '--from', from)).stdout).toContain('a.ts')
  const past = await inZone('actions', instanceId, '--to', '2026-11-01').catch(() => undefined)
  expect(past?.code).toBe(2)
  const before = await inZone('actions', `instance:${instanceId}`, '--to', '2020-02-29', '--json')
  expect(JSON.parse(before.stdout)).toMatchObject({ actions: [] })
  const asked = await inZone('ask', 'file:/srv/app/a.ts', '--from', '2h', '--json')
  const { question } = JSON.parse(asked.stdout) as { question: { from: string } }
  expect(Date.now() - Date.parse(question.from)).toBeGreaterThanOrEqual(7_200_000)
  const { stdout } = await inZone('ask', 'file:/srv/app/a.ts')
  expect(stdout).toMatch(/^When +\S+ \S+ UTC \((?:\S+ )?\d\d:\d\d:\d\d UTC\+05:30\)$/mu)
  expect((await inZone('actions')).stdout).toMatch(/UTC\+05:30\)/u)
  const utc = await runWhodid(whodid, ['ask', 'file:/srv/app/a.ts'], { TZ: 'UTC' })
  expect(utc.stdout).toMatch(/^When +\S+ \S+ UTC$/mu)
})

test('a page that counts from now names its times, so that its cursor fits', async () => {
  const first = await run('actions', 'template:db-fixer', '--from', '24h', '--limit', '3')
  const [, from = '', cursor = ''] = /--from (\S+) --cursor ([\w-]+)/u.exec(first.stdout) ?? []
  const args = ['actions', 'template:db-fixer', '--limit', '3', '--from', from, '--cursor', cursor]
  expect((await run(...args)).code).toBe(0)
})

test('lists say what they do not show', async () => {
  const delegator = await run('delegator', 'person:dev@acme.example', '--limit', '3')
  expect(delegator.stdout).toMatch(/^\+11 more: a higher --limit/mu)
  const all = await run('delegator', 'dev@acme.example', '--limit', '100')
  expect(all.stdout).not.toContain('more:')
  const touched = await run('blast-radius', instanceId, '--limit', '1')
  expect(touched.stdout).toMatch(/^\+2 more resources: a higher --limit$/mu)
  const pull = await run('ask', 'github:pull:acme/app/812')
  expect(pull.stdout).toMatch(/^ {2}\+5 more: --limit 10 shows them$/mu)
  expect(pull.stdout).toContain('There may be others')
  const whole = await run('ask', 'github:pull:acme/app/812', '--limit', '20')
  expect(whole.stdout).not.toMatch(/more:|may be others/u)
  expect(whole.stdout.match(/: update github:pull/gu)).toHaveLength(11)
})
