import { setTimeout as sleep } from 'node:timers/promises'
import type { Sql } from '../ingest/contender.ts'

/** How many parts a month of one table has. */
export interface PartsOfMonth {
  readonly table: string
  /** `202611` */
  readonly month: string
  readonly parts: number
}

const tables = ['contents', 'threads', 'acts', 'actions', 'spans'] as const
/** So many at once: one a core of the smallest machine. */
const lanes = 2
const closingMsMax = 3_600_000
/** Looks, a second apart, that find no merge of the table before it is asked for again. */
const idleLooksMax = 15

/**
 * Makes one part of each month that is over, as the tables' own `min_age_to_force_merge_seconds` does a day after the last
 * write; the ledger's own time says which are. Resolves when it is done, or with what stays in parts after an hour.
 */
export async function closeMonths(
  sql: Sql,
  monthUnderWay: string,
  say: (line: string) => void,
): Promise<void> {
  // What a merge has replaced would stand on the disk for eight minutes beside it.
  await settingOfAll(sql, 'MODIFY SETTING old_parts_lifetime = 1')
  const open = (await partsOfMonths(sql)).filter(
    ({ month, parts }) => month < monthUnderWay && parts > 1,
  )
  const waiting = open.values()
  const lane = async (): Promise<void> => {
    for (const each of waiting) await closeMonth(sql, each, say)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  await settingOfAll(sql, 'RESET SETTING old_parts_lifetime')
  // The text's table has one of its own.
  await sql('ALTER TABLE whodid.contents MODIFY SETTING old_parts_lifetime = 60')
}

/** Parts of the ledger's tables, by month. */
export async function partsOfMonths(sql: Sql): Promise<PartsOfMonth[]> {
  const names = tables.map((table) => `'${table}'`).join(', ')
  const found = await sql(
    `SELECT table, partition, count() FROM system.parts WHERE database = 'whodid' AND table IN (${names}) AND active
    GROUP BY table, partition ORDER BY table, partition`,
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
  return tables
    .map((table) => {
      const months = parts.filter((each) => each.table === table)
      return `${table} ${months.map((each) => each.parts).join(', ')}`
    })
    .join('; ')
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
    void sql(`OPTIMIZE TABLE whodid.${table} PARTITION ID '${month}' FINAL`).catch(() => undefined)
    for (let idle = 0; idle < idleLooksMax && (await parts()) > 1;) {
      await sleep(1_000)
      const merging = await sql(`SELECT count() FROM system.merges WHERE table = '${table}'`)
      idle = merging === '0' ? idle + 1 : 0
    }
  }
  say(`${table} ${month}: ${await parts()} parts`)
}

async function settingOfAll(sql: Sql, change: string): Promise<void> {
  for (const table of tables) await sql(`ALTER TABLE whodid.${table} ${change}`)
}
