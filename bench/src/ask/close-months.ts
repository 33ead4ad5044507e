import { setTimeout as sleep } from 'node:timers/promises'
import type { Sql } from '../ingest/contender.ts'

/** How many parts a month of one table has. */
export interface PartsOfMonth {
  readonly table: string
  /** `202611` */
  readonly month: string
  readonly parts: number
}

/** Tables that hold nothing of a span. */
const besideSpans = "('migrations', 'reads')"
/** So many at once: one a core of the smallest machine. */
const lanes = 2
const closingMsMax = 3_600_000
/** Looks, a second apart, that find no merge of the table before it is asked for again. */
const idleLooksMax = 15

/**
 * Makes one part of each month that is over, as the tables' own `min_age_to_force_merge_seconds` does a day after the last
 * write; over is every month but the newest that any table has. Resolves when it is done, or with what stays in parts after an hour.
 */
export async function closeMonths(sql: Sql, say: (line: string) => void): Promise<void> {
  const all = await partsOfMonths(sql)
  const underWay = all.reduce((newest, { month }) => (month > newest ? month : newest), '')
  const open = all.filter(({ month, parts }) => month < underWay && parts > 1)
  const tables = [...new Set(open.map(({ table }) => table))]
  const lifetimes = await lifetimesOf(sql, tables)
  // What a merge has replaced would stand on the disk for eight minutes beside it.
  for (const table of tables)
    await sql(`ALTER TABLE whodid.\`${table}\` MODIFY SETTING old_parts_lifetime = 1`)
  const waiting = open.values()
  const lane = async (): Promise<void> => {
    for (const each of waiting) await closeMonth(sql, each, say)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  for (const table of tables) {
    const lifetime = lifetimes.get(table)
    await sql(
      `ALTER TABLE whodid.\`${table}\` ${lifetime === undefined ? 'RESET SETTING old_parts_lifetime' : `MODIFY SETTING old_parts_lifetime = ${lifetime}`}`,
    )
  }
}

/** Parts of the ledger's tables, by month. */
export async function partsOfMonths(sql: Sql): Promise<PartsOfMonth[]> {
  const found = await sql(
    `SELECT table, partition, count() FROM system.parts WHERE database = 'whodid' AND table NOT IN ${besideSpans} AND active
    GROUP BY table, partition ORDER BY table, partition FORMAT TSV`,
  )
  return found
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [table = '', month = '', parts = ''] = line.split('\t')
      return { table, month, parts: Number(parts) }
    })
}

/** A sentence about them. */
export function tellParts(parts: readonly PartsOfMonth[]): string {
  return [...new Set(parts.map(({ table }) => table))]
    .map((table) => {
      const months = parts.filter((each) => each.table === table)
      return `${table} ${months.map((each) => each.parts).join(', ')}`
    })
    .join('; ')
}

/** What the tables themselves say of how long a replaced part stays, in seconds; those that say nothing are missing. */
async function lifetimesOf(
  sql: Sql,
  tables: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const lifetimes = new Map<string, string>()
  for (const table of tables) {
    const engine = await sql(
      `SELECT engine_full FROM system.tables WHERE database = 'whodid' AND name = '${table}' FORMAT TSVRaw`,
    )
    const found = /old_parts_lifetime = (\d+)/u.exec(engine)?.[1]
    if (found !== undefined) lifetimes.set(table, found)
  }
  return lifetimes
}

async function closeMonth(
  sql: Sql,
  { table, month }: PartsOfMonth,
  say: (line: string) => void,
): Promise<void> {
  const deadlineMs = performance.now() + closingMsMax
  const parts = async (): Promise<number> =>
    (await partsOfMonths(sql)).find((each) => each.table === table && each.month === month)
      ?.parts ?? 0
  while ((await parts()) > 1 && performance.now() < deadlineMs) {
    // Its request may end before it does, and it with its request: what tells is how many parts there are.
    void sql(`OPTIMIZE TABLE whodid.\`${table}\` PARTITION ID '${month}' FINAL`).catch(
      () => undefined,
    )
    for (let idle = 0; idle < idleLooksMax && (await parts()) > 1;) {
      await sleep(1_000)
      const merging = await sql(`SELECT count() FROM system.merges WHERE table = '${table}'`)
      idle = merging === '0' ? idle + 1 : 0
    }
  }
  say(`${table} ${month}: ${await parts()} parts`)
}
