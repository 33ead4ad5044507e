import type { Measure } from './bench.ts'

/** One measure for people: its value, its name, what it is of, and the spread over the runs or the reason there is none. */
export function reportLine({ name, value, unit, of, spread, why }: Measure): string {
  if (value === null)
    return `${'–'.padStart(12)}  ${name}: not taken, ${why ?? 'no reason given'} (${of})`
  const range = spread === undefined ? '' : ` [${readable(spread[0])} to ${readable(spread[1])}]`
  return `${readable(value).padStart(12)}  ${unit === 'ratio' ? '×' : unit}  ${name}${range} (${of})`
}

/** Three digits that matter. */
function readable(value: number): string {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}
