import { WhodidError } from '@whodid/model'

/** What the engine did for a question. Of a statement that several questions shared, each has its share of rows and bytes. */
export interface PointCost {
  /** The numbers of the statements that the question took part in. */
  readonly statements: ReadonlySet<number>
  readonly rowsRead: number
  readonly bytesRead: number
}

/** What one statement found. */
export interface FoundRows<Row> {
  /** Rows by the text of their key. */
  readonly rows: ReadonlyMap<string, readonly Row[]>
  /** True when there are more rows than one statement returns. */
  readonly isCut: boolean
  readonly rowsRead: number
  readonly bytesRead: number
}

/** The rows of the keys that one caller asked for. */
export interface PointRows<Row> {
  readonly rows: readonly Row[]
  /** True when there are more rows than one statement returns: those here are then some of them. */
  readonly isCut: boolean
  readonly cost: PointCost
}

/** Bounds of the statements of one kind for one tenant. */
export interface KeyBounds {
  /** Keys in one statement. A caller that has more is alone in its statement. */
  readonly keysMax: number
  /** Callers that wait; one more is refused. */
  readonly waitingMax: number
  /** Statements under way. */
  readonly lanesMax: number
  /** Milliseconds after which those who wait do not wait for the statement under way any longer, as long as a lane is free. */
  readonly patienceMs: number
}

/** Bounds that suit the point reads of questions. */
export const keyBoundsDefault: KeyBounds = {
  keysMax: 256,
  waitingMax: 1024,
  lanesMax: 4,
  patienceMs: 20,
}

interface Waiting<Row> {
  readonly keys: readonly string[]
  readonly resolve: (found: PointRows<Row>) => void
  readonly reject: (error: unknown) => void
}

/**
 * Makes a reader that gathers the keys of callers who ask while a statement is under way into the next one.
 *
 * A statement that fails, or finds more rows than it may return, is repeated for each of its callers alone, so that what one
 * of them asked for is not another's error. Throws `store_unavailable` when too many wait, and what `run` throws.
 */
export function gatherKeys<Row>(
  run: (keys: readonly string[]) => Promise<FoundRows<Row>>,
  bounds: KeyBounds = keyBoundsDefault,
): (keys: readonly string[]) => Promise<PointRows<Row>> {
  const waiting: Waiting<Row>[] = []
  let underWay = 0
  let isPatient = true
  let timer: NodeJS.Timeout | undefined

  /** Starts a statement for those who wait, unless they had better wait for the one under way. */
  const start = (): void => {
    if (waiting.length === 0 || underWay >= bounds.lanesMax) return
    if (underWay > 0 && isPatient) {
      timer ??= setTimeout(() => {
        timer = undefined
        isPatient = false
        start()
      }, bounds.patienceMs)
      return
    }
    underWay += 1
    isPatient = true
    void settle(takeTogether(waiting, bounds.keysMax), run).finally(() => {
      underWay -= 1
      clearTimeout(timer)
      timer = undefined
      isPatient = false
      start()
      isPatient = true
    })
    start()
  }

  return (keys) => {
    if (keys.length === 0) return Promise.resolve(nothingFound)
    if (waiting.length >= bounds.waitingMax)
      return Promise.reject(
        new WhodidError(
          'store_unavailable',
          `the question expected at most ${bounds.waitingMax} to wait for ClickHouse; more do`,
        ),
      )
    return new Promise((resolve, reject) => {
      waiting.push({ keys, resolve, reject })
      // Those who ask in the same turn of the loop go together.
      setImmediate(start)
    })
  }
}

const nothingFound = {
  rows: [],
  isCut: false,
  cost: { statements: new Set<number>(), rowsRead: 0, bytesRead: 0 },
} as const

/** Removes the first of those who wait, as many as fit in one statement. */
function takeTogether<Row>(waiting: Waiting<Row>[], keysMax: number): Waiting<Row>[] {
  const keys = new Set<string>()
  let count = 0
  for (const one of waiting) {
    for (const key of one.keys) keys.add(key)
    if (count > 0 && keys.size > keysMax) break
    count += 1
  }
  return waiting.splice(0, count)
}

/** Numbers the statements of this process. */
let statementsSent = 0

async function settle<Row>(
  group: readonly Waiting<Row>[],
  run: (keys: readonly string[]) => Promise<FoundRows<Row>>,
): Promise<void> {
  const [first, ...others] = group
  if (first === undefined) return
  const keys = new Set(group.flatMap((one) => one.keys))
  const number = (statementsSent += 1)
  let failed: PointCost
  try {
    const found = await run([...keys])
    if (!found.isCut || others.length === 0) {
      const asked = group.reduce((sum, one) => sum + one.keys.length, 0)
      for (const one of group) one.resolve(shareOf(one.keys, found, { asked, number }))
      return
    }
    failed = costOf(found, { sharers: group.length, number })
  } catch (thrown) {
    if (others.length === 0) {
      first.reject(thrown)
      return
    }
    failed = { statements: new Set([number]), rowsRead: 0, bytesRead: 0 }
  }
  for (const one of group)
    await settle(
      [
        {
          ...one,
          resolve: (found) => {
            one.resolve({ ...found, cost: addCosts(failed, found.cost) })
          },
        },
      ],
      run,
    )
}

function shareOf<Row>(
  keys: readonly string[],
  found: FoundRows<Row>,
  { asked, number }: { readonly asked: number; readonly number: number },
): PointRows<Row> {
  const own = new Set(keys)
  return {
    rows: [...own].flatMap((key) => found.rows.get(key) ?? []),
    isCut: found.isCut,
    cost: costOf(found, { sharers: asked / keys.length, number }),
  }
}

function costOf(
  { rowsRead, bytesRead }: FoundRows<unknown>,
  { sharers, number }: { readonly sharers: number; readonly number: number },
): PointCost {
  return {
    statements: new Set([number]),
    rowsRead: Math.ceil(rowsRead / sharers),
    bytesRead: Math.ceil(bytesRead / sharers),
  }
}

/** Returns the cost of both. */
export function addCosts(a: PointCost, b: PointCost): PointCost {
  return {
    statements: new Set([...a.statements, ...b.statements]),
    rowsRead: a.rowsRead + b.rowsRead,
    bytesRead: a.bytesRead + b.bytesRead,
  }
}
