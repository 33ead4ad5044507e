import { expect, it } from 'vitest'
import { credentialAttributes, credentialId } from './credential.ts'
import { makeActor } from './identity.ts'

const actor = makeActor({
  type: 'agent',
  id: 'i',
  agent: undefined,
  parentInstanceId: '',
  delegator: { id: 'dev', type: 'human' },
  correlationId: 'c',
  chain: [],
  grant: undefined,
  counts: true,
})

it.each([
  ['the human’s, naming no actor', { id: 'a', subject: 'dev' }, true],
  ['the human’s, naming the agent', { id: 'a', subject: 'dev', actor: 'triage' }, false],
  ['the agent’s own', { id: 'a', subject: 'triage' }, false],
  ['said to be borrowed', { id: 'a', subject: 'triage', borrowed: true }, true],
])('%s', (_name, credential, borrowed) => {
  expect(credentialAttributes(credential, actor)['whodid.credential.borrowed']).toBe(borrowed)
})

it('never sends a secret given for an ID', () => {
  const secret = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'
  const attributes = credentialAttributes({ id: secret }, actor)
  expect(attributes['whodid.credential.id']).toBe(credentialId(secret))
  expect(JSON.stringify(attributes)).not.toContain(secret)
})
