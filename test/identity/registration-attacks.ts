import { nowS } from './attack-world.ts'
import { ledger } from './seal-world.ts'
import type { Sender } from './seal-world.ts'

/** One thing that is changed about a good request for a token. */
export interface RegistrationAttack {
  /** Of the proof. */
  readonly made?: { readonly url?: string; readonly atS?: number }
  readonly proof?: (good: string) => string
  readonly body?: Readonly<Record<string, unknown>>
  readonly sender?: Sender
  readonly isTwice?: true
  readonly laterS?: number
}

/** An attack, and the status and the reason with which it is refused. */
export type RegistrationCase = readonly [string, number, string, RegistrationAttack]

/** Attacks on the request for an instance token. */
export const registrationAttacks: readonly RegistrationCase[] = [
  [
    'a proof for another ledger',
    401,
    'proof_mismatch',
    { made: { url: 'https://evil.example/v1/credentials' } },
  ],
  [
    'a proof for another path',
    401,
    'proof_mismatch',
    { made: { url: `${ledger}/v1/launch-credentials` } },
  ],
  ['a proof of a time to come', 401, 'not_yet_valid', { made: { atS: nowS + 31 } }],
  ['a proof that is too old', 401, 'expired', { made: { atS: nowS - 91 } }],
  ['a proof that is used twice', 401, 'replayed', { isTwice: true }],
  ['a proof that comes late', 401, 'expired', { laterS: 91 }],
  ['no proof', 401, 'malformed', { proof: () => '' }],
  ['a proof that is cut', 401, 'bad_signature', { proof: (good) => good.slice(0, -8) }],
  [
    'a proof without its signature',
    401,
    'malformed',
    { proof: (good) => good.split('.').slice(0, 2).join('.') },
  ],
  ['two proofs', 401, 'malformed', { proof: (good) => `${good}, ${good}` }],
  ['a proof of 9 KiB', 401, 'malformed', { proof: (good) => `${good}${'A'.repeat(9_000)}` }],
  [
    'a template that the sender may not speak for',
    403,
    'forbidden',
    { sender: 'bound', body: { template: 'planner' } },
  ],
  ['an instance with a slash', 400, 'invalid_body', { body: { instance: 'i/../root' } }],
  ['an instance that begins with a slash', 400, 'invalid_body', { body: { instance: '/i' } }],
  ['an instance of nine parts', 400, 'invalid_body', { body: { instance: 'a/b/c/d/e/f/g/h/i' } }],
  ['a template with a slash', 400, 'invalid_body', { body: { template: 'db-fixer/i' } }],
  ['an instance that is no name', 400, 'invalid_body', { body: { instance: 'i 1\u202E' } }],
  ['a template that is none', 400, 'invalid_body', { body: { template: '' } }],
  ['a life of a day', 400, 'invalid_body', { body: { lifetime_s: 86_400 } }],
  ['a life of nothing', 400, 'invalid_body', { body: { lifetime_s: 0 } }],
  ['a token that is no text', 400, 'invalid_body', { body: { token: 7 } }],
  [
    'a delegator without an ID',
    400,
    'invalid_body',
    { body: { delegator: { issuer: 'https://login.acme.example' } } },
  ],
  ['a body of 70 KiB', 413, 'body_too_large', { body: { filling: 'x'.repeat(70_000) } }],
]
