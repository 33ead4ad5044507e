import { describe, expect, it } from 'vitest'
import { askLedger, ledgerEnd } from './ledger-rows.ts'
import type { LedgerRows } from './ledger-rows.ts'

/** A row as the engine streams it: its place, and a leaf of this byte. */
function row(index: number, byte: number): Buffer {
  const bytes = Buffer.alloc(40, byte)
  bytes.writeBigUInt64LE(BigInt(index))
  return bytes
}

function ledgerOf(rows: readonly Buffer[]): LedgerRows {
  return {
    read: ({ from, to }, onRows) => {
      const inRange = rows.filter((one) => {
        const index = Number(one.readBigUInt64LE(0))
        return index >= from && index < to
      })
      onRows(Buffer.concat(inRange))
      return Promise.resolve()
    },
    extents: () =>
      Promise.resolve([
        { logId: 'other', rowCount: 1, indexMax: 900 },
        { logId: 'own', rowCount: rows.length, indexMax: 7 },
      ]),
  }
}

describe('askLedger', () => {
  it('tells what is there from what is not, in whatever order the rows come', async () => {
    const ledger = ledgerOf([row(6, 6), row(3, 3), row(2, 2), row(9, 9)])
    expect(await askLedger(ledger, 'own', { first: 1, end: 8 })).toEqual({
      held: [
        { firstIndex: 2, leaves: Buffer.concat([Buffer.alloc(32, 2), Buffer.alloc(32, 3)]) },
        { firstIndex: 6, leaves: Buffer.alloc(32, 6) },
      ],
      absent: [
        { first: 1, end: 2 },
        { first: 4, end: 6 },
        { first: 7, end: 8 },
      ],
    })
  })

  it('takes two equal rows for one, and two that differ for none', async () => {
    const ledger = ledgerOf([row(1, 1), row(1, 1), row(2, 2), row(2, 3), row(2, 2)])
    expect(await askLedger(ledger, 'own', { first: 1, end: 3 })).toEqual({
      held: [{ firstIndex: 1, leaves: Buffer.alloc(32, 1) }],
      absent: [{ first: 2, end: 3 }],
    })
  })

  it('knows where the log ends in the ledger', async () => {
    expect(await ledgerEnd(ledgerOf([row(7, 7)]), 'own')).toBe(8)
    expect(await ledgerEnd(ledgerOf([]), 'unknown')).toBe(0)
  })
})
