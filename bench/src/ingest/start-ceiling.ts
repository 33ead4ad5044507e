import { startEngine } from '@whodid/engine'
import type { Engine } from '@whodid/engine'
import { migrate } from '@whodid/store'
import { readUsage } from '../process-usage.ts'
import { createSql, engineTarget } from './contender.ts'
import type { Sql } from './contender.ts'
import { postBody } from './post-body.ts'
import { untilQuiet } from './run-round.ts'

/** An engine that copies rows from one of its tables into its ledger: the least that storing them can cost. */
export interface Ceiling {
  /** Copies all rows once. */
  run(): Promise<CeilingRound>
  stop(): Promise<void>
}

/** What one copy cost, with the merges it brought on. */
export interface CeilingRound {
  readonly rows: number
  readonly engineCpuSeconds: number
}

/** Rows in one insert: as many of the bench's spans as the collector puts into one at most, which is 64 MiB of them. */
const rowsPerInsert = 38_000

/**
 * Starts an engine with a ledger, and beside it the rows that `source` holds now, in the order in which they came, cut
 * into the collector's batches.
 */
export async function startCeiling(dataDir: string, source: Engine): Promise<Ceiling> {
  const engine = await startEngine({ dataDir })
  await migrate({ url: engine.url, ...engine.users.migrator })
  const sql = createSql(engine)
  await sql('CREATE TABLE whodid.bench_rows AS whodid.spans ENGINE = MergeTree ORDER BY tuple()')
  await copyRows(source, engine)
  await sql(
    'CREATE TABLE whodid.bench_batches ENGINE = MergeTree PARTITION BY batch ORDER BY tuple() AS' +
      ` SELECT *, toUInt32(intDiv(rowNumberInAllBlocks(), ${rowsPerInsert})) AS batch` +
      ' FROM whodid.bench_rows SETTINGS max_threads = 1',
  )
  const rows = Number(await sql('SELECT count() FROM whodid.bench_batches'))
  await untilQuiet(sql)
  return {
    run: () => copyOnce({ engine, sql, rows }),
    stop: () => engine.stop(),
  }
}

async function copyRows(source: Engine, engine: Engine): Promise<void> {
  const select = 'SELECT * FROM whodid.spans ORDER BY received_at, ts FORMAT Native'
  const read = await postBody(engineTarget(source), Buffer.from(select))
  if (read.status !== 200) throw new Error(read.body.toString('utf8', 0, 500))
  const { url, headers } = engineTarget(engine)
  const insert = `${url}/?query=${encodeURIComponent('INSERT INTO whodid.bench_rows FORMAT Native')}`
  const written = await postBody({ url: insert, headers }, read.body)
  if (written.status !== 200) throw new Error(written.body.toString('utf8', 0, 500))
}

interface Copying {
  readonly engine: Engine
  readonly sql: Sql
  readonly rows: number
}

async function copyOnce({ engine, sql, rows }: Copying): Promise<CeilingRound> {
  const before = readUsage(engine.processId)
  for (let batch = 0; batch * rowsPerInsert < rows; batch += 1)
    await sql(
      `INSERT INTO whodid.spans SELECT * EXCEPT (batch) FROM whodid.bench_batches WHERE batch = ${batch}` +
        // The same rows are copied again in the next round; one thread makes of one batch one part, as an insert does.
        ' SETTINGS insert_deduplicate = 0, max_threads = 1, max_insert_threads = 1,' +
        ` min_insert_block_size_rows = ${rowsPerInsert}, min_insert_block_size_bytes = 0`,
    )
  await untilQuiet(sql)
  return { rows, engineCpuSeconds: readUsage(engine.processId).cpuSeconds - before.cpuSeconds }
}
