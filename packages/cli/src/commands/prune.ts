import { dataOf, openApi } from '@whodid/client'
import { readAdminAccess } from '../api-access.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments, requiredValue } from '../parse-arguments.ts'

/** `whodid prune`: deletes text, or whole months of records, past their retention. */
export const pruneCommand: Command = {
  name: 'prune',
  help: `Usage: whodid prune --before <time> --reason <text> [--records] [--case <id>] [--json]

Deletes the text of records received before a time. With --records, drops the records of whole months before it too;
proofs of what stays still verify. It is on record before it is done. It cannot be undone. Any legal hold refuses it.

  --before <time>   RFC 3339 with a zone, in the past
  --reason <text>   stands in the ledger indefinitely
  --records         the records too, and not their text alone
  --case <id>       the case it belongs to

Environment: WHODID_API_URL, WHODID_TOKEN (the admin's).`,
  run: prune,
}

async function prune({ args, environment, stdout, stopping }: CommandContext): Promise<number> {
  const string = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const options = { before: string, reason: string, case: string, records: flag, json: flag }
  const typed = parseArguments(args, options, { min: 0, max: 0, what: 'options only' })
  const caseId = typed.value('case')
  const body = {
    before: requiredValue(typed, 'before'),
    what: typed.flag('records') ? ('records' as const) : ('text' as const),
    reason: requiredValue(typed, 'reason'),
    ...(caseId === undefined ? {} : { case_id: caseId }),
  }
  const api = openApi(await readAdminAccess(environment), { signal: stopping })
  const outcome = await dataOf(api.POST('/v1/prunes', { body }))
  if (typed.flag('json')) stdout.write(`${JSON.stringify(outcome)}\n`)
  else {
    const state = outcome.done ? 'Done' : 'Decided, and done when ClickHouse takes it'
    stdout.write(`${state}, on record as span:${outcome.record}.\n`)
  }
  return 0
}
