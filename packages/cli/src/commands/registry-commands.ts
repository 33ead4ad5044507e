import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { dataOf, openApi, renderRegistrations } from '@whodid/client'
import type { Schemas } from '@whodid/client'
import { printableLine, WhodidError } from '@whodid/model'
import { readAdminAccess } from '../api-access.ts'
import { askQuestion } from '../ask-question.ts'
import type { CommandContext } from '../command.ts'
import { parseArguments, requiredValue } from '../parse-arguments.ts'
import type { OptionTable, ParsedArguments } from '../parse-arguments.ts'
import { idOf, moreLines, parametersOf } from '../question-options.ts'

const string = { type: 'string' } as const
const strings = { type: 'string', multiple: true } as const

/** The help text of {@link registryCommands}. */
export const registryHelp: string = `The registry says what the instances of a template may do. register adds a version, which replaces the one before it; show gives the versions
in force, history every version of one template. What a version does not state is unknown: it is not allowed.

  --at <t>           the registry as it stood then (show, history)
  --owner <team>     who answers for the template (register)
  --because <text>   why it is needed; stands in the ledger indefinitely: name no person
  --expires <t>      from then on nothing is allowed; a time that is over ends the template
  --scope <s>        a scope of the ceiling; several times for more. --no-scopes: states that there are none
  --tool <name>      a tool, or its beginning with * behind it; likewise, --no-tools
  --resource <id>    a resource, or its beginning with * behind it; likewise, --no-resources
  --audience <uri>   a resource server that a delegated token may be for; likewise
  --prompt-file <f>  the prompt file; its name and hash are registered`

/** Bytes of a prompt file. */
const promptBytesMax = 16 * 1024 * 1024

/** `whodid templates show`, `history` and `register`. */
export const registryCommands: ReadonlyMap<string, (context: CommandContext) => Promise<number>> =
  new Map([
    ['show', (context: CommandContext) => list(context, { min: 0, max: 1, what: 'a template' })],
    ['history', (context: CommandContext) => list(context, { min: 1, max: 1, what: 'a template' })],
    ['register', register],
  ])

const listOptions: OptionTable = {
  at: string,
  limit: string,
  cursor: string,
  case: string,
  json: { type: 'boolean' },
}

async function list(
  context: CommandContext,
  positionals: { readonly min: 0 | 1; readonly max: number; readonly what: string },
): Promise<number> {
  const typed = parseArguments(context.args, listOptions, positionals)
  const [named] = typed.positionals
  const isHistory = positionals.min === 1
  const given = parametersOf(typed, ['at', 'limit', 'cursor'])
  const template = named === undefined ? {} : { template: idOf('template', named) }
  // The version in force is the newest of them.
  const only = named === undefined || isHistory ? {} : { limit: '1' }
  const query = { ...given, ...template, ...only }
  await askQuestion<Schemas['RegistryAnswer']>(context, typed, {
    call: (api) => api.GET('/v1/registry/templates', { params: { query } }),
    render: ({ registrations, next_cursor: next }, palette) =>
      registrations.length === 0
        ? ['No registration is on record.']
        : [
            ...renderRegistrations(registrations, palette),
            ...(named !== undefined && !isHistory ? [] : moreLines(next)),
          ],
    handles: [],
    unknown: () => undefined,
  })
  return 0
}

async function register(context: CommandContext): Promise<number> {
  const { args, environment, stdout, stopping } = context
  const options = {
    owner: string,
    because: string,
    expires: string,
    'prompt-file': string,
    scope: strings,
    tool: strings,
    resource: strings,
    audience: strings,
    'no-scopes': { type: 'boolean' },
    'no-tools': { type: 'boolean' },
    'no-resources': { type: 'boolean' },
    'no-audiences': { type: 'boolean' },
    json: { type: 'boolean' },
  } as const
  const typed = parseArguments(args, options, { min: 1, max: 1, what: 'one template' })
  const file = typed.value('prompt-file')
  const body = {
    template: idOf('template', typed.positionals[0] ?? ''),
    owner: requiredValue(typed, 'owner'),
    justification: requiredValue(typed, 'because'),
    expires_at: requiredValue(typed, 'expires'),
    ...stated(typed, 'scope'),
    ...stated(typed, 'tool'),
    ...stated(typed, 'resource'),
    ...stated(typed, 'audience'),
    ...(file === undefined ? {} : { prompt: { file, hash: await hashOfFile(file) } }),
  }
  const api = openApi(await readAdminAccess(environment), { signal: stopping })
  const registration = await dataOf(api.POST('/v1/registry/templates', { body }))
  if (typed.flag('json')) stdout.write(`${JSON.stringify(registration)}\n`)
  else
    stdout.write(
      `template ${printableLine(registration.template)} is registered until ${registration.expires_at}, on record as span:${registration.record}.\n`,
    )
  return 0
}

/** A list of the body: absent where nobody stated it, empty where it was stated that there is none. Throws `invalid_parameter` for both. */
function stated(
  typed: ParsedArguments,
  name: 'scope' | 'tool' | 'resource' | 'audience',
): Partial<Record<`${typeof name}s`, string[]>> {
  const values = typed.values(name)
  const isNone = typed.flag(`no-${name}s`)
  if (isNone && values.length > 0)
    throw new WhodidError('invalid_parameter', `expected --${name} or --no-${name}s; got both`)
  return values.length === 0 && !isNone ? {} : { [`${name}s`]: [...values] }
}

async function hashOfFile(path: string): Promise<string> {
  try {
    const file = await open(path, 'r')
    try {
      const hash = createHash('sha256')
      let bytes = 0
      for await (const chunk of file.createReadStream({ autoClose: false })) {
        if (!(chunk instanceof Uint8Array)) throw new Error('it gave no bytes')
        bytes += chunk.length
        if (bytes > promptBytesMax) throw new Error(`it has more than ${promptBytesMax} bytes`)
        hash.update(chunk)
      }
      return `sha256:${hash.digest('hex')}`
    } finally {
      await file.close()
    }
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : 'unknown failure'
    throw new WhodidError('invalid_parameter', `the prompt file cannot be read: ${why}`, {
      cause: thrown,
    })
  }
}
