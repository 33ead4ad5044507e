import { describe, expect, it } from 'vitest'
import { orderAct } from './order-act.ts'
import type { ActOnRecord, LogPlace, OrderedAct, PlacedStop } from './order-act.ts'
import type { Revocation } from './revocation-state.ts'

const order = (seq: number, atUnixNs: bigint, action: Revocation['action']): Revocation => ({
  seq,
  id: `r${seq}`,
  tenant: 'default',
  action,
  target: { kind: 'instance', id: 'i1' },
  cascade: true,
  cause: 'test',
  initiator: 'admin',
  atUnixNs,
})

const at = (index: bigint, log = 'log'): LogPlace => ({ log, index })

/** Revoked at 100 by order 5, whose record is the log's entry 50. */
const revoked: PlacedStop = { by: order(5, 100n, 'revoke'), until: undefined, place: at(50n) }
/** Paused at 100 by order 5 and resumed at 200 by order 7. */
const paused: PlacedStop = {
  by: order(5, 100n, 'pause'),
  until: order(7, 200n, 'resume'),
  place: at(50n),
}

type Case = readonly [
  title: string,
  act: Partial<ActOnRecord>,
  expected: OrderedAct['order'] | undefined,
]

const act: ActOnRecord = {
  startUnixNs: 50n,
  received: { unixNs: 60n, place: at(40n) },
  announced: undefined,
  seenSeq: 0,
}

function orderOf(change: Partial<ActOnRecord>, ...stops: readonly PlacedStop[]) {
  return orderAct(stops, { ...act, ...change })?.order
}

describe('orderAct', () => {
  it.each<Case>([
    ['on record before', {}, 'before'],
    [
      'late: begun before by its own clock',
      { received: { unixNs: 130n, place: at(60n) } },
      'indeterminate',
    ],
    [
      'begun after by its own clock',
      { startUnixNs: 110n, received: { unixNs: 130n, place: at(60n) } },
      'after_claimed',
    ],
    // A clock that runs ahead claims a time after the record's own receipt.
    ['on record before, by a clock that runs ahead', { startUnixNs: 500n }, 'before'],
    [
      'naming the order, by a clock that runs behind',
      { seenSeq: 5, received: { unixNs: 130n, place: at(60n) } },
      'after_proven',
    ],
    [
      'naming a later order',
      { seenSeq: 9, startUnixNs: 110n, received: { unixNs: 130n, place: at(60n) } },
      'after_proven',
    ],
    [
      'naming an earlier order only',
      { seenSeq: 4, received: { unixNs: 130n, place: at(60n) } },
      'indeterminate',
    ],
    ['naming the order, by a service clock that was set back', { seenSeq: 5 }, 'after_proven'],
    [
      'behind the order in the log, by a service clock that was set back',
      { received: { unixNs: 60n, place: at(60n) } },
      'indeterminate',
    ],
    [
      'in another log, whose places say nothing',
      { received: { unixNs: 60n, place: at(60n, 'b') } },
      'before',
    ],
    ['in no log', { received: { unixNs: 60n, place: undefined } }, 'before'],
    [
      'before the order in the log and after it by the clock',
      { received: { unixNs: 100n, place: at(49n) } },
      'indeterminate',
    ],
    [
      'announced before, ended after',
      { announced: { unixNs: 60n, place: at(40n) }, received: { unixNs: 130n, place: at(60n) } },
      'announced',
    ],
    [
      'announced before and begun after, it claims',
      {
        startUnixNs: 110n,
        announced: { unixNs: 60n, place: at(40n) },
        received: { unixNs: 130n, place: at(60n) },
      },
      'after_claimed',
    ],
    [
      'announced behind the order',
      { announced: { unixNs: 110n, place: at(55n) }, received: { unixNs: 130n, place: at(60n) } },
      'indeterminate',
    ],
  ])('an act %s: %s', (_title, change, expected) => {
    expect(orderOf(change, revoked)).toBe(expected)
  })

  it('holds nothing against an act after a pause', () => {
    const late = { received: { unixNs: 300n, place: at(90n) } }
    expect(orderOf({ ...late, startUnixNs: 150n }, paused)).toBe('after_claimed')
    expect(orderOf({ ...late, startUnixNs: 250n }, paused)).toBeUndefined()
    // It has seen the end of the pause, whatever its clock says.
    expect(orderOf({ ...late, startUnixNs: 150n, seenSeq: 7 }, paused)).toBeUndefined()
    expect(orderOf({ ...late, startUnixNs: 150n, seenSeq: 6 }, paused)).toBe('after_proven')
    expect(orderOf({})).toBeUndefined()
  })

  it('of several orders, the one that says most against the act counts', () => {
    const later: PlacedStop = { by: order(8, 120n, 'revoke'), until: undefined, place: at(58n) }
    const change = { seenSeq: 5, received: { unixNs: 130n, place: at(60n) } }
    expect(orderAct([later, revoked], { ...act, ...change })).toMatchObject({
      order: 'after_proven',
      stop: { by: { seq: 5 } },
    })
  })
})
