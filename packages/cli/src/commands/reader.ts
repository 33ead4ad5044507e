import { WhodidError } from '@whodid/model'
import { readDataDir } from '@whodid/server/config'
import { createToken, readReaders, tokenSha256, writeReaders } from '@whodid/server/credentials'
import type { NamedReader } from '@whodid/server/credentials'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'

/** `whodid reader`: who may ask about a tenant. */
export const readerCommand: Command = {
  name: 'reader',
  help: `Usage: whodid reader add --name <name> [--tenant <tenant>] [--json]
       whodid reader list [--json]
       whodid reader remove --name <name> [--json]

A reader asks with a token of its own, as an investigator of one tenant: it sees that tenant's records and no others, and its
name stands in the record of reads.

  --name <name>       1–64 letters, digits, ".", "_" or "-"
  --tenant <tenant>   the tenant whose records it sees (default "default")

"add" prints the token, once: only its hash is kept. A running Whodid takes a change up within seconds.
Environment: WHODID_DATA_DIR.`,
  run: reader,
}

/** Names of the tokens of `tokens.json`, under which their reads are on record. */
const takenNames = ['ingest', 'investigator', 'admin']

async function reader(context: CommandContext): Promise<number> {
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
const string = { type: 'string' } as const
const noPositionals = { min: 0, max: 0, what: 'options only' }

async function add({ args, environment, stdout, stderr }: CommandContext): Promise<number> {
  const options = { name: string, tenant: string, json: boolean }
  const typed = parseArguments(args, options, noPositionals)
  const name = required('name', typed.value('name'))
  const tenant = required('tenant', typed.value('tenant') ?? 'default')
  const dataDir = readDataDir(environment)
  const present = await readReaders(dataDir)
  if (takenNames.includes(name) || present.some((known) => known.name === name))
    throw new WhodidError('invalid_parameter', `"--name" is taken already; got "${name}"`)
  const token = createToken('inv')
  await writeReaders(dataDir, [...present, { name, tenant, token_sha256: tokenSha256(token) }])
  if (typed.flag('json')) stdout.write(`${JSON.stringify({ name, tenant, token })}\n`)
  else {
    stderr.write(
      `Reader "${name}" of tenant "${tenant}" added. Its token, for WHODID_TOKEN of whoever asks, shown this once:\n`,
    )
    stdout.write(`${token}\n`)
  }
  return 0
}

async function list({ args, environment, stdout }: CommandContext): Promise<number> {
  const typed = parseArguments(args, { json: boolean }, noPositionals)
  const readers = await readReaders(readDataDir(environment))
  if (typed.flag('json')) {
    stdout.write(`${JSON.stringify({ readers: readers.map(shown) })}\n`)
    return 0
  }
  if (readers.length === 0)
    stdout.write('No reader but the investigator and the admin, of the tenant "default".\n')
  for (const known of readers) stdout.write(`${known.name}  tenant ${known.tenant}\n`)
  return 0
}

async function remove({ args, environment, stdout, stderr }: CommandContext): Promise<number> {
  const typed = parseArguments(args, { name: string, json: boolean }, noPositionals)
  const name = required('name', typed.value('name'))
  const dataDir = readDataDir(environment)
  const present = await readReaders(dataDir)
  const left = present.filter((known) => known.name !== name)
  if (left.length === present.length)
    throw new WhodidError('not_found', `there is no reader "${name}"`)
  await writeReaders(dataDir, left)
  if (typed.flag('json')) stdout.write(`${JSON.stringify({ removed: name })}\n`)
  else stderr.write(`Reader "${name}" removed. A running Whodid shuts it out within seconds.\n`)
  return 0
}

function required(option: 'name' | 'tenant', value: string | undefined): string {
  if (value !== undefined && /^[A-Za-z0-9._-]{1,64}$/u.test(value)) return value
  throw new WhodidError(
    'invalid_parameter',
    `"--${option}" expected 1–64 letters, digits, ".", "_" or "-"; got ${value === undefined ? 'nothing' : `"${value}"`}`,
  )
}

function shown({ name, tenant }: NamedReader): Omit<NamedReader, 'token_sha256'> {
  return { name, tenant }
}
