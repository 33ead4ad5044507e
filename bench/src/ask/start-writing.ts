import { fork } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Engine } from '@whodid/engine'
import type { CollectorReply, CollectorSettings } from '../ingest/collector-process.ts'
import { createSql } from '../ingest/contender.ts'
import type { Sql } from '../ingest/contender.ts'
import { startLoad } from '../ingest/start-load.ts'

/** A collector that writes into the ledger while it is asked. */
export interface Writing {
  /** Spans a second that it took at full load. */
  readonly fullLoad: number
  /** Writes at half of that for so long. */
  writeAtHalf(seconds: number): Promise<{ readonly spansPerSecond: number }>
  stop(): Promise<void>
}

const connections = 8
const batches = 100
const probeSeconds = 6
const quietMs = 3_000
const storedMsMax = 120_000

/** Starts a collector and what sends to it, and finds out how much it takes. */
export async function startWriting(engine: Engine, dataDir: string): Promise<Writing> {
  const token = randomBytes(16).toString('hex')
  const own = token.slice(0, 8)
  const settings: CollectorSettings = {
    logDir: join(dataDir, `log-${own}`),
    sequencer: { treeDir: join(dataDir, `tlog-${own}`), keysDir: join(dataDir, `keys-${own}`) },
    access: { url: engine.url, ...engine.users.writer },
    tokenSha256: createHash('sha256').update(token).digest('hex'),
  }
  const program = fileURLToPath(new URL('../ingest/collector-process.js', import.meta.url))
  const child = fork(program, [JSON.stringify(settings)], { serialization: 'advanced' })
  const exited = once(child, 'exit')
  // The child's first message says where it listens.
  const [listening] = (await once(child, 'message')) as [CollectorReply]
  const url = listening.kind === 'listening' ? listening.url : ''
  const target = {
    url: `${url}/v1/traces`,
    headers: { 'content-type': 'application/x-protobuf', authorization: `Bearer ${token}` },
  }
  const load = startLoad()
  await load.prepare({ seed: 99, batches, gzip: false })
  const send = async (spansPerSecond: number | null, seconds: number): Promise<number> => {
    const amount = { seconds }
    const order = { target, connections, spansPerSecond, amount, gzip: false, probe: null }
    const sent = await load.send(order)
    return sent.spans / sent.seconds
  }
  const fullLoad = await send(null, probeSeconds)
  await untilStored(createSql(engine))
  return {
    fullLoad,
    writeAtHalf: async (seconds) => ({ spansPerSecond: await send(fullLoad / 2, seconds) }),
    stop: async () => {
      await load.stop()
      if (child.connected) child.disconnect()
      await exited
    },
  }
}

/** Until nothing of the full load is on its way any more, so that what is measured then is half of it. */
async function untilStored(sql: Sql): Promise<void> {
  const deadlineMs = performance.now() + storedMsMax
  let stored = ''
  while (performance.now() < deadlineMs) {
    const now = await sql('SELECT count() FROM whodid.spans')
    if (now === stored && (await sql('SELECT count() FROM system.merges')) === '0') return
    stored = now
    await sleep(quietMs)
  }
}
