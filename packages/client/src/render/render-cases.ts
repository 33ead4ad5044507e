import { printable, printableLine } from '@whodid/model'
import type { CaseAbout, CaseEntry } from '@whodid/model'
import { renderInstant } from '../time/instant.ts'
import type { Palette } from './terminal-text.ts'
import { renderTable } from './table.ts'

/** Cases, one a line: its ID, how many entries, from when to when, by whom. */
export function renderCases(cases: readonly CaseAbout[], palette: Palette): string[] {
  return renderTable(
    cases,
    [
      { title: 'CASE', cell: (one) => one.case_id, paint: palette.cyan },
      { title: 'ENTRIES', cell: (one) => String(one.entries) },
      { title: 'FIRST', cell: (one) => renderInstant(one.first_at), paint: palette.dim },
      { title: 'LAST', cell: (one) => renderInstant(one.last_at), paint: palette.dim },
      { title: 'BY', cell: (one) => one.authors.join(', ') },
    ],
    palette,
  )
}

/** The notebook of a case, oldest entry first: who wrote what when, its text, and the question with its permalink. */
export function renderCase(entries: readonly CaseEntry[], palette: Palette): string[] {
  return entries.flatMap(({ written_at: at, author, role, kind, text, question, permalink }) => [
    `${palette.dim(renderInstant(at))}  ${palette.bold(kind)}  ${palette.cyan(printableLine(author))} ${palette.dim(`(${printableLine(role)})`)}`,
    ...(question === null ? [] : [`  of ${printableLine(question.of, 4_096)}`]),
    ...(permalink === null ? [] : [palette.dim(`  ${printableLine(permalink, 8_192)}`)]),
    ...(text === null
      ? []
      : printable(text)
          .split('\n')
          .map((line) => `  ${line}`)),
  ])
}
