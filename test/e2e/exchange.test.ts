import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createIssuerKeys,
  createSeenIds,
  keyThumbprint,
  makeDpopProof,
  RefusedToken,
  verifyDelegatedToken,
} from '@whodid/identity'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startOidcProvider } from '../harness/oidc-provider.ts'
import type { TestProvider } from '../harness/oidc-provider.ts'
import { openWalker } from '../harness/walker.ts'
import { runWhodid } from '../harness/run-whodid.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'
import { forge, makePair, swapClaims } from '../identity/forge-token.ts'
import type { Pair } from '../identity/forge-token.ts'

// A person signs in at a real provider; an instance exchanges their token for its own at a running Whodid. Then the attacks.

const ledger = 'https://acme.example/agents'
const resource = 'https://git.acme.example'
const callback = 'http://127.0.0.1:9/callback'

let whodid: WhodidProcess
let provider: TestProvider
let folder: string
let url: string
let personToken: string
let good: Actor
const thief = await makePair('ES256')

beforeAll(async () => {
  const port = await freePort()
  url = `http://127.0.0.1:${port}/issuer`
  folder = await mkdtemp(join(tmpdir(), 'whodid-exchange-'))
  provider = await startOidcProvider(`http://127.0.0.1:${port}`, {
    resource: { scopes: 'repo:read pr:comment admin:all', callback },
  })
  provider.setPeople({ jane: { email: 'jane@acme.example', groups: [] } })
  const file = join(folder, 'issuer.json')
  const persons = [{ issuer: provider.issuer, key_set_url: `${provider.issuer}/jwks` }]
  await writeFile(file, JSON.stringify({ url, tenant: 'default', subject_issuers: persons }))
  whodid = await startWhodidProcess({
    environment: {
      WHODID_API_PORT: String(port),
      WHODID_LOG_ORIGIN: ledger.slice('https://'.length),
      WHODID_ISSUER: file,
    },
  })
  personToken = await signIn('jane')
  good = await startInstance('db-fixer')
  await register('db-fixer', {
    scopes: ['repo:read', 'pr:comment', 'db:write'],
    audiences: [resource],
  })
})
afterAll(async () => {
  await whodid.remove()
  await provider.stop()
  await rm(folder, { recursive: true, force: true })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** The person's access token for the ledger, by the code flow with PKCE. */
async function signIn(person: string, audience = ledger): Promise<string> {
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    client_id: 'agents',
    response_type: 'code',
    redirect_uri: callback,
    scope: 'repo:read pr:comment admin:all',
    resource: audience,
    state: 's',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const start = `${provider.issuer}/auth?${query.toString()}`
  const back = await openWalker().signInAt(start, person, '/callback')
  const response = await fetch(`${provider.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'agents',
      redirect_uri: callback,
      code: new URL(back).searchParams.get('code') ?? '',
      code_verifier: verifier,
      resource: audience,
    }),
  })
  const { access_token: token = '' } = (await response.json()) as Record<string, string>
  expect(response.status).toBe(200)
  return token
}

/** An instance with its key and its token, by the collector. */
interface Actor {
  readonly key: Pair
  readonly instance: string
  readonly token: string
}

const nowS = (): number => Math.floor(Date.now() / 1_000)

const proofBy = (key: Pair, to: string, atS = nowS()): Promise<string> =>
  makeDpopProof({ method: 'POST', url: to }, { ...key, id: randomUUID(), nowS: atS })

async function startInstance(template: string, more: object = {}): Promise<Actor> {
  const key = await makePair('ES256')
  const instance = `i-${randomUUID()}`
  const response = await fetch(`${whodid.otlpUrl}/v1/credentials`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${whodid.tokens.ingest}`,
      dpop: await proofBy(key, `${ledger}/v1/credentials`),
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      template,
      instance,
      delegator: { id: 'jane', issuer: provider.issuer },
      ...more,
    }),
  })
  const { token = '' } = (await response.json()) as Record<string, string>
  expect(response.status).toBe(201)
  return { key, instance, token }
}

async function register(template: string, more: object): Promise<void> {
  const response = await fetch(`${whodid.apiUrl}/v1/registry/templates`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${whodid.tokens.admin}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      template,
      owner: 'platform',
      justification: 'repairs',
      expires_at: '2261-01-01T00:00:00Z',
      ...more,
    }),
  })
  const { record } = (await response.json()) as { record: string }
  const known = async (): Promise<void> => {
    const answer = await whodid.get(`/v1/registry/templates?template=${template}`)
    expect(await answer.text()).toContain(record)
  }
  await vi.waitFor(known, { timeout: 60_000, interval: 50 })
}

interface Exchange {
  readonly actor?: Actor
  readonly form?: Readonly<Record<string, string | undefined>>
  readonly headers?: Readonly<Record<string, string>>
  readonly proof?: string
  readonly body?: string
}

interface Exchanged {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

async function exchange({ actor = good, ...change }: Exchange = {}): Promise<Exchanged> {
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: personToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    actor_token: actor.token,
    actor_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    resource,
    scope: 'repo:read pr:comment admin:all',
    ...change.form,
  }
  const fields = new URLSearchParams()
  for (const [name, value] of Object.entries<string | undefined>(form))
    if (value !== undefined) fields.set(name, value)
  const response = await fetch(`${url}/token`, {
    method: 'POST',
    headers: {
      dpop: change.proof ?? (await proofBy(actor.key, `${url}/token`)),
      'content-type': 'application/x-www-form-urlencoded',
      ...change.headers,
    },
    body: change.body ?? fields.toString(),
  })
  return { status: response.status, body: (await response.json()) as Exchanged['body'] }
}

/** All records of the log, once one of them has a text. */
async function recordsWith(text: string): Promise<string> {
  let records = ''
  const read = async (): Promise<void> => {
    const path = `/v1/records?log=${ledger.slice('https://'.length)}&limit=1000`
    records = await (await whodid.get(path, whodid.tokens.admin)).text()
    expect(records).toContain(text)
  }
  await vi.waitFor(read, { timeout: 60_000, interval: 100 })
  return records
}

const payloadOf = (token: unknown): unknown =>
  JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString())

test('an instance gets what person, template and task have in common, bound to its key, and it is on record', async () => {
  const { status, body } = await exchange({ form: { requested_actor: 'db-fixer' } })
  expect(body).toMatchObject({
    token_type: 'DPoP',
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    expires_in: 300,
    scope: 'repo:read pr:comment',
  })
  expect(status).toBe(200)
  expect(body).not.toHaveProperty('refresh_token')
  const token = String(body['access_token'])
  const identity = `spiffe://acme.example/agent/db-fixer/i/${good.instance}`
  expect(payloadOf(token)).toMatchObject({
    iss: url,
    sub: 'jane',
    sub_iss: provider.issuer,
    aud: resource,
    client_id: 'db-fixer',
    act: { sub: identity, client_id: 'db-fixer' },
    cnf: { jkt: keyThumbprint(good.key.publicKey) },
  })
  // The resource server reads the keys where the issuer has them.
  const keys = createIssuerKeys([{ issuer: url, keySetUrl: `${url}/keys` }], { fetch, nowS })
  const use = async (key: Pair) =>
    verifyDelegatedToken(token, {
      keys,
      audience: resource,
      trustDomain: 'acme.example',
      standingOf: () => ({ standing: 'active', by: undefined }),
      nowS: nowS(),
      seen: createSeenIds(),
      scope: 'pr:comment',
      request: { method: 'POST', url: `${resource}/pulls` },
      proof: await makeDpopProof(
        { method: 'POST', url: `${resource}/pulls`, token },
        { ...key, id: randomUUID(), nowS: nowS() },
      ),
    })
  expect((await use(good.key)).delegator).toEqual({ id: 'jane', issuer: provider.issuer })
  const stolen = await use(thief).catch((thrown: unknown) => thrown)
  expect(stolen).toBeInstanceOf(RefusedToken)
  expect(stolen).toMatchObject({ refusal: 'key_mismatch' })

  const answer = await whodid.whoDid(
    `resource:whodid:instance:${good.instance}`,
    ({ action }) => action !== null,
  )
  expect(answer).toMatchObject({ verdict: 'service', actor: { id: 'whodid' } })
  const { jti } = payloadOf(token) as { jti: string }
  const records = await recordsWith(`whodid:exchange:${jti}`)
  expect(records).toMatch(/whodid\.exchange\.human_scopes.{0,9}repo:read/u)
  expect(records).not.toContain(token.split('.')[2])
  expect(records).not.toContain(personToken.split('.')[2])
})

test('details are narrowed as scopes are', async () => {
  const detail = { type: 'agent_task', actions: ['read'] }
  const given = await exchange({ form: { authorization_details: JSON.stringify([detail]) } })
  expect(given.body).toMatchObject({ authorization_details: [detail] })
  for (const bad of ['{}', '[1]', '[{"actions":[]}]', 'x', `[${'"a",'.repeat(5_000)}1]`])
    expect((await exchange({ form: { authorization_details: bad } })).body).toMatchObject({
      error: 'invalid_authorization_details',
    })
})

type Case = readonly [
  name: string,
  error: string,
  reason: string,
  change: () => Promise<Exchange> | Exchange,
]

const forged = async (change: object, signer: Pair): Promise<Exchange> => ({
  form: { subject_token: await forge(personToken, { ...change, signer }) },
})
const actorWith = (token: string): Exchange => ({ actor: { ...good, token } })

const attacks: readonly Case[] = [
  [
    'a stolen token without its key',
    'invalid_dpop_proof',
    'key_mismatch',
    async () => ({ proof: await proofBy(thief, `${url}/token`) }),
  ],
  [
    'a proof for another endpoint',
    'invalid_dpop_proof',
    'proof_mismatch',
    async () => ({ proof: await proofBy(good.key, 'https://evil.example/token') }),
  ],
  [
    'an old proof',
    'invalid_request',
    'expired',
    async () => ({ proof: await proofBy(good.key, `${url}/token`, nowS() - 200) }),
  ],
  ['a proof that is none', 'invalid_request', 'malformed', () => ({ proof: 'x' })],
  ['two proofs', 'invalid_dpop_proof', 'missing_proof', () => ({ proof: 'a, b' })],
  [
    'a person’s token by another key',
    'invalid_request',
    'bad_signature',
    () => ({ form: { subject_token: swapClaims(personToken, { sub: 'root' }) } }),
  ],
  [
    'an unsigned token of a person',
    'invalid_request',
    'malformed',
    () => forged({ header: { alg: 'none' } }, thief),
  ],
  [
    'a token of a person that is signed with the public key',
    'invalid_request',
    'forbidden_algorithm',
    () => forged({ header: { alg: 'HS256' } }, thief),
  ],
  [
    'a token of an issuer that is not trusted',
    'invalid_request',
    'unknown_issuer',
    () => forged({ claims: { iss: 'https://evil.example' } }, thief),
  ],
  [
    'a token that names its own key',
    'invalid_request',
    'forbidden_header',
    () => forged({ header: { jwk: thief.publicKey } }, thief),
  ],
  [
    'a person’s token for somebody else',
    'invalid_request',
    'wrong_audience',
    async () => ({ form: { subject_token: await signIn('jane', 'https://other.example') } }),
  ],
  [
    'the token of the instance as the person’s',
    'invalid_request',
    'wrong_type',
    () => ({ form: { subject_token: good.token } }),
  ],
  [
    'a forged actor',
    'invalid_request',
    'bad_signature',
    () => actorWith(swapClaims(good.token, { agent_instance_id: 'i-other' })),
  ],
  [
    'an actor by another key',
    'invalid_request',
    'bad_signature',
    async () => actorWith(await forge(good.token, { signer: thief })),
  ],
  [
    'an actor that acts for somebody else',
    'invalid_request',
    'delegator_mismatch',
    async () => ({
      actor: await startInstance('db-fixer', {
        delegator: { id: 'bob', issuer: provider.issuer },
      }),
    }),
  ],
  [
    'a template that is not registered',
    'invalid_request',
    'actor_not_allowed',
    async () => ({ actor: await startInstance('unregistered') }),
  ],
  [
    'a target where the template may not act',
    'invalid_request',
    'wrong_audience',
    () => ({ form: { resource: 'https://bank.example' } }),
  ],
  ['no target', 'invalid_target', 'invalid_target', () => ({ form: { resource: undefined } })],
  [
    'two targets',
    'invalid_target',
    'invalid_target',
    () => ({ form: { audience: 'https://bank.example' } }),
  ],
  [
    'scopes that only the person has',
    'invalid_scope',
    'invalid_scope',
    () => ({ form: { scope: 'admin:all' } }),
  ],
  [
    'scopes that only the template has',
    'invalid_scope',
    'invalid_scope',
    () => ({ form: { scope: 'db:write' } }),
  ],
  ['no scopes', 'invalid_scope', 'unknown_scope', () => ({ form: { scope: undefined } })],
  [
    'another actor than asked for',
    'invalid_request',
    'actor_not_allowed',
    () => ({ form: { requested_actor: 'pr-bot' } }),
  ],
  [
    'another grant type',
    'unsupported_grant_type',
    'unsupported_grant_type',
    () => ({ form: { grant_type: 'refresh_token' } }),
  ],
  [
    'a refresh token asked for',
    'invalid_request',
    'malformed',
    () => ({
      form: { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
    }),
  ],
  ['a parameter twice', 'invalid_request', 'malformed', () => ({ body: 'scope=a&scope=b' })],
  [
    'JSON for a form',
    'invalid_request',
    'malformed',
    () => ({ headers: { 'content-type': 'application/json' } }),
  ],
]

test.each(attacks)('%s is refused', async (_, error, reason, change) => {
  const { status, body } = await exchange(await change())
  expect(body).toMatchObject({ error })
  expect(String(body['error_description'])).toMatch(new RegExp(`^${reason}: `, 'u'))
  expect([status, 'access_token' in body]).toEqual([400, false])
})

test('a replay is refused, and each refusal is on record with its reason, without a token', async () => {
  const proof = await proofBy(good.key, `${url}/token`)
  expect((await exchange({ proof })).status).toBe(200)
  expect((await exchange({ proof })).body).toMatchObject({ error: 'invalid_dpop_proof' })
  const records = await recordsWith('replayed')
  for (const [, , reason] of attacks) expect(records, reason).toContain(reason)
  expect(records).not.toContain(proof)
})

test('a body beyond its bound is refused, and another path is none of the issuer’s', async () => {
  const large = await exchange({ body: `scope=${'a'.repeat(70_000)}` })
  expect([large.status, large.body['error']]).toEqual([413, 'invalid_request'])
  expect((await fetch(`${url}/token`)).status).toBe(405)
  const { keys } = (await (await fetch(`${url}/keys`)).json()) as { keys: object[] }
  expect(keys).toHaveLength(1)
  expect(keys[0]).not.toHaveProperty('d')
  expect((await fetch(`${url}/other`, { redirect: 'manual' })).status).not.toBe(200)
})

test('a paused instance gets nothing until it is resumed, nor one whose template has ended', async () => {
  const order = async (verb: string): Promise<void> => {
    const ran = await runWhodid(whodid, [verb, `instance:${good.instance}`, '--cause', 'a look'])
    expect(ran.code, ran.stderr).toBe(0)
  }
  await order('pause')
  expect((await exchange()).body).toMatchObject({ error: 'invalid_request' })
  expect(String((await exchange()).body['error_description'])).toContain('paused')
  await order('resume')
  expect((await exchange()).status).toBe(200)
  await register('db-fixer', { expires_at: '2020-01-01T00:00:00Z' })
  expect(String((await exchange()).body['error_description'])).toContain('actor_not_allowed')
})
