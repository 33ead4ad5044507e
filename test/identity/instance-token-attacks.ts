import { actor, nowS, trustDomain } from './attack-world.ts'
import type { AttackCase } from './attack-world.ts'
import { part, swapClaims } from './forge-token.ts'

/** Attacks with an agent instance token. */
export const instanceTokenAttacks: readonly AttackCase[] = [
  ['of another audience', 'wrong_audience', { actorClaims: { aud: 'https://other.example' } }],
  ['of no audience', 'wrong_audience', { actorClaims: { aud: undefined } }],
  ['that has expired', 'expired', { actorClaims: { iat: nowS - 900, exp: nowS - 31 } }],
  ['that never expires', 'missing_claim', { actorClaims: { exp: undefined } }],
  ['with a text as expiry', 'malformed_claim', { actorClaims: { exp: '9999999999' } }],
  ['that lives an hour', 'lifetime_too_long', { actorClaims: { exp: nowS + 3_600 } }],
  [
    'that lives an hour from a time to come',
    'not_yet_valid',
    { actorClaims: { iat: nowS + 3_000, exp: nowS + 3_600 } },
  ],
  ['of a clock 31 s ahead', 'not_yet_valid', { actorClaims: { iat: nowS + 31 } }],
  ['not valid before later', 'not_yet_valid', { actorClaims: { nbf: nowS + 60 } }],
  ['without a time of issue', 'missing_claim', { actorClaims: { iat: undefined } }],
  ['with algorithm none', 'malformed', { actorHeader: { alg: 'none' } }],
  [
    'with algorithm none and a signature',
    'forbidden_algorithm',
    {
      actorToken: (good) =>
        `${part({ alg: 'none', typ: 'wit+jwt', kid: 'k1' })}.${good.split('.')[1]}.AA`,
    },
  ],
  [
    'signed with the public key as a secret',
    'forbidden_algorithm',
    { actorHeader: { alg: 'HS256' } },
  ],
  [
    'with RSA by a key of the issuer',
    'forbidden_algorithm',
    { actorSigner: 'rsa', actorHeader: { kid: 'r1' } },
  ],
  ['that names a key of another type', 'bad_signature', { actorHeader: { kid: 'r1' } }],
  ['by another key', 'bad_signature', { actorSigner: 'other' }],
  [
    'by the key of the persons’ issuer',
    'unknown_key',
    { actorSigner: 'idp', actorHeader: { kid: 'p1' } },
  ],
  [
    'by an issuer that nobody trusts',
    'unknown_issuer',
    { actorClaims: { iss: 'https://evil.example' } },
  ],
  ['without an issuer', 'missing_claim', { actorClaims: { iss: undefined } }],
  ['by an unknown key', 'unknown_key', { actorHeader: { kid: 'k9' } }],
  ['that names no key', 'malformed', { actorHeader: { kid: undefined } }],
  ['with its own key in the header', 'forbidden_header', { actorHeader: { jwk: { kty: 'EC' } } }],
  [
    'with an address of keys in the header',
    'forbidden_header',
    { actorHeader: { jku: 'https://evil.example/jwks' } },
  ],
  [
    'with a critical extension',
    'forbidden_header',
    {
      actorToken: (good) =>
        `${part({ alg: 'ES256', typ: 'wit+jwt', kid: 'k1', crit: ['exp'] })}.${good.split('.').slice(1).join('.')}`,
    },
  ],
  ['of another type', 'wrong_type', { actorHeader: { typ: 'at+jwt' } }],
  ['of no type', 'wrong_type', { actorHeader: { typ: undefined } }],
  [
    'with a changed claim',
    'bad_signature',
    { actorToken: (good) => swapClaims(good, { sub: actor('db-fixer', '01J9').subject }) },
  ],
  ['with a cut signature', 'bad_signature', { actorToken: (good) => good.slice(0, -10) }],
  [
    'without a signature',
    'malformed',
    { actorToken: (good) => good.split('.').slice(0, 2).join('.') },
  ],
  ['of five parts', 'malformed', { actorToken: (good) => `${good}.AA.AA` }],
  ['of 9 KiB', 'oversized', { actorClaims: { filling: 'x'.repeat(9_000) } }],
  [
    'whose claims are a list',
    'malformed',
    { actorToken: (good) => [good.split('.')[0], part([1]), good.split('.')[2]].join('.') },
  ],
  ['of a subject that is no instance', 'wrong_subject', { actorClaims: { sub: 'jane' } }],
  [
    'of a path that climbs',
    'wrong_subject',
    { actorClaims: { sub: `spiffe://${trustDomain}/agent/../i/01J0` } },
  ],
  ['of another trust domain', 'wrong_subject', { facts: { trustDomain: 'evil.example' } }],
  [
    'whose claim names another instance',
    'claims_disagree',
    { actorClaims: { agent_instance_id: '01J9' } },
  ],
  [
    'whose client is another template',
    'claims_disagree',
    { actorClaims: { client_id: 'admin-bot' } },
  ],
  [
    'with a delegator of no issuer',
    'claims_disagree',
    { actorClaims: { delegator_iss: undefined } },
  ],
  ['that is bound to no key', 'missing_claim', { actorClaims: { cnf: undefined } }],
  [
    'that is bound to a secret',
    'malformed_claim',
    { actorClaims: { cnf: { jwk: { kty: 'oct', k: 'AA', alg: 'HS256' } } } },
  ],
  [
    'that is bound to a key of another algorithm',
    'forbidden_algorithm',
    { actorClaims: { cnf: { jwk: { kty: 'RSA', n: 'AA', e: 'AQAB', alg: 'RS256' } } } },
  ],
  [
    'with five ancestors',
    'act_too_deep',
    { actorClaims: { agent_ancestors: ['a', 'b', 'c', 'd', 'e'] } },
  ],
  ['that is its own ancestor', 'act_loop', { actorClaims: { agent_ancestors: ['01J0'] } }],
  ['of a revoked instance', 'revoked', { revoked: [{}] }],
  [
    'of a revoked template',
    'revoked',
    { revoked: [{ target: { kind: 'template', id: 'db-fixer' } }] },
  ],
  ['of a revoked task', 'revoked', { revoked: [{ target: { kind: 'task', id: 'task-7' } }] }],
  [
    'that is itself revoked',
    'revoked',
    { revoked: [{ target: { kind: 'credential', id: 'wit-1' } }] },
  ],
  [
    'of an agent of a person whose agents are stopped',
    'revoked',
    { revoked: [{ target: { kind: 'agents_of', id: 'jane' } }] },
  ],
  [
    'of a descendant of a revoked instance',
    'revoked',
    { facts: { ancestors: ['01P0'] }, revoked: [{ target: { kind: 'instance', id: '01P0' } }] },
  ],
  ['of a paused instance', 'paused', { revoked: [{ action: 'pause' }] }],
  ['of a revoked instance that was resumed', 'revoked', { revoked: [{}, { action: 'resume' }] }],
  [
    'of an instance of which nothing is known',
    'standing_unknown',
    { deps: { standingOf: () => undefined } },
  ],
]
