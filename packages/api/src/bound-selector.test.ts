import { expect, test } from 'vitest'
import type { Selection, Selector, Statement } from '@whodid/store'
import { boundSelector } from './bound-selector.ts'

const statementOf = (id: string): Statement => ({
  sql: 'SELECT {id:String}',
  parameters: { id },
  tenant: 'default',
})

/** A selector whose statements end when they are told to. */
function held(): {
  readonly selector: Selector
  readonly started: string[]
  readonly end: (id: string, failed?: Error) => void
} {
  const started: string[] = []
  const ends = new Map<string, (failed?: Error) => void>()
  const select = <Row>({ parameters }: Statement): Promise<Selection<Row>> => {
    const id = String(parameters['id'])
    started.push(id)
    return new Promise((resolve, reject) => {
      ends.set(id, (failed) => {
        if (failed !== undefined) reject(failed)
        // The rows of these statements are what the test makes them.
        else resolve({ rows: [{ id }] as Row[], rowsRead: 1, bytesRead: 1 })
      })
    })
  }
  const unused = () => Promise.reject(new Error('no point is read'))
  const points = {
    records: unused,
    recordsUnder: unused,
    names: unused,
    firstNames: unused,
    textBlocks: unused,
    acts: unused,
    newestPlaces: unused,
    unnamedActs: unused,
  }
  const selector = { select, points, ping: () => Promise.resolve(), close: () => Promise.resolve() }
  return { selector, started, end: (id, failed) => ends.get(id)?.(failed) }
}

const bounds = { atOnceMax: 2, waitingMax: 3, waitMsMax: 60_000 }

test('so many run at once, the others in the order they came', async () => {
  const { selector, started, end } = held()
  const bounded = boundSelector(selector, bounds)
  const asked = ['a', 'b', 'c', 'd'].map((id) => bounded.select(statementOf(id)))
  expect(started).toEqual(['a', 'b'])
  end('b')
  expect((await asked[1])?.rows).toEqual([{ id: 'b' }])
  expect(started).toEqual(['a', 'b', 'c'])
  end('a', new Error('gone'))
  await expect(asked[0]).rejects.toThrow('gone')
  expect(started).toEqual(['a', 'b', 'c', 'd'])
  end('c')
  end('d')
  await Promise.all(asked.slice(2))
})

test('the same statement is run once for all who ask while it waits, and again for who asks when it runs', async () => {
  const { selector, started, end } = held()
  const bounded = boundSelector(selector, { ...bounds, atOnceMax: 1 })
  const first = bounded.select(statementOf('a'))
  const [second, third] = [bounded.select(statementOf('a')), bounded.select(statementOf('a'))]
  const other = bounded.select({ ...statementOf('a'), tenant: 'other' })
  end('a')
  await first
  expect(started).toEqual(['a', 'a'])
  end('a')
  const [left, right] = await Promise.all([second, third])
  expect(left).toEqual(right)
  expect(left.rows).not.toBe(right.rows)
  expect(started).toEqual(['a', 'a', 'a'])
  end('a')
  await other
})

test('what finds no place, or no turn in time, is told to come again', async () => {
  const { selector, started, end } = held()
  const bounded = boundSelector(selector, { atOnceMax: 1, waitingMax: 1, waitMsMax: 1 })
  const first = bounded.select(statementOf('a'))
  const second = bounded.select(statementOf('b'))
  await expect(bounded.select(statementOf('c'))).rejects.toMatchObject({
    code: 'store_unavailable',
    message: expect.stringContaining('at most 1 to wait') as string,
  })
  await expect(second).rejects.toMatchObject({
    code: 'store_unavailable',
    message: expect.stringContaining('waited 1 ms') as string,
  })
  end('a')
  await first
  const next = bounded.select(statementOf('d'))
  expect(started).toEqual(['a', 'd'])
  end('d')
  await next
})
