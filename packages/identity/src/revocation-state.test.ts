import { describe, expect, it } from 'vitest'
import { RevocationState } from './revocation-state.ts'
import type { Revocation } from './revocation-state.ts'

function stateOf(...changes: readonly Partial<Revocation>[]): RevocationState {
  const state = new RevocationState()
  changes.forEach((change, place) =>
    state.add({
      seq: place + 1,
      id: `r${place + 1}`,
      tenant: 'default',
      action: 'revoke',
      target: { kind: 'instance', id: 'i1' },
      cascade: true,
      cause: 'test',
      initiator: 'admin',
      atUnixNs: BigInt(place + 1) * 100n,
      ...change,
    }),
  )
  return state
}

const template = { kind: 'template', id: 'fixer' } as const
const person = { kind: 'agents_of', id: 'jane' } as const

describe('RevocationState', () => {
  it('stops an instance, and neither its template’s others nor its person', () => {
    const state = stateOf({})
    expect(
      state.standingOf({ instance: 'i1', template: 'fixer', delegator: 'jane' }).standing,
    ).toBe('revoked')
    expect(
      state.standingOf({ instance: 'i2', template: 'fixer', delegator: 'jane' }).standing,
    ).toBe('active')
    expect(state.standingOf({ delegator: 'jane' }).standing).toBe('active')
    expect(state.newestSeq).toBe(1)
  })

  it('stops the descendants, unless it was told not to', () => {
    const child = { instance: 'i9', ancestors: ['i0', 'i1'] }
    expect(stateOf({}).standingOf(child)).toMatchObject({ standing: 'revoked', by: { id: 'r1' } })
    expect(stateOf({ cascade: false }).standingOf(child).standing).toBe('active')
    const grandchild = { instance: 'i9', ancestorTemplates: ['fixer'] }
    expect(stateOf({ target: template }).standingOf(grandchild).standing).toBe('revoked')
  })

  it('stops every agent of a person, and not the person', () => {
    const state = stateOf({ target: person })
    expect(state.standingOf({ instance: 'i5', delegator: 'jane' }).standing).toBe('revoked')
    expect(state.standingOf({ instance: 'i5', delegator: 'bob' }).standing).toBe('active')
  })

  it('pauses until it is resumed; a revocation is final', () => {
    const instance = { instance: 'i1' }
    expect(stateOf({ action: 'pause' }).standingOf(instance).standing).toBe('paused')
    expect(stateOf({ action: 'pause' }, { action: 'resume' }).standingOf(instance).standing).toBe(
      'active',
    )
    expect(stateOf({}, { action: 'resume' }).standingOf(instance).standing).toBe('revoked')
    expect(
      stateOf({ action: 'pause' }, {}, { action: 'resume' }).standingOf(instance).standing,
    ).toBe('revoked')
    const both = stateOf({ action: 'pause' }, { target: template })
    expect(both.standingOf({ ...instance, template: 'fixer' }).standing).toBe('revoked')
  })

  it('says of an act if it was before, or may have been', () => {
    const state = stateOf({})
    const order = (startUnixNs: bigint, receivedUnixNs: bigint) =>
      state.orderOf({ instance: 'i1' }, { startUnixNs, receivedUnixNs })?.order
    expect(order(50n, 99n)).toBe('before')
    expect(order(50n, 100n)).toBe('indeterminate')
    expect(order(101n, 130n)).toBe('after_claimed')
    // A clock that runs ahead claims a time after its own receipt, which was before.
    expect(order(500n, 99n)).toBe('before')
    expect(
      state.orderOf({ instance: 'i2' }, { startUnixNs: 500n, receivedUnixNs: 600n }),
    ).toBeUndefined()
  })

  it('holds nothing against an act after a pause', () => {
    const state = stateOf({ action: 'pause' }, { action: 'resume' })
    const order = (startUnixNs: bigint) =>
      state.orderOf({ instance: 'i1' }, { startUnixNs, receivedUnixNs: startUnixNs + 10n })?.order
    expect(order(150n)).toBe('after_claimed')
    expect(order(250n)).toBeUndefined()
  })

  it('holds as many as it was told, and says when it is full', () => {
    const state = new RevocationState(0)
    expect(() => state.add(stateRevocation)).toThrow(expect.objectContaining({ code: 'log_full' }))
  })
})

const stateRevocation: Revocation = {
  seq: 1,
  id: 'r1',
  tenant: 'default',
  action: 'revoke',
  target: template,
  cascade: true,
  cause: 'test',
  initiator: 'admin',
  atUnixNs: 1n,
}
