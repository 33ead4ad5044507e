import { renderGhosts } from '@whodid/client'
import { askQuestion } from '../ask-question.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'
import { hoursAgo, parametersOf, questionHelp, questionOptions } from '../question-options.ts'

/** Hours reported on when `--from` says nothing else. */
const hoursDefault = 24

/** `whodid ghosts`: acts whose actor is not who they seem. */
export const ghostsCommand: Command = {
  name: 'ghosts',
  help: `Usage: whodid ghosts [options]

Holds the imported logs of other systems against the acts on record, and reports:
acts under a person's name that were an agent's; acts that no record explains; records that the world does not confirm. An act is
judged by its records' own claims; \`whodid ask span:<its span>\` weighs all the evidence. Without --from: the last 24 hours.

${questionHelp}
  --limit <n>        how many entries of each list to give, 1–1000 (default 100)
  --json             the API's answer as JSON

Example: whodid ghosts --from 2026-11-27
Exit code: 0 answered, also when there are none.
Environment: WHODID_API_URL, WHODID_TOKEN, NO_COLOR.`,
  run: listGhosts,
}

async function listGhosts(context: CommandContext): Promise<number> {
  const typed = parseArguments(context.args, questionOptions, {
    min: 0,
    max: 0,
    what: 'options only',
  })
  const query = {
    from: hoursAgo(hoursDefault),
    ...parametersOf(typed, ['from', 'to', 'as_recorded', 'limit']),
  }
  await askQuestion(context, typed, {
    call: (api) => api.GET('/v1/ghosts', { params: { query } }),
    render: renderGhosts,
    handles: [],
    unknown: () => undefined,
  })
  return 0
}
