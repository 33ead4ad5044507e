import { join } from 'node:path'
import { ContentKeys } from '@whodid/content'
import type { Engine } from '@whodid/engine'
import { createLeafReader, migrate } from '@whodid/store'
import { deliverCorpus } from '../attribution/deliver-corpus.ts'
import { createSql } from '../ingest/contender.ts'
import { makeBatches } from '../ingest/make-batches.ts'
import { untilQuiet } from '../ingest/run-round.ts'
import { multiplySpans } from './multiply-spans.ts'
import { sealRows } from './seal-rows.ts'
import type { FilledLog } from './seal-rows.ts'

const seed = 11
const seedBatches = 20
const rowsPerInsert = 1_000_000
const stepSeconds = 60

/** Makes agents' runs through a real collector, copies them inside the engine to so many rows, and seals those. */
export async function fillSealedLog(
  engine: Engine,
  dataDir: string,
  { wanted, say }: { readonly wanted: number; readonly say: (line: string) => void },
): Promise<FilledLog> {
  await migrate({ url: engine.url, ...engine.users.migrator })
  const token = 'agent-runs'
  const exporter = { name: 'fleet', token, templates: '*', humans: true, services: true } as const
  const requests = makeBatches(seed, seedBatches).map(({ body }) => ({
    exporter: 'fleet' as const,
    token,
    contentType: 'application/x-protobuf' as const,
    body,
    arriveNs: BigInt(Date.now()) * 1_000_000n,
  }))
  await deliverCorpus(
    { exporters: [{ ...exporter, encoding: 'protobuf' }], requests },
    {
      logDir: join(dataDir, 'runs'),
      writer: { url: engine.url, ...engine.users.writer },
      keys: await ContentKeys.open(join(dataDir, 'keys')),
    },
  )
  const sql = createSql(engine)
  await sql(
    'CREATE TABLE whodid.bench_seed ENGINE = MergeTree ORDER BY tuple() AS SELECT * FROM whodid.v_spans',
  )
  const seedRows = Number(await sql('SELECT count() FROM whodid.bench_seed'))
  const copies = Math.max(Math.ceil(wanted / seedRows) - 1, 0)
  const perInsert = Math.max(Math.floor(rowsPerInsert / seedRows), 1)
  for (let from = 1; from <= copies; from += perInsert) {
    const count = Math.min(perInsert, copies - from + 1)
    await sql(multiplySpans({ from, count, seedRows, stepSeconds }))
    say(`${(from + count) * seedRows} rows are stored`)
  }
  await untilQuiet(sql)
  const origin = await sql('SELECT any(log_id) FROM whodid.spans')
  const rows = (copies + 1) * seedRows
  const reader = createLeafReader({ url: engine.url, ...engine.users.verifier })
  try {
    return await sealRows(reader, { origin, rows, dir: join(dataDir, 'tlog') })
  } finally {
    await reader.close()
  }
}
