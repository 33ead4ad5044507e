import { renderBlastRadius } from '@whodid/client'
import type { Schemas } from '@whodid/client'
import { askQuestion } from '../ask-question.ts'
import type { Command, CommandContext } from '../command.ts'
import { outputHelp, outputOption } from '../output-form.ts'
import { parseArguments } from '../parse-arguments.ts'
import { idOf, parametersOf, questionHelp, questionOptions } from '../question-options.ts'

/** `whodid blast-radius`: what an instance and its descendants touched. */
export const blastRadiusCommand: Command = {
  name: 'blast-radius',
  help: `Usage: whodid blast-radius <instance> [options]

Shows everything that an instance and the instances it started touched, by resource, the latest first.

${questionHelp}
  --limit <n>        how many resources to give, 1–1000 (default 200)
${outputHelp}

Environment: WHODID_API_URL, WHODID_TOKEN, NO_COLOR.`,
  run: showBlastRadius,
}

async function showBlastRadius(context: CommandContext): Promise<number> {
  const positionals = { min: 1, max: 1, what: 'one instance' }
  const typed = parseArguments(context.args, { ...questionOptions, ...outputOption }, positionals)
  const path = { id: idOf('instance', typed.positionals[0] ?? '') }
  const query = parametersOf(typed, ['from', 'to', 'as_recorded', 'limit'])
  await askQuestion<Schemas['BlastRadiusAnswer']>(context, typed, {
    call: (api) => api.GET('/v1/instances/{id}/blast-radius', { params: { path, query } }),
    rows: ({ resources }) => resources,
    render: renderBlastRadius,
    handles: [`instance:${path.id}`],
    unknown: ({ resources_total: touched, acts_without_resource: others, instances }) =>
      touched + others === 0 && instances.length <= 1 ? [`instance:${path.id}`] : undefined,
  })
  return 0
}
