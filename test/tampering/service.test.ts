import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { firstUnstoredIndex } from '@whodid/collector'
import type { Collector } from '@whodid/collector'
import { findLogs, missingLogs, verifyLedger } from '@whodid/verify'
import type { FindingCode } from '@whodid/verify'
import { createLeafReader } from '@whodid/store'
import type { LeafReader } from '@whodid/store'
import {
  appendLeaves,
  emptyEdge,
  formatCheckpoint,
  generateNoteKey,
  parsePolicy,
  parseSkey,
  rootOf,
  signNote,
} from '@whodid/tlog'
import type { NoteSigner, Policy } from '@whodid/tlog'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { startDbaLedger } from '../harness/dba-ledger.ts'
import type { DbaLedger } from '../harness/dba-ledger.ts'
import { startSealedService } from '../harness/sealed-service.ts'
import type { SealedService } from '../harness/sealed-service.ts'
import { startTestWitness } from '../harness/test-witness.ts'

/** Attacks on a whole service: what `whodid verify`, its own check, its metrics and its answers say of them. */
let ledger: DbaLedger
let reader: LeafReader
let service: SealedService
const running: Collector[] = []
const others: string[] = []

const waitMs = { timeout: 90_000, interval: 200 }
const minuteNs = 60_000_000_000n

beforeAll(async () => {
  ledger = await startDbaLedger()
  reader = createLeafReader(ledger.access('verifier'))
}, 180_000)

afterEach(async () => {
  for (const collector of running.splice(0)) await collector.stop().catch(() => undefined)
  await service.stop()
  // What an attack leaves in the tables beside the records is found by the next test's check too, which is right.
  for (const table of ['spans', 'actions', 'acts', 'threads', 'contents'])
    await ledger.dba(`TRUNCATE TABLE whodid.${table}`)
})

afterAll(async () => {
  await reader.close()
  await ledger.stop()
})

/** Starts a collector that is stopped after the test. */
async function collect(
  origin: string,
  more: Parameters<SealedService['collect']>[1] = {},
): Promise<Collector> {
  const collector = await service.collect(origin, more)
  running.push(collector)
  if (!others.includes(origin)) others.push(origin)
  return collector
}

async function end(collector: Collector): Promise<void> {
  running.splice(running.indexOf(collector), 1)
  await collector.stop()
}

/** What `whodid verify` finds, once nothing is on its way. */
async function verify(policy?: Policy): Promise<FindingCode[]> {
  const logs = await findLogs({ ...service, firstUnstored: firstUnstoredIndex })
  const known = logs.map(({ origin }) => origin)
  const { findings } = await verifyLedger(logs, reader, others)
  const gone = policy === undefined ? [] : missingLogs(policy, known)
  return [...new Set([...findings, ...gone].map(({ code }) => code))].toSorted()
}

/** Waits until the answer about an act says this of the service's own check, and gives it. */
async function answerOnce(of: string, state: string): ReturnType<SealedService['ask']> {
  return vi.waitFor(async () => {
    const answer = await service.ask(of)
    expect(answer.integrity.check?.state).toBe(state)
    return answer
  }, waitMs)
}

/** Waits for a whole check that began after this call: the first to end may have listed the logs before it. */
async function lookedAgain(of: string): Promise<void> {
  const known = new Set<string | null | undefined>()
  await vi.waitFor(async () => {
    const { integrity } = await service.ask(of)
    expect(integrity.check?.state).toBe('ok')
    known.add(integrity.check?.checked_at)
    // The one that was on record, the one that was running, and one that began later.
    expect(known.size).toBeGreaterThanOrEqual(3)
  }, waitMs)
}

/** The codes that an answer's check names. */
function found(answer: Awaited<ReturnType<SealedService['ask']>>): string[] {
  const codes = answer.integrity.check?.findings.map(({ code }) => code) ?? []
  return [...new Set(codes)].toSorted()
}

/** Waits until the answer is failed for this; a look between two steps of an attack may have found the first one's trace. */
async function foundOnce(of: string, code: FindingCode): Promise<void> {
  await vi.waitFor(async () => {
    const answer = await service.ask(of)
    expect(found(answer)).toContain(code)
    expect(answer.integrity).toMatchObject({ state: 'failed', assurance: null })
  }, waitMs)
}

function sql(select: string, origin: string): Promise<string> {
  return ledger.dba(`SELECT ${select} FROM whodid.spans WHERE log_id = '${origin}'`)
}

function tree(origin: string, ...path: string[]): string {
  return join(service.dataDir, 'tlog', origin.split('/').at(-1) ?? '', ...path)
}

test('control: nothing is done, and everything says so', async () => {
  service = await startSealedService(ledger)
  const origin = 'service.test/control'
  const collector = await collect(origin)
  const act = await service.send(collector, 20)
  await collector.sealed()
  const { integrity } = await answerOnce(act, 'ok')
  expect(integrity).toMatchObject({ state: 'sealed', assurance: 'local', log: origin })
  expect(integrity.check?.findings).toEqual([])
  expect(await verify()).toEqual([])
})

test('the sealer is frozen while rows arrive: its checkpoint is stale', async () => {
  service = await startSealedService(ledger)
  const origin = 'service.test/frozen'
  const nowNs = BigInt(Date.now()) * 1_000_000n
  const before = await collect(origin, { now: () => nowNs - 10n * minuteNs })
  await service.send(before, 5)
  await before.sealed()
  await end(before)
  const shown = await readFile(tree(origin, 'checkpoint'), 'utf8')
  const rows = Number(await sql('count()', origin))

  const never = { checkpointIntervalMs: 2_000_000_000, heartbeatIntervalMs: 2_000_000_000 }
  const frozen = await collect(origin, { now: () => nowNs - 9n * minuteNs, limits: never })
  const act = await service.send(frozen, 5)
  expect(Number(await sql('count()', origin)), 'rows really arrived').toBe(rows + 5)
  expect(await readFile(tree(origin, 'checkpoint'), 'utf8'), 'nothing was sealed').toBe(shown)

  expect(await verify()).toEqual(['checkpoint_stale', 'row_unsealed'])
  const answer = await answerOnce(act, 'stale')
  expect(answer.integrity).toMatchObject({ state: 'pending', assurance: null })
  expect(found(answer)).toEqual(['checkpoint_stale', 'row_unsealed'])
  expect(await service.metrics()).toContain('whodid_self_check_findings{code="checkpoint_stale"} 1')
})

test('the collector’s clock is set back an hour: no record can be received earlier than one before it', async () => {
  service = await startSealedService(ledger)
  const origin = 'service.test/clock'
  const first = await collect(origin)
  await service.send(first, 5)
  await first.sealed()
  await end(first)
  const size = Number(await sql('count()', origin))
  const back = await collect(origin, {
    now: () => BigInt(Date.now()) * 1_000_000n - 60n * minuteNs,
  })
  const act = await service.send(back, 5)
  await back.sealed()
  expect(Number(await sql('count()', origin))).toBeGreaterThanOrEqual(size + 5)
  const earliest = await sql(
    `minIf(received_at, log_index >= ${size}) >= maxIf(received_at, log_index < ${size})`,
    origin,
  )
  expect(earliest).toBe('1')
  expect(await verify()).toEqual([])
  expect((await answerOnce(act, 'ok')).integrity.state).toBe('sealed')
})

test('a collector’s log is dropped: rows, tiles and checkpoints', async () => {
  service = await startSealedService(ledger)
  const kept = await collect('service.test/kept')
  const dropped = await collect('service.test/dropped', { logDir: join(service.dataDir, 'log-2') })
  const act = await service.send(kept, 5)
  await service.send(dropped, 5)
  await Promise.all([kept.sealed(), dropped.sealed()])
  const keys = await Promise.all(['service.test/kept', 'service.test/dropped'].map(vkeyOf))
  const policy = parsePolicy(`${keys.map((key) => `log ${key}`).join('\n')}\nquorum none\n`)
  expect(await verify(policy)).toEqual([])
  await lookedAgain(act)
  await end(dropped)

  const partition = "DELETE FROM whodid.spans WHERE log_id = 'service.test/dropped'"
  await ledger.dba(partition)
  await rm(tree('service.test/dropped'), { recursive: true })
  expect(await sql('count()', 'service.test/dropped')).toBe('0')
  expect(await verify(policy)).toEqual(['log_missing'])
  await foundOnce(act, 'log_missing')
  const answer = await service.ask(act)
  expect(answer.summary).toContain('DO NOT RELY ON THIS')
})

test('a row is edited and the tiles are built anew, without the key', async () => {
  service = await startSealedService(ledger)
  const origin = 'service.test/rebuilt'
  const act = await sealed(origin)
  await editFirst(origin)
  await rebuild(origin, await leavesOf(origin))
  // Earlier checkpoints of its history, where there are any, are no longer its beginning either.
  expect(await verify()).toContain('root_mismatch')
  await foundOnce(act, 'root_mismatch')
})

test('and with the stolen key: nothing but the witness tells', async () => {
  const origin = 'service.test/stolen'
  const { skey, vkey } = generateNoteKey(origin, 'note')
  const witness = await startTestWitness('witness.test/w1', [parseSkey(skey).verifier])
  try {
    service = await startSealedService(
      ledger,
      parsePolicy(`witness w ${witness.endpoint.key.vkey} ${witness.endpoint.url}\nquorum w\n`),
    )
    await mkdir(service.keysDir, { recursive: true })
    const epochs = [{ vkey, skey, from_size: 0, to_size: null, retires_ms: null }]
    await writeFile(join(service.keysDir, 'log-stolen.json'), JSON.stringify({ origin, epochs }))
    const witnesses = [witness.endpoint]
    const sequencer = {
      treeDir: join(service.dataDir, 'tlog'),
      keysDir: service.keysDir,
      witnesses,
    }
    const collector = await collect(origin, { sequencer })
    const act = await service.send(collector, 20)
    await collector.sealed()
    await vi.waitFor(async () => {
      const { assurance } = (await service.ask(act)).integrity
      expect(assurance).toBe('witnessed+monitored')
    }, waitMs)
    await end(collector)
    await editFirst(origin)
    await rebuild(origin, await leavesOf(origin), parseSkey(skey))
    expect(await verify(), 'the thief has signed another past').toEqual([])
    await foundOnce(act, 'checkpoint_inconsistent')
  } finally {
    await witness.stop()
  }
})

test('a key that was retired is stolen, and signs once more', async () => {
  service = await startSealedService(ledger)
  const origin = 'service.test/epoch'
  const act = await sealed(origin)
  const old = await skeyOf(origin)
  const next = generateNoteKey(origin, 'note')
  await writeFile(
    join(service.keysDir, 'log-epoch.next.json'),
    `${JSON.stringify({ ...next, overlap_ms: 0 })}\n`,
  )
  const collector = await collect(origin)
  await vi.waitFor(async () => {
    await service.send(collector, 1)
    await collector.sealed()
    expect(await skeyOf(origin), 'the old key has ended').toBe('')
  }, waitMs)
  await service.send(collector, 3)
  await collector.sealed()
  await end(collector)
  expect(await verify()).toEqual([])
  await editFirst(origin)
  await rebuild(origin, await leavesOf(origin), parseSkey(old))
  expect(await verify()).toEqual(['checkpoint_signature'])
  await foundOnce(act, 'checkpoint_signature')
})

/** A log with some sealed acts and no collector any more. */
async function sealed(origin: string): Promise<string> {
  const collector = await collect(origin)
  const act = await service.send(collector, 20)
  await collector.sealed()
  await end(collector)
  expect(await verify(), 'before the attack').toEqual([])
  return act
}

async function editFirst(origin: string): Promise<void> {
  const before = await sql('sum(cityHash64(*))', origin)
  await ledger.dba(
    `ALTER TABLE whodid.spans UPDATE instance_id = 'someone-else' WHERE log_id = '${origin}' AND log_index = 0`,
  )
  expect(await sql('sum(cityHash64(*))', origin), 'the data really changed').not.toBe(before)
}

/** What the rows hash to now. */
async function leavesOf(origin: string): Promise<Buffer[]> {
  const size = Number((await readFile(tree(origin, 'checkpoint'), 'utf8')).split('\n', 2)[1])
  const rows = await reader.at(
    origin,
    Array.from({ length: size }, (_, n) => n),
  )
  expect(rows).toHaveLength(size)
  return rows.map(({ leafHex }) => Buffer.from(leafHex, 'hex'))
}

/** Writes the tree of these leaves over the true one; with a key its checkpoint, and all that remembers another, too. */
async function rebuild(
  origin: string,
  leaves: readonly Buffer[],
  signer?: NoteSigner,
): Promise<void> {
  const { edge, tiles } = appendLeaves(emptyEdge, leaves)
  for (const { path, bytes } of tiles) {
    await mkdir(dirname(tree(origin, path)), { recursive: true })
    await writeFile(tree(origin, path), bytes)
  }
  if (signer === undefined) return
  const text = formatCheckpoint({ origin, size: edge.size, root: rootOf(edge) })
  const note = signNote(text, [signer])
  for (const name of await readdir(tree(origin, 'checkpoints')))
    await rm(tree(origin, 'checkpoints', name))
  await rm(tree(origin, 'cosigned'), { force: true })
  await writeFile(tree(origin, 'checkpoint'), note)
  await writeFile(join(service.keysDir, `log-${origin.split('/').at(-1) ?? ''}.head`), note)
}

async function vkeyOf(origin: string): Promise<string> {
  return /"vkey":"([^"]+)"/u.exec(await readFile(tree(origin, 'keys'), 'utf8'))?.[1] ?? ''
}

/** The private half of the log's first key; '' once it is retired. */
async function skeyOf(origin: string): Promise<string> {
  const path = join(service.keysDir, `log-${origin.split('/').at(-1) ?? ''}.json`)
  const { epochs } = JSON.parse(await readFile(path, 'utf8')) as { epochs: { skey: string }[] }
  return epochs[0]?.skey ?? ''
}
