import { dataOf, openApi } from '@whodid/client'
import type { Schemas } from '@whodid/client'
import { parseHandle, printableLine, WhodidError } from '@whodid/model'
import { readAdminAccess } from '../api-access.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments, requiredValue } from '../parse-arguments.ts'

type Action = Schemas['RevocationRequest']['action']
type Target = Schemas['RevocationTarget']

const forms = `  instance:<id>      one running agent
  template:<id>      every instance of a template, and those to come
  person:<id>        every agent that acts for a person; the person goes on working
  correlation:<id>   every agent at work on one task
  credential:<id>    whoever uses a credential
  delegation:<id>    whoever acts under a delegation

  --cause <text>     why; stands in the ledger indefinitely: name no person
  --only             not the agents that it started
  --json             the revocation as JSON

Environment: WHODID_API_URL, WHODID_TOKEN (the admin's).`

/** `whodid kill`: stops agents for good. */
export const killCommand: Command = {
  name: 'kill',
  help: `Usage: whodid kill <handle> --cause <text> [--only] [--json]

Stops an agent for good, with the agents that it started. In force once it is printed. Never stops a person.

${forms}`,
  run: (context) => stop('revoke', context),
}

/** `whodid pause`: stops agents until they are resumed. */
export const pauseCommand: Command = {
  name: 'pause',
  help: `Usage: whodid pause <handle> --cause <text> [--only] [--json]

Stops an agent, with the agents that it started, until \`whodid resume\`.

${forms}`,
  run: (context) => stop('pause', context),
}

/** `whodid resume`: ends a pause. */
export const resumeCommand: Command = {
  name: 'resume',
  help: `Usage: whodid resume <handle> --cause <text> [--json]

Ends a pause. What was killed stays stopped.

${forms}`,
  run: (context) => stop('resume', context),
}

const done = { revoke: 'is stopped', pause: 'is paused', resume: 'may go on' } as const

async function stop(action: Action, context: CommandContext): Promise<number> {
  const { args, environment, stdout, stderr, stopping } = context
  const options = {
    cause: { type: 'string' },
    only: { type: 'boolean' },
    json: { type: 'boolean' },
  } as const
  const typed = parseArguments(args, options, { min: 1, max: 1, what: 'one handle' })
  const target = targetOf(typed.positionals[0] ?? '')
  const body = {
    action,
    target,
    cause: requiredValue(typed, 'cause'),
    cascade: !typed.flag('only'),
  }
  const api = openApi(await readAdminAccess(environment), { signal: stopping })
  const revocation = await dataOf(api.POST('/v1/revocations', { body }))
  if (typed.flag('json')) stdout.write(`${JSON.stringify(revocation)}\n`)
  else {
    const what = target.kind === 'agents_of' ? 'every agent of' : target.kind
    stdout.write(
      `${what} ${printableLine(target.id)} ${done[action]}, in force since ${revocation.at}, on record as span:${revocation.record}.\n`,
    )
  }
  if (target.kind !== 'instance') return 0
  // Only now: nothing may come between the order and its effect.
  const path = { id: target.id }
  const { instance } = await dataOf(api.GET('/v1/instances/{id}', { params: { path } }))
  if (instance === null)
    stderr.write(`No instance ${printableLine(target.id)} is on record: check the ID.\n`)
  return 0
}

function targetOf(text: string): Target {
  const [, delegation] = /^delegation:(.+)$/u.exec(text) ?? []
  if (delegation !== undefined) return { kind: 'delegation', id: delegation }
  const { kind, value: id } = parseHandle(text)
  const known = kinds.get(kind)
  if (known !== undefined) return { kind: known, id }
  throw new WhodidError(
    'invalid_handle',
    `expected instance:<id>, template:<id>, person:<id>, correlation:<id>, credential:<id> or delegation:<id>; got "${printableLine(text, 80)}"`,
  )
}

const kinds: ReadonlyMap<string, Target['kind']> = new Map([
  ['instance', 'instance'],
  ['template', 'template'],
  ['delegator', 'agents_of'],
  ['correlation', 'task'],
  ['credential', 'credential'],
] as const)
