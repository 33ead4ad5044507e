import type { LoadLevel } from './sweep-load.ts'
import { lineChart, stackCharts } from './line-chart.ts'
import type { ChartSeries } from './line-chart.ts'

/** The levels that one contender was taken to. */
export interface Swept {
  readonly name: string
  readonly levels: readonly LoadLevel[]
}

const colors: Readonly<Record<string, readonly [string, string]>> = {
  whodid: ['#0969da', '#54aeff'],
  otelcol: ['#bc4c00', '#fb8f44'],
}

/** Draws throughput, and below it latency, against the load that was offered: one SVG document. */
export function drawLoad(swept: readonly Swept[]): string {
  const xLabel =
    'spans a second, offered: 12, 25, 50, 75, 90 and 100 % of what each stores at full load'
  const line = (
    { name, levels }: Swept,
    label: string,
    [shade, value]: readonly [0 | 1, (level: LoadLevel) => number],
  ): ChartSeries => ({
    label: `${name}: ${label}`,
    color: colors[name]?.[shade] ?? '#57606a',
    points: levels.map((level) => [level.offered, value(level)]),
  })
  return stackCharts([
    lineChart({
      title: 'Throughput against load',
      xLabel,
      yLabel: 'spans a second, acknowledged',
      series: swept.map((each) => line(each, 'acknowledged', [0, (at) => at.acknowledged])),
    }),
    lineChart({
      title: 'Latency against load',
      xLabel,
      yLabel: 'seconds',
      series: swept.flatMap((each) => [
        line(each, 'queryable, p99', [0, (at) => at.queryableP99]),
        line(each, 'acknowledged, p99', [1, (at) => at.acknowledgeP99]),
      ]),
    }),
  ])
}
