import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { attribute } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'
import { agent, flush, shutdown, start, tool } from '@whodid/sdk'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { runAgents, temporaryDirectory } from '../harness/run-agents.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'
import {
  act,
  idOf,
  makeOwnKey,
  namingSeal,
  otlpSpan,
  proofBy,
  sealOver,
  sealSpan,
} from '../identity/seal-world.ts'
import type { Registered, SentSpan } from '../identity/seal-world.ts'

let whodid: WhodidProcess
let place: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  whodid = await startWhodidProcess({
    environment: { WHODID_LOG_ORIGIN: 'acme.example/ledger' },
  })
  place = await temporaryDirectory()
})

afterEach(() => shutdown())

afterAll(async () => {
  await whodid.remove()
  await place.remove()
})

const decided = ({ verdict }: WhoDidAnswer): boolean => verdict !== 'undetermined'

const person = { id: 'dev@acme.example', issuer: 'https://login.acme.example' }

async function actBySdk(resource: string, sealing: 'on' | 'off'): Promise<string> {
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
    const instance = await actBySdk('db:table:shop/sealed', 'on')
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
    // The view knows no grade above the channel's. It reads another of the tables that one insert fills, one after another.
    const viewed = { verdict: 'agent', grade: 'channel' }
    await expect.poll(() => viewOf('db:table:shop/sealed'), { timeout: 20_000 }).toEqual(viewed)
    // The token, with the issuer's key, is on record under its hash.
    const token = /its token (\S+) says/u.exec(
      answer.reasons.map(({ text }) => text).join(' '),
    )?.[1]
    const issued = await whodid.whoDid(`whodid:credential:${token ?? ''}`, decided)
    expect(issued).toMatchObject({ verdict: 'service', actor: { id: 'whodid' } })
  })

  it('is as good as its sender without a seal', async () => {
    await actBySdk('db:table:shop/unsealed', 'off')
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
await agent({}, () => tool('drop', { verb: 'delete', resource: 'db:table:shop/below' }, () => 1))
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
    // An instance below the run's own has its own token.
    const below = await whodid.whoDid('db:table:shop/below', decided)
    expect(below).toMatchObject({ verdict: 'agent', grade: 'attested' })
    expect(below.actor?.id).toContain('/')
    // An agent that names another person than its launcher did is not believed.
    const lied = await whodid.whoDid('db:table:shop/lied', ({ action }) => action !== null)
    expect(lied.grade).not.toBe('attested')
  })
})

describe('a seal that does not hold', () => {
  it('contradicts the record, in the API and in the view', async () => {
    const by = await register()
    const good = at(act(by, { [attribute.resourceId]: 'db:table:shop/forged' }))
    const seal = at(sealSpan(sealOver(by, [good], { issuedAtS: nowS() }), good))
    const changed = { ...good.attributes, [attribute.delegatorId]: 'ceo@acme.example' }
    await sendAll([namingSeal({ ...good, attributes: changed }, seal), seal])
    const answer = await whodid.whoDid('db:table:shop/forged', ({ action }) => action !== null)
    expect(answer).toMatchObject({
      verdict: 'undetermined',
      grade: 'contradicted',
      delegator: null,
    })
    expect(codes(answer.reasons)).toContain('seal_contradicts')
    expect(await viewOf('db:table:shop/forged')).toMatchObject({
      verdict: 'undetermined',
      grade: 'contradicted',
    })
  })

  it('shows the spans that it names and that somebody kept', async () => {
    const by = await register()
    const shown = at(act(by, { [attribute.resourceId]: 'db:table:shop/shown' }))
    const kept = at(act(by, { [attribute.resourceId]: 'db:table:shop/kept' }))
    const seal = at(sealSpan(sealOver(by, [shown, kept], { issuedAtS: nowS() }), shown))
    await sendAll([namingSeal(shown, seal), seal])
    const answer = await whodid.whoDid('db:table:shop/shown', decided)
    expect(answer.grade).toBe('attested')
    const gap = answer.gaps.find(({ code }) => code === 'sealed_span_missing')
    expect(gap?.text).toContain(idOf(kept))
    // Another record under its ID does not stand for it.
    await sendAll([
      {
        ...kept,
        attributes: { ...kept.attributes, [attribute.resourceId]: 'db:table:shop/dummy' },
      },
    ])
    await whodid.whoDid('db:table:shop/dummy', ({ action }) => action !== null)
    const hidden = await whodid.whoDid('db:table:shop/shown', decided)
    expect(codes(hidden.gaps)).toContain('sealed_span_missing')
    // Once it is on record with its seal, nothing is missing.
    await sendAll([namingSeal(kept, seal), seal])
    await whodid.whoDid('db:table:shop/kept', decided)
    const later = await whodid.whoDid('db:table:shop/shown', decided)
    expect(codes(later.gaps)).not.toContain('sealed_span_missing')
  })

  it('leaves a record that names it as good as its sender, where nobody registered its token', async () => {
    const by = { ...(await register()), tokenHash: 'A'.repeat(43) }
    const lone = at(act(by, { [attribute.resourceId]: 'db:table:shop/unknown' }))
    const seal = at(sealSpan(sealOver(by, [lone], { issuedAtS: nowS() }), lone))
    await sendAll([namingSeal(lone, seal), seal])
    const answer = await whodid.whoDid('db:table:shop/unknown', decided)
    expect(answer.grade).toBe('channel')
    expect(codes(answer.reasons)).toContain('seal_not_verified')
  })
})

describe('an evidence package', () => {
  it('holds what it takes to check a seal again, and the verifier does', async () => {
    await actBySdk('db:table:shop/exported', 'on')
    await whodid.whoDid('db:table:shop/exported', decided)
    const cli = join(import.meta.dirname, '../../packages/cli/dist/main.js')
    const verifier = join(import.meta.dirname, '../../packages/evidence/verify.mjs')
    await expect
      .poll(() => run([cli, 'export', 'db:table:shop/exported', '--case', 'C-1', '--json']))
      .toMatchObject({ code: 0 })
    expect(await run([cli, 'export', '--trust'])).toMatchObject({ code: 0 })
    const verified = await run([verifier, 'evidence.zip', '--trust', 'trust.json'])
    expect(verified.stdout).toMatch(
      /^SEALED: [1-9]\d* records are signed .* token, key and seal$/mu,
    )
    expect(verified.code).toBe(0)
  })

  it('of an act that others dispute verifies, and its answer is the attested one', async () => {
    const resource = 'db:table:shop/disputed'
    const by = await register()
    const good = at(act(by, { [attribute.resourceId]: resource }))
    const seal = at(sealSpan(sealOver(by, [good], { issuedAtS: nowS() }), good))
    const forged = { ...good.attributes, [attribute.instanceId]: 'i-another' }
    const other = await register()
    const shadow = sealOver(other, [at(act(other))], { issuedAtS: nowS() })
    await sendAll([{ ...good, attributes: forged }])
    await sendAll([namingSeal(good, seal), seal])
    await sendAll([{ ...seal, attributes: { [attribute.sealJws]: shadow } }])
    const isAttested = ({ grade }: WhoDidAnswer): boolean => grade === 'attested'
    const answer = await whodid.whoDid(resource, isAttested)
    expect(answer).toMatchObject({ grade: 'attested', agent: { instance: { id: by.instance } } })
    const cli = join(import.meta.dirname, '../../packages/cli/dist/main.js')
    const verifier = join(import.meta.dirname, '../../packages/evidence/verify.mjs')
    await expect
      .poll(() =>
        run([cli, 'export', resource, '--case', 'C-2', '--json', '--out', 'disputed.zip']),
      )
      .toMatchObject({ code: 0 })
    const trusting = [cli, 'export', '--trust', '--out', 'disputed.json']
    expect(await run(trusting)).toMatchObject({ code: 0 })
    const verified = await run([verifier, 'disputed.zip', '--trust', 'disputed.json'])
    expect(verified.stdout).toMatch(/^SEALED: 1 records are signed/mu)
    expect(verified.code, verified.stdout).toBe(0)
  })
})

/** An instance with a registered token, by hand. */
async function register(): Promise<Registered> {
  const key = makeOwnKey()
  const instance = `i-${Math.random().toString(16).slice(2)}`
  const headers = {
    authorization: `Bearer ${whodid.tokens.ingest}`,
    dpop: await proofBy(key, { atS: nowS() }),
    'content-type': 'application/json',
  }
  const body = JSON.stringify({
    template: 'db-fixer',
    instance,
    delegator: { id: 'jane', issuer: person.issuer },
  })
  const response = await fetch(`${whodid.otlpUrl}/v1/credentials`, {
    method: 'POST',
    headers,
    body,
  })
  // The answer of this route is an object.
  const { token_sha256: tokenHash = '' } = (await response.json()) as Record<string, string>
  expect(response.status).toBe(201)
  return { key, template: 'db-fixer', instance, tokenHash }
}

async function sendAll(spans: readonly SentSpan[]): Promise<void> {
  const response = await fetch(`${whodid.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${whodid.tokens.ingest}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: spans.map(otlpSpan) }] }] }),
  })
  expect(response.status).toBe(200)
}

const nowS = (): number => Math.floor(Date.now() / 1000)

/** A span of the fixed time of the attacks, moved to now. */
function at(span: SentSpan): SentSpan {
  return { ...span, startUnixNs: BigInt(Date.now()) * 1_000_000n }
}

interface Ran {
  readonly code: number
  readonly stdout: string
}

function run(argv: readonly string[]): Promise<Ran> {
  const env = {
    PATH: process.env['PATH'],
    WHODID_API_URL: whodid.apiUrl,
    WHODID_TOKEN: whodid.tokens.investigator,
  }
  return new Promise((resolve) => {
    execFile(process.execPath, [...argv], { cwd: place.path, env }, (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout })
    })
  })
}

/** The answer of the view, to a person with a SQL client. */
async function viewOf(resource: string): Promise<unknown> {
  const directory = join(whodid.dataDir, 'engine')
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(directory, name), 'utf8'))
  // As docs/howto/sql.md has it.
  const { url } = (await read('endpoint.json')) as { url: string }
  const { reader } = (await read('credentials.json')) as {
    reader: { username: string; password: string }
  }
  const basic = Buffer.from(`${reader.username}:${reader.password}`).toString('base64')
  const response = await fetch(`${url}/?log_comment=default`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: `SELECT verdict, grade FROM whodid.who_did(of = '${resource}') FORMAT JSONEachRow`,
  })
  return JSON.parse(await response.text())
}
