import { expect } from 'vitest'
import type { Ledger } from '../harness/ledger.ts'
import type { Load } from './load.ts'

/** Checks both tables: every acknowledged span of a load once, nothing that was never sent, and nothing of no load. */
export async function checkLedger(
  ledger: Pick<Ledger, 'sql'>,
  loads: readonly Load[],
): Promise<void> {
  for (const table of ['spans', 'actions']) {
    const rows = await ledger.sql(
      'migrator',
      `SELECT lower(hex(trace_id)), lower(hex(span_id)), count() FROM whodid.${table} GROUP BY trace_id, span_id FORMAT TSV`,
    )
    const stored = new Map(
      rows.split('\n').map((row) => {
        const [trace = '', span = '', count] = row.split('\t')
        return [`${trace}-${span}`, Number(count)]
      }),
    )
    const of = (load: Load, ids: Iterable<string>): string[] =>
      [...ids].map((id) => `${load.traceId}-${id}`)
    const acknowledged = loads.flatMap((load) => of(load, load.acknowledged))
    const sent = new Set(loads.flatMap((load) => of(load, load.sent)))
    const lost = acknowledged.filter((key) => !stored.has(key))
    expect(lost, `acknowledged and not in ${table}`).toEqual([])
    const twice = [...stored].filter(([, count]) => count !== 1)
    expect(twice, `more than once in ${table}`).toEqual([])
    const unknown = [...stored.keys()].filter((key) => !sent.has(key))
    expect(unknown, `in ${table} and never sent`).toEqual([])
  }
}
