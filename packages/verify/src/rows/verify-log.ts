import { leafRowBytes } from '@whodid/store'
import type { LeafReader, PlacedRow } from '@whodid/store'
import { hashBytes, tileWidth } from '@whodid/tlog'
import type { Finding, FindingCode } from '../finding.ts'
import type { AcceptedLoss } from '../losses/accepted-loss.ts'
import { checkTree } from '../tlog/check-tree.ts'
import type { CheckedTree } from '../tlog/check-tree.ts'
import type { SealedLog } from '../tlog/sealed-log.ts'
import { compareLeaves } from './compare-leaves.ts'
import type { ComparedLeaves } from './compare-leaves.ts'
import { judgeFreshness } from './judge-freshness.ts'
import type { Freshness } from './judge-freshness.ts'
import { verifyRows } from './verify-rows.ts'

/**
 * The part of a log to verify, and the rows that may be missing.
 *
 * @example
 * ```ts
 * const options: LogVerificationOptions = { from: 0, to: 1_000 }
 * ```
 */
export interface LogVerificationOptions extends Freshness {
  /** The places to verify, `to` excluded. Default: all that the checkpoint covers. */
  readonly from?: number
  readonly to?: number
  /** The first place whose row may not be in ClickHouse yet. Default: every row must be. */
  readonly storedTo?: number
  /** Other known logs: if collectors share a database, the record of a prune is in the log of the one that pruned. Default: none. */
  readonly others?: readonly SealedLog[]
  /** The accepted losses of this log: a place in one of them that has no row is no `row_missing`. Default: none. */
  readonly losses?: readonly AcceptedLoss[]
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
  readonly signal?: AbortSignal
}

/**
 * The result of the verification of one log.
 *
 * @example
 * ```ts
 * const { rowCount, findings }: LogVerification = await verifyLog(log, reader)
 * ```
 */
export interface LogVerification {
  readonly log: string
  readonly size: number
  readonly from: number
  readonly to: number
  /** The number of rows whose hash was recomputed. */
  readonly rowCount: number
  /** The number of sealed places whose row is not yet in ClickHouse. */
  readonly pendingCount: number
  /** The number of rows that were deleted under a sealed record. */
  readonly prunedCount: number
  /** The number of places without a row whose loss was accepted. */
  readonly lostCount: number
  /** The accepted losses that explain such a place. */
  readonly lossesUsed: readonly AcceptedLoss[]
  readonly findings: readonly Finding[]
}

/**
 * The number of leaves compared at a time, a whole number of tiles; each takes 34 bytes of memory. A smaller chunk is slower: rows
 * are stored by hour, so the engine reads every hour of a chunk whole, and that reading is a quarter of a leaf's cost.
 */
const chunkLeavesMax = 8_388_608

/** The number of rows between two calls of `onProgress`, and between two checks of `signal`. */
const progressRows = 262_144

/** The number of findings of one kind that are listed in a chunk; the last has the total count. */
const namedMax = 100

/** Tiles read at the same time. */
const tilesAtOnce = 64

/**
 * Verifies the rows of one log: each place has one row, the engine recomputes the row's hash from its own columns and gets the
 * sealed one, and the sealed hashes lead to the signed root.
 *
 * The engine hashes the rows; this process compares the hashes with tiles that the engine never gets. Reads a range at a time;
 * memory does not grow with the log. Throws as `LeafReader` does, and when `signal` aborts. Does NOT check the checkpoint's
 * signature (`openSealedLog` did) nor that the checkpoint is the newest.
 *
 * @example
 * ```ts
 * const { log } = await openSealedLog({ origin, tiles, note, epochs })
 * if (log !== undefined) console.log((await verifyLog(log, reader)).findings)
 * ```
 */
export async function verifyLog(
  log: SealedLog,
  reader: LeafReader,
  options: LogVerificationOptions = {},
): Promise<LogVerification> {
  const { size } = log.checkpoint
  const from = Math.min(Math.max(options.from ?? 0, 0), size)
  const to = Math.max(Math.min(options.to ?? size, size), from)
  const { tree, findings } = await checkTree(log)
  const sums = { rowCount: 0, pendingCount: 0, prunedCount: 0, lostCount: 0 }
  const lossesUsed = new Set<AcceptedLoss>()
  const found: Finding[] = [...findings]
  const prunedTo = await sealedPrune([log, ...(options.others ?? [])], log.origin, reader)
  const verification = { log, reader, options, found, sums, prunedTo, lossesUsed }
  if (tree !== undefined)
    for (let first = from; first < to; first = nextChunk(first)) {
      options.signal?.throwIfAborted()
      await verifyChunk(verification, tree, {
        from: first,
        to: Math.min(nextChunk(first), to),
        onRead: progressOf(options, { from, first, to }),
      })
      options.onProgress?.({ done: Math.min(nextChunk(first), to) - from, total: to - from })
    }
  if (options.to === undefined) found.push(...(await judgeFreshness(log, reader, options)))
  const done = { log: log.origin, size, from, to, ...sums }
  return { ...done, lossesUsed: [...lossesUsed], findings: found }
}

/**
 * Returns the first place of the log that a prune kept; 0 without a prune. The prune counts only if its record verifies in this
 * log or another known one.
 */
async function sealedPrune(
  known: readonly SealedLog[],
  origin: string,
  reader: LeafReader,
): Promise<number> {
  let prunedTo = 0
  for (const row of await reader.prunes(origin)) {
    const log = known.find((one) => one.origin === row.logId)
    if (log === undefined) continue
    const { rowCount, findings } = await verifyRows(log, [row])
    if (rowCount === 1 && findings.length === 0 && Number.isSafeInteger(row.to))
      prunedTo = Math.max(prunedTo, row.to)
  }
  return prunedTo
}

interface Verification {
  /** Rows before this place were deleted under a sealed record. */
  readonly prunedTo: number
  readonly log: SealedLog
  readonly reader: LeafReader
  readonly options: LogVerificationOptions
  readonly found: Finding[]
  readonly sums: {
    rowCount: number
    pendingCount: number
    prunedCount: number
    lostCount: number
  }
  readonly lossesUsed: Set<AcceptedLoss>
}

interface Chunk {
  readonly from: number
  readonly to: number
}

/** Chunks end at multiples of their size, so that tiles are not split between them. */
function nextChunk(first: number): number {
  return first - (first % chunkLeavesMax) + chunkLeavesMax
}

/** Reports the progress within a chunk that begins at `first`; duplicated and unsealed rows do not count beyond the range. */
function progressOf(
  { onProgress, signal }: LogVerificationOptions,
  { from, first, to }: Chunk & { readonly first: number },
): (rows: number) => void {
  const end = Math.min(nextChunk(first), to)
  let done = first
  let told = first
  return (rows) => {
    done += rows
    if (done - told < progressRows) return
    told = done
    signal?.throwIfAborted()
    onProgress?.({ done: Math.min(done, end) - from, total: to - from })
  }
}

async function verifyChunk(
  { log, reader, options, found, sums, prunedTo, lossesUsed }: Verification,
  tree: CheckedTree,
  { from, to, onRead }: Chunk & { readonly onRead: (rows: number) => void },
): Promise<void> {
  const leaves = Buffer.alloc((to - from) * hashBytes)
  const known = new Uint8Array(to - from)
  found.push(...(await readSealed(tree, { from, to }, { leaves, known })))
  const comparison = compareLeaves({ from, leaves, known })
  await reader.read({ logId: log.origin, from, to }, (rows) => {
    comparison.add(rows)
    onRead(rows.length / leafRowBytes)
  })
  const compared = comparison.finish()
  sums.rowCount += compared.rowCount
  const missing = compared.missing.filter((index) => {
    const isPruned = index < prunedTo
    const isPending = !isPruned && index >= (options.storedTo ?? Infinity)
    if (isPruned) sums.prunedCount += 1
    if (isPending) sums.pendingCount += 1
    if (isPruned || isPending) return false
    const loss = options.losses?.find(({ from: first, to: end }) => index >= first && index < end)
    if (loss === undefined) return true
    lossesUsed.add(loss)
    sums.lostCount += 1
    return false
  })
  found.push(...(await nameAll({ log, reader }, { ...compared, missing })))
}

/** Fills in the sealed hashes, a tile at a time; a missing or wrong tile is a finding, and its rows are not compared. */
async function readSealed(
  tree: CheckedTree,
  { from, to }: Chunk,
  { leaves, known }: { leaves: Buffer; known: Uint8Array },
): Promise<Finding[]> {
  const findings: Finding[] = []
  const firsts: number[] = []
  for (let first = from - (from % tileWidth); first < to; first += tileWidth) firsts.push(first)
  for (let start = 0; start < firsts.length; start += tilesAtOnce)
    await Promise.all(
      firsts.slice(start, start + tilesAtOnce).map(async (first) => {
        const tile = await tree.leaves(first)
        if (!Buffer.isBuffer(tile)) {
          findings.push(tile)
          return
        }
        const skipped = Math.max(from - first, 0)
        const end = Math.min(tile.length / hashBytes, to - first)
        tile.copy(
          leaves,
          (first + skipped - from) * hashBytes,
          skipped * hashBytes,
          end * hashBytes,
        )
        known.fill(1, first + skipped - from, first + end - from)
      }),
    )
  return findings
}

async function nameAll(
  where: { log: SealedLog; reader: LeafReader },
  compared: ComparedLeaves,
): Promise<Finding[]> {
  const kinds: [FindingCode, number[]][] = [
    ['row_mismatch', [...new Set(compared.wrong)].toSorted((a, b) => a - b)],
    ['row_missing', compared.missing],
    ['row_duplicated', compared.duplicated],
  ]
  const findings: Finding[] = []
  for (const [code, indexes] of kinds)
    findings.push(...(await nameRows(where, { code, indexes, namedMax })))
  return findings
}

/** The places of the findings of one code. */
interface FoundPlaces {
  readonly code: FindingCode
  readonly indexes: readonly number[]
  readonly namedMax: number
}

/** Returns a finding for each of the first `namedMax` places, with the row that is there now; the last has the total count. */
async function nameRows(
  { log, reader }: { log: SealedLog; reader: LeafReader },
  { code, indexes, namedMax }: FoundPlaces,
): Promise<Finding[]> {
  const named = indexes.slice(0, namedMax)
  const rows = await reader.at(log.origin, named)
  return named.map((index, n) => {
    const there = rows.filter((row) => row.index === index)
    const [row] = there
    const isLast = n === named.length - 1
    return {
      code,
      log: log.origin,
      index,
      text: sentence(code, index, there),
      ...(row === undefined ? {} : { span: row.span }),
      ...(isLast && indexes.length > 1 ? { count: indexes.length } : {}),
    }
  })
}

function sentence(code: FindingCode, index: number, rows: readonly PlacedRow[]): string {
  const [row] = rows
  const got = row === undefined ? 'nothing' : `${row.leafHex.slice(0, 16)}…`
  if (code === 'row_missing') return `row ${index} was sealed; it is not in the table`
  if (code === 'row_duplicated')
    return `row ${index} expected to be one; the table has ${rows.length}`
  return `row ${index} expected the hash that was sealed; its columns now hash to ${got}`
}
