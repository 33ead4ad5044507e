import { percentile } from '../percentile.ts'
import type { SizeResult } from './measure-size.ts'
import { oneThing } from './sample-handles.ts'

const width = 760
const height = 360
const margin = { top: 52, right: 110, bottom: 46, left: 64 }
const colors = ['#0969da', '#bc4c00', '#1a7f37', '#8250df', '#cf222e', '#57606a', '#9a6700']
const ticks = 5

/** Draws the median time of a question against the spans that are stored, a line a kind of handle that names one thing. */
export function latencyChart(results: readonly SizeResult[]): string {
  const highest = Math.max(...results.flatMap(({ kinds }) => kinds.map(({ warm }) => warm.p50)))
  const yMax = Math.max(10, Math.ceil(highest / 10) * 10)
  const step = (width - margin.left - margin.right) / Math.max(1, results.length - 1)
  const xAt = (index: number): number => margin.left + index * step
  const yAt = (ms: number): number =>
    height - margin.bottom - (ms / yMax) * (height - margin.top - margin.bottom)
  const lineOf = (values: readonly number[]): string =>
    values.map((ms, index) => `${xAt(index).toFixed(1)},${yAt(ms).toFixed(1)}`).join(' ')
  const lines = [
    ...oneThing.map((kind, index) => ({
      label: kind,
      color: colors[index] ?? '#000',
      values: results.map(({ kinds }) => kinds.find((each) => each.kind === kind)?.warm.p50 ?? 0),
    })),
    {
      label: 'SELECT 1',
      color: '#afb8c1',
      values: results.map(({ kinds }) =>
        percentile(
          kinds.map(({ selectOneP50 }) => selectOneP50),
          0.5,
        ),
      ),
    },
  ]
  const grid = Array.from({ length: ticks + 1 }, (_, tick) => {
    const ms = (yMax * tick) / ticks
    const y = yAt(ms).toFixed(1)
    return `<path d="M${margin.left} ${y}H${width - margin.right}" stroke="#ddd"/><text x="${margin.left - 8}" y="${y}" text-anchor="end" dominant-baseline="middle">${ms}</text>`
  })
  const names = results.map(
    ({ rows }, index) =>
      `<text x="${xAt(index)}" y="${height - margin.bottom + 18}" text-anchor="middle">${(rows / 1e6).toFixed(0)} M</text>`,
  )
  const drawn = lines.map(
    ({ label, color, values }, index) =>
      `<polyline points="${lineOf(values)}" fill="none" stroke="${color}" stroke-width="2"/><rect x="${width - margin.right + 14}" y="${margin.top + index * 20}" width="12" height="8" fill="${color}"/><text x="${width - margin.right + 32}" y="${margin.top + 8 + index * 20}">${label}</text>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${margin.left}" y="20" font-size="14" font-weight="bold">Who did this? Median time over HTTP, by what is asked for</text>
<text x="${margin.left}" y="38">milliseconds, warm</text>
${[...grid, ...names, ...drawn].join('\n')}
<text x="${(margin.left + width - margin.right) / 2}" y="${height - 8}" text-anchor="middle">spans stored</text>
</svg>
`
}
