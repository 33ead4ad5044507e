import { createPalette, renderTailLine, requestApi, usesColor } from '@whodid/client'
import type { TailLine } from '@whodid/client'
import { WhodidError } from '@whodid/model'
import { readApiAccess } from '../api-access.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'
import { parametersOf, timeHelp } from '../question-options.ts'

/** `whodid tail`: records as they come in. */
export const tailCommand: Command = {
  name: 'tail',
  help: `Usage: whodid tail [options]

Shows records as they come in, one a line, until you stop it.

  --from <t>         start with what was received after this time (default: one minute ago)
  --once             end at the newest record instead of following
  --json             NDJSON as the API gives it; the last line is {"_end":…} or {"_error":…}

${timeHelp}

Environment: WHODID_API_URL, WHODID_TOKEN, NO_COLOR.`,
  run: tail,
}

async function tail(context: CommandContext): Promise<number> {
  const { args, environment, stdout, stderr, stopping } = context
  const boolean = { type: 'boolean' } as const
  const typed = parseArguments(
    args,
    { from: { type: 'string' }, once: boolean, json: boolean },
    { min: 0, max: 0, what: 'no argument' },
  )
  const client = await readApiAccess(environment)
  const follow = typed.flag('once') ? 'false' : 'true'
  const parameters = { ...parametersOf(typed, ['from']), follow }
  const response = await requestApi(client, '/v1/tail', { parameters, signal: stopping })
  if (follow === 'true' && stderr.isTerminal) stderr.write('Following; ^C ends it.\n')
  const palette = createPalette(usesColor(stdout.isTerminal, environment))
  let ended = false
  try {
    for await (const line of linesOf(response)) {
      ended ||= line.startsWith('{"_end":')
      if (typed.flag('json')) stdout.write(`${line}\n`)
      else if (line.startsWith('{"_error":')) throw streamError(line)
      // The API's own schema: a line that is no end and no error is a record.
      else if (!ended) stdout.write(`${renderTailLine(JSON.parse(line) as TailLine, palette)}\n`)
    }
  } catch (thrown) {
    if (!stopping.aborted) throw cutOff(thrown)
  }
  if (!ended && !stopping.aborted) throw cutOff(undefined)
  return 0
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  if (response.body === null) return
  let rest = ''
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

function streamError(line: string): WhodidError {
  const parsed: unknown = JSON.parse(line)
  return new WhodidError('store_unavailable', `the stream ended early: ${JSON.stringify(parsed)}`)
}

function cutOff(thrown: unknown): WhodidError {
  if (thrown instanceof WhodidError) return thrown
  return new WhodidError('api_unreachable', 'the stream was cut off before its end', {
    cause: thrown,
  })
}
