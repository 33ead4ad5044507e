import type { Schemas } from '@whodid/api/client'
import { renderInstant } from './instant.ts'
import type { Palette } from './palette.ts'
import { renderTable } from './table.ts'

type Action = Schemas['ListedAction']

/** Actions, one a line: when, who for whom, what on what, how it ended, how well it is backed, and its span to ask about. */
export function renderActions(actions: readonly Action[], palette: Palette): string[] {
  return renderTable(
    actions,
    [
      { title: 'TIME', cell: (action) => renderInstant(action.started_at), paint: palette.dim },
      {
        title: 'WHO',
        cell: whoOf,
        paint: (text, { verdict }) =>
          verdict === 'undetermined' ? palette.yellow(text) : palette.cyan(text),
      },
      { title: 'FOR', cell: ({ verdict, delegator }) => (verdict === 'human' ? null : delegator) },
      { title: 'VERB', cell: ({ verb, record_kind: kind }) => (verb === '' ? kind : verb) },
      {
        title: 'OUTCOME',
        cell: ({ outcome }) => outcome,
        paint: (text, { outcome }) =>
          outcome === 'failure' || outcome === 'denied' ? palette.red(text) : text,
      },
      {
        title: 'GRADE',
        cell: ({ grade }) => grade,
        paint: (text, { grade }) => (grade === 'contradicted' ? palette.red(text) : text),
      },
      { title: 'ON', cell: ({ resource, tool }) => resource?.id ?? tool },
      { title: 'SPAN', cell: ({ span }) => span, paint: palette.dim },
    ],
    palette,
  )
}

function whoOf({ verdict, actor, template, instance }: Action): string {
  if (verdict !== 'agent') return actor === null ? verdict : `${verdict} ${actor}`
  return template === null || instance === null ? (actor ?? verdict) : `${template} ${instance}`
}
