import { renderReads } from '@whodid/client'
import type { RecordedRead } from '@whodid/model'
import { readAdminAccess } from '../api-access.ts'
import { askQuestion } from '../ask-question.ts'
import type { Command, CommandContext } from '../command.ts'
import { outputHelp, outputOption } from '../output-form.ts'
import { parseArguments } from '../parse-arguments.ts'
import { parametersOf } from '../question-options.ts'

/** `whodid reads`: who looked at the ledger. */
export const readsCommand: Command = {
  name: 'reads',
  help: `Usage: whodid reads [options]

Shows who looked at the ledger and what they asked, newest first: people, programs, pages of the console. Takes the admin token.
This look is recorded too.

  --limit <n>        how many to give, 1–1000 (default 100)
  --case <id>        the case this read belongs to; kept with the record of it
${outputHelp}

Environment: WHODID_API_URL, WHODID_TOKEN, NO_COLOR.`,
  run: listReads,
}

async function listReads(context: CommandContext): Promise<number> {
  const options = {
    limit: { type: 'string' },
    case: { type: 'string' },
    json: { type: 'boolean' },
    ...outputOption,
  } as const
  const typed = parseArguments(context.args, options, { min: 0, max: 0, what: 'no argument' })
  const query = parametersOf(typed, ['limit'])
  await askQuestion<{ reads: readonly RecordedRead[] }>(context, typed, {
    access: readAdminAccess,
    call: (api) => api.GET('/v1/reads', { params: { query } }),
    rows: (answer) => answer.reads,
    render: ({ reads }, palette) =>
      reads.length === 0 ? ['Nobody is on record yet.'] : renderReads(reads, palette),
    handles: [],
    unknown: () => undefined,
  })
  return 0
}
