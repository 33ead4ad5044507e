import { createIssuer, issuerLimits } from '@whodid/issuer'
import type { IssuerOptions, JudgedExchange } from '@whodid/issuer'
import { makeDpopProof } from '@whodid/identity'
import { expect, test } from 'vitest'
import { instanceToken, keys, nowS, resource, trustDomain, trustedIssuers } from './attack-world.ts'
import { forge, part } from './forge-token.ts'

// The exchange over HTTP where what it stands on fails: no token leaves that is not on record, and no crowd gets past its bounds.

const url = 'https://whodid.acme.example'
const [own, idp] = trustedIssuers
let proofs = 0

interface Played {
  readonly issuer: ReturnType<typeof createIssuer>
  readonly judged: JudgedExchange[]
  readonly failures: string[]
}

function play(change: Partial<IssuerOptions> = {}): Played {
  const judged: JudgedExchange[] = []
  const failures: string[] = []
  const issuer = createIssuer({
    url: `${url}/x`,
    privateKey: keys.other.privateKey,
    publicKey: { ...keys.other.publicKey, kid: 'x1' },
    audience: url,
    trustDomain,
    instanceIssuers: own === undefined ? [] : [own],
    subjectIssuers: idp === undefined ? [] : [idp],
    standingOf: () => ({ standing: 'active', by: undefined }),
    isRegistered: () => true,
    ceilingOf: () => Promise.resolve({ scopes: ['repo:read'], audiences: [resource] }),
    record: (exchange) => {
      judged.push(exchange)
      return Promise.resolve()
    },
    fetch: () => Promise.reject(new Error('no network here')),
    nowS: () => nowS,
    onFailure: (message) => failures.push(message),
    ...change,
  })
  return { issuer, judged, failures }
}

async function request(form: Readonly<Record<string, string>> = {}): Promise<Request> {
  proofs += 1
  const claims = { iss: idp?.issuer, sub: 'jane', aud: url, iat: nowS, exp: nowS + 600 }
  const body = { ...claims, jti: 'at-1', scope: 'repo:read admin:all' }
  const person = `${part({ alg: 'ES256', typ: 'at+jwt', kid: 'p1' })}.${part(body)}.x`
  const making = { ...keys.instance, id: `issuer-${proofs}`, nowS }
  return new Request(`${url}/x/token`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      dpop: await makeDpopProof({ method: 'POST', url: `${url}/x/token` }, making),
    },
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: await forge(person, { signer: keys.idp }),
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      actor_token: await instanceToken({}),
      actor_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      resource,
      scope: 'repo:read admin:all',
      ...form,
    }).toString(),
  })
}

async function ask({ issuer }: Played, asked?: Request) {
  const response = await issuer.fetch(asked ?? (await request()))
  if (response === undefined) throw new Error('the path is not the issuer’s')
  // Every answer of the endpoint is an object.
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

test('what is issued is on record with every side that it was computed from', async () => {
  const played = play()
  const { status, body } = await ask(played)
  expect([status, body['scope']]).toEqual([200, 'repo:read'])
  expect(played.judged).toMatchObject([
    {
      outcome: 'issued',
      decided: {
        sides: {
          human: ['repo:read', 'admin:all'],
          ceiling: ['repo:read'],
          task: ['repo:read', 'admin:all'],
          parent: null,
        },
        scope: { granted: ['repo:read'], denied: [{ scope: 'admin:all', by: 'ceiling' }] },
      },
    },
  ])
})

test('no token leaves that is not on record', async () => {
  const played = play({ record: () => Promise.reject(new Error('the log is full')) })
  const { status, body } = await ask(played)
  expect(status).toBe(503)
  expect(body).toMatchObject({ error: 'temporarily_unavailable' })
  expect(body).not.toHaveProperty('access_token')
  expect(played.failures).toEqual(['the log is full'])
  const refused = await ask(played, await request({ scope: 'other' }))
  expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_scope'])
})

test('a registry that does not answer, and an agent of which nothing is known, get nothing', async () => {
  const down = play({ ceilingOf: () => Promise.reject(new Error('no ClickHouse')) })
  expect((await ask(down)).status).toBe(503)
  expect(down.failures).toEqual(['no ClickHouse'])
  const blind = play({ standingOf: () => undefined })
  expect(await ask(blind)).toMatchObject({
    status: 503,
    body: { error: 'temporarily_unavailable' },
  })
  const other = play({ isRegistered: () => false })
  expect((await ask(other)).body['error_description']).toMatch(/^not_registered: /u)
  expect(other.judged).toMatchObject([{ outcome: 'refused', reason: 'not_registered' }])
})

test('a registration of the template that the token claims counts for no other', async () => {
  const looked: string[] = []
  const played = play({
    ceilingOf: (template) => {
      looked.push(template)
      return Promise.resolve(undefined)
    },
  })
  expect((await ask(played)).body['error_description']).toMatch(/^actor_not_allowed: /u)
  expect(looked).toEqual(['db-fixer'])
})

test('more at once than there may be are turned away unjudged, and so are more in a second', async () => {
  let open = (): void => {}
  const gate = new Promise<undefined>((resolve) => (open = () => resolve(undefined)))
  const played = play({ ceilingOf: () => gate })
  const crowd = await Promise.all(
    Array.from({ length: issuerLimits.atOnceMax + 1 }, () => request()),
  )
  const waiting = crowd.map((each) => ask(played, each))
  const late = await Promise.race(waiting)
  expect([late.status, late.body['error']]).toEqual([429, 'temporarily_unavailable'])
  open()
  const statuses = (await Promise.all(waiting)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 400)).toHaveLength(issuerLimits.atOnceMax)
  expect(played.judged).toHaveLength(issuerLimits.atOnceMax)

  const many = play()
  const bad = () => new Request(`${url}/x/token`, { method: 'POST', body: 'x' })
  for (let count = 0; count < issuerLimits.perSecondMax; count += 1)
    expect((await ask(many, bad())).status).toBe(400)
  expect((await ask(many, bad())).status).toBe(429)
  expect(many.judged).toHaveLength(issuerLimits.perSecondMax)
})

test('error texts are as RFC 6749 has them, whatever was sent', async () => {
  const { body } = await ask(play(), await request({ actor_token: 'é"\\\n' }))
  expect(body['error_description']).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/u)
})
