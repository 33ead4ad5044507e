import { recordFields } from '@whodid/model'
import type { RecordField } from '@whodid/model'
import { newTrace } from '../harness/ledger.ts'
import type { Attack, Scene } from './attack.ts'
import { pruneRecord } from './controls.ts'

/** Columns that an UPDATE cannot touch, for the table is ordered or divided by them. */
const keyColumns = new Set(['tenant', 'ts', 'trace_id', 'received_at', 'span_id'])

/** What is done to single rows. */
export const rowAttacks: readonly Attack[] = [
  {
    name: 'edits who it was for',
    act: ({ ledger, mine, partition }) =>
      update(
        ledger,
        `delegator_id = 'someone@else.example' IN PARTITION ${partition} WHERE ${mine} AND log_index = 777`,
      ),
    finds: ['row_mismatch'],
    places: [777],
  },
  {
    name: 'removes rows and forges the record of a prune',
    act: async ({ ledger, log, mine, size }) => {
      const forged = { ...pruneRecord(log.origin, 100), logId: log.origin, logIndex: size }
      await ledger.insert([forged], `forged ${log.origin}`)
      await ledger.dba(`DELETE FROM whodid.spans WHERE ${mine} AND log_index < 100`)
    },
    finds: ['row_missing', 'row_unsealed'],
  },
  {
    name: 'removes rows and turns a sealed record into that of a prune',
    act: async ({ ledger, log, mine, partition }) => {
      const { resourceId, attributes } = pruneRecord(log.origin, 100)
      await update(
        ledger,
        `rest = replaceRegexpOne(rest, '"n":"[^"]*"', '"n":"whodid.prune"'), exporter = 'whodid', resource_id = '${resourceId}', attributes = '${attributes}' IN PARTITION ${partition} WHERE ${mine} AND log_index = 200`,
      )
      await ledger.dba(`DELETE FROM whodid.spans WHERE ${mine} AND log_index < 100`)
    },
    finds: ['row_mismatch', 'row_missing'],
  },
  {
    name: 'moves a start back by a nanosecond',
    act: (scene) => rewrite(scene, '(ts - toIntervalNanosecond(1)) AS ts', 778),
    finds: ['row_mismatch'],
    places: [778],
  },
  {
    name: 'moves the time of receipt by a nanosecond',
    act: (scene) => rewrite(scene, '(received_at + toIntervalNanosecond(1)) AS received_at', 3),
    finds: ['row_mismatch'],
    places: [3],
  },
  {
    name: 'moves a row into another trace',
    act: (scene) => rewrite(scene, "toFixedString(unhex(repeat('ab', 16)), 16) AS trace_id", 12),
    finds: ['row_mismatch'],
    places: [12],
  },
  {
    name: 'gives a row to another tenant',
    act: (scene) => rewrite(scene, "'other' AS tenant", 13),
    finds: ['row_mismatch'],
    places: [13],
  },
  {
    name: 'edits every column that can be updated, each in a row of its own',
    act: ({ ledger, mine, partition }) => {
      const edits = editable.map(
        (field, row) =>
          `${field.column} = if(log_index = ${row}, ${otherValue(field)}, ${field.column})`,
      )
      return update(
        ledger,
        `${edits.join(', ')} IN PARTITION ${partition} WHERE ${mine} AND log_index < ${editable.length}`,
      )
    },
    finds: ['row_mismatch'],
    places: recordFields.filter(({ column }) => isEditable(column)).map((_, row) => row),
  },
  {
    name: 'deletes a row, lightly',
    act: ({ ledger, mine }) =>
      run(ledger, `DELETE FROM whodid.spans WHERE ${mine} AND log_index = 40`),
    finds: ['row_missing'],
    places: [40],
  },
  {
    name: 'deletes a trace',
    act: ({ ledger, mine, partition }) =>
      run(
        ledger,
        `ALTER TABLE whodid.spans DELETE IN PARTITION ${partition} WHERE ${mine} AND log_index BETWEEN 20 AND 39`,
      ),
    finds: ['row_missing'],
    places: Array.from({ length: 20 }, (_, n) => 20 + n),
  },
  {
    name: 'deletes the last rows',
    act: ({ ledger, mine, size, partition }) =>
      run(
        ledger,
        `ALTER TABLE whodid.spans DELETE IN PARTITION ${partition} WHERE ${mine} AND log_index >= ${size - 2}`,
      ),
    finds: ['row_missing'],
  },
  {
    name: 'inserts a forged row in a place that is taken',
    act: ({ ledger, log }) => {
      const forged = newTrace().record({ name: 'forged', logId: log.origin, logIndex: 9 })
      return ledger.insert([forged], `forged ${log.origin}`)
    },
    finds: ['row_duplicated', 'row_mismatch'],
    places: [9, 9],
  },
  {
    name: 'inserts a row again',
    act: ({ ledger, mine }) =>
      run(
        ledger,
        `INSERT INTO whodid.spans SELECT * FROM whodid.spans WHERE ${mine} AND log_index = 10`,
      ),
    finds: ['row_duplicated'],
    places: [10],
  },
  {
    name: 'inserts a back-dated row behind the last',
    act: ({ ledger, log, size }) => {
      const late = newTrace().record({ name: 'late', logId: log.origin, logIndex: size })
      return ledger.insert([late], `late ${log.origin}`)
    },
    finds: ['row_unsealed'],
  },
  {
    name: 'exchanges the places of two rows',
    act: ({ ledger, mine, partition }) =>
      update(
        ledger,
        `log_index = if(log_index = 100, 101, 100) IN PARTITION ${partition} WHERE ${mine} AND log_index IN (100, 101)`,
      ),
    finds: ['row_mismatch'],
    places: [100, 101],
  },
  {
    name: 'moves rows into a log that nobody knows',
    act: ({ ledger, mine, partition }) =>
      update(
        ledger,
        `log_id = 'tamper.test/nowhere' IN PARTITION ${partition} WHERE ${mine} AND log_index < 3`,
      ),
    finds: ['row_missing', 'row_of_unknown_log'],
    undo: ({ ledger, log, partition }) =>
      update(
        ledger,
        `log_id = '${log.origin}' IN PARTITION ${partition} WHERE log_id = 'tamper.test/nowhere'`,
      ),
  },
  {
    name: 'inserts a row outside of any log',
    act: ({ ledger }) => ledger.insert([newTrace().record({ name: 'stray' })], 'stray'),
    finds: ['row_of_unknown_log'],
    undo: ({ ledger }) => run(ledger, "ALTER TABLE whodid.spans DELETE WHERE log_id = ''"),
  },
]

const editable = recordFields.filter(({ column }) => isEditable(column))

/** A row's place says which one is edited: it and the log's name have attacks of their own. */
function isEditable(column: string): boolean {
  return !keyColumns.has(column) && column !== 'log_index' && column !== 'log_id'
}

function otherValue(field: RecordField): string {
  const { column } = field
  switch (field.kind) {
    case 'text':
      return `concat(${column}, 'x')`
    case 'fixed':
      return `toFixedString(concat(substring(${column}, 1, ${field.bytes - 1}), unhex('01')), ${field.bytes})`
    case 'time':
      return `${column} + toIntervalNanosecond(1)`
    case 'uint32':
    case 'uint64':
      return `${column} + 1`
  }
}

async function run(ledger: Scene['ledger'], statement: string): Promise<void> {
  await ledger.dba(statement)
}

function update(ledger: Scene['ledger'], what: string): Promise<void> {
  return run(ledger, `ALTER TABLE whodid.spans UPDATE ${what}`)
}

/** Changes what no UPDATE can: a changed copy goes in, the row goes out. */
async function rewrite(
  { ledger, mine, partition }: Scene,
  replaced: string,
  index: number,
): Promise<void> {
  const row = `SELECT * FROM whodid.spans WHERE ${mine} AND log_index = ${index}`
  await ledger.dba('DROP TABLE IF EXISTS whodid.rewritten')
  await ledger.dba(
    `CREATE TABLE whodid.rewritten ENGINE = Memory AS SELECT * REPLACE (${replaced}) FROM (${row})`,
  )
  await ledger.dba(
    `ALTER TABLE whodid.spans DELETE IN PARTITION ${partition} WHERE ${mine} AND log_index = ${index}`,
  )
  await ledger.dba('INSERT INTO whodid.spans SELECT * FROM whodid.rewritten')
  await ledger.dba('DROP TABLE whodid.rewritten')
}
