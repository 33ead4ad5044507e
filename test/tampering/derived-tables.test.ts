import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { canonicalJson } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { openSealedLog, verifyDerived } from '@whodid/verify'
import type { FindingCode } from '@whodid/verify'
import { createLeafReader, readDerivedViews, readMigrations } from '@whodid/store'
import type { LeafReader } from '@whodid/store'
import { startDbaLedger } from '../harness/dba-ledger.ts'
import type { DbaLedger } from '../harness/dba-ledger.ts'
import { newTrace } from '../harness/ledger.ts'
import { createTestLog } from '../harness/sealed-log.ts'
import type { TestLog } from '../harness/sealed-log.ts'
import { pruneRecord } from './controls.ts'

// An administrator leaves every record as it was sealed, and changes the tables that questions read beside them: an act that is
// taken out of one is hidden, one that is put in is forged.

const resource = 'db:row:shop/orders/42'
/** 2026-01-10, and the month before. */
const january = 1_768_003_200_000_000_000n
const december = january - 30n * 86_400_000_000_000n

let ledger: DbaLedger
let reader: LeafReader
let log: TestLog
let logCount = 0

beforeAll(async () => {
  ledger = await startDbaLedger()
  reader = createLeafReader(ledger.access('verifier'))
})

afterAll(async () => {
  await reader.close()
  await ledger.stop()
})

/** A log with acts of two months, some of a trace that came in two inserts, of several instances. */
beforeEach(async () => {
  for (const table of ['spans', 'actions', 'acts', 'threads'])
    await ledger.dba(`TRUNCATE TABLE whodid.${table}`)
  log = createTestLog(`derived.test/${logCount++}`)
  const shared = newTrace()
  const other = newTrace()
  const agent = (n: number): Partial<LedgerRecord> => ({
    actorType: 'agent',
    templateId: 'refunds',
    instanceId: `run-${n % 3}`,
    instanceParentId: n % 2 === 0 ? '' : 'run-0',
    delegatorId: 'dev@acme.example',
    delegationId: 'grant-1',
    delegationChain: ['dev@acme.example', 'run-0', `run-${n % 3}`],
    correlationId: n % 2 === 0 ? 'corr' : '',
    credentialId: 'cred',
    exporter: 'fleet',
  })
  const acts = (trace: ReturnType<typeof newTrace>, from: bigint, first: number): LedgerRecord[] =>
    Array.from({ length: 40 }, (_, n) =>
      trace.record({
        ...agent(first + n),
        recordKind: n % 4 === 0 ? 'prompt' : 'tool_call',
        ...(n % 4 === 0 ? {} : { verb: 'update', outcome: 'success', resourceId: resource }),
        actionId: n % 5 === 0 ? `act-${first + n}` : '',
        startUnixNs: from + BigInt(n) * 1_000_000n,
        receivedUnixNs: from + BigInt(n) * 1_000_000_000n,
      }),
    )
  await insert('a', acts(shared, december, 0))
  await insert('b', acts(shared, december + 3_000_000_000n, 7))
  await insert('c', acts(other, january, 3))
  await insert('d', acts(newTrace(), january + 86_400_000_000_000n, 5))
})

async function insert(name: string, records: readonly LedgerRecord[]): Promise<void> {
  await ledger.insert(log.seal(records), `${log.origin} ${name}`)
}

/** The codes that are found, each once, and whether any names this span. */
async function found(
  storedTo: ReadonlyMap<string, number> = new Map(),
  by: LeafReader = reader,
): Promise<{ codes: FindingCode[]; spans: (string | undefined)[]; count: number }> {
  const { log: sealed } = await openSealedLog({
    origin: log.origin,
    tiles: log.reader,
    note: log.note,
    epochs: log.epochs,
  })
  const logs = sealed === undefined ? [] : [sealed]
  const { findings, rowCount } = await verifyDerived({ reader: by, logs, storedTo })
  return {
    codes: [...new Set(findings.map(({ code }) => code))].toSorted(),
    spans: findings.map(({ span }) => span),
    count: rowCount,
  }
}

async function contentsOf(table: string): Promise<string> {
  return ledger.dba(`SELECT count(), sum(cityHash64(*)) FROM whodid.${table}`)
}

const copyOf = (table: string, changes: string): string =>
  `INSERT INTO whodid.${table} SELECT * REPLACE (${changes}) FROM whodid.${table} LIMIT 1`

const attacks: readonly (readonly [
  string,
  'actions' | 'acts' | 'threads',
  string,
  readonly FindingCode[],
])[] = [
  [
    'takes an act out',
    'actions',
    `ALTER TABLE whodid.actions DELETE WHERE action_id = 'act-5'`,
    ['act_missing'],
  ],
  ['empties the table', 'actions', 'TRUNCATE TABLE whodid.actions', ['act_missing']],
  ['drops a month', 'actions', 'ALTER TABLE whodid.actions DROP PARTITION 202512', ['act_missing']],
  [
    'edits who did it',
    'actions',
    `ALTER TABLE whodid.actions UPDATE user_id = 'jane@acme.example', actor_type = 'human' WHERE action_id = 'act-5'`,
    ['act_mismatch'],
  ],
  [
    'edits how it ended',
    'actions',
    `ALTER TABLE whodid.actions UPDATE outcome = 'failure' WHERE resource_id != '' AND action_id = 'act-5'`,
    ['act_mismatch'],
  ],
  [
    'puts an act in',
    'actions',
    copyOf('actions', `unhex('0102030405060708') AS span_id`),
    ['act_unsealed'],
  ],
  ['puts an act in twice', 'actions', copyOf('actions', 'verb AS verb'), ['act_unsealed']],
  [
    'moves an act to another resource',
    'actions',
    `INSERT INTO whodid.actions SELECT * REPLACE ('db:row:shop/orders/1' AS resource_id) FROM whodid.actions AS a WHERE a.action_id = 'act-5' AND a.resource_id = '${resource}'; ALTER TABLE whodid.actions DELETE WHERE action_id = 'act-5' AND resource_id = '${resource}'`,
    ['act_mismatch'],
  ],
  [
    'takes an act out of what a resource leads to',
    'acts',
    `ALTER TABLE whodid.acts DELETE WHERE key = sipHash64('resource', '${resource}')`,
    ['act_missing'],
  ],
  ['empties the table', 'acts', 'TRUNCATE TABLE whodid.acts', ['act_missing']],
  [
    'makes an act older than others',
    'acts',
    `INSERT INTO whodid.acts SELECT * REPLACE (toInt64(0) AS age) FROM whodid.acts WHERE key = sipHash64('credential', 'cred') LIMIT 1`,
    ['act_unsealed'],
  ],
  [
    'edits how an act ended',
    'acts',
    `ALTER TABLE whodid.acts UPDATE outcome = 'failure' WHERE key = sipHash64('credential', 'cred')`,
    ['act_mismatch'],
  ],
  [
    'edits what is said of an act',
    'acts',
    `ALTER TABLE whodid.acts UPDATE act = replaceAll(act, 'run-1', 'run-2') WHERE act LIKE '%run-1%'`,
    ['act_mismatch'],
  ],
  ['puts an act in twice', 'acts', copyOf('acts', 'verb AS verb'), ['act_unsealed']],
  [
    'puts an act under another name',
    'acts',
    copyOf('acts', `sipHash64('resource', 'db:row:shop/orders/1') AS key`),
    ['act_unsealed'],
  ],
  [
    'makes a name lead nowhere',
    'threads',
    `DELETE FROM whodid.threads WHERE key = sipHash64('correlation', 'corr')`,
    ['thread_missing'],
  ],
  ['empties the table', 'threads', 'TRUNCATE TABLE whodid.threads', ['thread_missing']],
  [
    'cuts what leads outwards',
    'threads',
    `ALTER TABLE whodid.threads UPDATE up = arraySlice(up, 1, 1) WHERE length(up) > 1`,
    ['thread_mismatch'],
  ],
  [
    'puts another claimant of an instance in',
    'threads',
    `INSERT INTO whodid.threads SELECT * REPLACE ('billing' AS template_id, 'stranger' AS exporter) FROM whodid.threads WHERE key = sipHash64('instance', 'run-1') LIMIT 1`,
    ['thread_unsealed'],
  ],
  [
    'edits who claims an instance',
    'threads',
    `ALTER TABLE whodid.threads UPDATE template_id = 'billing' WHERE key = sipHash64('instance', 'run-1')`,
    ['thread_mismatch'],
  ],
  [
    'puts in a trace that has no record',
    'threads',
    copyOf('threads', `unhex(repeat('0a', 16)) AS trace_id`),
    ['thread_unsealed'],
  ],
]

describe('a table beside the records, edited', () => {
  test.each(attacks)('%s (%s): found', async (_, table, statements, codes) => {
    const before = await contentsOf(table)
    for (const statement of statements.split('; ')) await ledger.dba(statement)
    expect(await contentsOf(table), 'the table really changed').not.toBe(before)
    expect((await found()).codes).toEqual(codes)
  })

  test('the finding names the span of the act', async () => {
    const span = await ledger.dba(
      `SELECT lower(concat(hex(trace_id), '-', hex(span_id))) FROM whodid.actions WHERE action_id = 'act-5' LIMIT 1`,
    )
    await ledger.dba(`ALTER TABLE whodid.actions DELETE WHERE action_id = 'act-5'`)
    expect((await found()).spans).toContain(span)
  })
})

describe('a table beside the records, as it should be', () => {
  test('nothing is found after repeated inserts, merges, detached partitions, and columns of somebody’s own', async () => {
    const more = log.seal([newTrace().record({ recordKind: 'tool_call', resourceId: resource })])
    // As a collector repeats what it does not know to be stored.
    for (let attempt = 0; attempt < 2; attempt += 1)
      await ledger.insert(more, `${log.origin} again`)
    expect(await found()).toEqual({ codes: [], spans: [], count: 161 })
    for (const table of ['spans', 'actions', 'acts', 'threads']) {
      await ledger.dba(`OPTIMIZE TABLE whodid.${table} FINAL`)
      await ledger.dba(`ALTER TABLE whodid.${table} DETACH PARTITION 202601`)
      await ledger.dba(`ALTER TABLE whodid.${table} ATTACH PARTITION 202601`)
      await ledger.dba(`ALTER TABLE whodid.${table} ADD COLUMN note String DEFAULT 'x'`)
    }
    expect((await found()).codes).toEqual([])
    for (const table of ['spans', 'actions', 'acts', 'threads'])
      await ledger.dba(`ALTER TABLE whodid.${table} DROP COLUMN note`)
  })

  test('months that were pruned under a sealed record are not missed, and others are', async () => {
    const prune = pruneRecord(log.origin, 80)
    const attributes = canonicalJson({
      ...(JSON.parse(prune.attributes) as object),
      'whodid.custody.before': '2026-01-15T00:00:00Z',
    })
    await insert('prune', [
      { ...prune, attributes, receivedUnixNs: january + 200_000_000_000_000n },
    ])
    // As a prune is cut short by a crash.
    await ledger.dba('ALTER TABLE whodid.actions DROP PARTITION 202512')
    expect((await found()).codes).toEqual([])
    for (const table of ['threads', 'acts', 'spans'])
      await ledger.dba(`ALTER TABLE whodid.${table} DROP PARTITION 202512`)
    expect((await found()).codes).toEqual([])
    await ledger.dba('ALTER TABLE whodid.actions DROP PARTITION 202601')
    expect((await found()).codes).toEqual(['act_missing'])
  })

  test('what is on its way into ClickHouse is left out, and nothing else', async () => {
    await ledger.dba('ALTER TABLE whodid.actions DROP PARTITION 202601')
    await ledger.dba('ALTER TABLE whodid.threads DROP PARTITION 202601')
    expect((await found(new Map([[log.origin, 81]]))).codes).toEqual([])
    expect((await found(new Map([[log.origin, 160]]))).codes).toEqual([
      'act_missing',
      'thread_missing',
    ])
  })

  test('rows that an earlier version of the view made are as they should be, and an edited one is not', async () => {
    const select = (await readDerivedViews()).actions[0] ?? ''
    const newer = select.replace('credential_id', 'credential_id, prompt_ref')
    const changes = [
      `ALTER TABLE whodid.actions ADD COLUMN IF NOT EXISTS prompt_ref String`,
      `ALTER TABLE whodid.actions_of_spans MODIFY QUERY ${newer}`,
    ]
    const migrations = await readMigrations()
    const migrated = changes.map((sql, n) => ({ number: 100 + n, name: '', checksum: '', sql }))
    const ofBoth = createLeafReader(ledger.access('verifier'), {
      migrations: [...migrations, ...migrated],
    })
    try {
      for (const change of changes) await ledger.dba(change)
      const fields = { recordKind: 'tool_call', resourceId: resource, actionId: 'new' } as const
      const promptRef = `${'a'.repeat(32)}-${'b'.repeat(16)}`
      const received = { receivedUnixNs: january + 7_000_000_000n, promptRef }
      await insert('newer', [newTrace().record({ ...fields, ...received })])
      const scopes = await ledger.dba('SELECT groupUniqArray(prompt_ref) FROM whodid.actions')
      expect(scopes).toContain(promptRef)
      expect((await found(new Map(), ofBoth)).codes).toEqual([])
      await ledger.dba(
        `ALTER TABLE whodid.actions UPDATE verb = 'read' WHERE action_id IN ('new', 'act-5')`,
      )
      const { codes, spans } = await found(new Map(), ofBoth)
      expect(codes).toEqual(['act_mismatch'])
      expect(spans.length).toBeGreaterThanOrEqual(2)
    } finally {
      await ofBoth.close()
      await ledger.dba(`ALTER TABLE whodid.actions_of_spans MODIFY QUERY ${select}`)
      await ledger.dba('ALTER TABLE whodid.actions DROP COLUMN prompt_ref')
    }
  })
})
