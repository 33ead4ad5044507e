import { errorGuide } from '@whodid/api/error-guide'
import { nearestName, printableLine, WhodidError } from '@whodid/model'
import type { ErrorCode } from '@whodid/model'
import type { CommandContext } from './command.ts'
import { commandTable } from './command-table.ts'

/** The process as it is handed to a command. */
export interface ProcessContext extends Omit<CommandContext, 'args'> {
  readonly version: string
}

const failedExitCode = 1
const usageExitCode = 2
const nearNameExitCode = 3
const messageLengthMax = 2_000

/** Codes that say that the question, not the service, is at fault. */
const usageCodes: readonly ErrorCode[] = [
  'invalid_parameter',
  'invalid_handle',
  'invalid_time',
  'invalid_cursor',
  'range_required',
]

/**
 * Runs `whodid` with the given arguments and resolves with its exit code: 0 done, 1 failed, 2 asked wrongly, 3 nothing is on record
 * under the name that was typed and another is near. Failures are written
 * to standard error; with `--json` as one JSON object. Never rejects.
 */
export async function runCommand(
  argv: readonly string[],
  context: ProcessContext,
): Promise<number> {
  const { stdout, stderr } = context
  const [first, ...args] = argv
  if (first === undefined || first === 'help' || first === '--help' || first === '-h')
    return showHelp(first === 'help' ? args[0] : undefined, context)
  if (first === '--version' || first === '-v') {
    stdout.write(`whodid ${context.version}\n`)
    return 0
  }
  const entry = commandTable.find(({ name }) => name === first)
  if (entry === undefined) return unknownCommand(first, context)
  // What stands behind `--` is another program's.
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args
  try {
    const command = await entry.load()
    if (own.includes('--help') || own.includes('-h')) {
      stdout.write(`${command.help}\n`)
      return 0
    }
    return await command.run({ ...context, args })
  } catch (thrown) {
    if (context.stopping.aborted) return failedExitCode
    const error = asWhodidError(thrown)
    stderr.write(own.includes('--json') ? errorJson(error) : errorText(error, first))
    return exitCodeOf(error)
  }
}

function exitCodeOf({ code }: WhodidError): number {
  if (code === 'unknown_name') return nearNameExitCode
  return usageCodes.includes(code) ? usageExitCode : failedExitCode
}

async function showHelp(name: string | undefined, context: ProcessContext): Promise<number> {
  const entry = commandTable.find((known) => known.name === name)
  if (entry !== undefined) {
    context.stdout.write(`${(await entry.load()).help}\n`)
    return 0
  }
  if (name !== undefined) return unknownCommand(name, context)
  const commands = commandTable.map((known) => `  ${known.name.padEnd(14)}${known.summary}`)
  context.stdout.write(`Usage: whodid <command> [options]

The flight recorder for AI agents: who did this?

${commands.join('\n')}

  whodid <command> --help    what it does and takes
  whodid --version

Exit codes: 0 done or answered, also when the answer is "undetermined" or that nothing is recorded; 1 failed; 2 asked wrongly: an option, a
time, or a handle that is none (an ID cut short, a kind with a slip: what was meant is said); 3 nothing is on record under the name or verb
that was typed, and another is near: it is named.
Environment: the command reads with WHODID_TOKEN (an "investigator" token; default that of WHODID_DATA_DIR), agents send with
WHODID_INGEST_TOKEN (an "ingest" token).

Start with: whodid serve, then whodid ask <handle>.
`)
  return 0
}

function unknownCommand(name: string, { stderr }: ProcessContext): number {
  const shown = printableLine(name, 60)
  const nearest = nearestName(
    name,
    commandTable.map((known) => known.name),
  )
  const suggestion = nearest === undefined ? '' : ` Did you mean "${nearest}"?`
  stderr.write(
    `whodid: there is no command "${shown}".${suggestion}\n  whodid --help lists them all.\n`,
  )
  return usageExitCode
}

function asWhodidError(thrown: unknown): WhodidError {
  if (thrown instanceof WhodidError) return thrown
  const what = thrown instanceof Error ? (thrown.stack ?? thrown.message) : 'unknown failure'
  return new WhodidError('internal', what, { cause: thrown })
}

function errorText(error: WhodidError, command: string): string {
  const message =
    error.code === 'internal' ? error.message : printableLine(error.message, messageLengthMax)
  const cause = causeText(error)
  const advice =
    error.code === 'invalid_parameter'
      ? `whodid ${command} --help says what it takes.`
      : errorGuide[error.code].advice
  return `whodid ${command}: ${message}\n${cause}  ${error.code}: ${advice}\n`
}

/** The engine's own message, where a step of the start or a migration failed. */
function causeText({ code, cause }: WhodidError): string {
  if (code !== 'engine_failed' && code !== 'migration_failed') return ''
  if (!(cause instanceof Error)) return ''
  return `  ${printableLine(cause.message, messageLengthMax)}\n`
}

function errorJson({ code, message }: WhodidError): string {
  return `${JSON.stringify({ error: { code, message: printableLine(message, messageLengthMax) } })}\n`
}
