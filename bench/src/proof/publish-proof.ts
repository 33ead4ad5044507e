import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Measure } from '../bench.ts'
import type { Machine } from '../machine.ts'
import { recordFigures } from '../scale/record-figures.ts'
import { withProofTable } from './proof-table.ts'

const page = fileURLToPath(new URL('../../../docs/PERFORMANCE.md', import.meta.url))

/** Writes the table of a whole run into docs/, over the one that is there, and its figures where the simulation of scale reads them. */
export async function publishProof(machine: Machine, measures: readonly Measure[]): Promise<void> {
  await writeFile(page, withProofTable(await readFile(page, 'utf8'), machine, measures))
  await recordFigures({ bench: 'proof', machine, measures })
}
