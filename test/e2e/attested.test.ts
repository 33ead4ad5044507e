import { generateKeyPairSync } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { attribute } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'
import { agent, flush, shutdown, start, tool } from '@whodid/sdk'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { runAgents, temporaryDirectory } from '../harness/run-agents.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

let whodid: WhodidProcess
let place: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  whodid = await startWhodidProcess()
  place = await temporaryDirectory()
})

afterEach(() => shutdown())

afterAll(async () => {
  await whodid.remove()
  await place.remove()
})

const decided = ({ verdict }: WhoDidAnswer): boolean => verdict !== 'undetermined'

const person = { id: 'dev@acme.example', issuer: 'https://login.acme.example' }

async function act(resource: string, sealing: 'on' | 'off'): Promise<string> {
  start({ endpoint: whodid.otlpUrl, token: whodid.tokens.ingest, sealing, exitHooks: false })
  let instance = ''
  await agent({ template: 'db-fixer', onBehalfOf: person }, async (run) => {
    instance = run.id
    await tool('drop', { verb: 'delete', resource }, () => 1)
  })
  expect(await flush()).toBe(true)
  await shutdown()
  return instance
}

const codes = (list: readonly { readonly code: string }[]): string[] => list.map(({ code }) => code)

describe('an act that its instance has sealed', () => {
  it('is attested, by the API and by no view less surely', async () => {
    const instance = await act('db:table:shop/sealed', 'on')
    const answer = await whodid.whoDid('db:table:shop/sealed', decided)
    expect(answer).toMatchObject({
      verdict: 'agent',
      grade: 'attested',
      actor: { id: instance, grade: 'attested' },
      agent: { grade: 'attested', template: { id: 'db-fixer' } },
      delegator: { id: person.id, grade: 'attested' },
    })
    expect(codes(answer.reasons)).toContain('instance_sealed')
    expect(codes(answer.gaps)).not.toContain('sealed_span_missing')
    // The token, with the issuer's key, is on record under its hash.
    const token = /its token (\S+) says/u.exec(
      answer.reasons.map(({ text }) => text).join(' '),
    )?.[1]
    const issued = await whodid.whoDid(`whodid:credential:${token ?? ''}`, decided)
    expect(issued).toMatchObject({ verdict: 'service', actor: { id: 'whodid' } })
  })

  it('is as good as its sender without a seal', async () => {
    await act('db:table:shop/unsealed', 'off')
    const answer = await whodid.whoDid('db:table:shop/unsealed', decided)
    expect(answer).toMatchObject({ verdict: 'agent', grade: 'channel' })
    expect(codes(answer.reasons)).not.toContain('instance_sealed')
  })

  it('by `whodid run`, without any set-up, with the person whom the launcher named', async () => {
    const sdk = join(import.meta.dirname, '../../packages/sdk/dist/index.js')
    const script = join(place.path, 'agent.mjs')
    await mkdir(place.path, { recursive: true })
    await writeFile(
      script,
      `import { agent, shutdown, start, tool } from ${JSON.stringify(sdk)}
start()
await tool('drop', { verb: 'delete', resource: 'db:table:shop/launched' }, () => 1)
await agent({ onBehalfOf: 'ceo@acme.example' }, () => tool('drop', { verb: 'delete', resource: 'db:table:shop/lied' }, () => 1))
await shutdown()`,
    )
    const ran = await runAgents(
      ['--template', 'db-fixer', '--for', person.id, '--', process.execPath, script],
      {
        directory: place.path,
        environment: {
          HOME: place.path,
          XDG_STATE_HOME: join(place.path, 'state'),
          WHODID_ENDPOINT: whodid.otlpUrl,
          WHODID_INGEST_TOKEN: whodid.tokens.ingest,
        },
      },
    )
    expect(ran.code, ran.stderr).toBe(0)
    const answer = await whodid.whoDid('db:table:shop/launched', decided)
    expect(answer).toMatchObject({
      verdict: 'agent',
      grade: 'attested',
      delegator: { id: person.id, grade: 'attested' },
    })
    // An agent that names another person than its launcher did is not believed.
    const lied = await whodid.whoDid('db:table:shop/lied', ({ action }) => action !== null)
    expect(lied.grade).not.toBe('attested')
  })
})

describe('a seal that nobody registered', () => {
  it('leaves the record as good as its sender', async () => {
    const spans = [
      span('db:table:shop/forged', { [attribute.sealId]: `${'ab'.repeat(16)}-${'5d'.repeat(8)}` }),
      {
        ...span('', { [attribute.sealJws]: await forgedSeal() }),
        spanId: '5d'.repeat(8),
      },
    ]
    const response = await fetch(`${whodid.otlpUrl}/v1/traces`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${whodid.tokens.ingest}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
    })
    expect(response.status).toBe(200)
    const answer = await whodid.whoDid('db:table:shop/forged', ({ action }) => action !== null)
    expect(answer.action).not.toBeNull()
    expect(codes(answer.reasons)).toContain('seal_not_verified')
    expect(answer.grade).toBe('channel')
  })
})

function span(resource: string, more: Record<string, string>): Record<string, unknown> {
  const attributes = {
    [attribute.recordKind]: 'action',
    [attribute.actorType]: 'agent',
    [attribute.templateId]: 'db-fixer',
    [attribute.instanceId]: 'i-forged',
    [attribute.actionVerb]: 'delete',
    [attribute.actionOutcome]: 'success',
    [attribute.resourceId]: resource,
    ...more,
  }
  const now = `${Date.now()}000000`
  return {
    traceId: 'ab'.repeat(16),
    spanId: 'cd'.repeat(8),
    name: 'act',
    startTimeUnixNano: now,
    endTimeUnixNano: now,
    attributes: Object.entries(attributes).map(([key, stringValue]) => ({
      key,
      value: { stringValue },
    })),
  }
}

async function forgedSeal(): Promise<string> {
  const { makeSeal } = await import('@whodid/identity/seal')
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const leaves = [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), digest: 'A'.repeat(43) }]
  return makeSeal(
    {
      issuer: 'spiffe://acme.example/agent/db-fixer/i/i-forged',
      issuedAtS: Math.floor(Date.now() / 1000),
      seq: 1,
      prev: '',
      tokenHash: 'A'.repeat(43),
      seen: 0,
      leaves,
    },
    { privateKey, thumbprint: 'B'.repeat(43) },
  )
}
