import { tellParts } from './close-months.ts'
import type { SizeResult } from './measure-size.ts'

const begins =
  '<!-- written by `npm run bench -- ask --rows-max 100000000`; what stands between these lines is not kept -->'
const ends = '<!-- the read path’s table ends -->'

/** Puts the table of a whole run into the page, in the place of the one that is there. */
export function withAskTable(page: string, results: readonly SizeResult[]): string {
  const from = page.indexOf(begins)
  const to = page.indexOf(ends)
  if (from < 0 || to < from) throw new Error('the page has no place for the table')
  return `${page.slice(0, from)}${begins}\n\n${table(results)}\n${crowdLines(results)}\n${page.slice(to)}`
}

function table(results: readonly SizeResult[]): string {
  const head = [
    'handle',
    'spans',
    '× `SELECT 1`',
    'p50 ms',
    'p95',
    'p99',
    'cold p50',
    'cold p99',
    'writing p50',
    'writing p99',
    'rows read p50',
    'most',
    'bytes read p50',
  ]
  const rows = results.flatMap((result) =>
    result.kinds.map(({ kind, cold, warm, writing }) => [
      kind,
      (result.rows / 1e6).toFixed(0) + ' M',
      (warm.p50 / result.selectOneP50).toFixed(1),
      ...[warm.p50, warm.p95, warm.p99, cold.p50, cold.p99].map((ms) => ms.toFixed(1)),
      writing?.p50.toFixed(1) ?? '–',
      writing?.p99.toFixed(1) ?? '–',
      ...[warm.rowsP50, warm.rowsMax, warm.bytesP50].map((count) =>
        Math.round(count).toLocaleString('en-US'),
      ),
    ]),
  )
  const ordered = rows.toSorted(([left = ''], [right = '']) =>
    left < right ? -1 : left > right ? 1 : 0,
  )
  return [head, head.map((_, index) => (index === 0 ? '---' : '--:')), ...ordered]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('')
}

function crowdLines(results: readonly SizeResult[]): string {
  const selectOne = results
    .map(
      ({ rows, selectOneP50 }) => `${selectOneP50.toFixed(2)} ms at ${(rows / 1e6).toFixed(0)} M`,
    )
    .join(', ')
  const last = results.at(-1)
  const parts = results.map(
    (each) => `at ${(each.rows / 1e6).toFixed(0)} M ${tellParts(each.parts)}`,
  )
  const told = `\`SELECT 1\` by the same client, between the questions: p50 ${selectOne}.

Parts, by month: ${parts.join('. ')}. Months that were over by the time of the newest copy had been made one part before, by \`OPTIMIZE … PARTITION … FINAL\`,
as the engine does by itself a day after their last write; the month under way was left as its merges had it. The seed itself was received when the ledger was filled.
`
  if (last?.crowd === undefined) return told
  const { crowd } = last
  const mebibytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0)
  return `${told}
${crowd.askers} askers at once, with ${(last.rows / 1e6).toFixed(0)} M spans and the collector writing ${Math.round(last.writingSpansPerSecond ?? 0)} spans/s: ${crowd.latency.count} answers, ${crowd.errors.length} errors, p50 ${crowd.latency.p50.toFixed(0)} ms, p99 ${crowd.latency.p99.toFixed(0)} ms; at most ${mebibytes(crowd.apiBytesPeak)} MiB of the API and ${mebibytes(crowd.engineBytesPeak)} MiB of the engine.
`
}
