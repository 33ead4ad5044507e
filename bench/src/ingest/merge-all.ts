import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readUsage } from '../process-usage.ts'
import type { Contender, Sql } from './contender.ts'
import { countRows, untilQuiet } from './run-round.ts'

/** What an engine has written since it started. */
export interface WriteCounters {
  /** Bytes that inserts wrote into parts, and bytes that merges read, both before compression and of all tables. */
  readonly insertedBytes: number
  readonly mergedBytes: number
}

/** What the last merges cost and what is stored after them. */
export interface Merged {
  /** Of the table that has a row a span. */
  readonly rows: number
  readonly engineCpuSeconds: number
  /** Of all tables that the spans went into, so that no layout can hide a copy; merged, so that none profits from its parts. */
  readonly storedBytes: number
  /** Kept for good beside the engine: the tree. */
  readonly treeBytes: number
}

/** Tables that hold no span. */
const besideSpans = "('migrations', 'reads')"

/** Merges all of a contender's tables until each of their partitions is one part, as days do, and says what that took. */
export async function mergeAll(contender: Contender): Promise<Merged> {
  const { sql, engine, spansTable, treeDir } = contender
  const parts = `FROM system.parts WHERE active AND database = 'whodid' AND table NOT IN ${besideSpans}`
  await untilQuiet(sql)
  const before = readUsage(engine.processId).cpuSeconds
  const tables = await sql(`SELECT DISTINCT table ${parts} FORMAT TSV`)
  for (const table of tables.split('\n')) await sql(`OPTIMIZE TABLE whodid.\`${table}\` FINAL`)
  await untilQuiet(sql)
  return {
    rows: await countRows(sql, spansTable),
    engineCpuSeconds: readUsage(engine.processId).cpuSeconds - before,
    storedBytes: Number(await sql(`SELECT sum(bytes_on_disk) ${parts}`)),
    treeBytes: treeDir === undefined ? 0 : await bytesUnder(treeDir),
  }
}

/** Reads the engine's counters. */
export async function readWriteCounters(sql: Sql): Promise<WriteCounters> {
  const told = await sql(
    "SELECT sumIf(value, event = 'MergeTreeDataWriterUncompressedBytes'), sumIf(value, event = 'MergedUncompressedBytes') FROM system.events FORMAT TSV",
  )
  const [insertedBytes = 0, mergedBytes = 0] = told.split('\t').map(Number)
  return { insertedBytes, mergedBytes }
}

/** How often merges read each byte that was inserted between two looks at the counters. */
export function mergePasses(from: WriteCounters, to: WriteCounters): number {
  return (to.mergedBytes - from.mergedBytes) / (to.insertedBytes - from.insertedBytes)
}

async function bytesUnder(directory: string): Promise<number> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true })
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      // A file of the tree may be replaced by its successor in between.
      .map((entry) => stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))),
  )
  return sizes.reduce((sum, { size }) => sum + size, 0)
}
