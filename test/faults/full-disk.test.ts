import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { startCollector } from '@whodid/collector'
import type { Collector } from '@whodid/collector'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'
import { checkLedger } from './check-ledger.ts'
import { createFaultTable } from './fault-table.ts'
import { createLoad, loadExporter } from './load.ts'
import type { Load } from './load.ts'
import { seeded } from './seeded.ts'
import { buildCollector, startChild } from './start-child.ts'

// The kernel itself refuses to write: a file system with no block left, and a file that may not grow.

const run = promisify(execFile)
const times = Math.max(Number(process.env['WHODID_FAULT_RUNS'] ?? '1'), 1)
const refusalsMin = 5
const notMounted =
  'NOT RUN: the collector on a file system that is really full. It mounts a tmpfs of 2 MiB, which only root may: run as root on Linux.'

const table = createFaultTable()
const loads: Load[] = []
let ledger: Ledger
let dir: string
let small: string | undefined

beforeAll(async () => {
  await buildCollector()
  ledger = await startLedger()
  dir = await mkdtemp(join(tmpdir(), 'whodid-full-'))
  small = await mountSmall(join(dir, 'small'))
  if (small === undefined) process.stderr.write(`\n${notMounted}\n`)
})

afterAll(async () => {
  table.print(`Full disk, real kernel and engine (${table.runs()} runs)`)
  await ledger.stop()
  if (small !== undefined) await run('umount', [small])
  await rm(dir, { recursive: true, force: true })
})

/** A file system of 2 MiB; undefined where this process may not mount one. */
async function mountSmall(path: string): Promise<string | undefined> {
  await mkdir(path)
  return run('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'whodid-test', path]).then(
    () => path,
    () => undefined,
  )
}

describe('the kernel refuses to write', () => {
  it('a full file system: nothing acknowledged is lost, and the path goes on when there is room again', async (context) => {
    if (small === undefined) return context.skip(notMounted)
    for (let index = 0; index < 3 * times; index += 1)
      await table.run('disk really full (ENOSPC)', () =>
        fullRun(join(small ?? '', `${index}`), index),
      )
    await checkLedger(ledger, loads)
  })

  it.skipIf(process.platform === 'win32')(
    'a limit on the size of files: the same, a segment at a time',
    async () => {
      for (let index = 0; index < 2 * times; index += 1)
        await table.run('file may not grow (EFBIG)', () => limitedRun(index))
      await checkLedger(ledger, loads)
    },
  )
})

async function fullRun(logDir: string, index: number): Promise<void> {
  const load = createLoad({ run: 700_000 + index, batches: 60, spansPerBatch: 3, senders: 3 })
  const collector = await startCollector({
    host: '127.0.0.1',
    httpPort: 0,
    logDir,
    sequencer: { treeDir: `${logDir}-tlog`, keysDir: `${logDir}-keys` },
    ingestClients: [loadExporter],
    appender: ledger.appender,
    limits: {
      segmentAgeMaxMs: 5,
      segmentRowsMax: 12,
      dedupWindowBytes: 6_000,
      checkpointIntervalMs: 20,
      heartbeatIntervalMs: 3_600_000,
      stopTimeoutMs: 120_000,
    },
  })
  try {
    const sending = load.run(() => collector.port, seeded(index))
    while (load.acknowledged.size < 20) await sleep(1)
    const ballast = join(logDir, '..', `ballast-${index}`)
    await fill(ballast)
    await untilRefused(collector)
    await rm(ballast)
    await sending
    await collector.stored()
    expect(collector.metrics()).toMatchObject({ logBytes: 0, isStoreFailing: false })
    expect(collector.metrics().refusals['log_full']).toBeGreaterThanOrEqual(refusalsMin)
    // The tree goes on as well: what is stored gets its place in a checkpoint.
    await expect
      .poll(() => collector.metrics())
      .toMatchObject({ sealFailure: '', unsealedCount: 0 })
    loads.push(load)
  } finally {
    await collector.stop()
    for (const suffix of ['', '-tlog', '-keys'])
      await rm(`${logDir}${suffix}`, { recursive: true, force: true })
  }
}

/** Writes until the kernel has no block left, down to the last byte. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'w')
  try {
    for (let bytes = 65_536; bytes >= 1; bytes = Math.floor(bytes / 2)) {
      const chunk = Buffer.alloc(bytes)
      let taken = bytes
      while (taken === bytes)
        taken = await file.write(chunk).then(
          ({ bytesWritten }) => bytesWritten,
          (thrown: NodeJS.ErrnoException) => {
            if (thrown.code === 'ENOSPC') return 0
            throw thrown
          },
        )
    }
  } finally {
    await file.close()
  }
}

async function untilRefused(collector: Collector): Promise<void> {
  while ((collector.metrics().refusals['log_full'] ?? 0) < refusalsMin) await sleep(5)
}

async function limitedRun(index: number): Promise<void> {
  const load = createLoad({ run: 710_000 + index, batches: 60, spansPerBatch: 20, senders: 3 })
  const child = await startChild({
    access: ledger.access('writer'),
    logDir: join(dir, `limited-${index}`),
    // Old enough to meet the limit, which is in kibibytes: a batch takes about 10 of them.
    limits: { segmentAgeMaxMs: 2_000, segmentBusyAgeMaxMs: 2_000, stopTimeoutMs: 120_000 },
    fileKibibytesMax: 24 + 16 * index,
  })
  await load.run(() => child.port, seeded(index))
  child.process.kill('SIGTERM')
  const last = JSON.parse((await child.line()) ?? '{}') as { refusals?: Record<string, number> }
  expect(await child.exited).toBe(0)
  expect(last).toMatchObject({ logBytes: 0 })
  const { log_full: full = 0, log_failed: failed = 0 } = last.refusals ?? {}
  expect(full + failed, 'requests that the limit refused').toBeGreaterThan(0)
  loads.push(load)
}
