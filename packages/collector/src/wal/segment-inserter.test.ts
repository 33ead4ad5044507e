import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WhodidError } from '@whodid/model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collectorLimits } from '../limits.ts'
import { SegmentInserter } from './segment-inserter.ts'
import type { ClosedSegment } from './segment-writer.ts'
import { encodeFrame, encodeHeader } from './segment.ts'
import type { IndexRange } from './segment.ts'

const logIdHex = '00112233445566778899aabbccddeeff'
let dir: string
let tokens: string[]
let blocks: string[]
let failures: WhodidError[]
let retries: string[]
let problems: string[]
let lost: IndexRange[]
let sealedSize: number

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-inserter-'))
  tokens = []
  blocks = []
  failures = []
  retries = []
  problems = []
  lost = []
  sealedSize = Number.MAX_SAFE_INTEGER
})

afterEach(async () => {
  await rm(dir, { recursive: true })
})

async function seal(number: number, damage = 0): Promise<ClosedSegment> {
  const first = number * 2
  const bytes = Buffer.concat([
    encodeHeader({ logIdHex, number }),
    ...frame(first, `first of ${number}`),
    ...frame(first + 1, `second of ${number}`),
  ])
  if (damage > 0) bytes[damage] = bytes[damage]! ^ 1
  await writeFile(join(dir, `${String(number).padStart(16, '0')}.sealed`), bytes)
  return { number, bytes: 100, openedMs: number, indexes: { first, end: first + 2 } }
}

function frame(firstIndex: number, block: string): Buffer[] {
  return encodeFrame({
    firstIndex,
    fillsHole: false,
    lastReceivedUnixNs: 0n,
    keys: Buffer.alloc(16, firstIndex),
    leaves: Buffer.alloc(32),
    // As `joinBlocks` has it, without texts.
    block: Buffer.concat([Buffer.of(block.length, 0, 0, 0), Buffer.from(block)]),
  })
}

function inserter(dedupWindowBytes = 1_000): SegmentInserter {
  return new SegmentInserter({
    dir,
    logIdHex,
    kept: [],
    limits: { ...collectorLimits, retryDelayMs: 1, retryDelayMaxMs: 4, dedupWindowBytes },
    random: () => 0.5,
    appender: {
      append: (batch) => {
        tokens.push(batch.token)
        const failure = failures.shift()
        if (failure !== undefined) return Promise.reject(failure)
        blocks.push(...batch.blocks.map((block) => Buffer.from(block).toString()))
        return Promise.resolve()
      },
    },
    onStored: () => undefined,
    onRetry: (error) => retries.push(error.code),
    onProblem: (message) => problems.push(message),
    isSealed: (end) => end <= sealedSize,
    onLost: (range) => lost.push(range),
  })
}

describe('segment inserter', () => {
  it('stores in order, each segment as one insert under a token of its own', async () => {
    const one = inserter()
    for (const number of [1, 2, 3]) one.take(await seal(number))
    await one.storedThrough(3)
    expect(tokens).toEqual([`${logIdHex}:1`, `${logIdHex}:2`, `${logIdHex}:3`])
    expect(blocks.slice(0, 3)).toEqual(['first of 1', 'second of 1', 'first of 2'])
    expect((await readdir(dir)).every((file) => file.endsWith('.stored'))).toBe(true)
    expect(one.oldestOpenedMs).toBeUndefined()
  })

  it('repeats what fails under the same token, what is refused too, and skips nothing', async () => {
    failures = [
      new WhodidError('store_unavailable', 'down'),
      new WhodidError('store_refused', 'never'),
      new WhodidError('store_unavailable', 'down'),
    ]
    const one = inserter()
    one.take(await seal(1))
    one.take(await seal(2))
    await one.storedThrough(2)
    expect(retries).toEqual(['store_unavailable', 'store_refused', 'store_unavailable'])
    expect(tokens.map((token) => token.slice(-1))).toEqual(['1', '1', '1', '1', '2'])
    expect(blocks).toHaveLength(4)
  })

  it('stores what is whole of a damaged segment, and says what is lost', async () => {
    const one = inserter()
    one.take(await seal(1, 60))
    await one.storedThrough(1)
    expect(blocks).toEqual(['second of 1'])
    expect(problems[0]).toContain('segment 1 is damaged')
    expect(lost).toEqual([{ first: 2, end: 3 }])
  })

  it('keeps stored segments up to its bound, and the newest always', async () => {
    const one = inserter(250)
    for (const number of [1, 2, 3, 4]) one.take(await seal(number))
    await one.storedThrough(4)
    expect((await readdir(dir)).map((file) => Number(file.slice(0, 16)))).toEqual([3, 4])
    const none = inserter(0)
    none.take(await seal(5))
    await none.storedThrough(5)
    expect(await readdir(dir)).toContain('0000000000000005.stored')
  })

  it('keeps a stored segment until the tree has its records', async () => {
    sealedSize = 4
    const one = inserter(0)
    for (const number of [1, 2, 3]) one.take(await seal(number))
    await one.storedThrough(3)
    expect((await readdir(dir)).map((file) => Number(file.slice(0, 16)))).toEqual([2, 3])
  })

  it('stops between two attempts and leaves the segment sealed', async () => {
    failures = Array.from({ length: 1_000 }, () => new WhodidError('store_unavailable', 'down'))
    const one = inserter()
    one.take(await seal(1))
    await one.stop()
    expect(await readdir(dir)).toEqual(['0000000000000001.sealed'])
  })
})
