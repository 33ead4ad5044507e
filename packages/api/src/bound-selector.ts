import { availableParallelism } from 'node:os'
import { WhodidError } from '@whodid/model'
import type { Selection, Selector, Statement } from '@whodid/store'

/** Bounds of the statements that the engine runs at one time, and of those that wait for their turn. */
export interface StatementBounds {
  /** Statements under way. */
  readonly atOnceMax: number
  /** Statements that wait; one more is refused. */
  readonly waitingMax: number
  /** Milliseconds that one waits before it is given up. */
  readonly waitMsMax: number
}

/**
 * A question is nearly all CPU of the engine: more of them at once than there are cores for make each slower and none sooner. One core has two,
 * so that it has something to do while an answer is read.
 */
export const statementBoundsDefault: StatementBounds = {
  atOnceMax: 2 * availableParallelism(),
  waitingMax: 512,
  waitMsMax: 60_000,
}

/**
 * A selector that gives the engine at most `atOnceMax` statements at one time; the others wait, first come, first served.
 *
 * A statement that is asked for again while it waits is run once, for all who ask: it starts after each of them asked, so nobody gets
 * an answer older than the question. Throws `store_unavailable` when too many wait or one waited too long, and what `selector.select` throws.
 * Does NOT bound `ping`, and closing it closes `selector`.
 */
export function boundSelector(selector: Selector, bounds: StatementBounds): Selector {
  const queue: (() => void)[] = []
  const shared = new Map<string, Promise<Selection<unknown>>>()
  let underWay = 0

  const run = async <Row>(statement: Statement): Promise<Selection<Row>> => {
    try {
      return await selector.select<Row>(statement)
    } finally {
      underWay -= 1
      queue.shift()?.()
    }
  }

  const turn = (key: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(start), 1)
        shared.delete(key)
        reject(noTurn(`waited ${bounds.waitMsMax} ms for its turn`, bounds))
      }, bounds.waitMsMax)
      const start = (): void => {
        clearTimeout(timer)
        shared.delete(key)
        underWay += 1
        resolve()
      }
      queue.push(start)
    })

  const select = async <Row>(statement: Statement): Promise<Selection<Row>> => {
    if (underWay < bounds.atOnceMax) {
      underWay += 1
      return run<Row>(statement)
    }
    const { tenant, sql, parameters } = statement
    const key = JSON.stringify([tenant, sql, Object.entries(parameters)])
    const same = shared.get(key)
    // Sound: the same statement gives the same rows. Each caller has its own.
    if (same !== undefined) return structuredClone(await same) as Selection<Row>
    if (queue.length >= bounds.waitingMax)
      throw noTurn(`expected at most ${bounds.waitingMax} to wait; more do`, bounds)
    const answer = turn(key).then(() => run<Row>(statement))
    shared.set(key, answer)
    return answer
  }

  return { ...selector, select }
}

function noTurn(what: string, { atOnceMax }: StatementBounds): WhodidError {
  return new WhodidError(
    'store_unavailable',
    `the question ${what}: ClickHouse is given ${atOnceMax} at one time`,
  )
}
