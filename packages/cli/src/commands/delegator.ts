import { renderDelegator } from '@whodid/client'
import type { Schemas } from '@whodid/client'
import { askQuestion } from '../ask-question.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'
import { idOf, parametersOf, questionHelp, questionOptions } from '../question-options.ts'

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
  await askQuestion<Schemas['DelegatorAnswer']>(context, typed, {
    call: (api) => api.GET('/v1/delegators/{id}', { params: { path, query } }),
    render: renderDelegator,
    handles: [`delegator:${path.id}`],
    unknown: ({ direct, delegated }) =>
      direct.acts + delegated.acts === 0 ? [`delegator:${path.id}`] : undefined,
  })
  return 0
}
