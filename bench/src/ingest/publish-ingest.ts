import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Measure } from '../bench.ts'
import { describeVersion } from '../machine.ts'
import type { Machine } from '../machine.ts'
import { recordFigures } from '../scale/record-figures.ts'
import type { IngestFigures, IngestSize } from './compare-ingest.ts'
import { drawLoad } from './draw-load.ts'
import { drawSoak } from './draw-soak.ts'
import { withIngestTable } from './ingest-table.ts'

/** All that a whole run gives. */
export interface WholeIngest {
  readonly machine: Machine
  readonly size: IngestSize
  readonly measures: readonly Measure[]
  readonly figures: IngestFigures
}

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url))

/** Writes the tables and the plots of a whole run into docs/, over those that are there, and its figures where the simulation of scale reads them. */
export async function publishIngest(whole: WholeIngest): Promise<void> {
  const { machine, size, measures, figures } = whole
  const swept = figures.contenders.filter(({ levels }) => levels.length > 0)
  await mkdir(join(docs, 'performance'), { recursive: true })
  await writeFile(join(docs, 'performance', 'ingest-load.svg'), drawLoad(swept))
  await drawSoak(figures.contenders[0]?.fullLoad?.samples ?? [])
  const page = join(docs, 'PERFORMANCE.md')
  const text = await readFile(page, 'utf8')
  const run = { machine, rounds: size.rounds, measures, swept, version: describeVersion() }
  await writeFile(page, withIngestTable(text, run))
  await recordFigures({ bench: 'ingest', machine, measures })
}
