import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LedgerRecord } from '@whodid/model'
import { createSql } from '../../bench/src/ingest/contender.ts'
import { done, triage } from '../harness/incident.ts'
import { newTrace, refOf, startLedger, statementsMax } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

const acts = 60_000
/** More than the newest acts that are looked at by their time. */
const aheadActs = 2_000
/** Half of what there is. */
const rowsOfAnswerMax = 31_000
const yearNs = 365n * 86_400_000_000_000n
const resource = 'hot:row:1'
const update = { ...done, verb: 'update', resourceId: resource } as const
const token = { credentialId: 'hot-token', userId: '' } as const

let ledger: Ledger
let newest = ''
let claimed = ''

/** A hot resource; then many acts of one whose clock runs a year ahead; then one more act, by somebody else. */
beforeAll(async () => {
  ledger = await startLedger()
  const first = newTrace().record({ ...triage, ...update, ...token })
  await ledger.insert([first])
  const sql = createSql(ledger.engine)
  await sql(`INSERT INTO whodid.spans SELECT * EXCEPT n REPLACE (
    sipHash128('hot', n) AS trace_id,
    ts - toIntervalMillisecond(n * 20) AS ts,
    end_ts - toIntervalMillisecond(n * 20) AS end_ts,
    received_at - toIntervalMillisecond(n * 20) AS received_at,
    log_index + n AS log_index
  )
  FROM (SELECT *, n FROM whodid.spans CROSS JOIN (SELECT number + 1 AS n FROM numbers(${acts})) AS copies WHERE resource_id = '${resource}')
  SETTINGS max_insert_threads = 1, max_threads = 2, insert_deduplicate = 0`)
  const early = Array.from({ length: aheadActs }, inTheFuture)
  claimed = refOf(early.at(-1) ?? first)
  const last = newTrace().record({ ...triage, ...update, ...token, instanceId: 'triage-9' })
  newest = refOf(last)
  await ledger.insert([...early, last])
}, 600_000)

afterAll(async () => {
  await ledger.stop()
})

function inTheFuture(): LedgerRecord {
  const who = { ...triage, instanceId: 'ahead', delegationChain: ['dev@acme.example', 'ahead'] }
  const record = newTrace().record({ ...who, ...update, ...token })
  const startUnixNs = record.startUnixNs + yearNs
  const receivedUnixNs = record.startUnixNs
  return { ...record, receivedUnixNs, startUnixNs, endUnixNs: startUnixNs + 1_000n }
}

describe('many acts by a clock that runs a year ahead', () => {
  test.each([`resource:${resource}`, 'credential:hot-token', 'delegator:dev@acme.example'])(
    '%s: do not decide over what was done after them, and are not left out',
    async (of) => {
      const answer = await ledger.ask({ of, limit: '100' })
      expect(answer.action?.span).toBe(newest)
      expect(answer.agent?.instance?.id).toBe('triage-9')
      expect(answer.gaps.map(({ code }) => code)).not.toContain('clock_ahead')
      expect(answer.alternatives.map(({ span }) => span)).toContain(claimed)
      expect(answer.cost.rows_read).toBeLessThan(rowsOfAnswerMax)
      expect(answer.cost.statements).toBeLessThanOrEqual(statementsMax)
    },
  )

  test('what they decide, as of the time of their receipt, is said to be stamped ahead', async () => {
    const answer = await ledger.ask(`span:${claimed}`)
    expect(answer.agent?.instance?.id).toBe('ahead')
    expect(answer.gaps).toContainEqual(
      expect.objectContaining({ code: 'clock_ahead', span: claimed }),
    )
    const last = inTheFuture()
    await ledger.insert([last])
    const later = await ledger.ask(`resource:${resource}`)
    expect(later.action?.span).toBe(refOf(last))
    expect(later.gaps.map(({ code }) => code)).toContain('clock_ahead')
  })
})
