import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lineChart } from './line-chart.ts'
import type { LoadLevel, SoakSample } from './soak-measures.ts'

const plotsDir = fileURLToPath(new URL('../../../docs/performance/', import.meta.url))
const mebibyte = 1024 * 1024

/** Draws a soak's memory, and throughput and latency against load, into `docs/performance/`, over what is there. */
export async function drawSoak(
  samples: readonly SoakSample[],
  taken: readonly LoadLevel[],
): Promise<void> {
  const overTime = (value: (sample: SoakSample) => number): [number, number][] =>
    samples.map((sample) => [sample.atSeconds / 60, value(sample)])
  const overLoad = (value: (level: LoadLevel) => number): [number, number][] =>
    taken.map((level) => [level.offered, value(level)])
  const charts = {
    'soak-memory': lineChart({
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
          points: overTime((at) => at.logBytes / mebibyte),
        },
      ],
    }),
    'load-throughput': lineChart({
      title: 'Throughput against load',
      xLabel: 'spans a second, offered',
      yLabel: 'spans a second, acknowledged',
      series: [
        { label: 'acknowledged', color: '#0969da', points: overLoad((at) => at.acknowledged) },
      ],
    }),
    'load-latency': lineChart({
      title: 'Latency against load',
      xLabel: 'spans a second, offered',
      yLabel: 'seconds',
      series: [
        {
          label: 'acknowledged to queryable, p99',
          color: '#bc4c00',
          points: overLoad((at) => at.queryableP99),
        },
        {
          label: 'acknowledged to queryable, p50',
          color: '#0969da',
          points: overLoad((at) => at.queryableP50),
        },
        {
          label: 'request to acknowledgement, p99',
          color: '#57606a',
          points: overLoad((at) => at.acknowledgeP99),
        },
      ],
    }),
  }
  await mkdir(plotsDir, { recursive: true })
  for (const [name, svg] of Object.entries(charts))
    await writeFile(join(plotsDir, `${name}.svg`), svg)
}
