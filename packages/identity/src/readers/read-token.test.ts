import { describe, expect, it } from 'vitest'
import type { Claims } from '../claims.ts'
import { RefusedToken } from '../refused-token.ts'
import type { Refusal } from '../refused-token.ts'
import { readToken, tokenKinds } from './read-token.ts'
import type { TokenKind } from './read-token.ts'
import type { TokenReading } from './token-reading.ts'
import { readAgentCore } from './read-vendor-tokens.ts'

const instance = 'spiffe://acme.example/agent/db-fixer/i/01J0'
const times = { iat: 1_780_000_000, exp: 1_780_000_300 }
const publicKey = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
}

/** Claims as the makers of each kind document them, and the persons and agents that a reader must find. */
const vectors: readonly (readonly [TokenKind, string, Claims, Partial<TokenReading>])[] = [
  [
    'jwt_svid',
    'of a workload',
    { sub: 'spiffe://acme.example/ns/prod/sa/web', aud: ['spiffe://acme.example/db'], ...times },
    {
      mode: 'actor',
      agent: 'spiffe://acme.example/ns/prod/sa/web',
      instance: null,
      delegator: null,
    },
  ],
  [
    'jwt_svid',
    'of an instance',
    { sub: instance, aud: ['x'], ...times },
    { mode: 'actor', template: 'db-fixer', instance: '01J0' },
  ],
  [
    'workload_token',
    'with a delegator',
    {
      iss: 'https://whodid.acme.example',
      sub: instance,
      jti: 'w1',
      cnf: { jwk: { ...publicKey, alg: 'ES256' } },
      client_id: 'db-fixer',
      delegator_sub: 'jane',
      delegator_iss: 'https://login.acme.example',
      agent_context_id: 'task-7',
      ...times,
    },
    {
      mode: 'actor',
      template: 'db-fixer',
      instance: '01J0',
      delegator: { issuer: 'https://login.acme.example', id: 'jane', type: 'unknown' },
      task: 'task-7',
      boundTo: 'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U',
    },
  ],
  [
    'token_exchange',
    'of two agents for a person',
    {
      iss: 'https://as.example',
      sub: 'jane',
      sub_profile: 'user',
      client_id: 'outer',
      scope: 'repo:read pr:comment',
      txn: 'task-7',
      cnf: { jkt: 'thumb' },
      act: {
        sub: instance,
        sub_profile: 'ai_agent',
        client_id: 'db-fixer',
        act: { sub: 'spiffe://acme.example/agent/planner/i/01P0' },
      },
      ...times,
    },
    {
      mode: 'delegated',
      template: 'db-fixer',
      instance: '01J0',
      agent: instance,
      delegator: { issuer: 'https://as.example', id: 'jane', type: 'human' },
      chain: [
        { issuer: 'https://as.example', id: 'jane', type: 'human' },
        {
          issuer: 'https://as.example',
          id: 'spiffe://acme.example/agent/planner/i/01P0',
          type: 'agent',
        },
        { issuer: 'https://as.example', id: instance, type: 'agent' },
      ],
      scopes: ['repo:read', 'pr:comment'],
      boundTo: 'thumb',
    },
  ],
  [
    'token_exchange',
    'of a person alone',
    { iss: 'https://as.example', sub: 'jane', ...times },
    { mode: 'impersonation', agent: null, instance: null, template: null },
  ],
  [
    'oidc_a',
    'with a chain',
    {
      iss: 'https://as.example',
      sub: 'agent-4711',
      agent_type: 'ai_agent',
      agent_model: 'm',
      agent_provider: 'p',
      agent_instance_id: 'run-1',
      delegator_sub: 'jane',
      delegation_chain: [
        { iss: 'https://as.example', sub: 'jane', aud: 'planner', delegated_at: 1, scope: 'a b' },
        {
          iss: 'https://as.example',
          sub: 'planner',
          aud: 'agent-4711',
          delegated_at: 2,
          scope: 'a',
        },
      ],
      ...times,
    },
    { mode: 'actor', agent: 'agent-4711', instance: 'run-1', scopes: ['a'] },
  ],
  [
    'on_behalf_of',
    'of an agent',
    { iss: 'https://as.example', sub: 'jane', azp: 'app', act: { sub: 'actor-1' }, ...times },
    { mode: 'delegated', agent: 'actor-1', instance: null },
  ],
  [
    'entra_agent_id',
    'of an agent for a person',
    {
      iss: 'https://login.microsoftonline.com/t/v2.0',
      idtyp: 'user',
      oid: 'person-oid',
      sub: 'pairwise',
      azp: 'agent-appid',
      xms_par_app_azp: 'blueprint',
      xms_act_fct: '3 11',
      xms_sub_fct: '2',
      scp: 'Mail.Read',
      uti: 'u1',
      ...times,
    },
    {
      mode: 'delegated',
      template: 'blueprint',
      agent: 'agent-appid',
      delegator: {
        issuer: 'https://login.microsoftonline.com/t/v2.0',
        id: 'person-oid',
        type: 'human',
      },
      credentialId: 'u1',
      scopes: ['Mail.Read'],
    },
  ],
  [
    'entra_agent_id',
    'of an agent’s own user account',
    {
      iss: 'i',
      idtyp: 'user',
      oid: 'agent-user',
      azp: 'a',
      xms_par_app_azp: 'b',
      xms_act_fct: '11',
      xms_sub_fct: '2 13',
      scp: 'x',
      ...times,
    },
    { mode: 'autonomous', delegator: null, agent: 'a' },
  ],
  [
    'entra_agent_id',
    'of an agent for itself',
    {
      iss: 'i',
      idtyp: 'app',
      oid: 'sp',
      azp: 'a',
      xms_par_app_azp: 'b',
      xms_sub_fct: '11',
      roles: ['R'],
      ...times,
    },
    { mode: 'autonomous', delegator: null, agent: 'a', scopes: ['R'] },
  ],
  [
    'entra_agent_id',
    'of a person through an ordinary application',
    { iss: 'i', idtyp: 'user', oid: 'jane', azp: 'portal', scp: 'x', ...times },
    { mode: 'impersonation', agent: null, template: null },
  ],
  [
    'auth0',
    'of an agent as principal',
    {
      iss: 'https://acme.auth0.example/',
      sub: 'auth0|jane',
      azp: 'client',
      act: { sub: 'agent_1', sub_profile: 'ai_agent', client_id: 'tpl' },
      ...times,
    },
    { mode: 'delegated', template: 'tpl', agent: 'agent_1' },
  ],
  [
    'auth0',
    'of a client for itself',
    { iss: 'i', sub: 'abc@clients', azp: 'abc', gty: 'client-credentials', ...times },
    { mode: 'autonomous', delegator: null, template: 'abc', agent: 'abc@clients' },
  ],
  [
    'id_jag',
    'of a client for a person',
    {
      iss: 'https://acme.okta.example',
      sub: 'jane',
      aud: 'https://app.example',
      client_id: 'wiki-agent',
      jti: 'j',
      scope: 'read',
      resource: 'https://api.example',
      ...times,
    },
    { mode: 'delegated', template: 'wiki-agent', agent: 'wiki-agent', instance: null },
  ],
  [
    'transaction_token',
    'of a workload for a person',
    {
      aud: 'td',
      txn: 't-1',
      sub: 'jane',
      scope: 'pay',
      req_wl: 'gateway',
      rctx: { client_id: 'tpl' },
      ...times,
    },
    { mode: 'delegated', agent: 'gateway', task: 't-1', template: 'tpl' },
  ],
  [
    'transaction_token',
    'of a workload for itself',
    { aud: 'td', txn: 't-1', sub: 'cron', scope: 'pay', req_wl: 'cron', ...times },
    { mode: 'autonomous', delegator: null },
  ],
  [
    'google_agent_identity',
    'of a deployed agent',
    {
      iss: 'https://accounts.example',
      sub: 'spiffe://agents.global.org-1.system.id.goog/resources/aiplatform/projects/1/reasoningEngines/2',
      cnf: { 'x5t#S256': 'cert' },
      ...times,
    },
    { mode: 'autonomous', instance: null, boundTo: 'cert', delegator: null },
  ],
]

const refused: readonly (readonly [TokenKind, string, Claims, Refusal])[] = [
  ['jwt_svid', 'without an audience', { sub: instance }, 'missing_claim'],
  [
    'jwt_svid',
    'with an escape in its path',
    { sub: 'spiffe://acme.example/a%2fb', aud: 'x' },
    'wrong_subject',
  ],
  ['workload_token', 'bound to nothing', { sub: instance }, 'missing_claim'],
  [
    'workload_token',
    'with a private key',
    { sub: instance, cnf: { jwk: { ...publicKey, d: 'x' } } },
    'malformed_claim',
  ],
  [
    'token_exchange',
    'with a subject that acts for itself',
    { sub: 'a', act: { sub: 'a' } },
    'claims_disagree',
  ],
  ['on_behalf_of', 'without an actor', { sub: 'jane' }, 'missing_claim'],
  ['oidc_a', 'whose chain skips a step', chainOf({ aud: 'somebody' }), 'claims_disagree'],
  ['oidc_a', 'whose chain goes back in time', chainOf({ delegated_at: 9 }), 'claims_disagree'],
  ['oidc_a', 'whose chain widens', chainOf({ scope: '' }), 'scope_widened'],
  ['oidc_a', 'whose chain begins with another', chainOf({ sub: 'bob' }), 'claims_disagree'],
  ['transaction_token', 'without a transaction', { sub: 'jane', req_wl: 'w' }, 'missing_claim'],
  ['id_jag', 'of a nameless client', { sub: 'jane' }, 'missing_claim'],
]

function chainOf(first: Claims): Claims {
  return {
    sub: 'agent',
    agent_instance_id: 'run',
    delegator_sub: 'jane',
    delegation_chain: [
      { iss: 'i', sub: 'jane', aud: 'planner', delegated_at: 1, scope: 'a', ...first },
      { iss: 'i', sub: 'planner', aud: 'agent', delegated_at: 2, scope: 'a' },
    ],
  }
}

describe('readToken', () => {
  it.each(vectors)('reads a %s %s', (kind, _name, claims, expected) => {
    const reading = readToken(kind, claims)
    expect(reading).toMatchObject(expected)
    // Nobody is an agent because a token has them as its subject.
    if (reading.mode === 'impersonation') expect(reading.agent).toBeNull()
    if (reading.mode === 'delegated') expect(reading.agent).not.toBe(claims['sub'])
  })

  it.each(refused)('refuses a %s %s', (kind, _name, claims, refusal) => {
    let found: unknown
    try {
      readToken(kind, claims)
    } catch (thrown) {
      found = thrown
    }
    expect(found).toBeInstanceOf(RefusedToken)
    expect(found).toMatchObject({ code: 'token_refused', refusal })
  })

  it('has a vector of every kind', () => {
    expect([...new Set(vectors.map(([kind]) => kind))].toSorted()).toEqual(tokenKinds.toSorted())
  })

  it('takes the facts of an opaque token from the caller', () => {
    const user = { issuer: 'https://login.acme.example', id: 'jane' }
    expect(readAgentCore({ workloadName: 'travel-agent', user })).toMatchObject({
      mode: 'opaque',
      agent: 'travel-agent',
      instance: null,
      delegator: { id: 'jane', type: 'human' },
      credentialId: null,
    })
  })
})
