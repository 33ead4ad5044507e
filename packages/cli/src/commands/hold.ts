import { dataOf, openApi } from '@whodid/client'
import { printableLine, WhodidError } from '@whodid/model'
import { readAdminAccess } from '../api-access.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments, requiredValue } from '../parse-arguments.ts'

/** `whodid hold`: what may not be erased or pruned, by case. */
export const holdCommand: Command = {
  name: 'hold',
  help: `Usage: whodid hold add --case <id> --reason <text> [--subject <handle>] [--json]
       whodid hold release --case <id> --reason <text> [--json]
       whodid hold list [--json]

While a hold stands, its subject is not erased, and nothing expires or is pruned. Each is on record.

  --case <id>         the case
  --subject <handle>  delegator:<id> or instance:<id>; without it the case holds everything
  --reason <text>     stands in the ledger indefinitely

Environment: WHODID_API_URL, WHODID_TOKEN (the admin's).`,
  run: hold,
}

async function hold({ args, environment, stdout, stopping }: CommandContext): Promise<number> {
  const [action = '', ...rest] = args
  const string = { type: 'string' } as const
  const options = {
    subject: string,
    reason: string,
    case: string,
    json: { type: 'boolean' },
  } as const
  const typed = parseArguments(rest, options, { min: 0, max: 0, what: 'options only' })
  if (!['add', 'release', 'list'].includes(action))
    throw new WhodidError(
      'invalid_parameter',
      `expected add, release or list; got ${action === '' ? 'nothing' : `"${printableLine(action, 60)}"`}`,
    )
  const api = openApi(await readAdminAccess(environment), { signal: stopping })
  const held = async () => {
    if (action === 'list') return (await dataOf(api.GET('/v1/holds', {}))).holds
    const body = { case_id: requiredValue(typed, 'case'), reason: requiredValue(typed, 'reason') }
    if (action === 'release') return (await dataOf(api.POST('/v1/holds/release', { body }))).holds
    const subject = typed.value('subject')
    const asked = subject === undefined ? body : { ...body, subject }
    return [await dataOf(api.POST('/v1/holds', { body: asked }))]
  }
  const holds = await held()
  if (typed.flag('json')) stdout.write(`${JSON.stringify({ holds })}\n`)
  else if (holds.length === 0) stdout.write('No hold is in force.\n')
  else
    for (const { case_id: caseId, subject, placed_at: at, reason } of holds)
      stdout.write(
        `${printableLine(caseId)}  ${subject === '' ? 'everything' : printableLine(subject)}  ${at}  ${printableLine(reason)}\n`,
      )
  return 0
}
