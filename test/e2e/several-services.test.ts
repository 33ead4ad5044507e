import { copyFile, cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { actionsAnswerSchema, revocationsSchema } from '@whodid/model/answers'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { signInConsole } from '../harness/console-session.ts'
import {
  operatorEnvironment,
  operatorUsersSql,
  startOperatorEngine,
} from '../harness/operator-engine.ts'
import type { OperatorEngine } from '../harness/operator-engine.ts'
import { runWhodid } from '../harness/run-whodid.ts'
import { sendSpans, toolCall, traceOf } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

// docs/howto/high-availability.md: two services on one ClickHouse, each with a data directory, a log and keys of its own.

const waitMs = { timeout: 120_000, interval: 250 }
const promptText = 'Delete the row of Jane, please'

let server: OperatorEngine
let dir: string
let one: WhodidProcess
let two: WhodidProcess

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-several-'))
  server = await startOperatorEngine(await operatorUsersSql())
  one = await start('one')
  two = await start('two', one)
})

afterAll(async () => {
  for (const service of [one, two]) await service.stop()
  await server.stop()
  await rm(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

/** A service with a data directory of its own, and the tokens of `like`. */
async function start(
  name: string,
  like?: WhodidProcess,
  settings: Readonly<Record<string, string>> = {},
): Promise<WhodidProcess> {
  const dataDir = join(dir, name)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  if (like !== undefined)
    await copyFile(join(like.dataDir, 'tokens.json'), join(dataDir, 'tokens.json'))
  const environment = {
    ...operatorEnvironment(server),
    WHODID_KEYS_DIR: join(dir, `keys-${name}`),
    WHODID_LOG_ORIGIN: `several.test/${name}`,
    ...settings,
  }
  return startWhodidProcess({ dataDir, environment })
}

/** Sends a prompt and the call that it led to, in a trace of its own. */
function send(service: WhodidProcess, resource: string): Promise<void> {
  const agent = {
    'gen_ai.agent.id': 'db-fixer',
    'whodid.actor.type': 'agent',
    'whodid.agent.instance.id': 'run-1',
    'whodid.delegator.id': 'jane@acme.example',
    'whodid.delegator.type': 'human',
  }
  const parts = [{ type: 'text', content: promptText }]
  const prompt = {
    ...agent,
    'whodid.record.kind': 'prompt',
    'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts }]),
  }
  const promptRef = `${traceOf(resource)}-${'1'.padStart(16, '0')}`
  const call = { ...agent, ...toolCall('delete', resource), 'whodid.prompt.ref': promptRef }
  return sendSpans(service, resource, [prompt, call])
}

test('a service answers about what another took; the proof is where the tree is, and texts where the keys are', async () => {
  const resource = 'db:row:shop/customers/1'
  await send(one, resource)
  const own = await one.whoDid(resource, ({ integrity }) => integrity.state === 'sealed')
  expect(own).toMatchObject({ verdict: 'agent', integrity: { state: 'sealed', findings: [] } })
  expect(own.prompt?.text).toBe(promptText)

  const without = await two.whoDid(resource)
  expect(without).toMatchObject({
    verdict: 'agent',
    agent: { instance: { id: 'run-1' } },
    delegator: { id: 'jane@acme.example' },
    integrity: { state: 'pending', log: 'several.test/one', findings: [] },
  })
  expect(without.prompt?.text ?? null).toBeNull()
  expect(without.gaps.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['content_missing', 'unsealed']),
  )
})

test('a batch that is sent again to another service is stored twice and is one act', async () => {
  const resource = 'db:row:shop/customers/2'
  const sentAtMs = Date.now()
  vi.useFakeTimers({ toFake: ['Date'], now: sentAtMs })
  try {
    for (const service of [one, two, one]) await send(service, resource)
  } finally {
    vi.useRealTimers()
  }
  await vi.waitFor(async () => {
    // The resend to the same service was recognised.
    const rows = `SELECT count() FROM whodid.actions WHERE resource_id = '${resource}'`
    expect(await server.sql(rows)).toBe('2')
  }, waitMs)
  const answer = await one.whoDid(resource)
  expect(answer).toMatchObject({ verdict: 'agent', agent: { instance: { id: 'run-1' } } })
  expect(answer.alternatives).toEqual([])
  const listed = await one.get(`/v1/actions?resource=${encodeURIComponent(resource)}`)
  expect(actionsAnswerSchema.parse(await listed.json()).actions).toHaveLength(1)
})

test('orders, named tokens and sessions are those of the service that they were given to', async () => {
  await post(one, '/v1/revocations', {
    action: 'revoke',
    target: { kind: 'instance', id: 'run-9' },
    cause: 'a drill',
  })
  expect(await ordersOf(one)).toHaveLength(1)
  expect(await ordersOf(two)).toEqual([])
  await vi.waitFor(async () => {
    expect(await server.sql('SELECT count() FROM whodid.v_revocations')).toBe('1')
  }, waitMs)

  const question = '/v1/who-did?of=db:row:shop/customers/1'
  const added = await runWhodid(one, ['reader', 'add', '--name', 'oncall', '--json'])
  expect(added.code, added.stderr).toBe(0)
  // The command is fixed to print the token in this field.
  const { token } = JSON.parse(added.stdout) as { token: string }
  await vi.waitFor(async () => {
    expect((await one.get(question, token)).status).toBe(200)
  }, waitMs)
  expect((await two.get(question, token)).status).toBe(401)

  const session = await signInConsole(one, one.tokens.investigator)
  expect((await session.get('/help')).status).toBe(200)
  const elsewhere = await fetch(`${two.apiUrl}/help`, {
    redirect: 'manual',
    headers: { cookie: session.cookie },
  })
  expect(elsewhere.status).toBe(303)
})

test('an erasure reaches the texts of the service that it is given to', async () => {
  const resource = 'db:row:shop/customers/3'
  await send(one, resource)
  await one.whoDid(resource, ({ prompt }) => prompt !== null)
  expect(await erase(two)).toMatchObject({ keys: 1, done: true })
  expect((await one.whoDid(resource)).prompt?.text).toBe(promptText)
  expect(await erase(one)).toMatchObject({ keys: 1, done: true })
  const answer = await one.whoDid(resource)
  expect(answer.prompt?.text ?? null).toBeNull()
  expect(answer.gaps.map(({ code }) => code)).toContain('content_erased')
})

test('the check of each service finds nothing wrong in the records of the others', async () => {
  for (const service of [one, two]) {
    await vi.waitFor(async () => {
      expect(await metricOf(service, 'whodid_self_check_rows_total')).toBeGreaterThan(0)
    }, waitMs)
    expect(await metricOf(service, 'whodid_self_check_failed')).toBe(0)
    expect(service.events.filter(({ event }) => event === 'warning')).toEqual([])
  }
})

test('nothing goes by age while another service has records among it, and the service says so', async () => {
  const resource = 'db:row:shop/customers/6'
  await send(two, resource)
  const before = await two.whoDid(resource, ({ integrity }) => integrity.state === 'sealed')
  expect(before.prompt?.text).toBe(promptText)
  const expired = { before: new Date().toISOString(), reason: 'a drill' }
  expect(await post(one, '/v1/prunes', { ...expired, what: 'text' })).toMatchObject({
    status: 409,
    code: 'ledger_shared',
    detail: expect.stringContaining('several.test/two') as string,
  })
  // No month has passed yet: there is nothing of another service among what would go.
  expect(await post(one, '/v1/prunes', { ...expired, what: 'records' })).toMatchObject({
    done: true,
  })
  const after = await two.whoDid(resource)
  expect(after.integrity).toMatchObject({ state: 'sealed', findings: [] })
  expect(after.prompt?.text).toBe(promptText)
})

test('verify calls the rows of the others unknown, and nothing is wrong where all trees are together', async () => {
  const verify = async (dataDir: string): Promise<{ code: number; findings: string[] }> => {
    const ran = await runWhodid(one, ['verify', '--json', '--no-texts'], {
      ...operatorEnvironment(server, ['verifier']),
      WHODID_DATA_DIR: dataDir,
      WHODID_KEYS_DIR: join(dir, 'no-keys'),
    })
    // The command is fixed to print this object.
    const { findings } = JSON.parse(ran.stdout) as { findings: { code: string }[] }
    return { code: ran.code ?? -1, findings: findings.map(({ code }) => code) }
  }
  const alone = await verify(one.dataDir)
  expect(alone.code).toBe(40)
  expect(new Set(alone.findings)).toEqual(new Set(['row_of_unknown_log']))
  const together = join(dir, 'together')
  await vi.waitFor(async () => {
    for (const service of [one, two])
      await cp(join(service.dataDir, 'tlog'), join(together, 'tlog'), { recursive: true })
    expect(await verify(together)).toEqual({ code: 0, findings: [] })
  }, waitMs)
})

test('a service that is killed takes nothing from the others, and goes on with its own log', async () => {
  const resource = 'db:row:shop/customers/4'
  await send(two, resource)
  await two.kill()
  expect((await one.get('/readyz')).status).toBe(200)
  await send(one, 'db:row:shop/customers/5')
  const meanwhile = await one.whoDid(
    'db:row:shop/customers/5',
    ({ verdict }) => verdict === 'agent',
  )
  expect(meanwhile.verdict).toBe('agent')
  two = await start('two')
  const answer = await two.whoDid(resource, ({ integrity }) => integrity.state === 'sealed')
  expect(answer).toMatchObject({ verdict: 'agent', integrity: { state: 'sealed' } })
})

test('an age limit deletes nothing there, and says why', async () => {
  // As if the other service had taken it three days ago.
  await server.sql(
    `INSERT INTO whodid.spans (log_id, log_index, received_at) VALUES ('several.test/two', 1000000, now() - INTERVAL 3 DAY)`,
  )
  const three = await start('three', one, { WHODID_RETAIN_TEXT_DAYS: '1' })
  try {
    await vi.waitFor(() => {
      expect(three.events.map(({ message }) => message)).toContain(
        'nothing is deleted by age: other services have records in this ledger',
      )
    }, waitMs)
  } finally {
    await three.stop()
  }
})

async function ordersOf(service: WhodidProcess): Promise<unknown[]> {
  const response = await service.get('/v1/revocations')
  return revocationsSchema.parse(await response.json()).revocations
}

async function metricOf(service: WhodidProcess, name: string): Promise<number> {
  const text = await (await service.get('/metrics')).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'mu').exec(text)?.[1])
}

function erase(service: WhodidProcess): Promise<unknown> {
  return post(service, '/v1/erasures', {
    subject: 'delegator:jane@acme.example',
    reason: 'request 41',
  })
}

async function post(
  service: WhodidProcess,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const response = await fetch(`${service.apiUrl}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${service.tokens.admin}`,
    },
    body: JSON.stringify(body),
  })
  return response.json()
}
