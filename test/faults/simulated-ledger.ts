import { recordFields, WhodidError } from '@whodid/model'
import type { AppendBatch } from '@whodid/store'

/** What each span of the load carries once, for the simulated ledger to find it by. */
const markPattern = /~[0-9a-f]{16}~/gu

interface Table {
  readonly tokens: Set<string>
  readonly marks: string[]
  /** The indexes of the rows, in the order they came. */
  readonly indexes: number[]
}

/**
 * A ledger in memory with the engine's promises and no more: a token is stored once in each of the two tables; an insert
 * that is cut off may be in none, in the first or in both; and a failure may be told although the rows are there.
 */
export class SimulatedLedger {
  readonly spans: Table = emptyTable()
  readonly actions: Table = emptyTable()
  readonly #random: () => number
  /** Of ten inserts so many fail, before or after they took effect. */
  failuresOfTen = 0

  constructor(random: () => number) {
    this.#random = random
  }

  /** The way in for one life: when `isOver`, an insert is cut off where it stands and never answers. */
  appender(isOver: () => boolean): { append: (batch: AppendBatch) => Promise<void> } {
    const cutOff = (): Promise<void> => new Promise(() => undefined)
    return {
      append: async (batch) => {
        const fails = this.#random() * 10 < this.failuresOfTen
        const isLate = this.#random() < 0.5
        await turn()
        if (isOver()) return cutOff()
        if (fails && !isLate) throw refused()
        store(this.spans, batch)
        await turn()
        if (isOver()) return cutOff()
        store(this.actions, batch)
        if (fails) throw refused()
      },
    }
  }
}

function store(table: Table, { blocks, token }: AppendBatch): void {
  if (table.tokens.has(token)) return
  table.tokens.add(token)
  for (const block of blocks) table.indexes.push(...indexesOf(Buffer.from(block)))
  for (const block of blocks)
    for (const [mark] of Buffer.from(block).toString('latin1').matchAll(markPattern))
      table.marks.push(mark)
}

function emptyTable(): Table {
  return { tokens: new Set(), marks: [], indexes: [] }
}

/** The field `log_index` of rows of RowBinary, which are read to the end: a row that is none is an error. */
function indexesOf(rows: Buffer): number[] {
  const indexes: number[] = []
  let at = 0
  const varUint = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = rows.readUInt8(at)
      at += 1
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
  }
  const skipText = (): void => {
    const length = varUint()
    at += length
  }
  while (at < rows.length)
    for (const field of recordFields) {
      if (field.column === 'log_index') indexes.push(Number(rows.readBigUInt64LE(at)))
      if (field.kind === 'text') skipText()
      else at += field.kind === 'fixed' ? field.bytes : widths[field.kind]
    }
  if (at !== rows.length) throw new Error(`rows expected to end at ${rows.length}; got ${at}`)
  return indexes
}

const widths = { time: 8, uint32: 4, uint64: 8 } as const

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function refused(): WhodidError {
  return new WhodidError('store_unavailable', 'the simulated ledger failed')
}
