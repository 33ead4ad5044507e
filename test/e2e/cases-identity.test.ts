import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCollector } from '@whodid/collector'
import type { Collector } from '@whodid/collector'
import type { WhoDidAnswer } from '@whodid/model'
import { startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

const cases = [
  'strong-template-lost-to-service-name',
  'step-span-never-exported',
  'handle-of-inherited-identity',
  'delegation-between-templates',
  'user-on-the-root-request',
  'inputs-of-an-instanceless-run',
  'real-fastmcp',
] as const

interface Case {
  readonly handle: string
  readonly requests: readonly object[]
}

const nobody = { templates: [], humans: false, services: false }
const senders = {
  any: { templates: '*', humans: true, services: true },
  people: { ...nobody, humans: true },
  agents: { ...nobody, templates: ['repo-triage'] },
  ci: { ...nobody, templates: ['ci-bot'] },
  mesh: { ...nobody, infrastructure: true },
} as const

type Sender = keyof typeof senders

let ledger: Ledger
let collector: Collector
let logDir = ''

beforeAll(async () => {
  ledger = await startLedger()
  logDir = await mkdtemp(join(tmpdir(), 'whodid-log-'))
  collector = await startCollector({
    host: '127.0.0.1',
    httpPort: 0,
    logDir,
    ingestClients: Object.entries(senders).map(([name, may]) => ({
      name,
      tenant: 'default',
      tokenSha256: createHash('sha256').update(name).digest('hex'),
      ...may,
    })),
    appender: ledger.appender,
    keys: ledger.keys,
  })
  for (const name of cases) for (const request of (await read(name)).requests) await send(request)
  await collector.stored()
}, 240_000)

afterAll(async () => {
  await collector.stop()
  await ledger.stop()
  await rm(logDir, { recursive: true, force: true })
})

async function read(name: string): Promise<Case> {
  const path = new URL(`../vectors/cases/${name}.json`, import.meta.url)
  // The files are our own vectors; a test fails loudly where one has another shape.
  return JSON.parse(await readFile(path, 'utf8')) as Case
}

async function send(body: object, by: Sender = 'any'): Promise<void> {
  const answer = await fetch(`${collector.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${by}` },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
  await answer.body?.cancel()
}

async function ask(name: (typeof cases)[number]): Promise<WhoDidAnswer> {
  return ledger.ask((await read(name)).handle)
}

const codes = (found: readonly { readonly code: string }[]): string[] =>
  found.map(({ code }) => code)

describe('the names of an agent that has few', () => {
  test('what the same run names goes before the name of its service', async () => {
    const answer = await ask('strong-template-lost-to-service-name')
    expect(answer.agent?.template?.id).toBe('billing-bot')
    expect(answer.agent?.instance?.id).toBe('run-44')
    const inherited = await ask('handle-of-inherited-identity')
    expect(inherited.agent).toMatchObject({
      template: { id: 'stocker' },
      instance: { id: 'e-701' },
    })
    expect(inherited.delegator?.id).toBe('kim@depot.example')
  })

  test('where the parent is missing, the only run around the act is inferred, and said to be', async () => {
    const answer = await ask('step-span-never-exported')
    expect(answer).toMatchObject({ verdict: 'agent', grade: 'inferred' })
    expect(answer.agent?.template?.id).toBe('porter')
    expect(codes(answer.gaps)).toContain('missing_parent')
    expect(codes(answer.reasons)).toContain('enclosing_agent_run')
  })

  test('a chain keeps agents of which only the template is known', async () => {
    const answer = await ask('delegation-between-templates')
    expect(answer.delegation_chain.map(({ type, id, template }) => [type, id, template])).toEqual([
      ['human', 'uma@x.example', null],
      ['agent', 'chief', 'chief'],
      ['agent', 'worker', 'worker'],
    ])
  })

  test('the user of the request that a run served is its delegator, inferred', async () => {
    const answer = await ask('user-on-the-root-request')
    expect(answer.delegator).toMatchObject({ id: 'nils@x.example', grade: 'inferred' })
    expect(codes(answer.reasons)).toContain('user_of_the_request')
  })

  test('a service’s name is said to be all that there is', async () => {
    const call = span(trace(), {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'lift',
      'gen_ai.tool.call.result': 'ok',
    })
    const answer = await sentAndAsked([call, 'any'])
    expect(answer.summary).toMatch(/^An agent in service svc,/u)
    expect(codes(answer.reasons)).toContain('named_by_service')
  })

  test.each(['inputs-of-an-instanceless-run', 'real-fastmcp'] as const)(
    'what was read under the same run is an input: %s',
    async (name) => {
      const { requests, handle } = await read(name)
      expect(requests.length).toBeGreaterThan(0)
      const of =
        name === 'real-fastmcp' ? 'span:1fccc3212f095ca4908c1fefba863efc-ae9001277fb0c0a6' : handle
      const { inputs } = await ledger.ask(of)
      expect(new Set(inputs.map(({ source }) => source))).toEqual(
        new Set([name === 'real-fastmcp' ? 'orders://A-1' : 'wiki://page/9']),
      )
    },
  )
})

let made = 0

interface Sent {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly object[]
}

const trace = (): string => (made += 1).toString(16).padStart(32, 'a')

function span(
  traceId: string,
  attributes: Readonly<Record<string, string>>,
  fields: Partial<Pick<Sent, 'parentSpanId' | 'attributes'>> = {},
): Sent {
  made += 1
  const startNs = BigInt(Date.UTC(2026, 10, 27)) * 1_000_000n + BigInt(made) * 1_000_000n
  return {
    traceId,
    spanId: made.toString(16).padStart(16, 'b'),
    name: 'work',
    kind: 1,
    startTimeUnixNano: String(startNs),
    endTimeUnixNano: String(startNs),
    attributes: Object.entries(attributes).map(([key, stringValue]) => ({
      key,
      value: { stringValue },
    })),
    ...fields,
  }
}

/** Sends spans in their order, each by its sender, and asks about the first. */
async function sentAndAsked(...sent: readonly (readonly [Sent, Sender])[]): Promise<WhoDidAnswer> {
  for (const [one, by] of sent) {
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'svc' } }] }
    await send({ resourceSpans: [{ resource, scopeSpans: [{ spans: [one] }] }] }, by)
  }
  await collector.stored()
  const [act] = sent[0] ?? []
  return ledger.ask(`span:${act?.traceId ?? ''}-${act?.spanId ?? ''}`)
}

const deed = { 'whodid.record.kind': 'tool_call', 'whodid.action.outcome': 'success' }
const triage = {
  'whodid.actor.type': 'agent',
  'gen_ai.agent.id': 'repo-triage',
  'whodid.agent.instance.id': 'triage-1',
}
const ana = { 'whodid.actor.type': 'human', 'user.id': 'ana@acme.example' }
const under = ({ spanId }: Sent) => ({ parentSpanId: spanId })

describe('a token for one agent', () => {
  test('puts no act on a person, and the answer names it', async () => {
    const id = trace()
    const innocent = span(id, { ...deed, ...ana })
    const put = span(id, deed, under(innocent))
    const answer = await sentAndAsked([put, 'ci'], [innocent, 'people'])
    expect(answer).toMatchObject({ verdict: 'undetermined', actor: null, prompt: null })
    expect(answer.action?.exporter).toEqual({ name: 'ci', entitled: false })
    expect(answer.reasons[0]).toMatchObject({
      code: 'not_entitled_to_inherit',
      text: expect.stringMatching(/"ci" .*"people" .*human ana@acme\.example/u) as string,
    })
    const between = await sentAndAsked([span(id, deed, under(innocent)), 'mesh'])
    expect(between).toMatchObject({ verdict: 'human', grade: 'inferred' })
    expect(between.reasons[0]?.text).not.toMatch(/no agent in between/u)
    expect(between.reasons[1]).toMatchObject({
      code: 'inherited_from_ancestor',
      text: expect.stringMatching(/"mesh".*"people"/u) as string,
    })
  })

  test('names no other agent by a service’s name', async () => {
    const call = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'x' }
    const answer = await sentAndAsked([span(trace(), call), 'ci'])
    expect(answer).toMatchObject({ verdict: 'undetermined', agent: null })
  })

  test.each<[string, Readonly<Record<string, string>>]>([
    ['nothing', {}],
    ['an agent without a name', { 'whodid.actor.type': 'agent' }],
    ['a failure', { 'whodid.action.outcome': 'failure', 'whodid.record.kind': 'tool_call' }],
    ['its own name', { 'whodid.actor.type': 'agent', 'gen_ai.agent.id': 'ci-bot' }],
    ['another’s name', { ...triage, 'whodid.agent.instance.id': 'triage-2' }],
  ])('unmakes no record by resending its ID with %s', async (_, attributes) => {
    const act = span(trace(), { ...deed, ...triage })
    const again = { ...span(act.traceId, attributes), spanId: act.spanId }
    const answer = await sentAndAsked([act, 'agents'], [again, 'ci'])
    expect(answer).toMatchObject({
      verdict: 'agent',
      grade: 'channel',
      agent: { instance: { id: 'triage-1' } },
      action: { outcome: 'success', exporter: { name: 'agents', entitled: true } },
    })
  })

  test('supplies no delegator, prompt or correlation by the missing parent of another’s span', async () => {
    const id = trace()
    const parent = span(id, {
      'whodid.actor.type': 'agent',
      'gen_ai.agent.id': 'ci-bot',
      'whodid.record.kind': 'prompt',
      'whodid.prompt.origin': 'human',
      'whodid.delegator.id': 'eve',
      'whodid.delegator.type': 'human',
      'whodid.correlation.id': 'c',
    })
    const act = span(id, { ...deed, ...triage }, under(parent))
    const answer = await sentAndAsked([act, 'agents'], [parent, 'ci'])
    expect(answer).toMatchObject({ verdict: 'agent', delegator: null, prompt: null })
    expect(answer.correlation_id).toBeNull()
    expect(codes(answer.gaps)).toEqual(expect.arrayContaining(['missing_parent']))
    expect(codes(answer.reasons)).toContain('not_entitled_to_inherit')
  })
})
