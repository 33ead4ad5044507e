import { resolve } from 'node:path'
import { printableLine } from '@whodid/model'
import { asInvalid, checkName, readKeyFile, readLogKey } from '@whodid/server/credentials'
import { generateNoteKey, parseSkey } from '@whodid/tlog'
import type { NoteSigner } from '@whodid/tlog'
import { startWitness } from '@whodid/witness'
import type { WitnessEvent, WitnessFailure } from '@whodid/witness'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments, readPortOption, required } from '../parse-arguments.ts'

/** `whodid witness`: cosigns the checkpoints of logs, apart from them. */
export const witnessCommand: Command = {
  name: 'witness',
  help: `Usage: whodid witness --key <file> [--name <name>] --log <vkey>… [--state <dir>] [--host <host>] [--port <port>] [--json]

Runs a witness (C2SP tlog-witness): it remembers the newest checkpoint of each log, cosigns what continues it, and refuses
forks and rollbacks. Run it where the administrators of the log and of its database have no access.

  --key <file>     its private key, readable by its owner alone; made when there is none and --name says its name
  --name <name>    the name of the key, such as witness.example.com/w1
  --log <vkey>     the verifier key of a log it cosigns; repeat for more
  --state <dir>    what it remembers (default: the key's path with ".state"). An older copy put back lets a fork pass
  --host <host>    default 127.0.0.1; put TLS in front of another
  --port <port>    default 4321; 0 takes a free one
  --json           one JSON object a line on standard output for each thing that happens

Logs submit to it: WHODID_WITNESSES="<its vkey> <its URL>".`,
  run: witness,
}

const string = { type: 'string' } as const
const options = {
  key: string,
  name: string,
  log: { type: 'string', multiple: true },
  state: string,
  host: string,
  port: string,
  json: { type: 'boolean' },
} as const

async function witness({ args, stdout, stderr, stopping }: CommandContext): Promise<number> {
  const typed = parseArguments(args, options, { min: 0, max: 0, what: 'options only' })
  const port = readPortOption(typed, 4321)
  const keyPath = resolve(required(typed.value('key'), '--key'))
  const logs = typed.values('log').map((vkey) => readLogKey('--log', vkey))
  const signer = await readSigner(keyPath, typed.value('name'))
  const show = (event: WitnessEvent | WitnessFailure | WitnessReady): void => {
    if (typed.flag('json')) stdout.write(`${JSON.stringify(event)}\n`)
    else stderr.write(`whodid witness: ${describe(event)}\n`)
  }
  const running = await startWitness({
    signer,
    logs,
    stateDir: resolve(typed.value('state') ?? `${keyPath}.state`),
    host: typed.value('host') ?? '127.0.0.1',
    port,
    onEvent: show,
  })
  show({ event: 'ready', url: running.url, vkey: signer.verifier.vkey })
  if (!stopping.aborted)
    await new Promise((done) => stopping.addEventListener('abort', done, { once: true }))
  await running.stop()
  return 0
}

interface WitnessReady {
  readonly event: 'ready'
  readonly url: string
  readonly vkey: string
}

function describe(event: WitnessEvent | WitnessFailure | WitnessReady): string {
  switch (event.event) {
    case 'ready':
      return `listening. Logs submit to it with\n  WHODID_WITNESSES="${event.vkey} ${event.url}"`
    case 'first':
      return `first checkpoint of ${printableLine(event.origin, 200)}, ${event.size} leaves: taken on its word`
    case 'conflict':
      return `CONFLICT: ${printableLine(event.origin, 200)} signed ${event.size} leaves that do not continue what was cosigned before: ${printableLine(event.detail)}`
    case 'failed':
      return `FAILED, nothing was cosigned: ${printableLine(event.detail)}`
  }
}

/** The key in the file; a new one, if there is no file and a name for it. */
async function readSigner(path: string, name: string | undefined): Promise<NoteSigner> {
  const text = await readKeyFile(path, name, (given) => generateNoteKey(given, 'cosignature').skey)
  const signer = asInvalid('--key', () => parseSkey(text.trim()))
  checkName(path, name, signer)
  return signer
}
