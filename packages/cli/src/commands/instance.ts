import { renderInstance } from '@whodid/client'
import type { Schemas } from '@whodid/client'
import { askQuestion } from '../ask-question.ts'
import type { Command, CommandContext } from '../command.ts'
import { outputHelp, outputOption } from '../output-form.ts'
import { parseArguments } from '../parse-arguments.ts'
import { idOf, moreLines, pageOptions, parametersOf, questionHelp } from '../question-options.ts'

/** `whodid instance`: one running agent. */
export const instanceCommand: Command = {
  name: 'instance',
  help: `Usage: whodid instance <id> [options]

Shows what the records that name an instance say of it, and its timeline, oldest first.

${questionHelp}
  --limit <n>        how many records of the timeline to give, 1–500 (default 100)
  --cursor <c>       the page after the one that gave this cursor
${outputHelp}

Environment: WHODID_API_URL, WHODID_TOKEN, NO_COLOR.`,
  run: showInstance,
}

async function showInstance(context: CommandContext): Promise<number> {
  const typed = parseArguments(
    context.args,
    { ...pageOptions, ...outputOption },
    { min: 1, max: 1, what: 'one instance' },
  )
  const path = { id: idOf('instance', typed.positionals[0] ?? '') }
  const query = parametersOf(typed, ['from', 'to', 'as_recorded', 'limit', 'cursor'])
  await askQuestion<Schemas['InstanceAnswer']>(context, typed, {
    call: (api) => api.GET('/v1/instances/{id}', { params: { path, query } }),
    rows: ({ timeline }) => timeline,
    render: (answer, palette) => [
      ...renderInstance(answer, palette),
      ...moreLines(answer.next_cursor, query),
    ],
    handles: [`instance:${path.id}`],
    unknown: ({ instance }) => (instance === null ? [`instance:${path.id}`] : undefined),
  })
  return 0
}
