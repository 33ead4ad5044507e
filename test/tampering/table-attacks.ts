import type { Attack, Scene } from './attack.ts'

/** What is done to parts, partitions and whole tables. */
export const tableAttacks: readonly Attack[] = [
  {
    name: 'drops a partition',
    act: ({ ledger, partition }) =>
      run(ledger, `ALTER TABLE whodid.spans DROP PARTITION ${partition}`),
    finds: ['row_missing'],
  },
  {
    name: 'detaches a partition',
    act: ({ ledger, partition }) =>
      run(ledger, `ALTER TABLE whodid.spans DETACH PARTITION ${partition}`),
    finds: ['row_missing'],
  },
  {
    name: 'replaces a partition by an edited copy',
    act: async (scene) => {
      const { ledger, mine, partition } = scene
      await editedCopy(scene)
      await ledger.dba(`ALTER TABLE whodid.spans REPLACE PARTITION ${partition} FROM whodid.edited`)
      await ledger.dba('DROP TABLE whodid.edited')
      await ledger.dba(`SELECT count() FROM whodid.spans WHERE ${mine}`)
    },
    finds: ['row_mismatch'],
    places: [50, 51, 52],
  },
  {
    name: 'exchanges the table for an edited copy',
    act: async (scene) => {
      await editedCopy(scene)
      await scene.ledger.dba('EXCHANGE TABLES whodid.spans AND whodid.edited')
    },
    finds: ['row_mismatch'],
    places: [50, 51, 52],
    undo: async ({ ledger }) => {
      await ledger.dba('EXCHANGE TABLES whodid.spans AND whodid.edited')
      await ledger.dba('DROP TABLE whodid.edited')
    },
  },
  {
    name: 'puts a view of the same name in front, which hides an agent',
    act: async ({ ledger }) => {
      await ledger.dba('RENAME TABLE whodid.spans TO whodid.true_spans')
      await ledger.dba(
        "CREATE VIEW whodid.spans SQL SECURITY NONE AS SELECT * FROM whodid.true_spans WHERE instance_id != 'agent-7'",
      )
    },
    finds: ['row_missing'],
    undo: async ({ ledger }) => {
      await ledger.dba('DROP VIEW whodid.spans')
      await ledger.dba('RENAME TABLE whodid.true_spans TO whodid.spans')
    },
  },
  {
    name: 'puts a view of the same name in front, which tells another story',
    act: async ({ ledger }) => {
      await ledger.dba('RENAME TABLE whodid.spans TO whodid.true_spans')
      await ledger.dba(
        "CREATE VIEW whodid.spans SQL SECURITY NONE AS SELECT * REPLACE (if(instance_id = 'agent-7', 'agent-8', instance_id) AS instance_id) FROM whodid.true_spans",
      )
    },
    finds: ['row_mismatch'],
    undo: async ({ ledger }) => {
      await ledger.dba('DROP VIEW whodid.spans')
      await ledger.dba('RENAME TABLE whodid.true_spans TO whodid.spans')
    },
  },
  {
    name: 'cuts the digits of a time off, by a change of its type',
    act: ({ ledger }) =>
      run(ledger, "ALTER TABLE whodid.spans MODIFY COLUMN end_ts DateTime64(3, 'UTC')"),
    finds: ['row_mismatch'],
    undo: ({ ledger }) =>
      run(ledger, "ALTER TABLE whodid.spans MODIFY COLUMN end_ts DateTime64(9, 'UTC')"),
  },
]

async function editedCopy({ ledger, mine }: Scene): Promise<void> {
  await ledger.dba('CREATE TABLE whodid.edited AS whodid.spans')
  await ledger.dba(
    `INSERT INTO whodid.edited SELECT * REPLACE (if(${mine} AND log_index IN (50, 51, 52), 'agent-x', instance_id) AS instance_id)
     FROM whodid.spans SETTINGS max_partitions_per_insert_block = 1000`,
  )
}

async function run(ledger: Scene['ledger'], statement: string): Promise<void> {
  await ledger.dba(statement)
}
