import { expect, test } from 'vitest'
import type { OidcOptions } from './oidc-options.ts'
import { readerOfClaims } from './reader-of-claims.ts'
import type { Claims } from './reader-of-claims.ts'

const options: OidcOptions = {
  issuer: 'https://id.acme.example/realm',
  clientId: 'whodid',
  clientSecret: undefined,
  consoleUrl: 'https://ledger.acme.example',
  scopes: 'openid',
  groupsClaim: 'groups',
  nameClaim: 'email',
  groupRules: [
    { role: 'admin', tenant: 'default', group: 'sec leads' },
    { role: 'investigator', tenant: 'shop', group: 'responders' },
  ],
  sessionMs: 1,
}

test.each<[string, string, string, Omit<Claims, 'sub'>]>([
  [
    'kim@acme.example',
    'investigator',
    'shop',
    { email: 'kim@acme.example', groups: ['x', 'responders'] },
  ],
  [
    'kim@acme.example',
    'admin',
    'default',
    { email: 'kim@acme.example', groups: ['responders', 'sec leads'] },
  ],
  ['kim@acme.example', 'investigator', 'shop', { email: 'kim@acme.example', groups: 'responders' }],
  // A name without @ could be that of a token.
  ['admin@id.acme.example', 'investigator', 'shop', { email: 'admin', groups: ['responders'] }],
  ['s-1@id.acme.example', 'investigator', 'shop', { groups: ['responders'] }],
  [
    's-1@id.acme.example',
    'investigator',
    'shop',
    { email: 'boss@acme.example', email_verified: false, groups: ['responders'] },
  ],
  ['a \ufffdb@x', 'investigator', 'shop', { email: 'a\n\u202eb@x', groups: ['responders'] }],
])('%s is %s of %s', (name, role, tenant, claims) => {
  const reader = readerOfClaims({ sub: 's-1', ...claims }, options)
  expect(reader).toMatchObject({ name, role, tenant })
  expect(reader.sha256).toMatch(/^[0-9a-f]{64}$/u)
})

test.each<[Omit<Claims, 'sub'>, string]>([
  [{ groups: ['Responders', 'responders '] }, 'none of their groups'],
  [{ groups: [] }, 'names no group'],
  [{}, 'names no group'],
  [{ groups: { responders: true } }, 'names no group'],
  [{ roles: ['responders'] }, 'names no group'],
])('%j opens nothing', (claims, message) => {
  expect(() => readerOfClaims({ sub: 's@1', ...claims }, options)).toThrow(
    expect.objectContaining({
      code: 'forbidden',
      message: expect.stringMatching(`^s_1@id\\.acme\\.example .*${message}`),
    }),
  )
})
