import { situations } from '@whodid/corpus'
import { claims, share, tally } from './tally.ts'
import type { Tally } from './tally.ts'
import type { Scored } from './score-corpus.ts'

const begins =
  '<!-- the table is written by `npm run bench -- attribution`; what stands between these lines is not kept -->'
const ends = '<!-- the table ends -->'

/** Puts the table of a score into the page, in the place of the one that is there. */
export function withScoreTable(page: string, scored: readonly Scored[]): string {
  const from = page.indexOf(begins)
  const to = page.indexOf(ends)
  if (from < 0 || to < from) throw new Error('the page has no place for the table')
  return `${page.slice(0, from)}${begins}\n\n${attributionTable(scored)}\n${page.slice(to)}`
}

/** A row a situation, and one of all; a claim as `precision / recall` in parts of a hundred. */
function attributionTable(scored: readonly Scored[]): string {
  const rows = [
    ['situation', 'questions', 'undetermined', 'decided of decidable', ...claims],
    ['---', '--:', '--:', '--:', ...claims.map(() => '--:')],
    ...situations.map(({ name, title }) => {
      const own = scored.filter(({ question }) => question.situation === name)
      return row(title, tally(own.map(({ marks }) => marks)))
    }),
    row('**all**', tally(scored.map(({ marks }) => marks))),
  ]
  return rows.map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}

function row(title: string, told: Tally): string[] {
  return [
    title,
    String(told.questions),
    percent(share(told.undetermined, told.questions)),
    percent(share(told.decided, told.decidable)),
    ...claims.map((claim) => {
      const { given, right, sought, found } = told.claims[claim]
      return `${percent(share(right, given))} / ${percent(share(found, sought))}`
    }),
  ]
}

function percent(value: number | null): string {
  if (value === null) return '–'
  // Never rounded up to the whole: 99.9 is no 100.
  return String(Math.floor(value * 1000) / 10)
}
