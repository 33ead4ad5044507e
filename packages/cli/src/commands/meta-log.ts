import { resolve } from 'node:path'
import { printableLine, WhodidError } from '@whodid/model'
import { readSettings } from '@whodid/server/config'
import { asInvalid, checkName, readKeyFile, readLogKey } from '@whodid/server/credentials'
import { leaveRequest, parseWitnesses, startCheckpointLog } from '@whodid/witness'
import type { CheckpointLogEvent } from '@whodid/witness'
import { generateNoteKey, parseSkey } from '@whodid/tlog'
import type { NoteSigner } from '@whodid/tlog'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments, readPortOption, required } from '../parse-arguments.ts'
import type { ParsedArguments } from '../parse-arguments.ts'

/** `whodid meta-log`: takes the checkpoints of collectors as leaves, so that none can be left out. */
export const metaLogCommand: Command = {
  name: 'meta-log',
  help: `Usage: whodid meta-log --key <file> [--name <name>] [--dir <dir>] [--log <vkey>…] [--host <host>] [--port <port>] [--json]
       whodid meta-log add --key <file> [--dir <dir>] <vkey>…
       whodid meta-log retire --key <file> [--dir <dir>] <vkey or origin>…

Runs a meta-log: a log whose entries are the checkpoints of collectors' logs, and which logs there must be. It takes what
continues the checkpoint before and refuses forks and rollbacks, as a witness does; what it took stays. Run it where the administrators
of the collectors and of their database have no access.

add registers the log of a key, or a further key of a log that is known; retire says that a log has ended: it takes no more
checkpoints and must still be there. A meta-log that runs takes either up within a second.

  --key <file>     its two private keys, readable by its owner alone; made when there are none and --name says their name
  --name <name>    the name of the keys, such as meta.example.com/all
  --dir <dir>      where it is kept (default: the key's path with ".log"); beside the key stands what it signed last
  --log <vkey>     registers this log, as add does; repeat for more
  --host <host>    default 127.0.0.1; put TLS in front of another
  --port <port>    default 4322; 0 takes a free one
  --json           one JSON object a line on standard output for each thing that happens

Collectors submit to it: WHODID_META_LOG="<its vkey> <its URL>". WHODID_WITNESSES names who is asked to cosign it.`,
  run: metaLog,
}

const string = { type: 'string' } as const
const options = {
  key: string,
  name: string,
  log: { type: 'string', multiple: true },
  dir: string,
  host: string,
  port: string,
  json: { type: 'boolean' },
} as const

async function metaLog(context: CommandContext): Promise<number> {
  const what = '"add" or "retire" and keys, or options only'
  const typed = parseArguments(context.args, options, { min: 0, max: 1_000, what })
  const keyPath = resolve(required(typed.value('key'), '--key'))
  const dir = resolve(typed.value('dir') ?? `${keyPath}.log`)
  const [verb, ...subjects] = typed.positionals
  if (verb === undefined) return serve(context, typed, { keyPath, dir })
  if ((verb !== 'add' && verb !== 'retire') || subjects.length === 0)
    throw new WhodidError(
      'invalid_parameter',
      `expected ${what}; got "${printableLine(typed.positionals.join(' '), 80)}"`,
    )
  await leaveRequests(dir, verb, subjects)
  context.stderr.write(
    `whodid meta-log: left in "${dir}", to be taken within a second of running\n`,
  )
  return 0
}

async function leaveRequests(
  dir: string,
  verb: 'add' | 'retire',
  subjects: readonly string[],
): Promise<void> {
  // All are read before the first is left.
  const requests = subjects.map((subject) => {
    if (verb === 'add') return { add: readCollectorKey(verb, subject) }
    const isKey = subject.includes('+')
    return { retire: isKey ? readLogKey(verb, subject).name : subject }
  })
  for (const request of requests) await leaveRequest(dir, request)
}

async function serve(
  { environment, stdout, stderr, stopping }: CommandContext,
  typed: ParsedArguments,
  { keyPath, dir }: { readonly keyPath: string; readonly dir: string },
): Promise<number> {
  const { signer, receipts } = await readKeys(keyPath, typed.value('name'))
  await leaveRequests(dir, 'add', typed.values('log'))
  const show = (event: CheckpointLogEvent | MetaLogReady): void => {
    if (typed.flag('json')) stdout.write(`${JSON.stringify(event)}\n`)
    else stderr.write(`whodid meta-log: ${describe(event)}\n`)
  }
  const settings = readSettings(environment)
  const running = await startCheckpointLog({
    signer,
    receipts,
    dir,
    headPath: `${keyPath}.head`,
    witnesses: parseWitnesses(settings.value('witnesses') ?? '', settings.nameOf('witnesses')),
    host: typed.value('host') ?? '127.0.0.1',
    port: readPortOption(typed, 4322),
    onEvent: show,
  })
  const vkey = signer.verifier.vkey
  show({ event: 'ready', url: running.url, vkey, receipts: receipts.verifier.vkey })
  if (!stopping.aborted)
    await new Promise((done) => stopping.addEventListener('abort', done, { once: true }))
  await running.stop()
  return 0
}

interface MetaLogReady {
  readonly event: 'ready'
  readonly url: string
  /** The key that verifiers are given. */
  readonly vkey: string
  /** The key that collectors are given. */
  readonly receipts: string
}

function describe(event: CheckpointLogEvent | MetaLogReady): string {
  switch (event.event) {
    case 'ready':
      return `listening. Collectors submit to it with\n  WHODID_META_LOG="${event.receipts} ${event.url}"\nand it is verified with\n  whodid verify --meta-log ${event.url} --meta-key ${event.vkey}\nand WHODID_META_KEY="${event.vkey}" names it in evidence packages`
    case 'first':
      return `first checkpoint of ${printableLine(event.origin, 200)}, ${event.size} leaves: taken on its word`
    case 'conflict':
      return `CONFLICT: ${printableLine(event.origin, 200)} signed ${event.size} leaves that do not continue what was taken before: ${printableLine(event.detail)}`
    case 'failed':
      return `FAILED, and tried again: ${printableLine(event.detail)}`
    case 'registered':
      return printableLine(event.detail, 400)
    case 'refused':
      return `refused: ${printableLine(event.detail)}`
    case 'warning':
      return printableLine(event.detail)
  }
}

/** The two keys in the file, a line each; new ones, if there is no file and a name for them. */
async function readKeys(
  path: string,
  name: string | undefined,
): Promise<{ signer: NoteSigner; receipts: NoteSigner }> {
  const text = await readKeyFile(path, name, (given) =>
    [generateNoteKey(given, 'note').skey, generateNoteKey(given, 'cosignature').skey].join('\n'),
  )
  const [signer, receipts, ...others] = text
    .trim()
    .split('\n')
    .map((line) => asInvalid('--key', () => parseSkey(line.trim())))
  if (signer === undefined || receipts === undefined || others.length > 0)
    throw new WhodidError('invalid_config', `--key expected two keys, a line each, in "${path}"`)
  checkName(path, name, signer)
  return { signer, receipts }
}

function readCollectorKey(option: string, vkey: string): string {
  const key = readLogKey(option, vkey)
  if (key.kind === 'note') return key.vkey
  throw new WhodidError(
    'invalid_config',
    `${option} expected the key of a log, of type 1; got "${printableLine(vkey, 200)}"`,
  )
}
