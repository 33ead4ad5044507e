import { instanceSpiffeId } from '@whodid/identity'
import { nowS, resource, trustDomain } from './attack-world.ts'
import type { AttackCase } from './attack-world.ts'
import type { Change } from './forge-token.ts'

/** Attacks with a delegated access token. */
export const delegatedTokenAttacks: readonly AttackCase[] = [
  ['at another audience', 'wrong_audience', { subjectClaims: { aud: 'https://other.example' } }],
  [
    'for two audiences',
    'wrong_audience',
    { subjectClaims: { aud: [resource, 'https://other.example'] } },
  ],
  ['that has expired', 'expired', { subjectClaims: { iat: nowS - 300, exp: nowS - 31 } }],
  ['that lives an hour', 'lifetime_too_long', { subjectClaims: { exp: nowS + 3_600 } }],
  ['without an actor', 'missing_claim', { subjectClaims: { act: undefined } }],
  ['with six hops', 'act_too_deep', { subjectClaims: { act: deepAct(6) } }],
  [
    'with an actor twice',
    'act_loop',
    { subjectClaims: { act: { ...actClaim('01'), act: actClaim('01') } } },
  ],
  ['with a text as actor', 'malformed_claim', { subjectClaims: { act: 'jane' } }],
  [
    'with an actor that is no instance',
    'wrong_subject',
    { subjectClaims: { act: { sub: 'db-fixer' } } },
  ],
  [
    'with an actor of another template',
    'claims_disagree',
    { subjectClaims: { client_id: 'planner' } },
  ],
  ['that is bound to no key', 'missing_claim', { subjectClaims: { cnf: {} } }],
  ['by another instance’s key', 'key_mismatch', { subjectClaims: { cnf: { jkt: 'AAAA' } } }],
  [
    'with a widened scope by another key',
    'bad_signature',
    { subjectClaims: { scope: 'admin:all' }, subjectSigner: 'other' },
  ],
  ['without the scope of the request', 'scope_widened', { subjectClaims: { scope: 'pr:comment' } }],
  ['with no scope', 'invalid_scope', { subjectClaims: { scope: '' } }],
  [
    'with details that are texts',
    'malformed_claim',
    { subjectClaims: { authorization_details: ['all'] } },
  ],
  ['with a proof for another token', 'proof_mismatch', { proofClaims: { ath: 'AAAA' } }],
  ['with a proof for no token', 'proof_mismatch', { proofClaims: { ath: undefined } }],
  ['with a proof twice', 'replayed', { twice: true }],
  ['of a revoked instance', 'revoked', { revoked: [{}] }],
  [
    'of an instance whose parent is revoked',
    'revoked',
    { revoked: [{ target: { kind: 'instance', id: '01P0' } }] },
  ],
  [
    'of an instance whose parent’s template is revoked',
    'revoked',
    { revoked: [{ target: { kind: 'template', id: 'planner' } }] },
  ],
  ['that is an instance token', 'wrong_type', { subjectHeader: { typ: 'wit+jwt' } }],
]

function deepAct(hops: number): unknown {
  return hops === 0 ? undefined : { ...actClaim(`0${hops}`), act: deepAct(hops - 1) }
}

function actClaim(instance: string): Change {
  return {
    iss: 'https://whodid.acme.example',
    sub: instanceSpiffeId({ trustDomain, template: 'db-fixer', instance }),
  }
}
