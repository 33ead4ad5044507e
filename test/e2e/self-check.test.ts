import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { formatKeyEpochs } from '@whodid/tlog'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { describeWatch } from '@whodid/query'
import { startSelfCheck } from '../../packages/cli/src/serve/self-check.ts'
import { selfCheckFamilies } from '../../packages/cli/src/serve/self-check-families.ts'
import { newTrace, startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'
import { createTestLog } from '../harness/sealed-log.ts'

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

test('a service finds by itself that a row is not what was sealed, says it once and keeps saying it in its metrics', async () => {
  const log = createTestLog('ledger.example/checked')
  const trace = newTrace()
  await ledger.insert(log.seal(Array.from({ length: 300 }, () => trace.record({ name: 'a' }))))
  const dir = join(dataDir, 'tlog', 'checked')
  for (const [path, bytes] of log.tiles) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), bytes)
  }
  await writeFile(join(dir, 'keys'), formatKeyEpochs(log.epochs))
  await writeFile(join(dir, 'checkpoint'), log.note)
  const said: string[] = []
  const stops: (() => Promise<void>)[] = []
  // Sound: the check looks at the two directories and at nothing else.
  const config = { dataDir, keysDir: join(dataDir, 'keys') } as Parameters<
    typeof startSelfCheck
  >[0]['config']
  const state = startSelfCheck(
    { config, stops, onEvent: (event) => said.push(JSON.stringify(event)) },
    { verifier: ledger.access('verifier') },
    { everyMs: 50 },
  )
  const stateOf = () => describeWatch(state()).state
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
    const failed = selfCheckFamilies(state()).find(
      ({ name }) => name === 'whodid_self_check_failed',
    )
    expect(failed?.samples).toEqual([{ value: 1 }])
  } finally {
    for (const stop of stops) await stop()
  }
})
