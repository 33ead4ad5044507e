import { expect, test } from 'vitest'
import type { Registration } from '@whodid/model'
import { boundScopes } from './bound-scopes.ts'
import { decideAct, decideState } from './decide-authority.ts'
import type { StateFacts } from './decide-authority.ts'

const registration: Registration = {
  template: 'fixer',
  owner: 'platform',
  justification: 'repairs',
  expires_at: '2027-01-01T00:00:00.000000000Z',
  scopes: null,
  audiences: null,
  tools: ['merge'],
  resources: null,
  prompt: null,
  recorded_at: '2026-01-01T00:00:00.000000000Z',
  recorded_by: 'admin',
  digest: `sha256:${'0'.repeat(64)}`,
  record: `${'a'.repeat(32)}-${'b'.repeat(16)}`,
}

const facts: StateFacts = {
  obstacles: [],
  stops: [],
  template: 'fixer',
  registration,
  registrationExpired: false,
  delegationsExpired: false,
}

const stop = (state: 'revoked' | 'paused') => ({
  state,
  target: { kind: 'instance', id: 'i1' },
  cause: 'incident',
  initiator: 'admin',
  since: '2026-02-01T00:00:00.000000000Z',
  record: registration.record,
})

const obstacle = { code: 'integrity_failed', text: 'changed', span: null }

test.each<[string, Partial<StateFacts>, string, string]>([
  ['a registration in force', {}, 'active', 'registration_in_force'],
  ['none', { registration: null }, 'unregistered', 'template_unregistered'],
  ['one that ended', { registrationExpired: true }, 'expired', 'registration_expired'],
  ['delegations that ended', { delegationsExpired: true }, 'expired', 'delegation_expired'],
  ['a record that was changed', { obstacles: [obstacle] }, 'unknown', 'integrity_failed'],
  ['a pause', { stops: [stop('paused')] }, 'paused', 'instance_paused'],
  [
    'a pause and a revocation',
    { stops: [stop('paused'), stop('revoked')] },
    'revoked',
    'instance_revoked',
  ],
  [
    'a revocation, whatever else is not known',
    { stops: [stop('revoked')], obstacles: [obstacle], registration: null },
    'revoked',
    'instance_revoked',
  ],
])('%s', (_, change, state, code) => {
  const decided = decideState({ ...facts, ...change })
  expect([decided.state, decided.reasons[0]?.code]).toEqual([state, code])
})

test('nothing but an active authority allows an act', () => {
  const states = ['expired', 'revoked', 'paused', 'unregistered', 'unknown'] as const
  for (const state of states) {
    const act = { state, reasons: [obstacle], registration, tool: 'merge', resource: null }
    expect([state, decideAct(act)?.answer]).not.toContain('allowed')
  }
  const active = { state: 'active', reasons: [], registration, tool: 'merge' } as const
  expect(decideAct({ ...active, resource: null })?.answer).toBe('allowed')
  expect(decideAct({ ...active, registration: null, resource: null })?.answer).toBe('unknown')
  expect(decideAct({ ...active, resource: 'file:/a' })).toMatchObject({
    answer: 'unknown',
    rule: 'resources_not_stated',
  })
  expect(decideAct({ ...active, tool: null, resource: null })).toBeNull()
})

test('scopes are bounded by every side that states some, and a side that states none widens nothing', () => {
  const bounded = boundScopes({
    ceiling: ['a', 'b', 'c'],
    grants: [
      { scopes: ['a', 'b', 'x'], expired: false },
      { scopes: ['c'], expired: true },
    ],
    parents: [
      { instance: 'p1', grants: [{ scopes: ['b', 'x'], expired: false }] },
      { instance: 'p2', grants: [] },
    ],
  })
  expect(bounded).toMatchObject({
    grant: ['a', 'b', 'x'],
    parents: [
      { instance: 'p1', scopes: ['b', 'x'] },
      { instance: 'p2', scopes: null },
    ],
    at_most: ['b'],
    unknown: ['human', 'task', 'parent p2'],
  })
  const unknown = boundScopes({
    ceiling: null,
    grants: [
      { scopes: ['a'], expired: false },
      { scopes: null, expired: false },
    ],
    parents: [],
  })
  expect([unknown.grant, unknown.at_most]).toEqual([null, null])
  const ended = boundScopes({
    ceiling: ['a'],
    grants: [{ scopes: ['a'], expired: true }],
    parents: [],
  })
  expect(ended.at_most).toEqual([])
})
