import { findEngine, startEngine } from '@whodid/engine'
import type { ServiceConfig } from '@whodid/server/config'
import { createLeafReader } from '@whodid/store'
import type { LeafReader, LeafReaderOptions, StoreAccess } from '@whodid/store'

/**
 * Runs `work` with a way to the leaves: of CLICKHOUSE_URL when it is set, of the engine that runs on the data directory, or of one
 * that is started for it. Throws as `startEngine` does.
 */
export async function withLeafReader<Result>(
  config: ServiceConfig,
  options: LeafReaderOptions,
  work: (reader: LeafReader) => Promise<Result>,
): Promise<Result> {
  const running = config.ledger ?? (await runningLedger(config.dataDir))
  if (running !== undefined) return withReader(running.verifier, options, work)
  const engine = await startEngine({ dataDir: config.dataDir })
  try {
    return await withReader({ url: engine.url, ...engine.users.verifier }, options, work)
  } finally {
    await engine.stop()
  }
}

async function runningLedger(dataDir: string): Promise<{ verifier: StoreAccess } | undefined> {
  const engine = await findEngine(dataDir)
  return engine === undefined
    ? undefined
    : { verifier: { url: engine.url, ...engine.users.verifier } }
}

async function withReader<Result>(
  access: StoreAccess,
  options: LeafReaderOptions,
  work: (reader: LeafReader) => Promise<Result>,
): Promise<Result> {
  const reader = createLeafReader(access, options)
  try {
    return await work(reader)
  } finally {
    await reader.close()
  }
}
