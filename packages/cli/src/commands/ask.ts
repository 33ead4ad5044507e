import { whoDidAnswerSchema } from '@whodid/model'
import { readApiClient, requestApi } from '../client/api-client.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'
import { renderAnswer } from '../render/render-answer.ts'
import { usesColor } from '../render/palette.ts'
import { showProgress } from '../show-progress.ts'

/** `whodid ask`: one question, one answer. */
export const askCommand: Command = {
  name: 'ask',
  help: `Usage: whodid ask <handle> [options]

Asks who did it, and shows the answer with what is not known.

Handles: trace:<id> span:<trace>-<span> action:<id> instance:<id> template:<id> delegator:<id> correlation:<id>
credential:<id> resource:<id>, or bare: a trace ID, <trace>-<span>, a URL, system:kind:path.

  --at <instant>     the newest action at or before this instant (RFC 3339 with a zone)
  --as-recorded <instant>  only what the ledger had received by this instant
  --from, --to       only actions in this time
  --verb <verb>      only actions of this verb
  --limit <n>        how many other actions on the handle to give, 0–100 (default 10)
  --json             the API's answer as JSON

Example: whodid ask https://github.com/acme/app/pull/812
Exit code: 0 answered, also when the answer is "undetermined"; 1 failed; 2 asked wrongly.
Environment: WHODID_API_URL, WHODID_TOKEN (default: the investigator token of WHODID_DATA_DIR), NO_COLOR.`,
  run: ask,
}

async function ask(context: CommandContext): Promise<number> {
  const { args, environment, stdout, stderr } = context
  const string = { type: 'string' } as const
  const table = {
    at: string,
    'as-recorded': string,
    from: string,
    to: string,
    verb: string,
    limit: string,
  }
  const typed = parseArguments(
    args,
    { ...table, json: { type: 'boolean' } },
    { min: 1, max: 1, what: 'one handle' },
  )
  const client = await readApiClient(environment)
  const asked = Object.fromEntries(
    Object.keys(table).map((name) => [name.replaceAll('-', '_'), typed.value(name)]),
  )
  const response = await showProgress(
    stderr,
    'Asking…',
    requestApi(client, '/v1/who-did', {
      parameters: { of: typed.positionals[0], ...asked },
      signal: context.stopping,
    }),
  )
  const body: unknown = await response.json()
  if (typed.flag('json')) {
    stdout.write(`${JSON.stringify(body, undefined, 2)}\n`)
    return 0
  }
  const answer = whoDidAnswerSchema.parse(body)
  const color = usesColor(stdout.isTerminal, environment)
  stdout.write(renderAnswer(answer, { color, width: stdout.width }))
  return 0
}
