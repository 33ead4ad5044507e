import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Measure } from '../bench.ts'
import { describeMachine } from '../machine.ts'
import { recordFigures } from '../scale/record-figures.ts'
import { withAskTable } from './ask-table.ts'
import { latencyChart } from './latency-chart.ts'
import type { SizeResult } from './measure-size.ts'

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url))

/** Writes the table and the plot of docs/PERFORMANCE.md, and keeps the figures that docs/SCALE.md starts from. */
export async function publishAsk(
  results: readonly SizeResult[],
  measures: readonly Measure[],
): Promise<void> {
  await mkdir(`${docs}performance`, { recursive: true })
  await writeFile(`${docs}performance/ask-latency.svg`, latencyChart(results))
  const page = `${docs}PERFORMANCE.md`
  await writeFile(page, withAskTable(await readFile(page, 'utf8'), results))
  await recordFigures({ bench: 'ask', machine: describeMachine(), measures })
}
