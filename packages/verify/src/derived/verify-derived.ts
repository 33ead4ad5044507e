import { derivedTables, tracesMax } from '@whodid/store'
import type {
  DerivedBucket,
  DerivedComparison,
  DerivedDifference,
  DerivedTable,
  LeafReader,
  ReceiptMonth,
} from '@whodid/store'
import type { Finding, FindingCode } from '../finding.ts'
import { sealedRemoval } from '../rows/verify-rows.ts'
import type { SealedLog } from '../tlog/sealed-log.ts'

/**
 * The reader and the logs that verify the derived tables.
 *
 * @example
 * ```ts
 * const deps: DerivedDeps = { reader, logs: sealedLogs, storedTo: new Map() }
 * ```
 */
export interface DerivedDeps {
  readonly reader: Pick<
    LeafReader,
    | 'versions'
    | 'months'
    | 'receivedBefore'
    | 'buckets'
    | 'differences'
    | 'differencesOf'
    | 'tracesSince'
    | 'removals'
  >
  /** Every known log: the record of a prune is in one of them. */
  readonly logs: readonly SealedLog[]
  /** By log, the first place whose row may not be in ClickHouse yet; a log without an entry is stored completely. */
  readonly storedTo: ReadonlyMap<string, number>
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
  readonly signal?: AbortSignal
}

/**
 * The result of a verification of the derived tables.
 *
 * @example
 * ```ts
 * const { findings }: DerivedVerification = await verifyDerived(deps)
 * ```
 */
export interface DerivedVerification {
  /** The number of records that the tables were compared with. */
  readonly rowCount: number
  readonly findings: readonly Finding[]
}

/** The number of records in one part of a day; each part that differs is compared row by row. */
const partRows = 65_536

/** The number of parts of one table and month that are compared row by row; the others are counted. */
const partsMax = 64

/** The number of findings of one kind, table and month that are listed; the last has the total count. */
const namedMax = 100

/** The receipt times of one insert span less than this, also when the month changes. */
const insertNsMax = 3_600_000_000_000n

const endOfTime = 9_223_372_036_854_775_807n

/**
 * Verifies the derived tables, `whodid.actions`, `whodid.acts` and `whodid.threads`: recomputes them from the records by the statements that
 * filled them. A missing row hides an act from questions; a row without a record is a forged act. Does NOT verify the records
 * (`verifyLog` does), and leaves out rows that may not be in ClickHouse yet.
 *
 * Goes month by month of receipt; memory does not grow with the ledger. Throws as `LeafReader` does, and when `signal` aborts.
 *
 * @example
 * ```ts
 * const { rowCount, findings } = await verifyDerived({ reader, logs: sealedLogs, storedTo: new Map() })
 * ```
 */
export async function verifyDerived(deps: DerivedDeps): Promise<DerivedVerification> {
  const findings: Finding[] = []
  const months = await derivedMonths(deps)
  const total = months.reduce((sum, month) => sum + month.rowCount, 0)
  let done = 0
  for (const month of months) {
    deps.signal?.throwIfAborted()
    findings.push(...(await verifyDerivedMonth(deps, month)))
    done += month.rowCount
    // Nobody waits any longer after the last month.
    if (done < total) deps.onProgress?.({ done, total })
  }
  return { rowCount: done, findings }
}

/**
 * Returns the months of receipt that can be verified now, oldest first: those that are not pruned and are in ClickHouse.
 *
 * @example
 * ```ts
 * for (const month of await derivedMonths(deps)) await verifyDerivedMonth(deps, month)
 * ```
 */
export async function derivedMonths(deps: DerivedDeps): Promise<ReceiptMonth[]> {
  const fromUnixNs = await firstKept(deps)
  const toUnixNs = await storedBefore(deps)
  const months = await deps.reader.months()
  return months
    .map((month) => ({
      rowCount: month.rowCount,
      fromUnixNs: month.fromUnixNs > fromUnixNs ? month.fromUnixNs : fromUnixNs,
      toUnixNs: month.toUnixNs < toUnixNs ? month.toUnixNs : toUnixNs,
    }))
    .filter((month) => month.fromUnixNs < month.toUnixNs)
}

/**
 * Verifies the rows received in one month that {@link derivedMonths} returned. Throws as {@link verifyDerived}.
 *
 * @example
 * ```ts
 * const [month] = await derivedMonths(deps)
 * const findings = month === undefined ? [] : await verifyDerivedMonth(deps, month)
 * ```
 */
export async function verifyDerivedMonth(
  deps: DerivedDeps,
  month: ReceiptMonth,
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const table of derivedTables) {
    deps.signal?.throwIfAborted()
    findings.push(...(await verifyTable(deps, table, month)))
  }
  // A prune during the verification deletes a month from one table before another.
  if (findings.length > 0 && (await firstKept(deps)) > month.fromUnixNs) return []
  return findings
}

/** Returns the start of the first month that no sealed prune deleted, plus an hour: a prune may cut an insert at the turn of the month. */
async function firstKept({ reader, logs }: DerivedDeps): Promise<bigint> {
  const before = await sealedRemoval(reader, logs, ({ isPrune }) => isPrune)
  if (before === 0n) return 0n
  const pruned = new Date(Number(before / 1_000_000n))
  return BigInt(Date.UTC(pruned.getUTCFullYear(), pruned.getUTCMonth())) * 1_000_000n + insertNsMax
}

/** Returns the time before which every received record is stored. */
async function storedBefore({ reader, storedTo }: DerivedDeps): Promise<bigint> {
  let earliest = endOfTime
  for (const [log, place] of storedTo) {
    const last = await reader.receivedBefore(log, place)
    if (last < earliest) earliest = last
  }
  return earliest
}

async function verifyTable(
  deps: DerivedDeps,
  table: DerivedTable,
  month: ReceiptMonth,
): Promise<Finding[]> {
  const { reader } = deps
  const parts = Math.max(1, Math.ceil(month.rowCount / 30 / partRows))
  const versions = await reader.versions(table)
  const comparisons = Array.from({ length: versions }, (_, version): DerivedComparison => ({
    table,
    version,
    range: month,
    parts,
  }))
  const buckets = await differingBuckets(reader, comparisons)
  const found: DerivedDifference[] = []
  for (const bucket of buckets.slice(0, partsMax)) {
    deps.signal?.throwIfAborted()
    found.push(
      ...(await inEvery(comparisons, (comparison) => reader.differences(comparison, bucket))),
    )
  }
  const differences = table === 'threads' ? await settled(deps, comparisons, found) : found
  const findings = findingsOf(table, differences)
  const left = buckets.length - partsMax
  if (left <= 0) return findings
  const text = `${left} more parts of the table expected what the records come to; they hold something else`
  return [...findings, { code: codes[table].mismatch, log: `whodid.${table}`, text, count: left }]
}

/** Returns the buckets that differ from the result of every version of the view. */
async function differingBuckets(
  reader: DerivedDeps['reader'],
  comparisons: readonly DerivedComparison[],
): Promise<DerivedBucket[]> {
  let left: DerivedBucket[] | undefined
  for (const comparison of comparisons) {
    const differing = await reader.buckets(comparison)
    left =
      left === undefined
        ? differing
        : left.filter(({ day, part }) =>
            differing.some((one) => one.day === day && one.part === part),
          )
    if (left.length === 0) break
  }
  return left ?? []
}

/** Returns the rows that differ under every version of the view: a row that an older version made is correct. */
async function inEvery(
  comparisons: readonly DerivedComparison[],
  differences: (comparison: DerivedComparison) => Promise<DerivedDifference[]>,
): Promise<DerivedDifference[]> {
  let left: DerivedDifference[] | undefined
  for (const comparison of comparisons) {
    const found = await differences(comparison)
    const known = new Set(found.map(({ identity }) => identity))
    left = left === undefined ? found : left.filter(({ identity }) => known.has(identity))
    if (left.length === 0) break
  }
  return left ?? []
}

/**
 * A row of `threads` has the time at which its insert began, so it may belong to records of another day. Rows that differ in a day
 * are compared again over all records of their traces. A trace with records that are not stored yet waits for the next run.
 */
async function settled(
  deps: DerivedDeps,
  comparisons: readonly DerivedComparison[],
  differences: readonly DerivedDifference[],
): Promise<DerivedDifference[]> {
  const { reader } = deps
  const range = { fromUnixNs: await firstKept(deps), toUnixNs: endOfTime }
  const stored = await storedBefore(deps)
  const traces = [...new Set(differences.map(({ span }) => span))]
  const found: DerivedDifference[] = []
  for (let first = 0; first < traces.length; first += tracesMax) {
    const some = traces.slice(first, first + tracesMax)
    const whole = await inEvery(comparisons, (comparison) =>
      reader.differencesOf({ ...comparison, range }, some),
    )
    const moving =
      whole.length === 0 || stored === endOfTime ? [] : await reader.tracesSince(stored, some)
    found.push(...whole.filter(({ span }) => !moving.includes(span)))
  }
  return found
}

type Kind = 'missing' | 'mismatch' | 'unsealed'

const codes: Readonly<Record<DerivedTable, Readonly<Record<Kind, FindingCode>>>> = {
  actions: { missing: 'act_missing', mismatch: 'act_mismatch', unsealed: 'act_unsealed' },
  acts: { missing: 'act_missing', mismatch: 'act_mismatch', unsealed: 'act_unsealed' },
  threads: {
    missing: 'thread_missing',
    mismatch: 'thread_mismatch',
    unsealed: 'thread_unsealed',
  },
}

const sentences: Readonly<Record<Kind, string>> = {
  missing: 'a row of the table expected to be there, for a record makes it; it is not',
  mismatch: 'a row of the table expected what its record makes; it says something else',
  unsealed: 'the table has a row that no record makes',
}

function findingsOf(table: DerivedTable, differences: readonly DerivedDifference[]): Finding[] {
  const byIdentity = new Map<string, { span: string; lacks: boolean; exceeds: boolean }>()
  for (const { identity, span, lack } of differences) {
    const known = byIdentity.get(identity) ?? { span, lacks: false, exceeds: false }
    byIdentity.set(identity, {
      span,
      lacks: known.lacks || lack > 0,
      exceeds: known.exceeds || lack < 0,
    })
  }
  return (['missing', 'mismatch', 'unsealed'] as const).flatMap((kind) => {
    const spans = [...byIdentity.values()].filter((one) => kindOf(one) === kind)
    const named = spans.slice(0, namedMax)
    return named.map(({ span }, n): Finding => {
      const isTrace = table === 'threads'
      return {
        code: codes[table][kind],
        log: `whodid.${table}`,
        text: isTrace ? `${sentences[kind]} (trace:${span})` : sentences[kind],
        ...(isTrace ? {} : { span }),
        ...(n === named.length - 1 && spans.length > 1 ? { count: spans.length } : {}),
      }
    })
  })
}

function kindOf({ lacks, exceeds }: { readonly lacks: boolean; readonly exceeds: boolean }): Kind {
  if (lacks && exceeds) return 'mismatch'
  return lacks ? 'missing' : 'unsealed'
}
