import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blankRecord, leafInput, recordFields } from '@whodid/model'
import type { LedgerRecord, RecordField } from '@whodid/model'
import { leafExpression } from '@whodid/store'
import { startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'
import { anyRecord } from '../harness/record-arbitrary.ts'

let ledger: Ledger

beforeAll(async () => {
  ledger = await startLedger()
})

afterAll(async () => {
  await ledger.stop()
})

const leafHex = (record: LedgerRecord): string =>
  createHash('sha256').update(leafInput(record)).digest('hex')

let logs = 0

/** Stores the records as a log of their own; their leaves as the engine sees them, in order. */
async function leavesInEngine(records: readonly LedgerRecord[]): Promise<string[]> {
  const logId = `leaf.test/${(logs += 1)}`
  await ledger.insert(records.map((record, logIndex) => ({ ...record, logId, logIndex })))
  return leavesOf(logId)
}

async function leavesOf(logId: string): Promise<string[]> {
  const answer = await ledger.sql(
    'migrator',
    `SELECT lower(hex(${leafExpression('s')})) FROM whodid.spans AS s WHERE s.log_id = '${logId}' ORDER BY s.log_index`,
  )
  return answer.split('\n')
}

describe('the leaf of a record', () => {
  test('is the same in TypeScript and in the engine, whatever the record says', async () => {
    const records = fc.sample(anyRecord, { numRuns: 400, seed: 20_261_122 })
    const engine = await leavesInEngine(records)
    const logId = `leaf.test/${logs}`
    expect(engine).toEqual(
      records.map((record, logIndex) => leafHex({ ...record, logId, logIndex })),
    )
    // The traps were in the sample: trailing zero bytes, NUL.
    expect(records.some(({ spanIdHex }) => spanIdHex.endsWith('000000'))).toBe(true)
    expect(records.some(({ name }) => name.includes('\0'))).toBe(true)
  })

  test('changes when any column of the row does', async () => {
    const record = { ...blankRecord(), attributes: '{"a":1}', traceIdHex: 'ab'.repeat(16) }
    const [leaf] = await leavesInEngine([record])
    const stored = `SELECT * FROM whodid.spans WHERE log_id = 'leaf.test/${logs}'`
    for (const field of recordFields) {
      const row = `SELECT * REPLACE (${otherValue(field)} AS ${field.column}) FROM (${stored})`
      const differs = `s.${field.column} != (SELECT ${field.column} FROM (${stored}))`
      const answer = await ledger.sql(
        'migrator',
        `SELECT ${differs}, lower(hex(${leafExpression('s')})) FROM (${row}) AS s`,
      )
      const [changed, other] = answer.split('\t')
      expect(changed, `${field.column} was changed`).toBe('1')
      expect(other, field.column).toMatch(/^[0-9a-f]{64}$/u)
      expect(other, field.column).not.toBe(leaf)
    }
  })

  test('does not change with the precision of a time whose value stays', async () => {
    const record = { ...blankRecord(), receivedUnixNs: 1_763_800_000_123_000_000n }
    const [leaf] = await leavesInEngine([record])
    const row = `SELECT * REPLACE (received_at::DateTime64(9, 'UTC')::DateTime64(6, 'UTC') AS received_at) FROM whodid.spans WHERE log_id = 'leaf.test/${logs}'`
    const other = await ledger.sql(
      'migrator',
      `SELECT lower(hex(${leafExpression('s')})) FROM (${row}) AS s`,
    )
    expect(other).toBe(leaf)
  })
})

/** SQL for another value of the same type. */
function otherValue(field: RecordField): string {
  const { column } = field
  switch (field.kind) {
    case 'text':
      return `concat(toString(${column}), '\\0')`
    case 'fixed':
      return `toFixedString(concat(unhex('01'), substring(${column}, 2)), ${field.bytes})`
    case 'time':
      return `addNanoseconds(${column}, 1)`
    case 'uint32':
    case 'uint64':
      return `${column} + 1`
  }
}
