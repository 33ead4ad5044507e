import { ownClientName } from '@whodid/retention'
import { WhodidError } from '@whodid/model'
import { readDataDir } from '@whodid/server/config'
import {
  createToken,
  readIngestClients,
  tokenSha256,
  writeIngestClients,
} from '@whodid/server/credentials'
import type { NamedIngestClient } from '@whodid/server/credentials'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'

/** `whodid exporter`: who may send spans, and whom each may speak for. */
export const exporterCommand: Command = {
  name: 'exporter',
  help: `Usage: whodid exporter add --name <name> [--template <id>]… [--tenant <tenant>] [--humans] [--services] [--infrastructure] [--json]
       whodid exporter list [--json]
       whodid exporter remove --name <name> [--json]

An exporter sends spans with a token of its own. What it says about an actor it may speak for is graded "channel"; what it
says about any other actor is kept and not believed. One that is bound to no actor only asserts.

  --name <name>       1–64 letters, digits, ".", "_" or "-"
  --template <id>     a template it may speak for; repeat for more; '*' for every one
  --tenant <tenant>   the tenant its records belong to (default "default")
  --humans            it may speak for humans
  --services          it may speak for services
  --infrastructure    its spans that name nobody belong to whoever they stand under: a sidecar, a proxy, a database driver;
                      it may name nobody by this

Without any of the four it is bound to no actor.

"add" prints the token, once: only its hash is kept. A running Whodid takes a change up within seconds.
Environment: WHODID_DATA_DIR.`,
  run: exporter,
}

async function exporter(context: CommandContext): Promise<number> {
  const [action, ...args] = context.args
  switch (action ?? '') {
    case 'add':
      return add({ ...context, args })
    case 'list':
      return list({ ...context, args })
    case 'remove':
      return remove({ ...context, args })
    default:
      throw new WhodidError(
        'invalid_parameter',
        `expected add, list or remove; got ${action === undefined ? 'nothing' : `"${action}"`}`,
      )
  }
}

const boolean = { type: 'boolean' } as const
const noPositionals = { min: 0, max: 0, what: 'options only' }

async function add({ args, environment, stdout, stderr }: CommandContext): Promise<number> {
  const string = { type: 'string' } as const
  const template = { type: 'string', multiple: true } as const
  const kinds = { humans: boolean, services: boolean, infrastructure: boolean }
  const options = { name: string, tenant: string, template, ...kinds }
  const typed = parseArguments(args, { ...options, json: boolean }, noPositionals)
  const name = required(typed.value('name'))
  const dataDir = readDataDir(environment)
  if (name === ownClientName)
    throw new WhodidError(
      'invalid_parameter',
      `"--name" expected another: "${name}" is Whodid itself`,
    )
  const present = await readIngestClients(dataDir)
  if (present.some((known) => known.name === name))
    throw new WhodidError('invalid_parameter', `"--name" is taken already; got "${name}"`)
  const token = createToken('ing')
  const templates = typed.values('template')
  const added: NamedIngestClient = {
    name,
    tenant: typed.value('tenant') ?? 'default',
    token_sha256: tokenSha256(token),
    templates: templatesOf(
      templates,
      typed.flag('humans') || typed.flag('services') || typed.flag('infrastructure'),
    ),
    humans: typed.flag('humans'),
    services: typed.flag('services'),
    ...(typed.flag('infrastructure') ? { infrastructure: true } : {}),
  }
  await writeIngestClients(dataDir, [...present, added])
  if (typed.flag('json')) stdout.write(`${JSON.stringify({ ...shown(added), token })}\n`)
  else {
    stderr.write(
      `Exporter "${name}" added. Its token, for WHODID_INGEST_TOKEN of the sender, shown this once:\n`,
    )
    stdout.write(`${token}\n`)
  }
  return 0
}

function templatesOf(
  typed: readonly string[],
  speaksForOthers: boolean,
): NamedIngestClient['templates'] {
  if (typed.includes('*')) return '*'
  return typed.length === 0 && !speaksForOthers ? null : typed
}

async function list({ args, environment, stdout }: CommandContext): Promise<number> {
  const typed = parseArguments(args, { json: boolean }, noPositionals)
  const exporters = await readIngestClients(readDataDir(environment))
  if (typed.flag('json')) {
    stdout.write(`${JSON.stringify({ exporters: exporters.map(shown) })}\n`)
    return 0
  }
  if (exporters.length === 0)
    stdout.write('No exporter but that of the ingest token, which may speak for everyone.\n')
  for (const known of exporters) stdout.write(`${describe(known)}\n`)
  return 0
}

async function remove({ args, environment, stdout, stderr }: CommandContext): Promise<number> {
  const typed = parseArguments(args, { name: { type: 'string' }, json: boolean }, noPositionals)
  const name = required(typed.value('name'))
  const dataDir = readDataDir(environment)
  const present = await readIngestClients(dataDir)
  const left = present.filter((known) => known.name !== name)
  if (left.length === present.length)
    throw new WhodidError('not_found', `there is no exporter "${name}"`)
  await writeIngestClients(dataDir, left)
  if (typed.flag('json')) stdout.write(`${JSON.stringify({ removed: name })}\n`)
  else stderr.write(`Exporter "${name}" removed. A running Whodid shuts it out within seconds.\n`)
  return 0
}

function required(name: string | undefined): string {
  if (name !== undefined && /^[A-Za-z0-9._-]{1,64}$/u.test(name)) return name
  throw new WhodidError(
    'invalid_parameter',
    `"--name" expected 1–64 letters, digits, ".", "_" or "-"; got ${name === undefined ? 'nothing' : `"${name}"`}`,
  )
}

function shown({
  token_sha256: _hash,
  ...rest
}: NamedIngestClient): Omit<NamedIngestClient, 'token_sha256'> {
  return rest
}

function describe(known: NamedIngestClient): string {
  if (known.templates === null) return `${known.name}  tenant ${known.tenant}  only asserts`
  const templates =
    known.templates === '*' ? 'every template' : known.templates.join(', ') || 'no template'
  const others = [
    known.humans ? 'humans' : '',
    known.services ? 'services' : '',
    known.infrastructure === true ? 'infrastructure' : '',
  ]
  const speaksFor = [templates, ...others.filter((part) => part !== '')].join(', ')
  return `${known.name}  tenant ${known.tenant}  speaks for ${speaksFor}`
}
