import { canonicalJson } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { newTrace } from '../harness/ledger.ts'
import type { Attack, Scene } from './attack.ts'

/** What an administrator does every day, and what crashes and retries do: none of it may raise an alarm. */
export const controls: readonly Attack[] = [
  { name: 'nothing', act: () => Promise.resolve(), finds: [] },
  {
    name: 'merges all parts',
    act: ({ ledger }) => run(ledger, 'OPTIMIZE TABLE whodid.spans FINAL'),
    finds: [],
  },
  {
    name: 'detaches a partition and attaches it again',
    act: async ({ ledger, partition }) => {
      await ledger.dba(`ALTER TABLE whodid.spans DETACH PARTITION ${partition}`)
      await ledger.dba(`ALTER TABLE whodid.spans ATTACH PARTITION ${partition}`)
    },
    finds: [],
  },
  {
    name: 'inserts a segment again under its token',
    act: async ({ ledger, log, size }) => {
      const more = log.seal(Array.from({ length: 300 }, () => newTrace().record({ name: 'more' })))
      for (let attempt = 0; attempt < 3; attempt += 1)
        await ledger.insert(more, `retried ${log.origin} ${size}`)
    },
    finds: [],
  },
  {
    name: 'prunes the beginning of the log, under a record that was sealed',
    act: async ({ ledger, log, mine }) => {
      await ledger.insert(log.seal([pruneRecord(log.origin, 100)]), `pruned ${log.origin}`)
      await run(ledger, `DELETE FROM whodid.spans WHERE ${mine} AND log_index < 100`)
    },
    finds: [],
  },
  {
    name: 'adds a column of their own',
    act: ({ ledger }) => run(ledger, "ALTER TABLE whodid.spans ADD COLUMN note String DEFAULT 'x'"),
    undo: ({ ledger }) => run(ledger, 'ALTER TABLE whodid.spans DROP COLUMN note'),
    finds: [],
  },
  {
    name: 'makes a plain column a LowCardinality one',
    act: ({ ledger }) =>
      run(ledger, 'ALTER TABLE whodid.spans MODIFY COLUMN verb LowCardinality(String)'),
    undo: ({ ledger }) => run(ledger, 'ALTER TABLE whodid.spans MODIFY COLUMN verb String'),
    finds: [],
  },
  {
    name: 'rewrites every row with what it says already',
    act: ({ ledger, mine }) =>
      run(ledger, `ALTER TABLE whodid.spans UPDATE delegator_id = delegator_id WHERE ${mine}`),
    finds: [],
  },
]

/** What the custodian records before it removes rows. */
export function pruneRecord(origin: string, minIndex: number): LedgerRecord {
  return newTrace().record({
    name: 'whodid.prune',
    exporter: 'whodid',
    recordKind: 'action',
    resourceId: `whodid:log:${origin}`,
    attributes: canonicalJson({ 'whodid.custody.min_index': `${minIndex}` }),
  })
}

async function run(ledger: Scene['ledger'], statement: string): Promise<void> {
  await ledger.dba(statement)
}
