import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  alertRules,
  allDashboards,
  dashboardSpecs,
  expandMacros,
  expandQuery,
  queriesOf,
} from '@whodid/dashboards'
import type { FoundQuery, QueryContext } from '@whodid/dashboards'
import { faultsOfFrame } from '../harness/frame-contract.ts'
import { countedRun, eventfulFindings } from '../harness/eventful-findings.ts'
import { LogOfRecords, startGrafanaLedger } from '../harness/grafana-ledger.ts'
import type { Frame, GrafanaLedger } from '../harness/grafana-ledger.ts'
import {
  brokenLogs,
  eventful,
  eventfulHour,
  faultsOfLaterDays,
  foreignText,
  hostileName,
  laterDays,
  longAgo,
  quietHour,
} from '../harness/eventful-hour.ts'

// Every query of every dashboard, expanded as Grafana expands it, as the user that docs/howto/grafana.md makes.

const hour = 3_600_000
const recordsOfOld = 30_000
/** The view of a log's places reads whole blocks: the records of old fill the end of the first. */
const placesInBlock = 65_536
/** Rows that a query may read of a ledger in which the hour that it asks about is a hundredth. */
const rowsReadMax = 12_000

let ledger: GrafanaLedger

beforeAll(async () => {
  ledger = await startGrafanaLedger(['acme', 'other'])
  const log = new LogOfRecords('acme-log', placesInBlock - recordsOfOld)
  longAgo(log, recordsOfOld)
  quietHour(log)
  eventfulHour(log)
  countedRun(log)
  await ledger.insert(log.records)
  await eventfulFindings(ledger.findings)
})

afterAll(async () => {
  await ledger.stop()
})

type Values = QueryContext['variables']

const hex = (text: string): string => Buffer.from(text).toString('hex')
const everything: Values = { template: ['$__all'], person: '', instance: '', trace: '', of: '' }
const chosen: Values = {
  template: [hex('repo-triage'), hex('db-fixer')],
  person: 'dev@acme.example',
  instance: 'triage-1',
  trace: '',
  of: 'github:pull:acme/app/812',
}

/** Values that end a text, a list or a statement where they are put in as they are. */
const attacks = [
  hostileName,
  String.raw`\' UNION ALL SELECT * FROM whodid.v_spans -- `,
  `' OR '1'='1`,
  `') OR 1=1 OR has(['a'], '`,
  '}{,$__all',
  '${template:raw}$__toTime',
  `%27 OR 1=1 %2d%2d`,
  `'; DROP VIEW whodid.v_acts; --`,
  'a\u0000b\n\t` " \\',
]

const queries = [...allDashboards()].flatMap(([file, dashboard]) =>
  queriesOf(dashboard).map((query) => ({
    file,
    query,
    name: `${file}: ${query.place} ${query.refId}`,
  })),
)

function contextOf(variables: Values): QueryContext {
  return { fromMs: eventful, toMs: eventful + hour, intervalMs: 60_000, variables }
}

const asked = new Map<string, Frame | string>()

/** What a query answers; each text of SQL is asked once. */
async function frameOf(query: FoundQuery, variables: Values): Promise<Frame> {
  const sql = expandQuery(query.sql, contextOf(variables))
  const frame = asked.get(sql) ?? (await ledger.ask('acme', sql))
  asked.set(sql, frame)
  if (typeof frame === 'string') throw new Error(`${query.place}: ${frame}\n${query.sql}`)
  return frame
}

const columnsOf = (file: string, place: string): readonly string[] | undefined => {
  const panel = dashboardSpecs
    .find(({ uid }) => file === `${uid}.json`)
    ?.panels.find(({ title }) => place === `panel "${title}"`)
  return panel?.type === 'table' ? panel.columns : undefined
}

/** Attacks on all variables at once: all of them in the list, and on each text another one, twice. */
const attacked: readonly Values[] = [0, 1].map((n) => ({
  template: attacks,
  person: attacks[n + 1] ?? '',
  instance: attacks[n + 3] ?? '',
  trace: attacks[n + 5] ?? '',
  of: attacks[n + 7] ?? '',
}))
const absent = '0badc0de'
const nothing: Values = {
  template: [absent],
  person: absent,
  instance: absent,
  trace: absent,
  of: absent,
}

describe('every query of every dashboard', () => {
  test.each(queries)('$name: a frame of its panel, with rows, in its budget', async (one) => {
    const { file, query } = one
    const everyone = { ...everything, instance: 'triage-1', of: 'github:pull:acme/app/812' }
    for (const variables of [everyone, chosen]) {
      const frame = await frameOf(query, variables)
      expect(faultsOfFrame(query, frame, columnsOf(file, query.place))).toEqual([])
      expect(JSON.stringify(frame)).not.toContain(foreignText)
      expect(frame.statistics.rows_read).toBeLessThan(rowsReadMax)
      if (variables === everyone) expect(frame.data.length).toBeGreaterThan(0)
    }
  })

  test.each(queries.filter(({ query }) => query.sql.includes('${')))(
    '$name: a value that attacks finds what a value finds that is not there',
    async ({ query }) => {
      const { data } = await frameOf(query, nothing)
      for (const variables of attacked)
        expect((await frameOf(query, variables)).data, JSON.stringify(variables)).toEqual(data)
    },
  )
})

const acts = (query: string): FoundQuery =>
  queries.find(({ name }) => name.includes(query))?.query ?? expect.fail(`no query "${query}"`)

describe('a name that an agent chose to end a text', () => {
  test('is one of the list, and chooses its own acts', async () => {
    const list = await frameOf(acts('fleet.json: variable "template"'), everything)
    const hostile = list.data.find(({ text }) => text === hostileName)
    expect(hostile?.['value']).toBe(hex(hostileName))
    const one = await frameOf(acts('fleet.json: panel "Acts"'), { template: [hex(hostileName)] })
    expect(one.data).toEqual([{ acts: 1 }])
    const both = await frameOf(acts('fleet.json: panel "Acts"'), {
      template: [hex(hostileName), hex('lonely')],
    })
    expect(both.data).toEqual([{ acts: 2 }])
  })

  test('finds its own instance and no other', async () => {
    const values = { ...everything, instance: hostileName }
    const timeline = await frameOf(acts('instance.json: panel "Timeline"'), values)
    expect(timeline.data.map(({ resource }) => resource)).toEqual([hostileName])
  })

  test('opens the ledger where it is put in with Grafana’s quotes: why the linter refuses those', async () => {
    const sql = `SELECT count() AS n FROM whodid.v_acts WHERE instance_id = \${instance:singlequote} LIMIT 1`
    const count = async (instance: string): Promise<unknown> => {
      const frame = await ledger.ask('acme', expandQuery(sql, contextOf({ instance })))
      return typeof frame === 'string' ? frame : frame.data[0]?.['n']
    }
    expect(await count('nobody')).toBe(0)
    expect(Number(await count(hostileName))).toBeGreaterThan(10_000)
  })
})

describe('findings and completeness in numbers', () => {
  test.each([
    ['findings.json: panel "Open findings"', { findings: 2 }],
    ['findings.json: panel "Open and severe"', { findings: 1 }],
    ['findings.json: panel "Decided"', { share: 1 / 3 }],
    ['findings.json: panel "Agents stopped by findings"', { instances: 1 }],
    ['findings.json: panel "Responses given up"', { deliveries: 1 }],
    ['completeness.json: panel "Numbers without a record"', { numbers: 1 }],
    ['completeness.json: panel "Instances with a hole"', { instances: 1 }],
    ['completeness.json: panel "Batches that launchers lost"', { batches: 2 }],
  ])('%s', async (panel, row) => {
    expect((await frameOf(acts(panel), everything)).data).toEqual([row])
  })

  test('the instance with the hole is named, with its sender', async () => {
    const { data } = await frameOf(acts('panel "Instances whose record has a hole"'), everything)
    expect(data).toMatchObject([{ instance: 'counted-1', records: 4, without: 1, lost: 2 }])
  })
})

describe('the user of the data source', () => {
  const refused = [
    ['another tenant by a setting', "SELECT 1 SETTINGS log_comment = 'other'"],
    ['to leave read-only', 'SELECT 1 SETTINGS readonly = 0'],
    ['more rows than its profile reads', 'SELECT 1 SETTINGS max_rows_to_read = 0'],
    ['more time than its profile has', 'SELECT 1 SETTINGS max_execution_time = 999'],
    ['texts', 'SELECT * FROM whodid.contents'],
    ['the access log', 'SELECT * FROM whodid.reads'],
    ['acts of all tenants beside the policy', 'SELECT * FROM whodid.acts'],
    ['a target through its materialized view', 'SELECT * FROM whodid.actions_of_spans'],
    ['the queries of others', 'SELECT * FROM system.query_log'],
    ['the network', "SELECT * FROM url('http://127.0.0.1:1/', CSV, 'a String')"],
    ['files', "SELECT * FROM file('/etc/passwd', LineAsString)"],
    ['to write', "INSERT INTO whodid.spans (tenant) VALUES ('acme')"],
    ['to drop', 'DROP VIEW whodid.v_acts'],
  ] as const
  test.each(refused)('is refused %s', async (_, sql) => {
    expect(await ledger.ask('acme', sql)).toMatch(/Code: (164|452|497|291|344)\b/u)
  })

  test('sees its tenant and the ledger’s own events, through every view', async () => {
    const tenants = async (tenant: string, from: string): Promise<unknown> => {
      const frame = await ledger.ask(tenant, `SELECT DISTINCT tenant FROM ${from} ORDER BY tenant`)
      return typeof frame === 'string' ? frame : frame.data.map((row) => row['tenant'])
    }
    const args = `(since_ms = 0, until_ms = ${eventful + hour})`
    for (const view of [
      'v_spans',
      'v_acts',
      'v_approvals',
      'v_inputs',
      'v_imported_events',
      'v_actions',
      'v_instances',
      'v_findings',
      'v_finding_responses',
    ])
      for (const tenant of ['acme', 'other'])
        expect([
          view,
          [await tenants(tenant, `whodid.${view}`)].flat().filter((one) => one !== 'whodid.system'),
        ]).toEqual([view, [tenant]])
    for (const view of ['v_unapproved', 'v_after_untrusted', 'v_delegations'])
      expect([view, await tenants('other', `whodid.${view}${args}`)]).toEqual([
        view,
        view === 'v_after_untrusted' ? [] : ['other'],
      ])
    expect(await tenants('acme', 'whodid.v_ledger_events')).toEqual(['whodid.system'])
  })

  test('counts the places of a log over all tenants, and learns no more of the others', async () => {
    const frame = await ledger.ask('other', 'SELECT * FROM whodid.v_log_gaps(since_ms = 0)')
    expect(frame).toMatchObject({
      data: [{ log_id: 'acme-log', missing: 0, repeated_places: 0 }],
    })
    const columns = await ledger.ask('other', 'DESCRIBE TABLE whodid.v_logs')
    expect(JSON.stringify(columns)).not.toMatch(/tenant|instance|template|delegator/u)
  })
})

describe('alert rules', () => {
  const minute = 60_000
  const quiet = eventful - 2 * hour
  /** The number that a rule compares with its threshold at a time; undefined where there is no row. */
  async function valueAt(uid: string, nowMs: number): Promise<unknown> {
    const rule = alertRules.find((one) => one.uid === uid) ?? expect.fail(`no rule ${uid}`)
    const times = { fromMs: nowMs - rule.seconds * 1_000, toMs: nowMs, intervalMs: 1_000 }
    const frame = await ledger.ask('acme', expandMacros(rule.sql, { ...times, variables: {} }))
    if (typeof frame === 'string') throw new Error(`${uid}: ${frame}`)
    expect(frame.meta.map(({ name }) => name)).toEqual(['value'])
    expect(frame.data.length).toBeLessThanOrEqual(1)
    return frame.data[0]?.['value']
  }
  const fires = async (uid: string, nowMs: number): Promise<boolean> => {
    const rule = alertRules.find((one) => one.uid === uid)
    const value = await valueAt(uid, nowMs)
    return value === undefined ? rule?.noData === 'Alerting' : Number(value) > (rule?.above ?? 0)
  }

  test.each(alertRules.map(({ uid }) => uid))(
    '%s is silent in an hour in which nothing is wrong',
    async (uid) => {
      expect(await valueAt(uid, quiet)).toBeDefined()
      expect(await fires(uid, quiet)).toBe(false)
    },
  )

  test.each([
    ['whodid-destructive-unapproved', 'a deletion without approval', eventful + 10 * minute, true],
    ['whodid-destructive-unapproved', 'an approved deletion', eventful + 19 * minute, false],
    [
      'whodid-untrusted-then-privileged',
      'a merge under a borrowed credential',
      eventful + 10 * minute,
      true,
    ],
    [
      'whodid-untrusted-then-privileged',
      'the other tenant’s deletion',
      eventful + 20 * minute,
      false,
    ],
    ['whodid-unattributed-rising', 'seven acts after none', eventful + 15 * minute, true],
    ['whodid-unattributed-rising', 'seven acts, as ever', laterDays.steady, false],
    ['whodid-sealing-stalled', 'ten minutes without a heartbeat', eventful + 70 * minute, true],
    ['whodid-sealing-stalled', 'heartbeats of one size', laterDays.stuck, true],
    ['whodid-sealing-stalled', 'no log at all', laterDays.silent, true],
    ['whodid-agent-under-a-name', 'a marked merge in a log', eventful + 26 * minute, true],
    ['whodid-agent-under-a-name', 'a marked read', eventful + 60 * minute, false],
    ['whodid-severe-finding', 'a critical finding is open', eventful + 20 * minute, true],
    [
      'whodid-severe-finding',
      'a mild one is open, a high one suppressed',
      eventful + 27 * minute,
      false,
    ],
    ['whodid-response-given-up', 'a receiver is gone', eventful + 35 * minute, true],
    ['whodid-response-given-up', 'an attempt failed', eventful + 30 * minute, false],
    ['whodid-records-missing', 'the third record never came', eventful + 30 * minute, true],
    ['whodid-records-missing', 'it may still come', eventful + 9 * minute, false],
    ['whodid-lag', 'records five minutes late', laterDays.late, true],
    ['whodid-lag', 'nothing came in', laterDays.silent, false],
  ])('%s: %s', async (uid, _, nowMs, expected) => {
    if (asked.get('later') === undefined) await ledger.insert(faultsOfLaterDays())
    asked.set('later', 'there')
    expect(await fires(uid, nowMs)).toBe(expected)
  })

  test('whodid-integrity-broken counts a place without a record, one with two, and reported damage', async () => {
    const value = (): Promise<unknown> => valueAt('whodid-integrity-broken', laterDays.broken)
    const { gap, twice, damage } = brokenLogs()
    expect(await value()).toBe(0)
    await ledger.insert(gap)
    expect(await value()).toBe(1)
    await ledger.insert(twice)
    expect(await value()).toBe(2)
    await ledger.insert(damage)
    expect(await value()).toBe(3)
  })
})
