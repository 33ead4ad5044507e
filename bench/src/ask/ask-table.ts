import type { Crowd } from './ask-crowd.ts'
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
  return `${page.slice(0, from)}${begins}\n\n${table(results)}\n${closingLines(results)}\n${page.slice(to)}`
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
    'statements, most',
    'rows read p50',
    'most',
    'bytes read p50',
  ]
  const rows = results.flatMap((result) =>
    result.kinds.map(({ kind, cold, warm, selectOneP50 }) => {
      const writing = result.busy?.writing.find((each) => each.kind === kind)?.latency
      return [
        kind,
        millions(result.rows),
        (warm.p50 / selectOneP50).toFixed(1),
        ...[warm.p50, warm.p95, warm.p99, cold.p50, cold.p99].map((ms) => ms.toFixed(1)),
        writing?.p50.toFixed(1) ?? '–',
        writing?.p99.toFixed(1) ?? '–',
        String(warm.statementsMax),
        ...[warm.rowsP50, warm.rowsMax, warm.bytesP50].map((value) =>
          Math.round(value).toLocaleString('en-US'),
        ),
      ]
    }),
  )
  const ordered = rows.toSorted(([left = ''], [right = '']) =>
    left < right ? -1 : left > right ? 1 : 0,
  )
  return [head, head.map((_, index) => (index === 0 ? '---' : '--:')), ...ordered]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('')
}

function closingLines(results: readonly SizeResult[]): string {
  const selectOne = results
    .map(({ rows, kinds }) => {
      const all = kinds.map(({ selectOneP50 }) => selectOneP50)
      const range = `${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)} ms`
      return `${range} at ${millions(rows)}`
    })
    .join(', ')
  const parts = results.map((each) => `at ${millions(each.rows)} ${tellParts(each.parts)}`)
  const busy = results.at(-1)?.busy
  const told = `\`SELECT 1\` by the same client, back to back, beside the questions of each kind: p50 ${selectOne}.

Parts, by month: ${parts.join('. ')}. Months that were over by the time of the newest record had been made one part before, by \`OPTIMIZE … PARTITION … FINAL\`,
as the engine does by itself a day after their last write; the month under way was left as its merges had it.
`
  if (busy === undefined) return told
  const writes = `the collector writing ${Math.round(busy.writingSpansPerSecond)} spans/s`
  return `${told}
${crowdLine(busy.crowd, 'nothing else going on')}

${crowdLine(busy.crowdWhileWriting, writes)}
`
}

function crowdLine(crowd: Crowd, words: string): string {
  const { askers, latency, answersPerSecond, errors, residentBytesPeaks } = crowd
  const mebibytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0)
  return `${askers} askers at once, ${words}: ${answersPerSecond.toFixed(0)} answers a second, ${latency.count} in all, ${errors.length} errors, p50 ${latency.p50.toFixed(0)} ms, p99 ${latency.p99.toFixed(0)} ms; at most ${mebibytes(residentBytesPeaks.api)} MiB of the API and ${mebibytes(residentBytesPeaks.engine)} MiB of the engine.`
}

function millions(rows: number): string {
  return `${(rows / 1e6).toFixed(0)} M`
}
