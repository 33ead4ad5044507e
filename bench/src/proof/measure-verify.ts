import type { Engine } from '@whodid/engine'
import { verifyLog } from '@whodid/verify'
import { canonicalExpression, createLeafReader } from '@whodid/store'
import type { LeafReader } from '@whodid/store'
import type { Measure } from '../bench.ts'
import { createSql } from '../ingest/contender.ts'
import type { Sql } from '../ingest/contender.ts'
import { median } from '../percentile.ts'
import { readUsage } from '../process-usage.ts'
import type { FilledLog } from './seal-rows.ts'

/** Rows whose bytes are laid out for the plain scan that verifying is compared with. */
const scanRowsMax = 1_000_000

interface Effort {
  readonly rounds: number
  readonly say: (line: string) => void
}

/** Verifies the whole log some times, and hashes the same bytes with the engine's own SHA256 as often. */
export async function measureVerify(
  engine: Engine,
  filled: FilledLog,
  { rounds, say }: Effort,
): Promise<Measure[]> {
  const sql = createSql(engine)
  const forms = await layOutForms(sql, filled)
  const reader = createLeafReader({ url: engine.url, ...engine.users.verifier })
  const spent: Record<'verified' | 'scanned' | 'hashed', Spent[]> = {
    verified: [],
    scanned: [],
    hashed: [],
  }
  let residentBytes = 0
  try {
    for (let round = 0; round < rounds; round += 1) {
      const verified = await spend(engine, async () => {
        residentBytes = Math.max(residentBytes, await verifyWhole(filled, reader, say))
      })
      const scanned = await spend(engine, () =>
        sql('SELECT max(SHA256(form)) FROM whodid.bench_forms'),
      )
      const hashed = await spend(engine, () =>
        sql(`SELECT max(SHA256(${canonicalExpression('s')})) FROM whodid.spans AS s`),
      )
      say(JSON.stringify({ verified, scanned, hashed }))
      spent.verified.push(verified)
      spent.scanned.push(scanned)
      spent.hashed.push(hashed)
    }
  } finally {
    await reader.close()
  }
  const wall = median(spent.verified.map(({ seconds }) => seconds))
  const of = `${filled.rows} rows of ${Math.round(forms.bytes)} bytes`
  return [
    ...compare({
      of,
      verified: cpuEach(spent.verified, filled.rows),
      scanned: cpuEach(spent.scanned, forms.rows),
      hashed: cpuEach(spent.hashed, filled.rows),
    }),
    { name: 'verify_seconds', value: wall, unit: 's', of: `wall clock, ${of}` },
    {
      name: 'verify_row_bytes',
      value: forms.bytes,
      unit: 'bytes',
      of: `canonical form of a row, which is what is hashed; mean of ${forms.rows}`,
    },
    {
      name: 'verify_resident_bytes',
      value: residentBytes,
      unit: 'bytes',
      of: 'memory of the verifying process, the bench’s own included, at its highest while it verified',
    },
  ]
}

async function layOutForms(sql: Sql, filled: FilledLog): Promise<{ rows: number; bytes: number }> {
  const rows = Math.min(filled.rows, scanRowsMax)
  await sql('DROP TABLE IF EXISTS whodid.bench_forms')
  await sql(
    `CREATE TABLE whodid.bench_forms ENGINE = MergeTree ORDER BY tuple() AS
     SELECT ${canonicalExpression('s')} AS form FROM whodid.spans AS s LIMIT ${rows}`,
  )
  return { rows, bytes: Number(await sql('SELECT avg(length(form)) FROM whodid.bench_forms')) }
}

/** Gives the most memory that this process had meanwhile. */
async function verifyWhole(
  filled: FilledLog,
  reader: LeafReader,
  say: Effort['say'],
): Promise<number> {
  let residentBytes = 0
  let told = 0
  const { findings, rowCount } = await verifyLog(filled.log, reader, {
    onProgress: ({ done, total }) => {
      residentBytes = Math.max(residentBytes, process.memoryUsage.rss())
      if (done - told < scanRowsMax) return
      told = done
      say(`${done} of ${total} rows are verified`)
    },
  })
  if (findings.length > 0 || rowCount !== filled.rows)
    throw new Error(`verified ${rowCount} rows: ${JSON.stringify(findings.slice(0, 3))}`)
  return residentBytes
}

interface Each {
  readonly median: number
  readonly spread: readonly [number, number]
}

/** CPU seconds a row. */
function cpuEach(spent: readonly Spent[], rows: number): Each {
  const each = spent.map(({ cpuSeconds }) => cpuSeconds / rows)
  return { median: median(each), spread: [Math.min(...each), Math.max(...each)] }
}

interface Compared {
  readonly of: string
  readonly verified: Each
  readonly scanned: Each
  readonly hashed: Each
}

function compare({ of, verified, scanned, hashed }: Compared): Measure[] {
  const rate = ({ median: each, spread: [least, most] }: Each) => ({
    value: 1 / each,
    unit: 'rows/s' as const,
    spread: [1 / most, 1 / least] as const,
  })
  return [
    {
      name: 'verify_rows_per_cpu_second',
      ...rate(verified),
      of: `${of}, CPU of the engine and of the verifier together`,
    },
    {
      name: 'sha256_scan_rows_per_cpu_second',
      ...rate(scanned),
      of: 'SELECT max(SHA256(form)) over a table of one column that holds the same bytes: what no verification can pass',
    },
    {
      name: 'verify_ratio_to_sha256_scan',
      value: verified.median / scanned.median,
      unit: 'ratio',
      of: 'CPU a row: verifying / that scan',
    },
    {
      name: 'verify_ratio_to_hashing_the_columns',
      value: verified.median / hashed.median,
      unit: 'ratio',
      of: 'CPU a row: verifying / SHA256 over the columns as they lie in the ledger, nothing compared',
    },
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
