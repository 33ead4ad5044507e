import { leafRowBytes } from '@whodid/store'
import { hashBytes } from '@whodid/tlog'

/** The sealed leaves of a range of rows. */
interface ExpectedLeaves {
  /** The first place of the range. */
  readonly from: number
  /** The leaf hashes that were sealed, one after another. */
  readonly leaves: Buffer
  /** For each place 1 if `leaves` holds its sealed hash, 0 if its tile is missing or wrong. */
  readonly known: Uint8Array
}

/** The result of comparing the rows of a range. */
export interface ComparedLeaves {
  readonly rowCount: number
  /** Places whose row has another hash. */
  readonly wrong: number[]
  /** Places without a row. */
  readonly missing: number[]
  /** Places with more than one row. */
  readonly duplicated: number[]
}

/** Compares rows, in any order, with the leaves that were sealed; `finish` returns the differences. */
export function compareLeaves(expected: ExpectedLeaves): {
  add: (rows: Buffer) => void
  finish: () => ComparedLeaves
} {
  const { from, leaves, known } = expected
  const count = known.length
  const sealed = new DataView(leaves.buffer, leaves.byteOffset, leaves.byteLength)
  const seen = new Uint8Array(count)
  const wrong: number[] = []
  let rowCount = 0

  function add(rows: Buffer): void {
    const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength)
    for (let at = 0; at < rows.length; at += leafRowBytes) {
      const place = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32 - from
      if (place < 0 || place >= count) continue
      rowCount += 1
      if ((seen[place] ?? 0) < 2) seen[place] = (seen[place] ?? 0) + 1
      if (
        known[place] === 1 &&
        !sameHash({ view, at: at + 8 }, { view: sealed, at: place * hashBytes })
      )
        wrong.push(from + place)
    }
  }

  function finish(): ComparedLeaves {
    const missing: number[] = []
    const duplicated: number[] = []
    for (let place = 0; place < count; place += 1) {
      if (seen[place] === 0) missing.push(from + place)
      else if (seen[place] === 2) duplicated.push(from + place)
    }
    return { rowCount, wrong, missing, duplicated }
  }

  return { add, finish }
}

interface HashAt {
  readonly view: DataView
  readonly at: number
}

function sameHash(one: HashAt, other: HashAt): boolean {
  for (let byte = 0; byte < hashBytes; byte += 4)
    if (one.view.getInt32(one.at + byte) !== other.view.getInt32(other.at + byte)) return false
  return true
}
