import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LoadSample } from './hold-full-load.ts'
import { lineChart } from './line-chart.ts'

const plotsDir = fileURLToPath(new URL('../../../docs/performance/', import.meta.url))
const mebibyte = 1024 * 1024

/** Draws a soak's memory into `docs/performance/`, over what is there. */
export async function drawSoak(samples: readonly LoadSample[]): Promise<void> {
  const overTime = (value: (sample: LoadSample) => number): [number, number][] =>
    samples.map((sample) => [sample.atSeconds / 60, value(sample)])
  const chart = lineChart({
    title: 'Resident memory at full load',
    xLabel: 'minutes',
    yLabel: 'MiB',
    series: [
      {
        label: 'collector',
        color: '#0969da',
        points: overTime((at) => at.collectorBytes / mebibyte),
      },
      { label: 'engine', color: '#bc4c00', points: overTime((at) => at.engineBytes / mebibyte) },
      {
        label: 'log not yet in the engine',
        color: '#57606a',
        points: overTime((at) => (at.logBytes ?? 0) / mebibyte),
      },
    ],
  })
  await mkdir(plotsDir, { recursive: true })
  await writeFile(join(plotsDir, 'soak-memory.svg'), chart)
}
