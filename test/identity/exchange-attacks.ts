import { createSeenIds } from '@whodid/identity'
import { keys, nowS, resource } from './attack-world.ts'
import type { AttackCase } from './attack-world.ts'

/** Attacks on the exchange of tokens. */
export const exchangeAttacks: readonly AttackCase[] = [
  [
    'by whoever stole the token without its key',
    'key_mismatch',
    { proofSigner: 'other', proofHeader: { jwk: keys.other.publicKey } },
  ],
  ['with a proof twice', 'replayed', { twice: true }],
  ['with a proof for another method', 'proof_mismatch', { proofClaims: { htm: 'GET' } }],
  [
    'with a proof for another URL',
    'proof_mismatch',
    { proofClaims: { htu: 'https://evil.example/v1/token' } },
  ],
  ['with an old proof', 'expired', { proofClaims: { iat: nowS - 100 } }],
  ['with a proof of a time to come', 'not_yet_valid', { proofClaims: { iat: nowS + 31 } }],
  ['with a proof of no ID', 'missing_claim', { proofClaims: { jti: undefined } }],
  ['with a proof for some token', 'proof_mismatch', { proofClaims: { ath: 'AA' } }],
  ['with a proof of another type', 'wrong_type', { proofHeader: { typ: 'jwt' } }],
  ['with an unsigned proof', 'malformed', { proofHeader: { alg: 'none' } }],
  ['where no proof can be remembered', 'replay_memory_full', { deps: { seen: createSeenIds(0) } }],
  [
    'for a person for whom it does not act',
    'delegator_mismatch',
    { subjectClaims: { sub: 'bob' } },
  ],
  [
    'for a person of the same name elsewhere',
    'delegator_mismatch',
    { facts: { delegator: { issuer: 'https://other.example', id: 'jane' } } },
  ],
  [
    'by an instance that acts for nobody',
    'delegator_mismatch',
    { facts: { delegator: undefined } },
  ],
  [
    'with a person’s token for somebody else',
    'wrong_audience',
    { subjectClaims: { aud: resource } },
  ],
  [
    'with a person’s expired token',
    'expired',
    { subjectClaims: { iat: nowS - 3_600, exp: nowS - 31 } },
  ],
  [
    'with a person’s token of a year',
    'lifetime_too_long',
    { subjectClaims: { exp: nowS + 31_536_000 } },
  ],
  [
    'with a person’s token that has an actor',
    'actor_not_allowed',
    { subjectClaims: { act: { sub: 'proxy' } } },
  ],
  [
    'with a person’s token for another actor',
    'actor_not_allowed',
    { subjectClaims: { may_act: { client_id: 'pr-bot' } } },
  ],
  ['with a person’s token for no actor', 'actor_not_allowed', { subjectClaims: { may_act: {} } }],
  ['with a person’s token by another key', 'bad_signature', { subjectSigner: 'other' }],
  ['with a person’s ID token', 'wrong_type', { subjectHeader: { typ: 'id+jwt' } }],
  [
    'with a person’s token of no scope claim',
    'unknown_scope',
    { subjectClaims: { scope: undefined } },
  ],
  ['with a person’s token of no scope', 'invalid_scope', { subjectClaims: { scope: '' } }],
  ['for a task that nobody knows', 'unknown_scope', { facts: { task: 'task-8' } }],
  ['for scopes that only the human has', 'invalid_scope', { request: { scopes: ['admin:all'] } }],
  ['for scopes that only the template has', 'invalid_scope', { request: { scopes: ['db:write'] } }],
  ['for every scope', 'invalid_scope', { request: { scopes: ['*'] } }],
  ['for a scope that is two', 'invalid_scope', { request: { scopes: ['repo:read admin:all'] } }],
  [
    'for a thousand scopes',
    'invalid_scope',
    { request: { scopes: Array.from({ length: 1_000 }, (_, n) => `s${n}`) } },
  ],
  [
    'for another resource server',
    'wrong_audience',
    { request: { audience: 'https://bank.example' } },
  ],
  ['by a template that is not registered', 'actor_not_allowed', { facts: { template: 'ghost' } }],
  [
    'with wider details than the person has',
    'details_widened',
    {
      subjectClaims: { authorization_details: [{ type: 'db', actions: ['read'] }] },
      request: { details: [{ type: 'db', actions: ['read', 'drop'] }] },
    },
  ],
  [
    'with details of another type',
    'details_widened',
    {
      subjectClaims: { authorization_details: [{ type: 'db', actions: ['read'] }] },
      request: { details: [{ type: 'payment' }] },
    },
  ],
  [
    'with details that leave out a restriction',
    'details_widened',
    {
      subjectClaims: {
        authorization_details: [{ type: 'db', actions: ['read'], locations: ['eu'] }],
      },
      request: { details: [{ type: 'db', actions: ['read'] }] },
    },
  ],
]
