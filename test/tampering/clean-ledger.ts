import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { firstUnstoredIndex } from '@whodid/collector'
import { ContentKeys } from '@whodid/content'
import { checkDerived, findLogs, openSealedLog, verifyLedger, verifyLog } from '@whodid/verify'
import type { DerivedToCheck, Finding, FoundLog } from '@whodid/verify'
import { createContentEraser, createLeafReader, createRecordPruner } from '@whodid/store'
import type { ContentEraser, LeafReader, RecordPruner } from '@whodid/store'
import { startDbaLedger } from '../harness/dba-ledger.ts'
import type { DbaLedger } from '../harness/dba-ledger.ts'

/** A ledger on the real engine that lives through many runs: everything but the collector, which comes and goes. */
export interface CleanLedger {
  readonly root: string
  readonly keysDir: string
  readonly engine: DbaLedger
  readonly keys: ContentKeys
  readonly eraser: ContentEraser
  readonly pruner: RecordPruner
  /** The clock of all lives: it goes on by a millisecond whenever it is looked at. */
  readonly now: () => bigint
  /** Lets hours go by. */
  readonly wait: (hours: number) => void
  /** What `whodid verify` would say of the records from this place on, and how many leaves are sealed. */
  readonly verifyFrom: (from: number) => Promise<Verified>
  /** The same of everything. */
  readonly verifyAll: () => Promise<Verified>
  readonly stop: () => Promise<void>
}

/** What a verification came to. */
export interface Verified {
  readonly findings: readonly Finding[]
  readonly size: number
  readonly rowCount: number
  /** Rows that are sealed and on their way into ClickHouse: what the ledger itself said a moment ago. */
  readonly pendingCount: number
}

/** Starts one whose clock stands at the beginning of 2024. */
export async function startCleanLedger(): Promise<CleanLedger> {
  const root = await mkdtemp(join(tmpdir(), 'whodid-clean-'))
  const engine = await startDbaLedger()
  const keysDir = join(root, 'keys')
  const reader = createLeafReader(engine.access('verifier'), { threadsMax: 1 })
  const eraser = createContentEraser(engine.access('eraser'))
  const pruner = createRecordPruner(engine.access('pruner'))
  let clockNs = BigInt(Date.UTC(2024, 0, 1)) * 1_000_000n
  const find = async (): Promise<FoundLog[]> => {
    const logs = await findLogs({ dataDir: root, keysDir, firstUnstored: firstUnstoredIndex })
    // As `whodid verify` has it, by the clock of the runs.
    const sealedByUnixNs = clockNs - 60_000_000_000n
    return logs.map((log) => ({ ...log, options: { ...log.options, sealedByUnixNs } }))
  }
  return {
    root,
    keysDir,
    engine,
    eraser,
    pruner,
    keys: await ContentKeys.open(join(keysDir, 'content')),
    now: () => (clockNs += 1_000_000n),
    wait: (hours) => {
      clockNs += BigInt(Math.round(hours * 3_600_000)) * 1_000_000n
    },
    verifyFrom: async (from) => verifyNewest(await find(), reader, from),
    verifyAll: async () => verifyWhole(await find(), reader),
    stop: async () => {
      await Promise.all([reader.close(), eraser.close(), pruner.close()])
      await engine.stop()
      await rm(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    },
  }
}

/** The newest rows, and the checkpoints that were signed last; all of them are held against the log in the whole. */
async function verifyNewest(
  logs: readonly FoundLog[],
  reader: LeafReader,
  from: number,
): Promise<Verified> {
  const [log] = logs
  // Before the first start there is nothing to verify.
  if (log?.note === undefined) return { findings: [], size: 0, rowCount: 0, pendingCount: 0 }
  const { log: sealed, findings } = await openSealedLog({
    ...log,
    anchors: log.anchors?.slice(-3) ?? [],
  })
  if (sealed === undefined) return { findings, size: 0, rowCount: 0, pendingCount: 0 }
  const verified = await verifyLog(sealed, reader, { ...log.options, from })
  const beside = await checkDerived(besideOf(logs, reader))
  return { ...verified, findings: [...findings, ...verified.findings, ...beside.findings] }
}

async function verifyWhole(logs: readonly FoundLog[], reader: LeafReader): Promise<Verified> {
  const { logs: verified, findings: ofRows } = await verifyLedger(logs, reader)
  const beside = await checkDerived(besideOf(logs, reader))
  const findings = [...ofRows, ...beside.findings]
  const [log] = verified
  const { size = 0, rowCount = 0, pendingCount = 0 } = log ?? {}
  return { findings, size, rowCount, pendingCount }
}

function besideOf(known: readonly FoundLog[], reader: LeafReader): DerivedToCheck {
  return { known, reader, onProgress: () => undefined, signal: new AbortController().signal }
}

/** A span ID that a run gives once. */
export function spanIdOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16)
}
