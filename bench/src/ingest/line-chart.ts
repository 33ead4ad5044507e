/** One line of a chart. */
export interface ChartSeries {
  readonly label: string
  /** A CSS colour. */
  readonly color: string
  /** Ascending in x. */
  readonly points: readonly (readonly [x: number, y: number])[]
}

/** A chart: its words and its lines. Both axes begin at 0, so that no slope looks steeper than it is. */
export interface Chart {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly series: readonly ChartSeries[]
}

const width = 760
const height = 320
const margin = { top: 58, right: 24, bottom: 46, left: 72 }
const ticks = 5
const legendsPerRow = 3

/** Draws a line chart as an SVG document that reads on light and dark ground and needs no font or script. */
export function lineChart(chart: Chart): string {
  const points = chart.series.flatMap((series) => series.points)
  const xMax = niceMax(Math.max(...points.map(([x]) => x)))
  const yMax = niceMax(Math.max(...points.map(([, y]) => y)))
  const xAt = (x: number): number => margin.left + (x / xMax) * (width - margin.left - margin.right)
  const yAt = (y: number): number =>
    height - margin.bottom - (y / yMax) * (height - margin.top - margin.bottom)
  const place = { xAt, yAt, xMax, yMax }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${margin.left}" y="18" font-size="14" font-weight="bold">${escapeXml(chart.title)}</text>
${legend(chart.series)}
${axes(chart, place)}
${chart.series.map((series) => polyline(series, place)).join('\n')}
</svg>
`
}

/** Puts charts of {@link lineChart} one below the other into one document. */
export function stackCharts(charts: readonly string[]): string {
  const placed = charts.map((chart, index) =>
    chart.replace('<svg ', `<svg y="${index * height}" width="${width}" height="${height}" `),
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height * charts.length}">
${placed.join('')}</svg>
`
}

interface Place {
  readonly xAt: (x: number) => number
  readonly yAt: (y: number) => number
  readonly xMax: number
  readonly yMax: number
}

function legend(series: readonly ChartSeries[]): string {
  const step = (width - margin.left - margin.right) / legendsPerRow
  return series
    .map(({ label, color }, index) => {
      const x = round(margin.left + (index % legendsPerRow) * step)
      const y = 34 + Math.floor(index / legendsPerRow) * 14
      return `<rect x="${x}" y="${y - 8}" width="12" height="8" fill="${color}"/><text x="${x + 18}" y="${y}">${escapeXml(label)}</text>`
    })
    .join('\n')
}

function axes({ xLabel, yLabel }: Chart, { xAt, yAt, xMax, yMax }: Place): string {
  const lines: string[] = []
  for (let tick = 0; tick <= ticks; tick += 1) {
    const [x, y] = [(xMax * tick) / ticks, (yMax * tick) / ticks]
    lines.push(
      `<path d="M${xAt(0)} ${round(yAt(y))}H${xAt(xMax)}" stroke="#ddd"/>`,
      `<text x="${margin.left - 8}" y="${round(yAt(y) + 4)}" text-anchor="end">${number(y)}</text>`,
      `<text x="${round(xAt(x))}" y="${height - margin.bottom + 18}" text-anchor="middle">${number(x)}</text>`,
    )
  }
  const middle = (margin.top + height - margin.bottom) / 2
  return `${lines.join('\n')}
<text x="${(margin.left + width - margin.right) / 2}" y="${height - 8}" text-anchor="middle">${escapeXml(xLabel)}</text>
<text x="16" y="${middle}" text-anchor="middle" transform="rotate(-90 16 ${middle})">${escapeXml(yLabel)}</text>`
}

function polyline({ points, color }: ChartSeries, { xAt, yAt }: Place): string {
  const path = points.map(([x, y]) => `${round(xAt(x))},${round(yAt(y))}`).join(' ')
  return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="1.5"/>`
}

/** The next 1, 2, 2.5, 3, 4 or 5 times a power of ten. */
function niceMax(value: number): number {
  if (!(value > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return (
    [1, 2, 2.5, 3, 4, 5, 10].map((factor) => factor * power).find((nice) => nice >= value) ?? value
  )
}

function number(value: number): string {
  return value >= 10_000
    ? `${Number((value / 1000).toFixed(1))}k`
    : String(Number(value.toFixed(2)))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
