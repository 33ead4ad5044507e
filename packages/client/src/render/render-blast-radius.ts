import type { Schemas } from '../api-client.ts'
import { renderInstant } from '../time/instant.ts'
import { renderTable } from './table.ts'
import { factLines } from './terminal-text.ts'
import type { Palette } from './terminal-text.ts'

/** A blast radius for a person: the instances, then each touched resource on one line, the latest first. */
export function renderBlastRadius(
  answer: Schemas['BlastRadiusAnswer'],
  palette: Palette,
): string[] {
  const { resources, truncated } = answer
  const [, ...descendants] = answer.instances
  const facts = factLines(
    {
      Instance: answer.id,
      Started: descendants.map(({ id }) => id),
      Touched: `${answer.resources_total} resources; ${answer.acts_without_resource} acts name none`,
    },
    palette,
  )
  const cut = Object.entries(truncated).flatMap(([what, isCut]) => (isCut ? [what] : []))
  const warning =
    cut.length === 0
      ? []
      : [palette.yellow(`! not everything is here; a bound was met: ${cut.join(', ')}`)]
  const left = answer.resources_total - resources.length
  const more = left > 0 ? [palette.dim(`+${left} more resources: a higher --limit`)] : []
  return resources.length === 0
    ? [...facts, ...warning]
    : [...facts, ...warning, '', ...resourceLines(resources, palette), ...more]
}

function resourceLines(
  resources: readonly Schemas['TouchedResource'][],
  palette: Palette,
): string[] {
  return renderTable(
    resources,
    [
      { title: 'LAST', cell: (row) => renderInstant(row.last_at), paint: palette.dim },
      { title: 'FIRST', cell: (row) => renderInstant(row.first_at), paint: palette.dim },
      { title: 'VERBS', cell: ({ touches }) => touches.map(touchText).join(', ') },
      { title: 'RESOURCE', cell: ({ id }) => id, paint: palette.cyan },
      { title: 'BY', cell: ({ instances }) => instances.join(', ') },
    ],
    palette,
  )
}

function touchText(touch: Schemas['TouchedResource']['touches'][number]): string {
  const times = touch.acts === 1 ? '' : ` ×${touch.acts}`
  const ended = touch.outcome === 'success' || touch.outcome === null ? '' : ` ${touch.outcome}`
  const grade = touch.grade === 'channel' ? '' : ` (${touch.grade})`
  return `${touch.verb === '' ? 'touched' : touch.verb}${ended}${times}${grade}`
}
