import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCodeOf, verifyLedger } from '@whodid/verify'
import type { Finding, LogEvidence } from '@whodid/verify'
import { createLeafReader } from '@whodid/store'
import type { LeafReader } from '@whodid/store'
import { startDbaLedger } from '../harness/dba-ledger.ts'
import type { DbaLedger } from '../harness/dba-ledger.ts'
import { newTrace } from '../harness/ledger.ts'
import { createTestLog } from '../harness/sealed-log.ts'
import type { TestLog } from '../harness/sealed-log.ts'
import type { Attack, Scene } from './attack.ts'
import { controls } from './controls.ts'
import { rowAttacks } from './row-attacks.ts'
import { tableAttacks } from './table-attacks.ts'
import { tileAttacks } from './tile-attacks.ts'

const size = 1_000
let ledger: DbaLedger
let reader: LeafReader
const logs: TestLog[] = []

beforeAll(async () => {
  // The administrator has also hidden one kind of record from the user that verifies.
  ledger = await startDbaLedger((users) => hideFromVerifier(users))
  reader = createLeafReader(ledger.access('verifier'))
})

afterAll(async () => {
  await reader.close()
  await ledger.stop()
})

/** A log of its own for each attack, in a month of its own. */
async function setScene(): Promise<Scene> {
  const month = logs.length
  const log = createTestLog(`tamper.test/${month}`)
  logs.push(log)
  const trace = newTrace()
  const start = BigInt(Date.UTC(2015, month, 2)) * 1_000_000n
  const records = Array.from({ length: size }, (_, n) =>
    trace.record({
      recordKind: 'tool_call',
      actorType: 'agent',
      instanceId: `agent-${n % 10}`,
      delegatorId: 'dev@acme.example',
      receivedUnixNs: start + BigInt(n) * 1_000_003n,
      endUnixNs: start + BigInt(n) * 1_000_003n,
    }),
  )
  await ledger.insert(log.seal(records), log.origin)
  const partition = new Date(Date.UTC(2015, month, 2)).toISOString().slice(0, 7).replace('-', '')
  return { ledger, log, mine: `log_id = '${log.origin}'`, partition, size }
}

/** The log under attack; the others, some of them broken by earlier attacks, are known and left aside. */
async function verify({ log }: Scene): Promise<{ findings: Finding[]; exitCode: number }> {
  const evidence = ({ origin, reader: tiles, note, epochs }: TestLog): LogEvidence => ({
    origin,
    tiles,
    note,
    epochs,
  })
  const others = logs.filter((other) => other !== log)
  const none = others.map((other) => ({ ...evidence(other), options: { from: 0, to: 0 } }))
  const { findings: all } = await verifyLedger([evidence(log), ...none], reader)
  const findings = all.filter((finding) => !others.some((other) => other.origin === finding.log))
  return { findings, exitCode: exitCodeOf(findings) }
}

/** What somebody would see who compares the tables before and after. */
function fingerprint(): Promise<string> {
  return ledger.dba('SELECT count(), sum(cityHash64(*)) FROM whodid.spans')
}

/** The log as it lies on the disk. */
function shown({ tiles, note }: TestLog): string {
  return [note, ...[...tiles].map(([path, bytes]) => `${path} ${bytes.toString('hex')}`)].join('\n')
}

async function carryOut(attack: Attack, scene: Scene): Promise<void> {
  const before = await fingerprint()
  await attack.act(scene)
  expect(await fingerprint(), 'the data really changed').not.toBe(before)
}

describe('an administrator with every right', () => {
  test.each([...rowAttacks, ...tableAttacks].map((attack) => [attack.name, attack] as const))(
    '%s: found',
    async (_, attack) => {
      const scene = await setScene()
      expect((await verify(scene)).findings, 'before the attack').toEqual([])
      await carryOut(attack, scene)
      const { findings, exitCode } = await verify(scene)
      expect([...new Set(findings.map(({ code }) => code))].toSorted()).toEqual(attack.finds)
      if (attack.places !== undefined)
        expect(findings.map(({ index }) => index).toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual(
          attack.places,
        )
      expect(exitCode).toBe(40)
      await attack.undo?.(scene)
    },
  )

  test('hides rows from the verifier by a row policy: they are missing', async () => {
    const scene = await setScene()
    const { log, mine } = scene
    const hidden = newTrace().record({ name: 'hidden', recordKind: 'tool_call' })
    await ledger.insert(log.seal([hidden]), `hidden ${log.origin}`)
    expect(await ledger.dba(`SELECT count() FROM whodid.spans WHERE ${mine}`)).toBe(
      String(size + 1),
    )
    const { findings } = await verify(scene)
    expect(findings).toMatchObject([{ code: 'row_missing', index: size }])
  })
})

describe('what changes nothing that was sealed', () => {
  test.each(controls.map((control) => [control.name, control] as const))(
    '%s: no alarm',
    async (_, control) => {
      const scene = await setScene()
      await control.act(scene)
      expect((await verify(scene)).findings).toEqual([])
      await control.undo?.(scene)
    },
  )
})

describe('an intruder at the tiles, without the key', () => {
  test.each(tileAttacks.map((attack) => [attack.name, attack] as const))(
    '%s: found',
    async (_, attack) => {
      const scene = await setScene()
      const before = shown(scene.log)
      await attack.act(scene)
      expect(shown(scene.log), 'the tiles really changed').not.toBe(before)
      const { findings } = await verify(scene)
      expect([...new Set(findings.map(({ code }) => code))].toSorted()).toEqual(attack.finds)
    },
  )
})

function hideFromVerifier(users: string): string {
  const start = users.indexOf('<whodid_verifier>\n')
  return `${users.slice(0, start)}${users.slice(start).replace('<filter>1</filter>', "<filter>position(rest, 'hidden') = 0</filter>")}`
}
