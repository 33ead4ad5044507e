import type { RedactorScore } from './score-redactor.ts'

/** A table of scores by kind, in Markdown: the secrets' kinds with what was hidden, the innocent ones' with what was changed. */
export function secretsTable(scores: readonly RedactorScore[]): string {
  const rows = scores.map(({ kind, secrets, hidden, innocents, alarms }) => [
    kind,
    secrets === 0 ? '' : `${hidden} of ${secrets}`,
    innocents === 0 ? '' : `${alarms} of ${innocents}`,
  ])
  return [
    '| kind | hidden | changed by mistake |',
    '|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n')
}
