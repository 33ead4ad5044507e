import type { Schemas } from '@whodid/api/client'
import { askQuestion } from '../ask-question.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'
import { idOf, parametersOf, questionHelp, questionOptions } from '../question-options.ts'
import { renderActions } from '../render/action-table.ts'
import { renderInstant } from '../render/instant.ts'
import type { Palette } from '../render/palette.ts'
import { renderTable } from '../render/table.ts'

type Answer = Schemas['DelegatorAnswer']

/** `whodid delegator`: what a person or service did, and what was done for them. */
export const delegatorCommand: Command = {
  name: 'delegator',
  help: `Usage: whodid delegator <id> [options]

Shows what a person or service did directly, and what agents did on their behalf, apart.

${questionHelp}
  --limit <n>        how many of the newest acts of each kind to give, 1–100 (default 10)
  --json             the API's answer as JSON

Example: whodid delegator dev@acme.example --from 2026-11-22T00:00:00Z
Environment: WHODID_API_URL, WHODID_TOKEN, NO_COLOR.`,
  run: showDelegator,
}

async function showDelegator(context: CommandContext): Promise<number> {
  const positionals = { min: 1, max: 1, what: 'one delegator' }
  const typed = parseArguments(context.args, questionOptions, positionals)
  const path = { id: idOf('delegator', typed.positionals[0] ?? '') }
  const query = parametersOf(typed, ['from', 'to', 'as_recorded', 'limit'])
  await askQuestion<Answer>(context, typed, {
    call: (api) => api.GET('/v1/delegators/{id}', { params: { path, query } }),
    render: ({ direct, delegated }, palette) => [
      ...actsLines('DIRECT', direct, palette),
      '',
      ...actsLines('ON THEIR BEHALF', delegated, palette),
      ...agentLines(delegated, palette),
    ],
    handles: [`delegator:${path.id}`],
    unknown: ({ direct, delegated }) =>
      direct.acts + delegated.acts === 0 ? [`delegator:${path.id}`] : undefined,
  })
  return 0
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
