import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EngineUser } from '@whodid/engine'
import { blankRecord, recordFields, restFields } from '@whodid/model'
import { listCases, readCaseEntries } from '@whodid/query'
import { createCaseWriter, encodeRecords, migrate, readMigrations } from '@whodid/store'
import { newTrace, refOf, startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

let ledger: Ledger

beforeAll(async () => {
  ledger = await startLedger()
})

afterAll(async () => {
  await ledger.stop()
})

describe('migrations', () => {
  test('a second run finds nothing to do', async () => {
    const outcome = await migrate(ledger.access('migrator'))
    const names = (await readMigrations()).map((migration) => migration.name).toSorted()
    expect(outcome).toEqual({ applied: [], alreadyApplied: names })
  })

  test('an applied file that was changed is refused, by name', async () => {
    const [first, ...rest] = await readMigrations()
    const sql = `${first?.sql ?? ''}\n-- changed`
    const checksum = createHash('sha256').update(sql).digest('hex')
    const changed = [{ number: 1, name: first?.name ?? '', sql, checksum }, ...rest]
    await expect(migrate(ledger.access('migrator'), changed)).rejects.toMatchObject({
      code: 'migration_changed',
      message: expect.stringContaining('0001_create_spans.sql') as string,
    })
  })

  test('a database newer than this version is refused', async () => {
    const known = (await readMigrations()).slice(0, -1)
    await expect(migrate(ledger.access('migrator'), known)).rejects.toMatchObject({
      code: 'migration_changed',
    })
  })

  test('the encoder writes the columns of the table, in its order', async () => {
    const columns = await ledger.sql(
      'migrator',
      "SELECT name FROM system.columns WHERE database = 'whodid' AND table = 'spans' ORDER BY position",
    )
    expect(columns.split('\n')).toEqual(recordFields.map(({ column }) => column))
  })

  test('the view of records has a column for each field, in the table or in rest', async () => {
    const columns = await ledger.sql(
      'migrator',
      "SELECT name FROM system.columns WHERE database = 'whodid' AND table = 'v_spans'",
    )
    const fields = [
      ...recordFields.map(({ column }) => column),
      ...restFields.map(({ name }) => name),
    ]
    expect(columns.split('\n').toSorted()).toEqual(fields.toSorted())
  })
})

describe('append', () => {
  test('every field comes back as it went in', async () => {
    const record = newTrace().record({
      recordKind: 'tool_call',
      name: 'naïve “name” 🛰',
      delegationChain: ['dev', '', 'x\0y'],
      planStep: 2 ** 40,
      seq: 7,
      flags: 0xffff_ffff,
      credentialBorrowed: true,
      attributes: '{"a":1}',
    })
    await ledger.insert([
      record,
      { ...blankRecord(), tenant: 'default', spanIdHex: 'ab'.repeat(8) },
    ])
    const [traceIdHex] = refOf(record).split('-')
    const row = await ledger.sql(
      'reader',
      `SELECT name, delegation_chain, plan_step, seq, flags, credential_borrowed, attributes, toUnixTimestamp64Nano(ts)
       FROM whodid.v_spans WHERE trace_id = unhex('${traceIdHex ?? ''}') FORMAT JSONCompactEachRow`,
    )
    expect(JSON.parse(row)).toEqual([
      'naïve “name” 🛰',
      ['dev', '', 'x\0y'],
      String(2 ** 40),
      '7',
      0xffff_ffff,
      true,
      '{"a":1}',
      record.startUnixNs.toString(),
    ])
  })

  test('a batch sent again under its token stores nothing twice, in either table', async () => {
    const trace = newTrace()
    const blocks = [1, 2, 3].map((n) =>
      encodeRecords([
        trace.record({ recordKind: 'tool_call', verb: 'update', resourceId: `x:y:${n}` }),
      ]),
    )
    for (let attempt = 0; attempt < 3; attempt += 1)
      await ledger.appender.append({ blocks, token: 'the-same' })
    const where = `WHERE trace_id = unhex('${trace.traceIdHex}')`
    expect(await ledger.sql('reader', `SELECT count() FROM whodid.spans ${where}`)).toBe('3')
    expect(await ledger.sql('reader', `SELECT count() FROM whodid.actions ${where}`)).toBe('3')
  })

  test('a batch the engine cannot read is refused with a code, and nothing of it is stored', async () => {
    const before = await ledger.sql('reader', 'SELECT count() FROM whodid.spans')
    const blocks = [Buffer.from('no block at all')]
    await expect(ledger.appender.append({ blocks, token: 'bad' })).rejects.toMatchObject({
      name: 'WhodidError',
    })
    expect(await ledger.sql('reader', 'SELECT count() FROM whodid.spans')).toBe(before)
  })
})

describe('append-only by grants', () => {
  const users: EngineUser[] = ['writer', 'recorder', 'reader', 'verifier', 'migrator']
  const found = ['findings', 'finding_triage', 'detection_runs']
  const tables = ['spans', 'actions', 'reads', 'case_entries', 'people', ...found, 'migrations']
  const destructive = tables.flatMap((table) => [
    `ALTER TABLE whodid.${table} UPDATE tenant = 'x' WHERE 1`,
    `ALTER TABLE whodid.${table} DELETE WHERE 1`,
    `DELETE FROM whodid.${table} WHERE 1`,
    `TRUNCATE TABLE whodid.${table}`,
    `DROP TABLE whodid.${table}`,
    `ALTER TABLE whodid.${table} DROP COLUMN tenant`,
    `ALTER TABLE whodid.${table} DROP PARTITION '202611'`,
    `RENAME TABLE whodid.${table} TO whodid.elsewhere`,
  ])

  test.each(users)('%s can change nothing that is recorded', async (user) => {
    for (const statement of [...destructive, 'DROP DATABASE whodid'])
      expect(await ledger.sql(user, statement), statement).toMatch(/ACCESS_DENIED|READONLY/u)
  })

  test.each([
    ['writer', 'actions'],
    ['writer', 'reads'],
    ['writer', 'case_entries'],
    ['writer', 'migrations'],
    ['recorder', 'spans'],
    ['recorder', 'actions'],
    ['reader', 'spans'],
    ['reader', 'actions'],
    ['reader', 'reads'],
    ['reader', 'case_entries'],
    ['verifier', 'case_entries'],
    ['writer', 'people'],
    ['reader', 'people'],
    ['reader', 'findings'],
    ['writer', 'finding_triage'],
  ] as const)('%s may not insert into %s', async (user, table) => {
    const answer = await ledger.sql(
      user,
      `INSERT INTO whodid.${table} SELECT * FROM whodid.${table}`,
    )
    expect(answer).toMatch(/ACCESS_DENIED|READONLY/u)
  })

  test.each(['writer', 'recorder'] as const)('%s reads nothing', async (user) => {
    for (const table of tables)
      expect(await ledger.sql(user, `SELECT count() FROM whodid.${table}`)).toMatch(
        /ACCESS_DENIED/u,
      )
  })

  test('the verifier reads records and what is made of them, of every tenant, and nothing else', async () => {
    const trace = newTrace()
    const act = { tenant: 'far', recordKind: 'tool_call', resourceId: 'db:row:far/1' } as const
    await ledger.insert([trace.record({ ...act, instanceId: 'run-far' })])
    for (const table of ['spans', 'actions', 'acts', 'threads']) {
      const count = `SELECT count() > 0 FROM whodid.${table} WHERE tenant = 'far'`
      expect(await ledger.sql('verifier', count), table).toBe('1')
    }
    for (const table of ['reads', 'case_entries', 'people', 'findings', 'migrations'])
      expect(await ledger.sql('verifier', `SELECT count() FROM whodid.${table}`)).toMatch(
        /ACCESS_DENIED/u,
      )
    for (const table of ['spans', 'actions', 'acts', 'threads'])
      expect(
        await ledger.sql('verifier', `INSERT INTO whodid.${table} SELECT * FROM whodid.${table}`),
      ).toMatch(/ACCESS_DENIED|READONLY/u)
  })

  test('the reader cannot lift its limits, leave its database or reach out', async () => {
    for (const statement of [
      'SET readonly = 0',
      'SET max_memory_usage = 0',
      'SET max_execution_time = 100000',
      'SELECT * FROM system.users',
      'SELECT * FROM system.processes',
      "SELECT * FROM url('http://127.0.0.1:1/', CSV, 'a String')",
      "SELECT * FROM file('/etc/passwd', LineAsString)",
      'CREATE TABLE whodid.mine (a UInt8) ENGINE = Memory',
    ])
      expect(await ledger.sql('reader', statement), statement).toMatch(
        /Code: (164|452|497|291|344)\b/u,
      )
  })

  test('a tenant sees its own rows and no other', async () => {
    const trace = newTrace()
    await ledger.insert([
      trace.record({
        tenant: 'other',
        recordKind: 'tool_call',
        actorType: 'human',
        userId: 'eve',
        verb: 'update',
        outcome: 'success',
        resourceId: 'x:y:secret',
      }),
    ])
    expect((await ledger.ask('x:y:secret')).reasons[0]?.code).toBe('no_record')
    expect((await ledger.ask('x:y:secret', 'other')).actor?.id).toBe('eve')
    const instance = { actorType: 'agent', instanceId: 'run-1' } as const
    await ledger.insert([
      newTrace().record(instance),
      newTrace().record({ ...instance, tenant: 'other' }),
    ])
    const tenantsOf = (table: string): Promise<string> =>
      ledger.sql('reader', `SELECT groupUniqArray(tenant) FROM whodid.${table}`)
    for (const table of ['spans', 'v_spans', 'v_actions', 'v_instances'])
      expect([table, await tenantsOf(table)]).toEqual([table, "['default']"])
  })
})

test('entries of a case are kept by the recorder, in order, and each tenant reads its own', async () => {
  const writer = createCaseWriter(ledger.access('recorder'))
  const entry = (n: number, tenant: string) => ({
    tenant,
    caseId: 'INC-7',
    writtenAtUnixNs: 1_790_000_000_000_000_000n - BigInt(n),
    entryId: `entry-${n}`,
    author: 'kim',
    role: 'investigator',
    kind: 'note',
    text: `quoted ' " \\ \0 ${n}`,
    question: '',
  })
  await writer.write(entry(1, 'default'))
  await writer.write(entry(2, 'default'))
  await writer.write(entry(3, 'other'))
  await writer.close()
  const ours = await readCaseEntries(ledger.selector, 'default', 'INC-7')
  expect(ours.map(({ entry_id: id, text }) => [id, text])).toEqual([
    ['entry-2', `quoted ' " \\ \ufffd 2`],
    ['entry-1', `quoted ' " \\ \ufffd 1`],
  ])
  expect(await listCases(ledger.selector, 'other', 10)).toMatchObject([
    { case_id: 'INC-7', entries: 1, authors: ['kim'] },
  ])
  expect(await ledger.sql('reader', 'SELECT uniqExact(tenant) FROM whodid.case_entries')).toBe('1')
})

test('what the reader may not do comes out as an error with a code, never as half an answer', async () => {
  const select = (sql: string) => ledger.selector.select({ sql, parameters: {}, tenant: 'default' })
  await expect(select('SELECT number FROM numbers(2000000)')).rejects.toMatchObject({
    code: 'query_too_expensive',
  })
  await expect(select('SELECT nothing_of_that_name')).rejects.toMatchObject({
    code: 'store_refused',
  })
})
