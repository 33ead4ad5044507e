import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { makeActor } from '../context/identity.ts'
import type { Actor } from '../context/identity.ts'
import { StopView, viewAgeMsMax } from './stop-view.ts'
import type { StopOrder } from './stop-view.ts'

const actor = (change: Partial<Omit<Actor, 'attributes' | 'seq'>> = {}): Actor =>
  makeActor({
    type: 'agent',
    id: 'i1',
    agent: { template: 'db-fixer' },
    parentInstanceId: 'p1',
    delegator: { id: 'jane', type: 'human' },
    correlationId: 'task-7',
    chain: ['jane', 'g1', 'p1', 'i1'],
    grant: { id: 'grant-2', parentId: 'grant-1' },
    counts: true,
    ...change,
  })

function viewOf(...orders: readonly Partial<StopOrder>[]): StopView {
  const view = new StopView()
  orders.forEach((order, place) => {
    const target = { kind: 'instance', id: 'i1' }
    const seq = place + 1
    const taken = view.take({
      seq,
      id: `order-${seq}`,
      action: 'revoke',
      target,
      cascade: true,
      ...order,
    })
    expect(taken).toBe(true)
  })
  return view
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('StopView', () => {
  it.each([
    ['instance', 'i1'],
    ['instance', 'p1'],
    ['instance', 'g1'],
    ['template', 'db-fixer'],
    ['agents_of', 'jane'],
    ['task', 'task-7'],
    ['delegation', 'grant-2'],
    ['delegation', 'grant-1'],
  ])('stops an agent by its %s %s', (kind, id) => {
    const view = viewOf({ target: { kind, id } })
    expect(view.stopOf(actor())).toBe('revoked')
    // Whom the agent works for is never stopped.
    expect(view.stopOf(actor({ type: 'human', id: 'jane', chain: [] }))).toBeUndefined()
  })

  it('stops no other, and no descendant where the order says so', () => {
    expect(viewOf({ target: { kind: 'instance', id: 'i2' } }).stopOf(actor())).toBeUndefined()
    const only = viewOf({ target: { kind: 'instance', id: 'p1' }, cascade: false })
    expect(only.stopOf(actor())).toBeUndefined()
  })

  it('ends a pause, and no revocation', () => {
    expect(viewOf({ action: 'pause' }).stopOf(actor())).toBe('paused')
    expect(viewOf({ action: 'pause' }, { action: 'resume' }).stopOf(actor())).toBeUndefined()
    expect(viewOf({}, { action: 'resume' }).stopOf(actor())).toBe('revoked')
    expect(viewOf({}, { action: 'pause' }).stopOf(actor())).toBe('revoked')
  })

  it('takes no order after a hole', () => {
    const view = viewOf({})
    const target = { kind: 'x', id: 'y' }
    expect(view.take({ seq: 3, id: 'z', action: 'resume', target, cascade: true })).toBe(false)
    expect(view.seq).toBe(1)
    expect(view.newestOrder).toBe('order-1')
  })

  it('names the order that stops an agent, a revocation before a pause', () => {
    const template = { kind: 'template', id: 'db-fixer' }
    const view = viewOf({ action: 'pause' }, { target: template }, { target: template })
    expect(view.stopBy(actor())).toMatchObject({ state: 'revoked', order: 'order-2' })
    expect(viewOf({ action: 'pause' }).stopBy(actor())).toMatchObject({ order: 'order-1' })
    expect(view.newestOrder).toBe('order-3')
  })

  it('aborts the calls of an agent that is stopped under way, and of no other', () => {
    const view = new StopView()
    const mine = view.watch(actor())
    const other = view.watch(actor({ id: 'i2', parentInstanceId: '', chain: ['jane', 'i2'] }))
    const ended = view.watch(actor())
    ended.release()
    const target = { kind: 'instance', id: 'i1' }
    view.take({ seq: 1, id: 'order-1', action: 'revoke', target, cascade: true })
    expect(mine.signal.aborted).toBe(true)
    expect(other.signal.aborted).toBe(false)
    expect(ended.signal.aborted).toBe(false)
  })

  it('is relied on for ten seconds after a sign, and waited for', async () => {
    const view = new StopView()
    expect(view.isFresh()).toBe(false)
    const waited = view.fresh(2_000)
    view.sign()
    expect(await waited).toBe(true)
    vi.advanceTimersByTime(viewAgeMsMax + 1)
    expect(view.isFresh()).toBe(false)
    const late = view.fresh(2_000)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await late).toBe(false)
    expect(view.isGivenUp).toBe(true)
    view.sign()
    expect(view.isGivenUp).toBe(false)
    view.forget()
    expect(view.isFresh()).toBe(false)
  })
})
