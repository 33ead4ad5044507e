import { basename } from 'node:path/posix'
import { setTimeout as sleep } from 'node:timers/promises'
import { leaveNextKey, listLogKeys } from '@whodid/collector'
import type { LogKey, LogKeys } from '@whodid/collector'
import { printableLine, WhodidError } from '@whodid/model'
import { readKeysConfig } from '@whodid/server/config'
import { openKeyWrapping } from '@whodid/server/credentials'
import { plainKeys, rewrapKeys } from '@whodid/tlog-posix'
import type { KeyWrapping } from '@whodid/tlog-posix'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'

/** `whodid keys`: the keys that checkpoints are signed with, and the form of all private keys on the disk. */
export const keysCommand: Command = {
  name: 'keys',
  help: `Usage: whodid keys list [--json]
       whodid keys rotate [--log <origin>] [--overlap <seconds>] [--json]
       whodid keys wrap | unwrap [--json]

A log's checkpoints are signed by a key that lies apart from the database. "rotate" makes the next one and leaves it for the
collector, which takes it up within a second when it runs, else at its next start: it puts the change on record, signed by
the old key and the new, and from there on signs with the new one; for the overlap with both. Then the private half of the
old key is erased, and nothing that it might still sign is believed.

Where a meta-log is set, the collector sends it the new key by itself, again and again until it has acknowledged it.
Checkpoints of before stay as valid as they were. Whoever keeps the log's keys must be given the new one within the overlap:
a policy another line "log <vkey>", a witness another --log <vkey>, whoever uses "verify --keys" the new file.

"wrap" encrypts every private key, those of texts too, under a master key that the program of WHODID_KEYS_COMMAND wraps, such
as a KMS; "unwrap" writes them as they are again. Stop Whodid before. A run that was interrupted is completed by the next.

  --log <origin>        which log, where the directory holds the keys of several
  --overlap <seconds>   how long both keys sign, 0 to 7776000; default 86400, a day
  --json                one JSON object; never a private key

Environment: WHODID_DATA_DIR, WHODID_KEYS_DIR, WHODID_KEYS_COMMAND. docs/howto/keys.md says more.`,
  run: keys,
}

const overlapSDefault = 86_400
/** Milliseconds for which it is waited that a running collector takes the key up. */
const takeUpMs = 10_000
const lookMs = 100

function keys(context: CommandContext): Promise<number> {
  const [action, ...args] = context.args
  if (action === 'list') return list({ ...context, args })
  if (action === 'rotate') return rotate({ ...context, args })
  if (action === 'wrap' || action === 'unwrap') return rewrap({ ...context, args }, action)
  throw new WhodidError(
    'invalid_parameter',
    `expected list, rotate, wrap or unwrap; got ${action === undefined ? 'nothing' : `"${printableLine(action, 60)}"`}`,
  )
}

const noPositionals = { min: 0, max: 0, what: 'options only' }
const boolean = { type: 'boolean' } as const

async function list({ args, environment, stdout }: CommandContext): Promise<number> {
  const typed = parseArguments(args, { json: boolean }, noPositionals)
  const config = readKeysConfig(environment)
  const logs = await listLogKeys(config.keysDir, await openKeyWrapping(config))
  if (typed.flag('json')) stdout.write(`${JSON.stringify({ logs: logs.map(shown) })}\n`)
  else if (logs.length === 0)
    stdout.write('No log has a key here yet: it is made at the first start.\n')
  else for (const log of logs) stdout.write(describe(log))
  return 0
}

async function rotate(context: CommandContext): Promise<number> {
  const { args, environment, stdout, stopping } = context
  const string = { type: 'string' } as const
  const typed = parseArguments(args, { log: string, overlap: string, json: boolean }, noPositionals)
  const config = readKeysConfig(environment)
  const { keysDir } = config
  const wrapping = await openKeyWrapping(config)
  const log = chooseLog(await listLogKeys(keysDir, wrapping), typed.value('log'))
  const overlapS = readOverlap(typed.value('overlap'))
  const { origin } = log
  const newVkey = await leaveNextKey({ keysDir, wrapping, origin, overlapMs: overlapS * 1_000 })
  const oldVkey = log.epochs.at(-1)?.vkey ?? ''
  const looked = { keysDir, wrapping, origin, stopping }
  // A collector that runs takes the key up: it is in force then, and the meta-log, where there is one, receives it.
  const isTakenUp = await untilKeys(looked, ({ epochs }) => epochs.at(-1)?.vkey === newVkey)
  const isRegistered =
    isTakenUp && (await untilKeys(looked, ({ unregistered }) => !unregistered.includes(newVkey)))
  const outcome = {
    log: origin,
    old: oldVkey,
    new: newVkey,
    overlap_s: overlapS,
    taken_up: isTakenUp,
    unregistered: isTakenUp && !isRegistered,
  }
  stdout.write(typed.flag('json') ? `${JSON.stringify(outcome)}\n` : describeRotation(outcome))
  return 0
}

/** Writes all private keys in the other form. */
async function rewrap(
  { args, environment, stdout }: CommandContext,
  action: 'wrap' | 'unwrap',
): Promise<number> {
  const typed = parseArguments(args, { json: boolean }, noPositionals)
  const config = readKeysConfig(environment)
  if (config.keysCommand === undefined)
    throw new WhodidError(
      'invalid_config',
      `WHODID_KEYS_COMMAND expected the program that ${action}s the master key; got nothing`,
    )
  const wrapped = await openKeyWrapping(config, { mayWrap: true })
  const [from, to] = action === 'wrap' ? [plainKeys, wrapped] : [wrapped, plainKeys]
  const written = await rewrapKeys(config.keysDir, { from, to })
  if (typed.flag('json')) stdout.write(`${JSON.stringify({ [`${action}ped`]: written })}\n`)
  else
    stdout.write(
      action === 'wrap'
        ? `${written} keys are wrapped. Their plain bytes may still be on the disk and in copies of it: "whodid keys rotate" ends the signing key.\n`
        : `${written} keys lie as they are. Start Whodid without WHODID_KEYS_COMMAND, and remove "${config.keysDir}/master.wrapped".\n`,
    )
  return 0
}

function chooseLog(logs: readonly LogKeys[], wanted: string | undefined): LogKeys {
  const found = logs.filter(({ origin }) => wanted === undefined || origin === wanted)
  const [log] = found
  if (log !== undefined && found.length === 1) return log
  const known = logs.map(({ origin }) => printableLine(origin, 200)).join(', ')
  throw new WhodidError(
    'invalid_parameter',
    `--log expected ${known === '' ? 'a log that has started once; there is none' : `one of ${known}`}; got ${wanted === undefined ? 'nothing' : `"${printableLine(wanted, 80)}"`}`,
  )
}

function readOverlap(text: string | undefined): number {
  if (text === undefined) return overlapSDefault
  if (/^\d{1,7}$/u.test(text)) return Number(text)
  throw new WhodidError(
    'invalid_parameter',
    `--overlap expected seconds, 0 to 7776000; got "${printableLine(text, 40)}"`,
  )
}

/** Looks at a log's keys until they are so; false when they are not after a while. */
async function untilKeys(
  looked: { keysDir: string; wrapping: KeyWrapping; origin: string; stopping: AbortSignal },
  isSo: (log: LogKeys) => boolean,
): Promise<boolean> {
  const { keysDir, wrapping, origin, stopping } = looked
  const deadline = performance.now() + takeUpMs
  for (;;) {
    const log = (await listLogKeys(keysDir, wrapping)).find((one) => one.origin === origin)
    if (log !== undefined && isSo(log)) return true
    if (performance.now() > deadline || stopping.aborted) return false
    await sleep(lookMs)
  }
}

interface Rotation {
  readonly log: string
  readonly old: string
  readonly new: string
  readonly overlap_s: number
  readonly taken_up: boolean
  readonly unregistered: boolean
}

function describeRotation(rotation: Rotation): string {
  const { log, overlap_s: overlapS, taken_up: isTakenUp, unregistered } = rotation
  const state = isTakenUp
    ? 'The collector has taken it up; the change is on record, signed by both keys.'
    : 'No collector has taken it up yet: it does at its next start.'
  const metaLog = unregistered
    ? '\nThe meta-log does not know the new key yet: the collector tells it again and again, also after a restart. "whodid keys list" says when it does.\n'
    : ''
  return `The log ${printableLine(log, 200)} goes over to another key. ${state}

  old  ${rotation.old}
  new  ${rotation.new}
${metaLog}
Both sign for ${overlapS} seconds; then the old private key is erased, and what it signs after is refused. Until then:
  - in every policy, add the line  log ${rotation.new}
  - start each witness with one more  --log ${rotation.new}
  - give whoever verifies with --keys the file tlog/${basename(log)}/keys anew
`
}

function shown({ origin, epochs, nextVkey, unregistered }: LogKeys): object {
  return {
    log: origin,
    keys: epochs.map(({ vkey, fromSize, toSize, signs, retiresMs }) => ({
      vkey,
      from_size: fromSize,
      to_size: toSize,
      signs,
      retires_at: retiresMs === null ? null : new Date(retiresMs).toISOString(),
    })),
    next: nextVkey ?? null,
    unregistered,
  }
}

function describe({ origin, epochs, nextVkey, unregistered }: LogKeys): string {
  const next = nextVkey === undefined ? '' : `  ${nextVkey}  waits to be taken up\n`
  const unknown = unregistered.map((vkey) => `  ${vkey}  not known to the meta-log yet\n`).join('')
  return `${printableLine(origin, 200)}\n${epochs.map(line).join('')}${next}${unknown}`
}

function line({ vkey, fromSize, toSize, signs, retiresMs }: LogKey): string {
  const until = toSize === null ? '' : ` to ${toSize}`
  const retires = retiresMs === null ? '' : `, until ${new Date(retiresMs).toISOString()}`
  return `  ${vkey}  from size ${fromSize}${until}${signs ? `, signs${retires}` : ', retired'}\n`
}
