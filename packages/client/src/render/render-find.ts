import { printableLine } from '@whodid/model'
import type { Schemas } from '../api-client.ts'
import { renderInstant } from '../time/instant.ts'
import { renderTable } from './table.ts'
import { wrapText } from './terminal-text.ts'
import type { Palette } from './terminal-text.ts'

type Answer = Schemas['FindAnswer']
type Lead = Schemas['Lead']

/** Columns that a line of the search wraps at. */
const widthMax = 120

/**
 * What a clue may mean, for a person to read: the candidates, each with the command that it leads to, then names that may have been meant, and what
 * was looked at. Texts of records are made safe to print, and quoted in commands.
 */
export function renderFind(answer: Answer, palette: Palette, width: number): string[] {
  const { candidates, did_you_mean: near, advice } = answer
  return [
    ...headLines(answer, palette),
    ...(candidates.length === 0 ? [] : ['', ...candidateLines(answer, palette)]),
    ...(near.length === 0
      ? []
      : [
          '',
          palette.bold('DID YOU MEAN'),
          ...near.map(
            ({ kind, name, leads_to: lead }) =>
              `  ${kind} ${printableLine(name)}  ${palette.dim(commandOf(lead))}`,
          ),
        ]),
    '',
    palette.bold('LOOKED AT'),
    ...answer.searched.flatMap((made) => searchLines(made.text, made.is_whole, { palette, width })),
    ...(advice === null
      ? []
      : ['', ...wrapText(printableLine(advice, 600), Math.min(width, widthMax))]),
  ]
}

function headLines({ readings, time, is_cut: isCut }: Answer, palette: Palette): string[] {
  const taken = readings.map(({ text }) => text).join('; ')
  const from = time.after === null ? 'the beginning' : renderInstant(time.after)
  const to = time.before === null ? 'now' : renderInstant(time.before)
  return [
    palette.dim(`Taken for ${printableLine(taken, 300)}`),
    ...(time.after === null && time.before === null
      ? []
      : [palette.dim(`Between ${from} and ${to}`)]),
    ...(isCut ? [palette.yellow('The clue is long: its beginning was read')] : []),
  ]
}

function candidateLines({ candidates, more }: Answer, palette: Palette): string[] {
  const table = renderTable(
    candidates,
    [
      { title: 'KIND', cell: ({ kind }) => kind, paint: palette.cyan },
      { title: 'WHAT', cell: ({ label }) => label },
      { title: 'RECORDS', cell: (row) => `${row.records}${row.is_counted_whole ? '' : '+'}` },
      {
        title: 'LAST',
        cell: ({ last_at: last }) => (last === null ? null : renderInstant(last)),
        paint: palette.dim,
      },
      { title: 'WHY', cell: ({ why }) => why.text, paint: palette.dim },
    ],
    palette,
  )
  const [heading = '', ...rows] = table
  const lines = rows.flatMap((row, place) => {
    const candidate = candidates[place]
    if (candidate === undefined) return [row]
    const related = candidate.related.map(
      ({ label, kind, leads_to: lead }) =>
        `    ${palette.dim('with')} ${kind} ${printableLine(label)}  ${palette.dim(commandOf(lead))}`,
    )
    return [row, `  ${commandOf(candidate.leads_to)}`, ...related]
  })
  return [heading, ...lines, ...(more ? [palette.dim('There are more: a higher --limit')] : [])]
}

function searchLines(
  text: string,
  isWhole: boolean,
  { palette, width }: { readonly palette: Palette; readonly width: number },
): string[] {
  const lines = wrapText(printableLine(text, 600), Math.max(40, Math.min(width, widthMax) - 4))
  return lines.map((line, place) => {
    const marked = `${place === 0 ? (isWhole ? '· ' : '! ') : '  '}${line}`
    return isWhole ? palette.dim(marked) : palette.yellow(marked)
  })
}

/** The command that asks the question which a candidate leads to. Every text is quoted: it came from senders, and a person pastes it into a shell. */
function commandOf({ question, of, filters }: Lead): string {
  const options = Object.entries(filters).flatMap(([name, value]) => [
    `--${name.replaceAll('_', '-')}`,
    quoted(value),
  ])
  const command = question === 'who_did' ? 'ask' : question
  // What begins with a hyphen would be taken for an option.
  const named = of === null ? [] : [...(of.startsWith('-') ? ['--'] : []), quoted(of)]
  return ['whodid', command, ...options, ...named].join(' ')
}

/** A word for a shell of POSIX: plain where nothing in it is special, otherwise within single quotes. */
function quoted(text: string): string {
  const plain = printableLine(text, 4_200)
  if (/^[\w@%+:,./][\w@%+:,./-]*$/u.test(plain)) return plain
  return `'${plain.replaceAll("'", String.raw`'\''`)}'`
}
