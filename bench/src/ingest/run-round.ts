import { setTimeout as sleep } from 'node:timers/promises'
import { readUsage } from '../process-usage.ts'
import type { Contender, Sql } from './contender.ts'
import { spansPerBatch } from './make-batches.ts'
import type { Load } from './start-load.ts'

/** What one contender did in one round. */
export interface Round {
  readonly spans: number
  /**
   * Until nine tenths of the spans are in the engine: the last batch of a round waits for its collector's timer, which
   * says nothing of its speed.
   */
  readonly spansPerSecond: number
  readonly collectorCpuSeconds: number
  /** With the merges that the round's inserts brought on. */
  readonly engineCpuSeconds: number
  readonly refusals: number
}

/** How many batches of what the load has prepared, and in what form. */
export interface RoundLoad {
  readonly load: Load
  readonly batches: number
  readonly gzip: boolean
}

/** So many requests are under way at once at full load. */
export const fullLoadConnections = 8

const timedShare = 0.9
const storedMsMax = 900_000
const lookMs = 25
const quietLooks = 4
const quietLookMs = 100
const quietMsMax = 120_000
/** Records of its own that a collector may write in a round: one after each idle 45 s. */
const heartbeatsMax = 10

/** Sends batches as fast as they are acknowledged, and waits for the rows and then for the merges. */
export async function runRound(
  contender: Contender,
  { load, batches, gzip }: RoundLoad,
): Promise<Round> {
  const { sql, spansTable, collectorProcessId, engine, target } = contender
  const expected = batches * spansPerBatch
  const rowsBefore = await countRows(sql, spansTable)
  const collectorBefore = readUsage(collectorProcessId)
  const engineBefore = readUsage(engine.processId)
  const startedMs = performance.now()
  const order = {
    target,
    gzip,
    connections: fullLoadConnections,
    spansPerSecond: null,
    amount: { batches },
    probe: null,
  }
  const [{ spans, refusals }, seconds] = await Promise.all([
    load.send(order),
    untilStored(contender, rowsBefore + Math.floor(expected * timedShare)).then(
      () => (performance.now() - startedMs) / 1000,
    ),
  ])
  await untilStored(contender, rowsBefore + spans)
  await untilQuiet(sql)
  const stored = (await countRows(sql, spansTable)) - rowsBefore
  if (stored < spans || stored > spans + heartbeatsMax)
    throw new Error(`${spansTable} has ${stored} rows of the ${spans} acknowledged spans`)
  return {
    spans,
    spansPerSecond: (expected * timedShare) / seconds,
    collectorCpuSeconds: readUsage(collectorProcessId).cpuSeconds - collectorBefore.cpuSeconds,
    engineCpuSeconds: readUsage(engine.processId).cpuSeconds - engineBefore.cpuSeconds,
    refusals,
  }
}

/** Waits until the table has at least so many rows; throws when it has not after 15 minutes: a redacting peer takes that long on a slow machine. */
async function untilStored({ sql, spansTable }: Contender, rows: number): Promise<void> {
  const deadlineMs = performance.now() + storedMsMax
  for (;;) {
    const stored = await countRows(sql, spansTable)
    if (stored >= rows) return
    if (performance.now() > deadlineMs)
      throw new Error(`${spansTable} has ${stored} of the ${rows} rows that were sent`)
    await sleep(lookMs)
  }
}

/** Rows of the active parts: exact, and read from memory. */
export async function countRows(sql: Sql, table: string): Promise<number> {
  return Number(
    await sql(
      `SELECT sum(rows) FROM system.parts WHERE active AND database = 'whodid' AND table = '${table}'`,
    ),
  )
}

/** Waits until the engine has not been merging for a while; gives up waiting after two minutes. */
export async function untilQuiet(sql: Sql): Promise<void> {
  const deadlineMs = performance.now() + quietMsMax
  let quiet = 0
  while (quiet < quietLooks && performance.now() < deadlineMs) {
    await sleep(quietLookMs)
    quiet = (await sql('SELECT count() FROM system.merges')) === '0' ? quiet + 1 : 0
  }
}
