import type { Schemas } from '@whodid/api/client'
import { askQuestion } from '../ask-question.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'
import { idOf, parametersOf, questionHelp, questionOptions } from '../question-options.ts'
import { factLines } from '../render/fact-lines.ts'
import { renderInstant } from '../render/instant.ts'
import type { Palette } from '../render/palette.ts'
import { renderTable } from '../render/table.ts'

/** `whodid blast-radius`: what an instance and its descendants touched. */
export const blastRadiusCommand: Command = {
  name: 'blast-radius',
  help: `Usage: whodid blast-radius <instance> [options]

Shows everything that an instance and the instances it started touched, by resource, the latest first.

${questionHelp}
  --limit <n>        how many resources to give, 1–1000 (default 200)
  --json             the API's answer as JSON

Environment: WHODID_API_URL, WHODID_TOKEN, NO_COLOR.`,
  run: showBlastRadius,
}

async function showBlastRadius(context: CommandContext): Promise<number> {
  const positionals = { min: 1, max: 1, what: 'one instance' }
  const typed = parseArguments(context.args, questionOptions, positionals)
  const path = { id: idOf('instance', typed.positionals[0] ?? '') }
  const query = parametersOf(typed, ['from', 'to', 'as_recorded', 'limit'])
  await askQuestion<Schemas['BlastRadiusAnswer']>(context, typed, {
    call: (api) => api.GET('/v1/instances/{id}/blast-radius', { params: { path, query } }),
    render: (answer, palette) => render(answer, palette),
    handles: [`instance:${path.id}`],
    unknown: ({ resources_total: touched, acts_without_resource: others, instances }) =>
      touched + others === 0 && instances.length <= 1 ? [`instance:${path.id}`] : undefined,
  })
  return 0
}

function render(answer: Schemas['BlastRadiusAnswer'], palette: Palette): string[] {
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
