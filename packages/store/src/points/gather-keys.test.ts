import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { WhodidError } from '@whodid/model'
import { gatherKeys } from './gather-keys.ts'
import type { FoundRows, KeyBounds } from './gather-keys.ts'

const bounds: KeyBounds = { keysMax: 4, waitingMax: 3, lanesMax: 1, patienceMs: 1 }

/** A reader whose statements end when they are told to: each key has itself as its only row. */
function held(given: Partial<KeyBounds> = {}) {
  const sent: (readonly string[])[] = []
  const ends: ((end: 'found' | 'cut' | Error) => void)[] = []
  const run = (keys: readonly string[]): Promise<FoundRows<string>> => {
    sent.push(keys)
    return new Promise((resolve, reject) => {
      ends.push((end) => {
        if (end instanceof Error) reject(end)
        else
          resolve({
            rows: new Map(keys.map((key) => [key, [key]])),
            isCut: end === 'cut',
            rowsRead: 10 * keys.length,
            bytesRead: 100,
          })
      })
    })
  }
  const end = async (place: number, how: 'found' | 'cut' | Error = 'found'): Promise<void> => {
    ends[place]?.(how)
    await sleep(1)
  }
  return { sent, end, read: gatherKeys(run, { ...bounds, ...given }) }
}

const turn = (): Promise<void> => sleep(1)

test('those who ask while a statement is under way go together in the next one', async () => {
  const { sent, end, read } = held()
  const first = read(['a'])
  await turn()
  const others = [read(['b', 'c']), read(['c', 'd'])]
  await turn()
  expect(sent).toEqual([['a']])
  await end(0)
  expect(sent).toEqual([['a'], ['b', 'c', 'd']])
  await end(1)
  expect((await first).rows).toEqual(['a'])
  const [b, d] = await Promise.all(others)
  expect([b?.rows, d?.rows]).toEqual([
    ['b', 'c'],
    ['c', 'd'],
  ])
  expect(b?.cost.statements).toEqual(d?.cost.statements)
  expect((b?.cost.rowsRead ?? 0) + (d?.cost.rowsRead ?? 0)).toBe(30)
})

test('a statement has so many keys; the next begins when it ends', async () => {
  const { sent, end, read } = held()
  void read(['a', 'b', 'c'])
  void read(['d'])
  void read(['e'])
  await turn()
  expect(sent).toEqual([['a', 'b', 'c', 'd']])
  await end(0)
  expect(sent).toEqual([['a', 'b', 'c', 'd'], ['e']])
  await end(1)
})

test('nobody waits long for a slow statement while a lane is free', async () => {
  const { sent, end, read } = held({ lanesMax: 2 })
  const slow = read(['slow'])
  await turn()
  const quick = read(['quick'])
  await sleep(20)
  expect(sent).toEqual([['slow'], ['quick']])
  await end(1)
  expect((await quick).rows).toEqual(['quick'])
  await end(0)
  expect((await slow).rows).toEqual(['slow'])
})

test('the error of one is not another’s: each is asked alone', async () => {
  const { sent, end, read } = held()
  const asked = [read(['bad']), read(['good'])]
  const settled = Promise.allSettled(asked)
  await turn()
  await end(0, new Error('too much'))
  await end(1, new Error('too much'))
  await end(2)
  const [bad, good] = await settled
  expect(bad).toMatchObject({ status: 'rejected' })
  expect(good).toMatchObject({ status: 'fulfilled', value: { rows: ['good'] } })
  expect(good?.status === 'fulfilled' && good.value.cost.statements.size).toBe(2)
  expect(sent).toEqual([['bad', 'good'], ['bad'], ['good']])
})

test('too many rows of one do not cut another’s', async () => {
  const { end, read } = held()
  const asked = [read(['many']), read(['few'])]
  await turn()
  await end(0, 'cut')
  await end(1, 'cut')
  await end(2)
  expect((await Promise.all(asked)).map(({ isCut }) => isCut)).toEqual([true, false])
})

test('so many wait; one more is refused', async () => {
  const { end, read } = held()
  const first = read(['a'])
  await turn()
  const waiting = ['b', 'c', 'd'].map((key) => read([key]))
  const error: unknown = await read(['e']).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(WhodidError)
  expect(error).toMatchObject({ code: 'store_unavailable' })
  await end(0)
  await end(1)
  await Promise.all([first, ...waiting])
})
