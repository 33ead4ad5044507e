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

  it('has stopped by a pause until the revocation that ended it', () => {
    const stops = stateOf({ action: 'pause' }, {}).stopsOf({ instance: 'i1' })
    expect(stops.map(({ by, until }) => [by.id, until?.id])).toEqual([
      ['r1', 'r2'],
      ['r2', undefined],
    ])
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

  it('gives the times of the stops of all names of an agent', () => {
    const state = stateOf({ action: 'pause' }, { action: 'resume' }, { target: template })
    const agent = { instance: 'i1', template: 'fixer' }
    expect(state.stopsOf(agent)).toMatchObject([
      { by: { id: 'r1' }, until: { id: 'r2' } },
      { by: { id: 'r3' }, until: undefined },
    ])
    expect(state.stopsOf({ instance: 'i2' })).toEqual([])
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
