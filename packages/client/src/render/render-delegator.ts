import type { Schemas } from '../api-client.ts'
import { renderInstant } from '../time/instant.ts'
import { renderActions } from './render-lists.ts'
import { renderTable } from './table.ts'
import type { Palette } from './terminal-text.ts'

type Answer = Schemas['DelegatorAnswer']

/** The acts of a person or service for a person to read: the direct ones, then those that agents did on their behalf. */
export function renderDelegator({ direct, delegated }: Answer, palette: Palette): string[] {
  return [
    ...actsLines('DIRECT', direct, palette),
    '',
    ...actsLines('ON THEIR BEHALF', delegated, palette),
    ...agentLines(delegated, palette),
  ]
}

function actsLines(title: string, acts: Answer['direct'], palette: Palette): string[] {
  const heading = `${palette.bold(title)}  ${acts.acts} acts on ${acts.resources_total} resources`
  if (acts.first_at === null || acts.last_at === null) return [heading]
  const forged =
    acts.contradicted_acts === 0
      ? []
      : [palette.red(`! ${acts.contradicted_acts} by an exporter that may not speak for the actor`)]
  const seen = `${renderInstant(acts.first_at)} to ${renderInstant(acts.last_at)}`
  const more = acts.acts - acts.latest.length
  return [
    heading,
    palette.dim(seen),
    ...forged,
    ...renderActions(acts.latest, palette),
    ...(more > 0
      ? [palette.dim(`+${more} more: a higher --limit, or \`whodid actions delegator:<id>\``)]
      : []),
  ]
}

function agentLines(delegated: Answer['delegated'], palette: Palette): string[] {
  const { agents, agents_total: total } = delegated
  if (agents.length === 0) return []
  const lines = renderTable(
    agents,
    [
      { title: 'AGENT', cell: ({ template }) => template, paint: palette.cyan },
      { title: 'INSTANCE', cell: ({ instance }) => instance },
      { title: 'ACTS', cell: ({ acts }) => String(acts) },
      { title: 'LAST', cell: (row) => renderInstant(row.last_at), paint: palette.dim },
    ],
    palette,
  )
  const more = total - agents.length
  return ['', ...lines, ...(more > 0 ? [palette.dim(`+${more} more agents: a shorter time`)] : [])]
}
