import { readFile } from 'node:fs/promises'
import { dataOf, openApi } from '@whodid/client'
import { printableLine, WhodidError } from '@whodid/model'
import { readAdminAccess } from '../api-access.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments, requiredValue } from '../parse-arguments.ts'
import type { ParsedArguments } from '../parse-arguments.ts'

/** `whodid loss`: puts on record that somebody accepts a loss of records. */
export const lossCommand: Command = {
  name: 'loss',
  help: `Usage: whodid loss accept --log <origin> --by <who> --reason <text> [options]

After a restore: puts on record who answers for the records of a log that are lost, and why. Verification and answers then say that the
loss was accepted, by whom and when, in place of rolled_back or row_missing. They never say again that the ledger is whole, and a
loss that is larger than this one fails as before. It accepts only what is already lost, and cannot be taken back.

  --log <origin>        the log, as \`whodid verify\` names it
  --by <who>            the person or role who answers for it; stands in the ledger indefinitely
  --reason <text>       why; stands in the ledger indefinitely
  --checkpoint <file>   the newest checkpoint of the log that was kept elsewhere; default: the newest known to this Whodid
  --from, --to <n>      rows of these places that are gone, --to not among them; default: what the log was rolled back by
  --case <id>           the case it belongs to
  --json                one JSON object

Environment: WHODID_API_URL, WHODID_TOKEN (the admin's).`,
  run: loss,
}

async function loss({ args, environment, stdout, stopping }: CommandContext): Promise<number> {
  const string = { type: 'string' } as const
  const options = {
    log: string,
    by: string,
    reason: string,
    checkpoint: string,
    from: string,
    to: string,
    case: string,
    json: { type: 'boolean' },
  } as const
  const typed = parseArguments(args, options, { min: 1, max: 1, what: '"accept"' })
  const [action = ''] = typed.positionals
  if (action !== 'accept')
    throw new WhodidError(
      'invalid_parameter',
      `expected accept; got "${printableLine(action, 60)}"`,
    )
  const caseId = typed.value('case')
  const places = placesOf(typed)
  const file = typed.value('checkpoint')
  const body = {
    log: requiredValue(typed, 'log'),
    accepted_by: requiredValue(typed, 'by'),
    reason: requiredValue(typed, 'reason'),
    ...(file === undefined ? {} : { checkpoint: await readFile(file, 'utf8') }),
    ...(places === undefined ? {} : { places }),
    ...(caseId === undefined ? {} : { case_id: caseId }),
  }
  const api = openApi(await readAdminAccess(environment), { signal: stopping })
  const accepted = await dataOf(api.POST('/v1/losses', { body }))
  if (typed.flag('json')) stdout.write(`${JSON.stringify(accepted)}\n`)
  else
    stdout.write(
      `The loss of places ${accepted.from} to ${accepted.to - 1} of ${printableLine(accepted.log)} is accepted, on record as span:${accepted.record}.\n`,
    )
  return 0
}

function placesOf(
  typed: ParsedArguments,
): { readonly from: number; readonly to: number } | undefined {
  const [from, to] = [typed.value('from'), typed.value('to')]
  if (from === undefined && to === undefined) return undefined
  const count = /^\d{1,15}$/u
  if (from !== undefined && to !== undefined && count.test(from) && count.test(to))
    return { from: Number(from), to: Number(to) }
  throw new WhodidError('invalid_parameter', '--from and --to expected each other, whole numbers')
}
