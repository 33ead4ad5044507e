import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Measure } from '../bench.ts'
import { describeVersion } from '../machine.ts'
import type { Machine } from '../machine.ts'
import { figuresPath, readFigures, withFigures } from './figures.ts'
import type { FiguresBench } from './figures.ts'
import { readInputs } from './inputs.ts'
import { withScaleTables } from './scale-page.ts'
import { withSizingTable } from './sizing-table.ts'

/** A whole run of a bench. */
export interface WholeRun {
  readonly bench: FiguresBench
  readonly machine: Machine
  readonly measures: readonly Measure[]
}

const page = fileURLToPath(new URL('../../../docs/SCALE.md', import.meta.url))
const sizingPage = fileURLToPath(new URL('../../../docs/howto/sizing.md', import.meta.url))

/**
 * Writes a whole run's figures into `bench/scale/figures.json` in the place of that bench's last, and the tables of docs/SCALE.md and
 * docs/howto/sizing.md that follow from them.
 */
export async function recordFigures({ bench, machine, measures }: WholeRun): Promise<void> {
  const day = machine.date.slice(0, 16).replace('T', ' ')
  const from = `npm run bench -- ${bench}, commit ${describeVersion()}, ${day} UTC, ${machine.cpu}`
  const run = { bench, from, cores: machine.cores, measures }
  const figures = withFigures(readFigures(), run)
  await writeFile(figuresPath, `${JSON.stringify(figures, undefined, 2)}\n`)
  const sources = { figures, inputs: readInputs() }
  await writeFile(page, withScaleTables(await readFile(page, 'utf8'), sources))
  await writeFile(sizingPage, withSizingTable(await readFile(sizingPage, 'utf8'), sources))
}
