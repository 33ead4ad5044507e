import { captures, runAgent } from '@whodid/launcher'
import type { Capture, Ledger } from '@whodid/launcher'
import { trimEnd, WhodidError } from '@whodid/model'
import { readDataDir } from '@whodid/server/config'
import { readTokens } from '@whodid/server/credentials'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'
import type { ParsedArguments } from '../parse-arguments.ts'

/** `whodid run`: any command as an instance of its own. */
export const runCommand: Command = {
  name: 'run',
  help: `Usage: whodid run [--template <id>] [--for <person>] [--ticket <id>] [--prompt-file <file>]
                  [--capture none|hash|redacted|full] [--may-launch <template>]… -- <command> [arguments]

Runs a command (an agent, or a script that starts one) as an agent instance of its own. Its session, its commits and all telemetry that it
and its children send are recorded for that instance. The command has the terminal, gets your signals, and its exit code is
returned. Nothing in your configuration or in a repository is changed.

  --template <id>          what it is a run of (default: the program's name)
  --for <person>           on whose behalf (default: that of a run around this one; else the user at the terminal)
  --ticket <id>            the task's ticket, for the record
  --prompt-file <file>     the file that holds the prompt which the command gets: recorded with its hash
  --capture <how much>     text that is recorded: none, hash, redacted (default) or full
  --may-launch <template>  a template of which it may launch others by "whodid run"; repeat for more; '*' for all that your token
                           covers (default: its own only)

Environment: WHODID_ENDPOINT (default: OTEL_EXPORTER_OTLP_ENDPOINT, then http://127.0.0.1:4318), WHODID_INGEST_TOKEN (an ingest token that
may speak for the template; default: WHODID_TOKEN, then that of WHODID_DATA_DIR), WHODID_DELEGATOR, WHODID_CAPTURE, XDG_STATE_HOME.
Exit codes: those of the command; 127 if it is not there, 126 if it may not be run.`,
  run,
}

const options = {
  template: { type: 'string' },
  for: { type: 'string' },
  ticket: { type: 'string' },
  'prompt-file': { type: 'string' },
  capture: { type: 'string' },
  'may-launch': { type: 'string', multiple: true },
} as const

async function run(context: CommandContext): Promise<number> {
  const { args, environment, stderr, control } = context
  const border = args.indexOf('--')
  const own = border < 0 ? args : args.slice(0, border)
  const [program, ...rest] = border < 0 ? [] : args.slice(border + 1)
  const typed = parseArguments(own, options, { min: 0, max: 0, what: '"--" before the command' })
  if (program === undefined)
    throw new WhodidError('invalid_parameter', 'expected "--" and a command; got no command')
  const end = await runAgent(
    {
      command: [program, ...rest],
      template: typed.value('template'),
      delegator: typed.value('for'),
      ticket: typed.value('ticket'),
      promptFile: typed.value('prompt-file'),
      capture: captureOf(typed, environment),
      mayLaunch: typed.values('may-launch'),
      ledger: await ledgerOf(environment),
    },
    {
      environment,
      say: (text) => stderr.write(text),
      isTerminal: stderr.isTerminal,
      takeSignals: control.takeSignals,
    },
  )
  return end.signal === undefined ? end.code : control.endBySignal(end.signal)
}

function captureOf(typed: ParsedArguments, environment: CommandContext['environment']): Capture {
  const named = typed.value('capture') ?? said(environment['WHODID_CAPTURE']) ?? 'redacted'
  const found = captures.find((capture) => capture === named)
  if (found !== undefined) return found
  throw new WhodidError(
    'invalid_parameter',
    `"--capture" expected ${captures.join(', ')}; got "${named}"`,
  )
}

/** A variable that is set to nothing is not set. */
function said(value: string | undefined): string | undefined {
  const text = value?.trim() ?? ''
  return text === '' ? undefined : text
}

async function ledgerOf(environment: CommandContext['environment']): Promise<Ledger> {
  const endpoint =
    said(environment['WHODID_ENDPOINT']) ??
    said(environment['OTEL_EXPORTER_OTLP_ENDPOINT']) ??
    'http://127.0.0.1:4318'
  if (!/^https?:\/\/[^/]/u.test(endpoint) || !URL.canParse(endpoint))
    throw new WhodidError(
      'invalid_parameter',
      `WHODID_ENDPOINT expected an http or https URL; got "${endpoint}"`,
    )
  const token = said(environment['WHODID_INGEST_TOKEN']) ?? said(environment['WHODID_TOKEN'])
  return {
    endpoint: trimEnd(endpoint, '/').replace(/\/v1\/traces$/u, ''),
    token: token ?? (await ownToken(environment)),
  }
}

/** On the machine where Whodid runs, its operator need not set a token to try it. */
async function ownToken(environment: CommandContext['environment']): Promise<string> {
  const tokens = await readTokens(readDataDir(environment)).catch(() => undefined)
  return tokens?.ingest ?? ''
}
