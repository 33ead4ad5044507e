import type { Engine } from '@whodid/engine'
import { verifyLog } from '@whodid/query'
import { canonicalExpression, createLeafReader } from '@whodid/store'
import type { Measure } from '../bench.ts'
import { createSql } from '../ingest/contender.ts'
import { median } from '../percentile.ts'
import { readUsage } from '../process-usage.ts'
import type { FilledLog } from './seal-rows.ts'

/** Rows whose bytes are laid out for the plain scan that verifying is compared with. */
const scanRowsMax = 1_000_000

/** Verifies the whole log some times, and hashes the same bytes with the engine's own SHA256 as often. */
export async function measureVerify(
  engine: Engine,
  filled: FilledLog,
  { rounds, say }: { readonly rounds: number; readonly say: (line: string) => void },
): Promise<Measure[]> {
  const sql = createSql(engine)
  const scanRows = Math.min(filled.rows, scanRowsMax)
  await sql('DROP TABLE IF EXISTS whodid.bench_forms')
  await sql(
    `CREATE TABLE whodid.bench_forms ENGINE = MergeTree ORDER BY tuple() AS
     SELECT ${canonicalExpression('s')} AS form FROM whodid.spans AS s LIMIT ${scanRows}`,
  )
  const formBytes = Number(await sql('SELECT avg(length(form)) FROM whodid.bench_forms'))
  const reader = createLeafReader({ url: engine.url, ...engine.users.verifier })
  const verified: Spent[] = []
  const hashed: Spent[] = []
  const scanned: Spent[] = []
  try {
    for (let round = 0; round < rounds; round += 1) {
      verified.push(
        await spend(engine, async () => {
          const { findings, rowCount } = await verifyLog(filled.log, reader)
          if (findings.length > 0 || rowCount !== filled.rows)
            throw new Error(`verified ${rowCount} rows: ${JSON.stringify(findings.slice(0, 3))}`)
        }),
      )
      scanned.push(
        await spend(engine, () => sql('SELECT max(SHA256(form)) FROM whodid.bench_forms')),
      )
      hashed.push(
        await spend(engine, () =>
          sql(`SELECT max(SHA256(${canonicalExpression('s')})) FROM whodid.spans AS s`),
        ),
      )
      say(
        JSON.stringify({ verified: verified.at(-1), scan: scanned.at(-1), hashed: hashed.at(-1) }),
      )
    }
  } finally {
    await reader.close()
  }
  const each = (spent: readonly Spent[], rows: number): number =>
    median(spent.map(({ cpuSeconds }) => cpuSeconds)) / rows
  const verifyEach = each(verified, filled.rows)
  const scanEach = each(scanned, scanRows)
  const hashEach = each(hashed, filled.rows)
  const wall = median(verified.map(({ seconds }) => seconds))
  const of = `${filled.rows} rows of ${Math.round(formBytes)} bytes`
  return [
    {
      name: 'verify_rows_per_cpu_second',
      value: 1 / verifyEach,
      unit: 'rows/s',
      of: `${of}, CPU of the engine and of the verifier together`,
    },
    {
      name: 'verify_ratio_to_sha256_scan',
      value: verifyEach / scanEach,
      unit: 'ratio',
      of: 'CPU a row: verifying / SELECT max(SHA256(form)) over a table of one column that holds the same bytes',
    },
    {
      name: 'verify_ratio_to_hashing_the_columns',
      value: verifyEach / hashEach,
      unit: 'ratio',
      of: 'CPU a row: verifying / SHA256 over the columns as they lie in the ledger, nothing compared',
    },
    { name: 'verify_seconds', value: wall, unit: 's', of: `wall clock, ${of}` },
  ]
}

interface Spent {
  readonly cpuSeconds: number
  readonly seconds: number
}

/** What the engine and this process have used meanwhile. */
async function spend(engine: Engine, work: () => Promise<unknown>): Promise<Spent> {
  const engineBefore = readUsage(engine.processId).cpuSeconds
  const before = process.cpuUsage()
  const startedMs = performance.now()
  await work()
  const { user, system } = process.cpuUsage(before)
  return {
    cpuSeconds: readUsage(engine.processId).cpuSeconds - engineBefore + (user + system) / 1_000_000,
    seconds: (performance.now() - startedMs) / 1000,
  }
}
