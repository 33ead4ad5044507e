import { dataOf, openApi } from '@whodid/client'
import { readAdminAccess } from '../api-access.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments, requiredValue } from '../parse-arguments.ts'

/** `whodid erase`: takes away what a person or an agent said, and leaves who did what. */
export const eraseCommand: Command = {
  name: 'erase',
  help: `Usage: whodid erase --subject <handle> --reason <text> [--case <id>] [--json]

Destroys the key of a subject's text and deletes the text. Records and proofs stay, and answers say content_erased. The
erasure is on record before it is done. It cannot be undone. A legal hold refuses it.

  --subject <handle>  delegator:<id> or instance:<id>
  --reason <text>     stands in the ledger indefinitely: name no person
  --case <id>         the case it belongs to

Environment: WHODID_API_URL, WHODID_TOKEN (the admin's).`,
  run: erase,
}

async function erase({ args, environment, stdout, stopping }: CommandContext): Promise<number> {
  const string = { type: 'string' } as const
  const options = {
    subject: string,
    reason: string,
    case: string,
    json: { type: 'boolean' },
  } as const
  const typed = parseArguments(args, options, { min: 0, max: 0, what: 'options only' })
  const caseId = typed.value('case')
  const body = {
    subject: requiredValue(typed, 'subject'),
    reason: requiredValue(typed, 'reason'),
    ...(caseId === undefined ? {} : { case_id: caseId }),
  }
  const api = openApi(await readAdminAccess(environment), { signal: stopping })
  const outcome = await dataOf(api.POST('/v1/erasures', { body }))
  if (typed.flag('json')) stdout.write(`${JSON.stringify(outcome)}\n`)
  else {
    const keys = outcome.keys === 1 ? '1 key' : `${outcome.keys} keys`
    const rest = outcome.done
      ? ''
      : ' Rows are still there, unreadable; they go when ClickHouse is back.'
    stdout.write(`${keys} destroyed, on record as span:${outcome.record}.${rest}\n`)
  }
  return 0
}
