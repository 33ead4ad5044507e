import { cp, rm } from 'node:fs/promises'
import type { LedgerRecord } from '@whodid/model'
import { judgeWitnesses, missingLogs, openSealedLog, verifyLedger } from '@whodid/verify'
import type { FindingCode, WitnessEvidence, WitnessJudgement } from '@whodid/verify'
import { createLeafReader } from '@whodid/store'
import type { LeafReader } from '@whodid/store'
import {
  addSignatures,
  generateNoteKey,
  parseNote,
  parsePolicy,
  parseSkey,
  signNote,
  signText,
  verifyEpochCheckpoint,
} from '@whodid/tlog'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startDbaLedger } from '../harness/dba-ledger.ts'
import type { DbaLedger } from '../harness/dba-ledger.ts'
import { newTrace } from '../harness/ledger.ts'
import { createTestLog, verifyTestLog } from '../harness/sealed-log.ts'
import type { TestLog } from '../harness/sealed-log.ts'
import { startTestWitness } from '../harness/test-witness.ts'
import type { TestWitness } from '../harness/test-witness.ts'

/**
 * What somebody does who has the database, the tiles and the log's own key. Nothing that the log itself shows can tell; each
 * test says so first (`local`), and then that a witness does.
 */
let ledger: DbaLedger
let reader: LeafReader
let witness: TestWitness
let log: TestLog
let origins = 0
const editedName = 'nothing to see'

beforeAll(async () => {
  ledger = await startDbaLedger()
  reader = createLeafReader(ledger.access('verifier'))
})

afterAll(async () => {
  await reader.close()
  await ledger.stop()
})

beforeEach(async () => {
  origins += 1
  log = createTestLog(`tampering.test/witness-${origins}`)
  witness = await startTestWitness('witness.test/w1', [log.signer.verifier])
})

afterEach(() => witness.stop())

describe('nothing was done', () => {
  test('the log is witnessed, and monitored when the witness is asked itself', async () => {
    await insert(log.seal(records(300)))
    const cosigned = await witness.cosign(log.note, log.reader)
    await insert(log.seal(records(20)))
    expect(await local(log)).toEqual([])
    expect(await judge(log, { cosigned })).toEqual({
      assurance: 'witnessed',
      size: 300,
      findings: [],
    })
    const served = [await witness.served(log.origin)]
    expect(await judge(log, { cosigned, served })).toEqual({
      assurance: 'witnessed+monitored',
      size: 300,
      findings: [],
    })
  })

  test('no false alarm over a hundred checkpoints, restarts and lost answers', async () => {
    let cosigned: string | undefined
    for (let step = 1; step <= 100; step++) {
      const served = cosigned === undefined ? [] : [await witness.served(log.origin)]
      log.seal(records(step % 7 === 0 ? 300 : 3))
      if (step % 25 === 0) await witness.restart()
      const answer = await witness.cosign(log.note, log.reader)
      // Now and then the answer is lost: the log keeps the cosignature before.
      if (step % 5 !== 0 || cosigned === undefined) cosigned = answer
      expect((await judge(log, { cosigned, served })).findings, `step ${step}`).toEqual([])
    }
    expect(await witness.conflicts()).toEqual([])
  })

  test('a policy that asks for nobody gets what it asked for, and no more', async () => {
    log.seal(records(3))
    const policy = parsePolicy('quorum none\n')
    const cosigned = await witness.cosign(log.note, log.reader)
    expect(await judge(log, { cosigned, policy })).toEqual({
      assurance: 'local',
      size: 3,
      findings: [],
    })
  })
})

describe('with the stolen key', () => {
  test('a record is edited, the tree built anew and signed at the same size', async () => {
    const { honest, cosigned } = await sealHonestly(300)
    await insert(honest)
    expect(await local(log)).toEqual([])
    await ledger.dba(
      `ALTER TABLE whodid.spans UPDATE rest = replaceRegexpOne(rest, '"n":"[^"]*"', '"n":"${editedName}"') WHERE log_id = '${log.origin}' AND log_index = 177`,
    )
    expect(await local(log)).toEqual(['row_mismatch'])
    const forged = forge(honest, 177)
    expect(await local(forged.log)).toEqual([])
    expect(await codes(forged.log, { cosigned })).toEqual(['checkpoint_inconsistent'])
    expect((await witness.submit(forged.log.note, forged.log.reader)).outcome).toBe('fork')
    expect(await witness.conflicts()).toHaveLength(1)
  })

  test('and goes on from there, so that sizes differ', async () => {
    const { honest, cosigned } = await sealHonestly(300)
    const forged = forge(honest, 5)
    await insert([...forged.rows, ...forged.log.seal(records(1))])
    expect(await local(forged.log)).toEqual([])
    expect(await codes(forged.log, { cosigned })).toEqual(['checkpoint_inconsistent'])
    expect((await witness.submit(forged.log.note, forged.log.reader)).outcome).toBe('fork')
  })

  test('and the cosigned checkpoint is thrown away', async () => {
    const { honest } = await sealHonestly(300)
    const forged = forge(honest, 5)
    await insert(forged.rows)
    expect(await local(forged.log)).toEqual([])
    expect(await codes(forged.log, { cosigned: undefined })).toEqual(['unwitnessed'])
    const served = [await witness.served(log.origin)]
    expect(await codes(forged.log, { cosigned: undefined, served })).toEqual([
      'checkpoint_inconsistent',
    ])
  })

  test('and an own witness cosigns under the name of the other', async () => {
    const { honest } = await sealHonestly(300)
    const forged = forge(honest, 5)
    const impostor = parseSkey(generateNoteKey('witness.test/w1', 'cosignature').skey)
    const { text } = parseNote(forged.log.note)
    const cosigned = addSignatures(forged.log.note, [signText(text, impostor, nowS())])
    expect(await codes(forged.log, { cosigned })).toEqual(['unwitnessed'])
  })

  test('and the cosignature of the true checkpoint is put under the forged one', async () => {
    const { honest, cosigned } = await sealHonestly(300)
    const forged = forge(honest, 5)
    const line = cosigned.split('\n').find((text) => text.startsWith('— witness.test/w1'))
    const moved = `${forged.log.note}${line}\n`
    expect(await codes(forged.log, { cosigned: moved })).toEqual(['checkpoint_signature'])
  })

  test('two auditors are shown two logs: both signed, one size, two roots', async () => {
    const { honest } = await sealHonestly(300)
    const forged = forge(honest, 5)
    expect(forged.log.note).not.toBe(log.note)
    await insert(forged.rows)
    // Each alone sees nothing; each with the other's checkpoint does.
    expect(await local(forged.log)).toEqual([])
    for (const [shown, other] of [
      [log, forged.log],
      [forged.log, log],
    ] as const) {
      const { findings } = await openSealedLog({ ...evidenceOf(shown), anchors: [other.note] })
      expect(findings.map(({ code }) => code)).toEqual(['checkpoint_inconsistent'])
    }
    // And so does the witness, which keeps both: anyone who has the log's key can check the proof of the fork.
    await witness.submit(forged.log.note, forged.log.reader)
    const [evidence = ''] = await witness.conflicts()
    const notes = evidence.split(/(?<=\n)\n(?=tampering\.test)/u)
    const [one, two] = notes.map((note) => verifyEpochCheckpoint(note, log.epochs))
    expect(one!.size).toBe(two!.size)
    expect(one!.root.equals(two!.root)).toBe(false)
  })
})

describe('put back', () => {
  test('database, tiles and an earlier checkpoint, all genuine', async () => {
    const rows = log.seal(records(200))
    await insert(rows)
    const before = {
      note: log.note,
      tiles: new Map(log.tiles),
      cosigned: await witness.cosign(log.note, log.reader),
    }
    log.seal(records(100))
    const cosigned = await witness.cosign(log.note, log.reader)
    // The later hundred never reached this database: as after a restore.
    const restored = { ...log, note: before.note, reader: readerOf(before.tiles) }
    expect(await local(restored)).toEqual([])
    expect(await codes(restored, { cosigned })).toEqual(['rolled_back'])
    // With its own old cosignature it looks well for as long as that is young; the witness, asked itself, knows better.
    expect(await codes(restored, { cosigned: before.cosigned })).toEqual([])
    expect(await codes(restored, { cosigned: before.cosigned, nowS: nowS() + 3600 })).toEqual([
      'checkpoint_stale',
    ])
    const served = [await witness.served(log.origin)]
    expect(await codes(restored, { cosigned: before.cosigned, served })).toEqual(['rolled_back'])
    expect(await witness.submit(restored.note, restored.reader)).toMatchObject({
      outcome: 'ahead',
      size: 300,
    })
  })

  test('and filled up again to the old size with other records', async () => {
    const rows = records(300)
    const sealed = log.seal(rows)
    const cosigned = await witness.cosign(log.note, log.reader)
    const again = createTestLog(log.origin)
    await insert(again.seal([...rows.slice(0, 200), ...records(100)]))
    expect(sealed).toHaveLength(300)
    expect(await local(again)).toEqual([])
    expect(await codes(again, { cosigned })).toEqual(['checkpoint_inconsistent'])
  })

  test('the witness’s own memory, which lets a fork pass; a second witness does not', async () => {
    const other = await startTestWitness('witness.test/w2', [log.signer.verifier])
    try {
      const rows = records(300)
      log.seal(rows.slice(0, 200))
      await witness.cosign(log.note, log.reader)
      await other.cosign(log.note, log.reader)
      await cp(witness.stateDir, `${witness.stateDir}.backup`, { recursive: true })
      log.seal(rows.slice(200))
      await witness.cosign(log.note, log.reader)
      const cosigned = await other.cosign(log.note, log.reader)
      await rm(witness.stateDir, { recursive: true })
      await cp(`${witness.stateDir}.backup`, witness.stateDir, { recursive: true })
      await rm(`${witness.stateDir}.backup`, { recursive: true })
      const again = createTestLog(log.origin)
      again.seal([...rows.slice(0, 200), ...records(100)])
      const forged = await witness.cosign(again.note, again.reader)
      expect((await other.submit(again.note, again.reader)).outcome).toBe('fork')
      const [first, second] = [witness, other].map(({ endpoint }) => endpoint.key.vkey)
      const policy = parsePolicy(
        `witness a ${first}\nwitness b ${second}\ngroup both all a b\nquorum both\n`,
      )
      expect(await codes(again, { cosigned: forged, policy })).toEqual(['unwitnessed'])
      expect(await codes(again, { cosigned, policy })).toEqual(['checkpoint_inconsistent'])
    } finally {
      await other.stop()
    }
  })
})

describe('left out', () => {
  test('a collector’s log is dropped: rows, tiles, keys and all', async () => {
    log.seal(records(30))
    await witness.cosign(log.note, log.reader)
    const policy = parsePolicy(`log ${log.signer.verifier.vkey}\nquorum none\n`)
    expect(missingLogs(policy, [log.origin])).toEqual([])
    expect(missingLogs(policy, [])).toEqual([
      { code: 'log_missing', log: log.origin, text: 'the policy names the log; it is not here' },
    ])
    const served = await witness.served(log.origin)
    const forged = signNote(parseNote(served).text.replace('\n30\n', '\n99\n'), [witnessless])
    const [missing] = missingLogs(policy, ['tampering.test/other'], [forged, served, 'nonsense'])
    expect(missing?.text).toBe(
      'the policy names the log; it is not here; it has had at least 30 records',
    )
  })

  test('the whole ledger is verified with its witnesses, and says against whom it holds', async () => {
    await insert(log.seal(records(30)))
    const cosigned = await witness.cosign(log.note, log.reader)
    const { policy } = witness
    const witnesses = { policy, cosigned, served: [await witness.served(log.origin)], nowS: nowS() }
    const verified = await verifyLedger([{ ...evidenceOf(log), witnesses }], reader)
    expect(verified.assurances).toEqual([
      { log: log.origin, assurance: 'witnessed+monitored', size: 30 },
    ])
    // The other logs of this ledger are not known to it here.
    expect(verified.findings.filter(({ log: of }) => of === log.origin)).toEqual([])
    const late = { ...witnesses, served: [], nowS: nowS() + 3600 }
    const frozen = await verifyLedger([{ ...evidenceOf(log), witnesses: late }], reader)
    expect(frozen.findings.map(({ code }) => code)).toContain('checkpoint_stale')
  })
})

describe('time', () => {
  test('the log is frozen: what it shows is genuine, and old', async () => {
    const { cosigned } = await sealHonestly(10)
    expect(await codes(log, { cosigned, nowS: nowS() + 599 })).toEqual([])
    expect(await codes(log, { cosigned, nowS: nowS() + 700 })).toEqual(['checkpoint_stale'])
    expect(await codes(log, { cosigned, nowS: nowS() + 700, ageSMax: 900 })).toEqual([])
  })

  test('a witness’s clock is wrong: a time in the future makes nothing fresh', async () => {
    const { cosigned } = await sealHonestly(10)
    expect(await codes(log, { cosigned, nowS: nowS() - 86_400 })).toEqual(['checkpoint_stale'])
  })

  test('the time of a cosignature is moved', async () => {
    const { cosigned } = await sealHonestly(10)
    const moved = cosigned.replace(
      /(— witness\.test\/w1 )(\S+)/u,
      (_, lead: string, base64: string) => {
        const bytes = Buffer.from(base64, 'base64')
        bytes.writeBigUInt64BE(bytes.readBigUInt64BE(4) + 3600n, 4)
        return lead + bytes.toString('base64')
      },
    )
    expect(moved).not.toBe(cosigned)
    expect(await codes(log, { cosigned: moved, nowS: nowS() + 3600 })).toEqual([
      'checkpoint_signature',
    ])
  })
})

const witnessless = parseSkey(generateNoteKey('tampering.test/none', 'note').skey)
let inserts = 0
function insert(rows: readonly LedgerRecord[]): Promise<void> {
  inserts += 1
  return ledger.insert(rows, `witness-${inserts}`)
}

async function sealHonestly(count: number): Promise<{ honest: LedgerRecord[]; cosigned: string }> {
  const honest = log.seal(records(count))
  return { honest, cosigned: await witness.cosign(log.note, log.reader) }
}

/** The log that the thief of its key makes of the records, one of them edited; and the rows that the database then holds. */
function forge(
  honest: readonly LedgerRecord[],
  index: number,
): { log: TestLog; rows: LedgerRecord[] } {
  const forged = createTestLog(log.origin)
  const edited = honest.map((record, place) =>
    place === index ? { ...record, name: editedName } : record,
  )
  expect(edited[index]).not.toEqual(honest[index])
  return { log: forged, rows: forged.seal(edited) }
}

/** What `whodid verify` finds without a witness. */
async function local(shown: TestLog): Promise<FindingCode[]> {
  const { findings, verification } = await verifyTestLog(shown, reader)
  expect(verification?.rowCount).toBeGreaterThan(0)
  return findings.map(({ code }) => code)
}

async function judge(shown: TestLog, given: Partial<WitnessEvidence>): Promise<WitnessJudgement> {
  const opened = await openSealedLog(evidenceOf(shown))
  const evidence = { epochs: log.epochs, policy: witness.policy, cosigned: undefined, nowS: nowS() }
  return judgeWitnesses(opened.log!, { ...evidence, ...given })
}

async function codes(shown: TestLog, given: Partial<WitnessEvidence>): Promise<FindingCode[]> {
  const { assurance, findings } = await judge(shown, given)
  // Whatever is found but age takes the assurance away.
  if (findings.some(({ code }) => code !== 'checkpoint_stale')) expect(assurance).toBe('local')
  return findings.map(({ code }) => code)
}

function evidenceOf({ origin, reader: tiles, note, epochs }: TestLog) {
  return { origin, tiles, note, epochs }
}

function readerOf(tiles: ReadonlyMap<string, Buffer>): TestLog['reader'] {
  return { read: (path) => Promise.resolve(tiles.get(path)) }
}

function records(count: number): LedgerRecord[] {
  const trace = newTrace()
  return Array.from({ length: count }, () => trace.record({ recordKind: 'tool_call' }))
}

function nowS(): number {
  return Math.floor(Date.now() / 1000)
}
