import { renderAuthority } from '@whodid/client'
import type { Schemas } from '@whodid/client'
import { askQuestion } from '../ask-question.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'
import { idOf, parametersOf, timeHelp } from '../question-options.ts'

/** `whodid authority`: what an instance was allowed. */
export const authorityCommand: Command = {
  name: 'authority',
  help: `Usage: whodid authority <instance> [options]

Shows what an instance was allowed at a time, and why: the registration of its template, the delegations, approvals and credentials on
record, and the orders to stop it. What nothing states is unknown, and never allowed.

  --at <t>           by what the ledger had received by then; default now
  --tool <name>      was this tool allowed?
  --resource <id>    was this resource allowed?
  --case <id>        the case this read belongs to; kept with the record of it
  --json             the API's answer as JSON

${timeHelp}

Environment: WHODID_API_URL, WHODID_TOKEN, NO_COLOR.`,
  run: showAuthority,
}

async function showAuthority(context: CommandContext): Promise<number> {
  const string = { type: 'string' } as const
  const typed = parseArguments(
    context.args,
    { at: string, tool: string, resource: string, case: string, json: { type: 'boolean' } },
    { min: 1, max: 1, what: 'one instance' },
  )
  const instance = idOf('instance', typed.positionals[0] ?? '')
  const query = { instance, ...parametersOf(typed, ['at', 'tool', 'resource']) }
  await askQuestion<Schemas['AuthorityAnswer']>(context, typed, {
    call: (api) => api.GET('/v1/authority', { params: { query } }),
    render: renderAuthority,
    handles: [`instance:${instance}`],
    unknown: ({ instance: found, stops, question }) =>
      found === null && stops.length === 0 && query.at === undefined
        ? [`instance:${question.instance}`]
        : undefined,
  })
  return 0
}
