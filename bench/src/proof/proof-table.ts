import type { Measure } from '../bench.ts'
import type { Machine } from '../machine.ts'

const begins =
  '<!-- written by `npm run bench -- proof --rows-max 10000000`; what stands between these lines is not kept -->'
const ends = '<!-- the proof’s table ends -->'

/** Words for what a measure is to be, and whether it is. */
interface Goal {
  readonly words: string
  readonly isMet: (value: number) => boolean
}

const goals: Readonly<Record<string, Goal>> = {
  seal_cpu_share: { words: 'at most 0.15', isMet: (value) => value <= 0.15 },
  verify_rows_per_cpu_second: { words: 'at least 500,000', isMet: (value) => value >= 500_000 },
  who_did_p50_ratio_with_proof: { words: 'at most 2', isMet: (value) => value <= 2 },
}

/** Puts the table of a whole run into the page, in the place of the one that is there. */
export function withProofTable(
  page: string,
  machine: Machine,
  measures: readonly Measure[],
): string {
  const from = page.indexOf(begins)
  const to = page.indexOf(ends)
  if (from < 0 || to < from) throw new Error('the page has no place for the table')
  const rows = [
    ['measure', 'this run', 'goal', '', 'of'],
    ['---', '--:', '---', '---', '---'],
    ...measures.map(row),
  ]
  const table = rows.map((cells) => `| ${cells.join(' | ')} |\n`).join('')
  return `${page.slice(0, from)}${begins}\n\n${origin(machine)}\n${table}\n${page.slice(to)}`
}

function origin(machine: Machine): string {
  const memory = Math.round(machine.memory_bytes / 1024 ** 3)
  return `${machine.date.slice(0, 16).replace('T', ' ')} UTC: ${machine.cpu}, ${machine.cores} cores, ${memory} GiB, ${machine.platform}, kernel ${machine.kernel}, Node ${machine.node}.
Load average at the start: ${machine.load_before.toFixed(1)}. Median of the rounds, lowest and highest in brackets.
`
}

function row({ name, value, unit, of, spread, why }: Measure): string[] {
  const goal = goals[name]
  const verdict =
    goal === undefined || value === null ? '' : goal.isMet(value) ? 'met' : '**not met**'
  const range = spread === undefined ? '' : ` (${spread.map(readable).join('–')})`
  const told =
    value === null
      ? `not taken: ${why ?? 'no reason given'}`
      : `${readable(value)}${range}${unitOf(unit)}`
  return [`\`${name}\``, told, goal?.words ?? '–', verdict, of]
}

function unitOf(unit: Measure['unit']): string {
  return unit === 'ratio' || unit === 'share' || unit === 'count' ? '' : ` ${unit}`
}

/** Three digits that matter. */
function readable(value: number): string {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}
