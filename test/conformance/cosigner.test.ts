import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { generateNoteKey, parsePolicy, parseSkey, verifyCheckpoint } from '@whodid/tlog'
import type { NoteSigner } from '@whodid/tlog'
import { Cosigner, fetchServed, startWitness } from '@whodid/witness'
import type { RunningWitness, WitnessEndpoint } from '@whodid/witness'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startWitnessedLog } from '../harness/witnessed-log.ts'
import type { WitnessedLog } from '../harness/witnessed-log.ts'

const waitMs = { timeout: 60_000 }

let dir: string
let log: WitnessedLog
let running: RunningWitness[]
let cosigner: Cosigner | undefined
let cosigned: { note: string; size: number }[]
let problems: string[]
let hanging: Server | undefined

const first = parseSkey(generateNoteKey('witness.example/w1', 'cosignature').skey)
const second = parseSkey(generateNoteKey('witness.example/w2', 'cosignature').skey)

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-cosigner-'))
  log = startWitnessedLog()
  running = []
  cosigned = []
  problems = []
})

afterEach(async () => {
  await cosigner?.stop()
  cosigner = undefined
  hanging?.closeAllConnections()
  hanging?.close()
  hanging = undefined
  for (const witness of running) await witness.stop()
  await rm(dir, { recursive: true })
})

test('has every checkpoint that stays cosigned by all witnesses, and keeps no log waiting', async () => {
  begin([await startOne(first, 'a'), await startOne(second, 'b')])
  for (let size = 1; size <= 60; size++) cosigner!.offer(log.growTo(size))
  await vi.waitFor(() => expect(cosigned.at(-1)?.size).toBe(60), waitMs)
  const { cosignatures } = verifyCheckpoint(cosigned.at(-1)!.note, log.signer.verifier, [
    first.verifier,
    second.verifier,
  ])
  expect(cosignatures.map(({ key }) => key.name)).toEqual([
    'witness.example/w1',
    'witness.example/w2',
  ])
  const sizes = cosigned.map(({ size }) => size)
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
  // Those that came while a round was under way were passed over.
  expect(cosigned.length).toBeLessThan(60)
  expect(cosigner!.levels).toEqual(
    ['witness.example/w1', 'witness.example/w2'].map((name) => ({
      name,
      outcome: 'cosigned',
      cosignedSize: 60,
      cosignedAtS: expect.any(Number),
      detail: '',
      failureCount: 0,
    })),
  )
  expect(problems).toEqual([])
})

test('goes on with the others when one is away, and takes it up again when it is back', async () => {
  const away = { key: second.verifier, url: 'http://127.0.0.1:9' }
  begin([await startOne(first, 'a'), away])
  cosigner!.offer(log.growTo(3))
  await vi.waitFor(() => expect(cosigned.at(-1)?.size).toBe(3), waitMs)
  await vi.waitFor(
    () => expect(problems).toEqual([expect.stringContaining('w2 has not cosigned')]),
    waitMs,
  )
  expect(cosigner!.levels[1]).toMatchObject({ outcome: 'unreachable', cosignedSize: 0 })
  const port = await freePort()
  away.url = `http://127.0.0.1:${port}`
  running.push(await run(second, 'b', port))
  // Nothing new is offered: the log is idle, and the witness is asked again all the same.
  await vi.waitFor(() => expect(cosigner!.levels[1]).toMatchObject({ outcome: 'cosigned' }), waitMs)
  expect(cosigned.at(-1)?.size).toBe(3)
  await vi.waitFor(
    () => expect(problems.at(-1)).toBe('witness witness.example/w2 cosigns again'),
    waitMs,
  )
})

test('gives alarm when the log was put back, or its past changed; once', async () => {
  const witness = await startOne(first, 'a')
  begin([witness])
  cosigner!.offer(log.growTo(30))
  await vi.waitFor(() => expect(cosigned).toHaveLength(1), waitMs)
  await cosigner!.stop()
  log.cutTo(10)
  begin([witness])
  cosigner!.offer(log.growTo(12, 'another'))
  await vi.waitFor(() => expect(problems.at(-1)).toContain('ALARM: THIS LOG WAS PUT BACK'), waitMs)
  cosigner!.offer(log.growTo(40, 'another'))
  await vi.waitFor(
    () => expect(problems.at(-1)).toContain("ALARM: THIS LOG'S PAST WAS CHANGED"),
    waitMs,
  )
  expect(cosigned).toHaveLength(1)
  const count = problems.length
  cosigner!.offer(log.growTo(41, 'another'))
  await sleep(100)
  expect(problems).toHaveLength(count)
})

test('ends at once, though a witness dawdles', async () => {
  hanging = createServer(() => {})
  await new Promise<void>((resolve) => hanging!.listen(0, '127.0.0.1', resolve))
  const address = hanging.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  begin([{ key: first.verifier, url: `http://127.0.0.1:${port}` }], 60_000)
  const asked = new Promise((resolve) => hanging!.once('request', resolve))
  cosigner!.offer(log.growTo(5))
  await asked
  await cosigner!.stop()
  expect(cosigned).toEqual([])
  expect(problems).toEqual([])
  // Offered after the end, it is not taken.
  cosigner!.offer(log.growTo(6))
})

test('a monitor hears from each witness of a policy what it cosigned last, or why it does not', async () => {
  const witness = await startOne(first, 'a')
  begin([witness])
  const policy = parsePolicy(
    [
      `witness a ${first.verifier.vkey} ${witness.url}/`,
      `witness b ${second.verifier.vkey} http://127.0.0.1:9`,
      `witness c ${generateNoteKey('witness.example/w3', 'cosignature').vkey}`,
      'quorum a\n',
    ].join('\n'),
  )
  const nothing = await fetchServed(policy, 'example.com/log')
  expect(nothing.served).toEqual([])
  expect(nothing.missing).toMatchObject([
    { key: { name: 'witness.example/w1' }, why: 'it serves no checkpoint of this log' },
    { key: { name: 'witness.example/w2' }, why: expect.stringContaining('http://127.0.0.1:9') },
  ])
  cosigner!.offer(log.growTo(7))
  await vi.waitFor(() => expect(cosigned).toHaveLength(1), waitMs)
  const some = await fetchServed(policy, 'example.com/log')
  expect(some.served).toEqual([cosigned[0]!.note])
  expect(some.missing.map(({ key }) => key.name)).toEqual(['witness.example/w2'])
})

test('without witnesses does nothing', async () => {
  begin([])
  cosigner!.offer(log.growTo(5))
  await cosigner!.stop()
  expect(cosigner!.levels).toEqual([])
})

test('a tile that the log has dropped since is no reason to stop', async () => {
  const witness = await startOne(first, 'a')
  let gone = true
  const reader = {
    read: (path: string) => (gone ? Promise.resolve(undefined) : log.reader.read(path)),
  }
  cosigner = new Cosigner({
    witnesses: [witness],
    reader,
    onCosigned: keep,
    onProblem: note,
    pauseMs: 20,
  })
  cosigner.offer(log.growTo(5))
  await vi.waitFor(() => expect(cosigned).toHaveLength(1), waitMs)
  cosigner.offer(log.growTo(9))
  await vi.waitFor(
    () => expect(problems.at(-1)).toContain('tile/0/000.p/9: the tile is not stored'),
    waitMs,
  )
  cosigner.offer(log.growTo(10))
  gone = false
  await vi.waitFor(() => expect(cosigned.at(-1)?.size).toBe(10), waitMs)
})

function begin(witnesses: readonly WitnessEndpoint[], timeoutMs = 60_000): void {
  const { reader } = log
  cosigner = new Cosigner({
    witnesses,
    reader,
    onCosigned: keep,
    onProblem: note,
    pauseMs: 20,
    timeoutMs,
  })
}

function keep(signed: string, size: number): Promise<void> {
  cosigned.push({ note: signed, size })
  return Promise.resolve()
}

function note(message: string): void {
  problems.push(message)
}

async function startOne(signer: NoteSigner, state: string): Promise<WitnessEndpoint> {
  const witness = await run(signer, state, 0)
  running.push(witness)
  return { key: signer.verifier, url: witness.url }
}

function run(signer: NoteSigner, state: string, port: number): Promise<RunningWitness> {
  const logs = [log.signer.verifier]
  return startWitness({ signer, logs, stateDir: join(dir, state), port, onEvent: () => {} })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
