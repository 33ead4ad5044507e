import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blankRecord, logEntry, WhodidError } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { encodeRecords } from '@whodid/store'
import { leafHash } from '@whodid/tlog'
import { systemFiles } from '@whodid/tlog-posix'
import type { FilePort } from '@whodid/tlog-posix'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { collectorLimits } from '../limits.ts'
import type { CollectorLimits } from '../limits.ts'
import type { ClosedSegment } from './segment-writer.ts'
import { openWriteAheadLog } from './open-write-ahead-log.ts'
import { decodeSegment } from './segment.ts'
import type { LeafRun, Frame } from './segment.ts'
import type { WriteAheadLog } from './write-ahead-log.ts'
import type { LogOptions } from './write-ahead-log.ts'

const waitMs = { timeout: 60_000 }

let dir: string
let sealed: ClosedSegment[]
let problems: string[]
let durable: LeafRun[]
const logId = 'whodid.invalid/test'
const opened: WriteAheadLog[] = []

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-log-'))
  sealed = []
  problems = []
  durable = []
})

afterEach(async () => {
  for (const log of opened.splice(0)) await log.close()
  await rm(dir, { recursive: true })
})

async function open(
  limits: Partial<CollectorLimits> = {},
  files: FilePort = systemFiles,
): Promise<WriteAheadLog> {
  const { log } = await openWriteAheadLog(options(limits, files))
  opened.push(log)
  return log
}

function options(limits: Partial<CollectorLimits> = {}, files: FilePort = systemFiles): LogOptions {
  return {
    dir,
    files,
    logId,
    onDurable: (run) => durable.push(run),
    limits: { ...collectorLimits, segmentAgeMaxMs: 60_000, ...limits },
    nowMs: () => 0,
    onClosed: (segment) => sealed.push(segment),
    onProblem: (message) => problems.push(message),
  }
}

async function allFrames(): Promise<readonly Frame[]> {
  const names = (await readdir(dir)).filter((name) => /^\d/u.test(name)).toSorted()
  const read = names.map(async (name) => decodeSegment(await readFile(join(dir, name))).frames)
  return (await Promise.all(read)).flat()
}

function record(name: string): LedgerRecord {
  const spanIdHex = Buffer.from(name.padEnd(8)).toString('hex').slice(0, 16)
  return { ...blankRecord(), traceIdHex: 'a'.repeat(32), spanIdHex, name, startUnixNs: 1n }
}

async function rowsOf(file: string): Promise<number[]> {
  return decodeSegment(await readFile(join(dir, file))).frames.map(({ rowCount }) => rowCount)
}

/** The system's files, but the next flush of data or of a directory that `fails` picks ends in this error. */
function failing(code: string, fails: () => boolean): FilePort {
  return {
    ...systemFiles,
    open: async (...parameters: Parameters<FilePort['open']>) => {
      const handle = await systemFiles.open(...parameters)
      const datasync = handle.datasync.bind(handle)
      handle.datasync = () =>
        fails() ? Promise.reject(Object.assign(new Error(code), { code })) : datasync()
      return handle
    },
  }
}

describe('commit log', () => {
  it('resolves when the records are in the file, and shares a flush between requests', async () => {
    let flushes = 0
    const log = await open(
      {},
      failing('EIO', () => ((flushes += 1), false)),
    )
    await Promise.all(['a', 'b', 'c'].map((name) => log.append([record(name), record(`${name}2`)])))
    expect(await rowsOf('0000000000000001.open')).toEqual([6])
    expect(flushes).toBeLessThan(3)
  })

  it('writes a record once, however often and wherever it comes again', async () => {
    const log = await open()
    const [first, again] = await Promise.all([
      log.append([record('a'), record('a'), record('b')]),
      log.append([{ ...record('b'), receivedUnixNs: 99n }, record('c')]),
    ])
    expect(first).toEqual({ appendedCount: 2, duplicateCount: 1 })
    expect(again).toEqual({ appendedCount: 1, duplicateCount: 1 })
    expect(await log.append([record('c')])).toEqual({ appendedCount: 0, duplicateCount: 1 })
    expect(await rowsOf('0000000000000001.open')).toEqual([3])
  })

  it('hands on the leaves of what is durable, and nothing that would keep its bytes', async () => {
    const log = await open()
    await log.append([record('a'), record('b')])
    expect(durable.map((run) => Object.keys(run))).toEqual([['firstIndex', 'leaves']])
    expect(durable[0]?.leaves).toHaveLength(64)
  })

  it('keeps two records of one span ID that say different things', async () => {
    const log = await open()
    const other = { ...record('a'), outcome: 'failure' as const }
    expect(await log.append([record('a'), other])).toMatchObject({ appendedCount: 2 })
  })

  it('knows after a start what it held before, whether open, sealed or stored', async () => {
    const log = await open()
    await log.append([record('a')])
    const next = await open()
    expect(await readdir(dir)).toContain('0000000000000001.sealed')
    expect(await next.append([record('a'), record('b')])).toEqual({
      appendedCount: 1,
      duplicateCount: 1,
    })
    expect(await rowsOf('0000000000000002.open')).toEqual([1])
    opened.shift()
  })

  it('after a crash keeps every acknowledged record of a torn segment, cut at any byte past it', async () => {
    const log = await open()
    await log.append([record('a')])
    const path = join(dir, '0000000000000001.open')
    const acknowledged = (await readFile(path)).length
    await log.append([record('b')])
    const bytes = await readFile(path)
    opened.length = 0
    for (let length = acknowledged; length <= bytes.length; length += 37) {
      await rm(join(dir, '0000000000000001.sealed'), { force: true })
      await writeFile(path, bytes)
      await truncate(path, length)
      const next = await open()
      expect(await rowsOf('0000000000000001.sealed'), `cut at ${length}`).toEqual(
        length === bytes.length ? [1, 1] : [1],
      )
      await next.close()
    }
    expect(problems).toEqual([])
  })

  it('says that a sealed segment is damaged, and keeps the frames around the damage', async () => {
    const log = await open()
    for (const name of ['a', 'b', 'c']) await log.append([record(name)])
    opened.length = 0
    const path = join(dir, '0000000000000001.open')
    const bytes = await readFile(path)
    const middle = Math.floor(bytes.length / 2)
    bytes[middle] = bytes[middle]! ^ 1
    await writeFile(path, bytes)
    await open()
    expect(await rowsOf('0000000000000001.sealed')).toEqual([1, 1])
    expect(problems[0]).toContain('damaged bytes')
  })

  it.each([
    ['EIO', 'log_failed'],
    ['ENOSPC', 'log_full'],
  ])(
    'after %s refuses with %s, cuts the file to what is durable and goes on in another',
    async (code, expected) => {
      let broken = false
      const log = await open(
        {},
        failing(code, () => broken),
      )
      await log.append([record('a')])
      broken = true
      const error = await log.append([record('b')]).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(WhodidError)
      expect(error).toMatchObject({ code: expected, retryable: true })
      broken = false
      expect(await log.append([record('b')])).toMatchObject({ appendedCount: 1 })
      expect(await rowsOf('0000000000000001.sealed')).toEqual([1])
      expect(await rowsOf('0000000000000002.open')).toEqual([1])
      expect(sealed.map(({ number }) => number)).toEqual([1])
    },
  )

  it('numbers records densely, in the order they become durable, failures and restarts between', async () => {
    let broken = false
    const log = await open(
      {},
      failing('EIO', () => broken),
    )
    await Promise.all(['a', 'b'].map((name) => log.append([record(name), record(`${name}2`)])))
    broken = true
    const failed = ['x', 'y'].map((name) => log.append([record(name)]).catch(() => undefined))
    await Promise.all(failed)
    broken = false
    await Promise.all(['x', 'c'].map((name) => log.append([record(name)])))
    opened.length = 0
    const next = await open()
    await next.append([record('d')])
    expect(durable.map(({ firstIndex }) => firstIndex)).toEqual([0, 4, 6])
    expect((await allFrames()).map(({ firstIndex }) => firstIndex)).toEqual([0, 4, 6])
  })

  it('moves up what waits behind a write that failed', async () => {
    let flushes = 0
    const log = await open(
      {},
      failing('EIO', () => (flushes += 1) === 1),
    )
    const first = log.append([record('a'), record('b')]).catch((thrown: unknown) => thrown)
    // The first group is on its way to the disk when this one comes.
    await new Promise((resolve) => setImmediate(resolve))
    const second = log.append([record('c')])
    expect(await first).toBeInstanceOf(WhodidError)
    await second
    const [frame] = await allFrames()
    const sealedRecord = { ...record('c'), logId, logIndex: 0 }
    expect(frame?.firstIndex).toBe(0)
    expect(frame?.leaves.equals(leafHash(logEntry(sealedRecord)))).toBe(true)
  })

  it('puts a clock that went back on the time of the last record', async () => {
    const log = await open()
    await log.append([{ ...record('a'), receivedUnixNs: 500n }])
    await log.append([{ ...record('b'), receivedUnixNs: 400n }])
    opened.length = 0
    await (await open()).append([{ ...record('c'), receivedUnixNs: 1n }])
    const placed = ['a', 'b', 'c'].map((name, logIndex) => ({
      ...record(name),
      receivedUnixNs: 500n,
      logId,
      logIndex,
    }))
    const frames = await allFrames()
    for (const [index, one] of placed.entries()) {
      expect(frames[index]?.block.subarray(4)).toEqual(encodeRecords([one]))
      expect(frames[index]?.leaves).toEqual(leafHash(logEntry(one)))
    }
  })

  it('says which indexes damage has emptied, and never gives one again that is sealed', async () => {
    const log = await open()
    for (const name of ['a', 'b', 'c']) await log.append([record(name)])
    opened.length = 0
    const path = join(dir, '0000000000000001.open')
    const bytes = await readFile(path)
    const middle = Math.floor(bytes.length / 2)
    bytes[middle] = bytes[middle]! ^ 1
    await writeFile(path, bytes)
    const reopened = await openWriteAheadLog({ ...options(), sealedSize: 5 })
    opened.push(reopened.log)
    expect(reopened.missing).toEqual([
      { first: 1, end: 2 },
      { first: 3, end: 5 },
    ])
    await reopened.log.append([record('d')])
    expect((await allFrames()).at(-1)?.firstIndex).toBe(5)
  })

  it('refuses at its bound, and takes more when what it holds has been stored', async () => {
    const log = await open({ logBytesMax: 400, segmentRowsMax: 1 })
    await log.append([record('a')])
    const error = await log.append([record('c')]).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'log_full' })
    await vi.waitFor(() => expect(sealed).toHaveLength(1), waitMs)
    for (const segment of sealed) log.release(segment)
    expect(log.unstoredBytes).toBe(0)
    expect(await log.append([record('c')])).toMatchObject({ appendedCount: 1 })
  })

  it('seals by rows and at the end, and makes a new log ID only when no segment is left', async () => {
    const log = await open({ segmentRowsMax: 2 })
    await log.append([record('a'), record('b')])
    await log.append([record('c')])
    await log.close()
    expect(sealed.map(({ number }) => number)).toEqual([1, 2])
    opened.length = 0
    const next = await open()
    expect(next.logIdHex).toBe(log.logIdHex)
    opened.length = 0
    for (const file of await readdir(dir)) if (file.endsWith('.sealed')) await rm(join(dir, file))
    expect((await open()).logIdHex).not.toBe(log.logIdHex)
  })
})
