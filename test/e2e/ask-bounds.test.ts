import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes, createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApi, startApi } from '@whodid/api'
import type { RunningApi } from '@whodid/api'
import { ContentKeys, createContentReader } from '@whodid/content'
import { startEngine } from '@whodid/engine'
import type { Engine } from '@whodid/engine'
import { whoDidAnswerSchema } from '@whodid/model/answers'
import type { WhoDidAnswer } from '@whodid/model'
import { createSelector, openAccessLog } from '@whodid/store'
import { growLedger } from '../../bench/src/ask/fill-ledger.ts'
import { makeLedgerRuns } from '../../bench/src/ask/ledger-runs.ts'
import { oneThing, sampleHandles } from '../../bench/src/ask/sample-handles.ts'
import { createSql } from '../../bench/src/ingest/contender.ts'
import type { Sql } from '../../bench/src/ingest/contender.ts'

/** Spans stored: more than the engine could read by chance without going past the bound. */
const rows = 120_000
/**
 * Rows that a question about one thing may read: some granules of each table, in each of the parts that merges have left, which
 * are twice as many on a machine that merges late. The bench measures that it stays so at a hundred million.
 */
const rowsReadMax = 100_000
const handlesEach = 6
const askers = 64

let dataDir = ''
let engine: Engine
let running: RunningApi
let sql: Sql
let turns = 0
const runs = makeLedgerRuns()
const token = randomBytes(16).toString('hex')
const closing: (() => Promise<void>)[] = []

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'whodid-bounds-'))
  engine = await startEngine({ dataDir })
  ;({ turns } = await growLedger(dataDir, () => undefined).grow(rows, engine))
  sql = createSql(engine)
  const selector = createSelector({ url: engine.url, ...engine.users.reader })
  const readRecorder = await openAccessLog({
    dir: join(dataDir, 'reads'),
    access: { url: engine.url, ...engine.users.recorder },
  })
  closing.push(
    () => selector.close(),
    () => readRecorder.close(),
  )
  const sha256 = createHash('sha256').update(token).digest('hex')
  const keys = await ContentKeys.open(join(dataDir, 'keys'))
  const api = createApi({
    selector,
    contents: createContentReader(keys, () => 0n),
    readRecorder,
    tokens: () => [{ name: 'test', role: 'investigator', tenant: 'default', sha256 }],
    readiness: () => Promise.resolve([]),
  })
  running = await startApi({ api, host: '127.0.0.1', port: 0 })
}, 600_000)

afterAll(async () => {
  await running.stop()
  for (const close of closing) await close()
  await engine.stop()
  await rm(dataDir, { recursive: true, force: true })
})

async function ask(of: string): Promise<WhoDidAnswer> {
  const response = await fetch(`${running.url}/v1/who-did?of=${encodeURIComponent(of)}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  expect(response.status, of).toBe(200)
  return whoDidAnswerSchema.parse(await response.json())
}

describe('a ledger of 120,000 spans', () => {
  test('holds what real spans would be', async () => {
    expect(Number(await sql('SELECT count() FROM whodid.spans'))).toBeGreaterThan(0.9 * rows)
    // A resend is one span, and the corpus has some of them.
    const distinct = 'SELECT uniqExact(trace_id, span_id) / count() FROM whodid.spans'
    expect(Number(await sql(distinct))).toBeGreaterThan(0.98)
    const months = 'SELECT uniqExact(toYYYYMM(received_at)) FROM whodid.spans'
    expect(Number(await sql(months))).toBeGreaterThan(1)
  })

  test.each(oneThing)('is read in part to answer for one %s', async (kind) => {
    const handles = sampleHandles(runs, { kind, turns, count: handlesEach, draw: 1 })
    expect(handles).toHaveLength(handlesEach)
    for (const handle of handles) {
      const { cost, action } = await ask(handle)
      expect(cost.statements).toBeLessThanOrEqual(5)
      expect(cost.rows_read, handle).toBeLessThanOrEqual(rowsReadMax)
      if (kind === 'span' || kind === 'action') expect(action, handle).not.toBeNull()
    }
  })

  test('is read at its end for the token that is used most', async () => {
    // Drawn as often as they are used: one that comes up again is used much.
    const draws = Array.from({ length: 40 }, (_, draw) =>
      sampleHandles(runs, { kind: 'credential', turns, count: 5, draw }),
    ).flat()
    const uses = (handle: string): number => draws.filter((drawn) => drawn === handle).length
    const most = draws.toSorted((left, right) => uses(right) - uses(left))[0] ?? ''
    expect(uses(most)).toBeGreaterThan(1)
    const { cost, action } = await ask(most)
    expect(action).not.toBeNull()
    expect(cost.rows_read).toBeLessThanOrEqual(rowsReadMax)
  })

  test('answers 64 who ask at once', async () => {
    const each = Math.ceil(askers / oneThing.length)
    const handles: string[] = []
    for (const kind of oneThing)
      handles.push(...sampleHandles(runs, { kind, turns, count: each, draw: 2 }))
    const answers = await Promise.all(handles.slice(0, askers).map(ask))
    expect(answers).toHaveLength(askers)
    expect(answers.filter(({ action }) => action !== null).length).toBeGreaterThan(askers / 2)
  })
})
