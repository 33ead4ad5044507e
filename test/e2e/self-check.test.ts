import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { encryptContents } from '@whodid/content'
import { describeMonitor } from '@whodid/verify'
import type { MonitorState } from '@whodid/verify'
import { encodeContents, encodeRecords } from '@whodid/store'
import { formatKeyEpochs } from '@whodid/tlog'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startSelfCheck } from '../../packages/server/src/self-check/self-check.ts'
import { selfCheckMetrics } from '../../packages/server/src/self-check/self-check-metrics.ts'
import { newTrace, startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'
import { createTestLog } from '../harness/sealed-log.ts'
import type { TestLog } from '../harness/sealed-log.ts'

const waitMs = { timeout: 60_000 }

let ledger: Ledger
let dataDir: string

beforeAll(async () => {
  ledger = await startLedger()
  dataDir = await mkdtemp(join(tmpdir(), 'whodid-self-check-'))
})

afterAll(async () => {
  await ledger.stop()
  await rm(dataDir, { recursive: true })
})

/** Keeps a log's tree where the service looks for it. */
async function keepTree(log: TestLog): Promise<void> {
  const dir = join(dataDir, 'tlog', log.origin.split('/').at(-1) ?? '')
  for (const [path, bytes] of log.tiles) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), bytes)
  }
  await writeFile(join(dir, 'keys'), formatKeyEpochs(log.epochs))
  await writeFile(join(dir, 'checkpoint'), log.note)
}

/** Starts a check that looks twenty times a second. */
function startCheck(): {
  readonly state: () => MonitorState
  readonly said: string[]
  readonly stop: () => Promise<void>
} {
  const said: string[] = []
  const config = { dataDir, keysDir: join(dataDir, 'keys') }
  const { value: state, stop } = startSelfCheck(
    { config, onEvent: (event) => said.push(JSON.stringify(event)) },
    ledger.access('verifier'),
    { everyMs: 50, keys: ledger.keys },
  )
  return { state, said, stop }
}

function measured(state: MonitorState, name: string): unknown {
  return selfCheckMetrics(state).find((family) => family.name === name)?.samples
}

test('a service opens its texts by itself, and finds one that is gone', async () => {
  const log = createTestLog('ledger.example/texts')
  const trace = newTrace()
  const records = Array.from({ length: 10 }, (_, n) =>
    trace.record({ recordKind: 'prompt', delegatorId: 'ann', content: `text ${n}` }),
  )
  await encryptContents(ledger.keys, records)
  const placed = log.seal(records)
  const blocks = { blocks: [encodeRecords(placed)], contents: [encodeContents(placed)] }
  await ledger.appender.append({ ...blocks, token: log.note })
  await keepTree(log)
  const { state, said, stop } = startCheck()
  try {
    await vi.waitFor(
      () => expect(describeMonitor(state()).texts_whole_since).not.toBeNull(),
      waitMs,
    )
    expect(describeMonitor(state()).state).toBe('ok')
    expect(state().textCount).toBeGreaterThanOrEqual(10)
    expect(measured(state(), 'whodid_self_check_texts_total')).toEqual([
      { value: state().textCount },
    ])
    const mine = `hex(ref) = upper('${placed[0]?.textBlockHex ?? ''}')`
    await ledger.sql(
      'eraser',
      `ALTER TABLE whodid.contents DELETE WHERE ${mine} SETTINGS mutations_sync = 1`,
    )
    const left = `SELECT count() FROM whodid.contents WHERE ${mine}`
    expect(await ledger.sql('verifier', left), 'the text is really gone').toBe('0')
    await vi.waitFor(() => expect(describeMonitor(state()).state).toBe('failed'), waitMs)
    expect(state().findings).toHaveLength(10)
    expect(new Set(state().findings.map(({ code }) => code))).toEqual(new Set(['content_missing']))
    expect(said).toHaveLength(10)
    expect(measured(state(), 'whodid_self_check_failed')).toEqual([{ value: 1 }])
    expect(measured(state(), 'whodid_self_check_findings')).toContainEqual({
      labels: { code: 'content_missing' },
      value: 10,
    })
  } finally {
    await stop()
    await rm(join(dataDir, 'tlog'), { recursive: true })
  }
})

test('a service finds by itself that a row is not what was sealed, says it once and keeps saying it in its metrics', async () => {
  const log = createTestLog('ledger.example/checked')
  const trace = newTrace()
  await ledger.insert(log.seal(Array.from({ length: 300 }, () => trace.record({ name: 'a' }))))
  await keepTree(log)
  const { state, said, stop } = startCheck()
  const stateOf = () => describeMonitor(state()).state
  try {
    expect(stateOf()).toBe('never')
    await vi.waitFor(() => expect(stateOf()).toBe('ok'), waitMs)
    expect(state().rowCount).toBeGreaterThanOrEqual(300)
    const forged = newTrace().record({ name: 'forged', logId: log.origin, logIndex: 5 })
    await ledger.insert([forged])
    await vi.waitFor(() => expect(stateOf()).toBe('failed'), waitMs)
    const checked = state().rowCount
    await vi.waitFor(() => expect(state().rowCount).toBeGreaterThan(checked + 600), waitMs)
    expect(state().findings.map(({ code }) => code)).toEqual(['row_mismatch', 'row_duplicated'])
    expect(said).toHaveLength(2)
    expect(measured(state(), 'whodid_self_check_failed')).toEqual([{ value: 1 }])
  } finally {
    await stop()
  }
})
