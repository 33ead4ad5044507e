import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  blastRadius,
  describeInstance,
  listActions,
  parseActionsQuestion,
  parseBlastRadiusQuestion,
  parseInstanceQuestion,
} from '@whodid/query'
import { createSql } from '../../bench/src/ingest/contender.ts'
import { done, triage } from '../harness/incident.ts'
import { newTrace, startLedger, statementsMax } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

/** Actions of the one instance; `WHODID_ACTIONS=1000000` takes minutes. */
const actions = Math.max(Number(process.env['WHODID_ACTIONS'] ?? '150000'), 10_000)
const actionsPerTrace = 500
const tenant = 'default'
/** Rows that one page may read of what is found by its time: far fewer than there are. */
const rowsOfPageMax = 60_000

let ledger: Ledger
let newest = ''

/** One record, copied inside the engine: a run of many tasks, each in a trace of its own, an act each 20 ms. */
beforeAll(async () => {
  ledger = await startLedger()
  const first = newTrace().record({
    ...triage,
    ...done,
    instanceId: 'busy',
    delegationChain: ['dev@acme.example', 'busy'],
    verb: 'update',
    resourceId: 'busy:row:0',
  })
  await ledger.insert([first])
  const sql = createSql(ledger.engine)
  await sql(`INSERT INTO whodid.spans SELECT * EXCEPT n REPLACE (
    sipHash128('busy', intDiv(n, ${actionsPerTrace})) AS trace_id,
    toFixedString(substring(sipHash128('busy', n), 1, 8), 8) AS span_id,
    ts + toIntervalMillisecond(n * 20) AS ts,
    end_ts + toIntervalMillisecond(n * 20) AS end_ts,
    received_at + toIntervalMillisecond(n * 20) AS received_at,
    log_index + n AS log_index,
    concat('busy:row:', toString(n)) AS resource_id
  )
  FROM (SELECT *, n FROM whodid.spans CROSS JOIN (SELECT number + 1 AS n FROM numbers(${actions - 1})) AS copies WHERE instance_id = 'busy')
  SETTINGS max_insert_threads = 1, max_threads = 2, insert_deduplicate = 0`)
  newest = `busy:row:${actions - 1}`
}, 600_000)

afterAll(async () => {
  await ledger.stop()
})

describe(`an instance with ${actions} actions`, () => {
  test('is asked about, and its newest act named', async () => {
    const answer = await ledger.ask('instance:busy')
    expect(answer).toMatchObject({
      verdict: 'agent',
      agent: { instance: { id: 'busy' } },
      action: { resource: { id: newest } },
    })
    expect(answer.cost.statements).toBeLessThanOrEqual(statementsMax)
    expect(answer.alternatives.length).toBeLessThanOrEqual(10)
    expect(answer.cost.rows_read).toBeLessThan(4 * actions)
  })

  test('one of its acts is read without the others', async () => {
    const { agent, cost } = await ledger.ask('busy:row:77')
    expect(agent?.instance?.id).toBe('busy')
    expect(cost.rows_read).toBeLessThan(rowsOfPageMax)
  })

  test('its timeline is told a page at a time', async () => {
    const page = (cursor?: string) =>
      describeInstance(
        ledger.selector,
        tenant,
        parseInstanceQuestion({ id: 'busy', limit: '500', cursor }),
      )
    const first = await page()
    expect(first.timeline).toHaveLength(500)
    expect(first.instance?.records).toBe(actions)
    const second = await page(first.next_cursor ?? '')
    const spans = [...first.timeline, ...second.timeline].map(({ span }) => span)
    expect(new Set(spans).size).toBe(1_000)
  })

  test('its blast radius counts everything and says that it does not list everything', async () => {
    const answer = await blastRadius(
      ledger.selector,
      tenant,
      parseBlastRadiusQuestion({ id: 'busy', limit: '1000' }),
    )
    expect(answer.resources).toHaveLength(1_000)
    expect(answer.resources_total).toBe(actions)
    expect(answer.truncated).toEqual({ instances: false, resources: true, inherited: false })
    expect(answer.resources[0]?.id).toBe(newest)
  })

  test('its actions are listed a page at a time, the newest first', async () => {
    const page = (cursor?: string) =>
      listActions(
        ledger.selector,
        tenant,
        parseActionsQuestion({ instance: 'busy', limit: '500', cursor }),
      )
    const first = await page()
    const second = await page(first.next_cursor ?? '')
    const seen = [...first.actions, ...second.actions].map(({ resource }) => resource?.id)
    expect(seen).toEqual(
      Array.from({ length: 1_000 }, (_, index) => `busy:row:${actions - 1 - index}`),
    )
  })
})
