import { attribute } from '@whodid/model'
import type { SealResult } from '@whodid/model'
import { nowS } from './attack-world.ts'
import type { Change } from './forge-token.ts'
import type { Sender } from './seal-world.ts'

/** One thing that is changed about a good sealed act. */
export interface SealAttack {
  /** Attributes of the act that change behind the seal. */
  readonly altered?: Readonly<Record<string, string>>
  /** Attributes of the act that change before it is sealed. */
  readonly said?: Readonly<Record<string, string>>
  /** Attributes of the act that it does not have when it is sealed. */
  readonly unsaid?: readonly string[]
  /** Attributes that a forwarder puts on the resource of the request. */
  readonly resource?: Readonly<Record<string, string>>
  /** Attributes that a forwarder adds to the act as whole numbers. */
  readonly numbers?: Readonly<Record<string, number>>
  readonly startsLater?: true
  readonly claims?: Change
  readonly header?: Change
  /** Signs with another key, or with another instance's key and token. */
  readonly signer?: 'thief' | 'other_instance'
  readonly jws?: (good: string) => string
  /** The seal covers another span than the one that names it. */
  readonly covers?: 'another'
  /** Sends the act without the span of its seal, or twice with another act. */
  readonly delivery?: 'alone' | 'reused_number' | 'behind_eight_others' | 'moved_to_other_act'
  readonly sender?: Sender
  readonly isStopped?: 'revoked' | 'paused' | 'unknown'
  /** Seconds that pass before the act is sent. */
  readonly laterS?: number
}

/** An attack, the result on the act's record, and the claims that the record still counts as proven. */
export type SealAttackCase = readonly [
  name: string,
  result: SealResult,
  attack: SealAttack,
  claims?: string,
]

const person = { [attribute.delegatorId]: 'ceo' }

/** Attacks on a sealed act. */
export const sealAttacks: readonly SealAttackCase[] = [
  [
    'an act whose resource was changed',
    'mismatch',
    { altered: { [attribute.resourceId]: 'db:table:shop/log' } },
  ],
  ['an act whose verb was changed', 'mismatch', { altered: { [attribute.actionVerb]: 'read' } }],
  ['an act whose person was changed', 'mismatch', { altered: person }],
  [
    'an act whose person’s issuer was changed',
    'mismatch',
    { altered: { [attribute.delegatorIssuer]: 'https://evil.example' } },
  ],
  [
    'an act whose instance was changed',
    'mismatch',
    { altered: { [attribute.instanceId]: 'i-of-another' } },
  ],
  [
    'an act whose template was changed',
    'mismatch',
    { altered: { [attribute.templateId]: 'planner' } },
  ],
  [
    'an act to which a credential was added',
    'mismatch',
    { altered: { [attribute.credentialId]: 'pat-1' } },
  ],
  [
    'an act to which a correlation was added',
    'mismatch',
    { altered: { [attribute.correlationId]: 'c-9' } },
  ],
  [
    'an act whose arguments were replaced',
    'mismatch',
    { altered: { [attribute.toolArgumentsHash]: 'sha256:00' } },
  ],
  [
    'an act whose result was replaced',
    'mismatch',
    { altered: { [attribute.toolResultHash]: 'sha256:00' } },
  ],
  ...(
    [
      [attribute.recordKind, 'action'],
      [attribute.delegatorType, 'service'],
      [attribute.actionId, 'act-9'],
      [attribute.actionOutcome, 'failure'],
      [attribute.instanceParentId, 'i-boss'],
      [attribute.toolName, 'read_table'],
      [attribute.promptRef, `${'c'.repeat(32)}-${'d'.repeat(16)}`],
    ] as const
  ).map(([key, value]): SealAttackCase => [
    `an act whose ${key} was changed`,
    'mismatch',
    { altered: { [key]: value } },
  ]),
  // A result on its own says whose key it is; without claims it backs none.
  ...(
    [
      [attribute.resourceId, 'db:table:shop/other'],
      [attribute.actionVerb, 'read'],
      [attribute.credentialId, 'pat-1'],
      [attribute.correlationId, 'c-9'],
      [attribute.actionId, 'act-9'],
      [attribute.actionOutcome, 'failure'],
      [attribute.instanceParentId, 'i-boss'],
      [attribute.toolName, 'read_table'],
      [attribute.toolResultHash, 'sha256:00'],
      [attribute.promptRef, `${'c'.repeat(32)}-${'d'.repeat(16)}`],
    ] as const
  ).map(([key, value]): SealAttackCase => [
    `an act without ${key}, which a forwarder puts on the resource`,
    'verified',
    { unsaid: [key], resource: { [key]: value } },
  ]),
  [
    'an act without a resource, to which a forwarder adds one as a number',
    'verified',
    { unsaid: [attribute.resourceId], numbers: { [attribute.resourceId]: 4711 } },
  ],
  [
    'an act without a verb, which is on record as one that executes',
    'verified',
    { unsaid: [attribute.actionVerb] },
    'instance template delegator',
  ],
  [
    'an act without a person, whom a forwarder puts on the resource',
    'verified',
    {
      unsaid: [attribute.delegatorId, attribute.delegatorIssuer, attribute.delegatorType],
      resource: { [attribute.delegatorId]: 'ceo' },
    },
    'instance template',
  ],
  [
    'an act without a person, whom another attribute of it names',
    'verified',
    {
      unsaid: [attribute.delegatorId, attribute.delegatorIssuer, attribute.delegatorType],
      altered: { 'enduser.id': 'jane' },
    },
    'instance template',
  ],
  ['an act that was moved in time', 'mismatch', { startsLater: true }],
  ['an act that the seal leaves out', 'mismatch', { covers: 'another' }],
  ['an act for another person than the token’s', 'other_delegator', { said: person }],
  [
    'an act for a person of another issuer',
    'other_delegator',
    { said: { [attribute.delegatorIssuer]: 'https://evil.example' } },
  ],
  [
    'an act in the name of another instance',
    'other_instance',
    { said: { [attribute.instanceId]: 'i-of-another' } },
  ],
  [
    'an act in the name of another template',
    'other_instance',
    { said: { [attribute.templateId]: 'planner' } },
  ],
  ['a seal by another key', 'bad_signature', { signer: 'thief' }],
  ['a seal by another instance’s key and token', 'other_instance', { signer: 'other_instance' }],
  [
    'a seal with a changed claim',
    'bad_signature',
    { jws: (good) => swapPayload(good, { seen: 9_999 }) },
  ],
  [
    'a seal that names a later revocation',
    'bad_signature',
    { jws: (good) => swapPayload(good, { seen: 1 }) },
  ],
  [
    'a seal with one bit of its signature changed',
    'bad_signature',
    { jws: (good) => `${good.slice(0, -3)}${good.at(-3) === 'A' ? 'B' : 'A'}${good.slice(-2)}` },
  ],
  [
    'a seal whose issuer is another instance',
    'other_instance',
    { claims: { iss: 'spiffe://acme.example/agent/db-fixer/i/root' } },
  ],
  [
    'a seal whose issuer is another domain',
    'other_instance',
    { claims: { iss: 'spiffe://evil.example/agent/db-fixer/i/i-1' } },
  ],
  ['a seal of a token that is not registered', 'unknown_key', { claims: { wth: 'A'.repeat(43) } }],
  ['a seal with algorithm none', 'malformed', { header: { alg: 'none' } }],
  ['a seal with HMAC', 'malformed', { header: { alg: 'HS256' } }],
  ['a seal with ES512', 'malformed', { header: { alg: 'ES512' } }],
  ['a seal of another type', 'malformed', { header: { typ: 'JWT' } }],
  ['an instance token as a seal', 'malformed', { header: { typ: 'wit+jwt' } }],
  ['a seal of no type', 'malformed', { header: { typ: undefined } }],
  ['a seal with its own key in the header', 'malformed', { header: { jwk: { kty: 'EC' } } }],
  [
    'a seal with an address of keys in the header',
    'malformed',
    { header: { jku: 'https://evil.example/jwks' } },
  ],
  ['a seal with a critical extension', 'malformed', { header: { crit: ['exp'] } }],
  ['a seal that names another key', 'bad_signature', { header: { kid: 'B'.repeat(43) } }],
  ['a seal that names no key', 'malformed', { header: { kid: undefined } }],
  ['a seal with a member too many', 'malformed', { claims: { scope: 'admin' } }],
  ['a seal without a number', 'malformed', { claims: { seq: undefined } }],
  ['a seal with a negative number', 'malformed', { claims: { seq: -1 } }],
  ['a seal with half a number', 'malformed', { claims: { seq: 1.5 } }],
  ['a seal with a text as time', 'malformed', { claims: { iat: `${nowS}` } }],
  ['a seal that counts more spans than it names', 'malformed', { claims: { n: 2 } }],
  ['a seal that names no span', 'malformed', { claims: { n: 0, leaves: [] } }],
  ['a seal whose spans are no list', 'malformed', { claims: { leaves: 'all' } }],
  ['a seal with a span of another form', 'malformed', { claims: { leaves: [['*', '*', '*']] } }],
  ['a seal that names a span twice', 'malformed', { claims: { n: 2, leaves: [twice(), twice()] } }],
  ['a seal that names 257 spans', 'malformed', { claims: { n: 257, leaves: manyLeaves(257) } }],
  ['a seal whose predecessor is no hash', 'malformed', { claims: { prev: 'the first' } }],
  ['a seal without an issuer', 'malformed', { claims: { iss: '' } }],
  [
    'a seal of 61,000 characters',
    'malformed',
    { jws: (good) => good.replace('.', `${'A'.repeat(61_000)}.`) },
  ],
  ['a seal that was cut', 'malformed', { jws: (good) => good.slice(0, -10) }],
  [
    'a seal without a signature',
    'malformed',
    { jws: (good) => good.split('.').slice(0, 2).join('.') },
  ],
  ['a seal of five parts', 'malformed', { jws: (good) => `${good}.AA.AA` }],
  [
    'a seal that is no JSON',
    'malformed',
    { jws: (good) => ['AAAA', ...good.split('.').slice(1)].join('.') },
  ],
  ['a seal of a time to come', 'wrong_time', { claims: { iat: nowS + 31 } }],
  ['a seal from before its token', 'wrong_time', { claims: { iat: nowS - 31 } }],
  ['a seal whose token has ended', 'expired', { laterS: 930 }],
  ['a seal of a revoked instance', 'revoked', { isStopped: 'revoked' }],
  ['a seal of a paused instance', 'revoked', { isStopped: 'paused' }],
  ['a seal of an instance of which nothing is known', 'revoked', { isStopped: 'unknown' }],
  ['a second seal of one number', 'replayed', { delivery: 'reused_number' }],
  ['a seal that is used for another act', 'mismatch', { delivery: 'moved_to_other_act' }],
  ['an act that names a seal which is not there', 'absent', { delivery: 'alone' }],
  ['a seal behind eight others', 'too_many', { delivery: 'behind_eight_others' }],
  ['a seal from another tenant', 'unknown_key', { sender: 'stranger' }],
]

/** Changes the payload of a seal and keeps its signature. */
function swapPayload(jws: string, change: Change): string {
  const [header, payload = '', signature] = jws.split('.')
  // Only seals that were made here are read.
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
  const swapped = Buffer.from(JSON.stringify({ ...claims, ...change })).toString('base64url')
  return [header, swapped, signature].join('.')
}

function twice(): readonly string[] {
  return ['a'.repeat(32), 'b'.repeat(16), 'C'.repeat(43)]
}

function manyLeaves(count: number): readonly (readonly string[])[] {
  return Array.from({ length: count }, (_, place) => [
    'a'.repeat(32),
    place.toString(16).padStart(16, '0'),
    'C'.repeat(43),
  ])
}
