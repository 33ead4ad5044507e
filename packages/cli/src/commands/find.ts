import { localZone, renderFind, resolveInstant } from '@whodid/client'
import { WhodidError } from '@whodid/model'
import { askQuestion } from '../ask-question.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'
import type { ParsedArguments } from '../parse-arguments.ts'
import { parametersOf, timeHelp } from '../question-options.ts'

/** Words of one clue. */
const wordsMax = 64

/** `whodid find`: what a vague clue may mean. */
export const findCommand: Command = {
  name: 'find',
  help: `Usage: whodid find <anything> [options]

Finds what a clue may mean, and names for each the question that it leads to. A clue is what you have: an e-mail address, a login, a
commit or the beginning of one, a UUID, a span ID, a hash, an address or a host, a path, a URL with or without its scheme, an ARN,
acme/app#812, OPS-12, a table, a tool, words of a prompt, or a time: what was deleted on tuesday; last night; 2026-11-27 14:00..15:00.

It looks up names whatever their age, and then goes through the newest records and texts up to a bound. It says how far it went:
with --before it goes on from there.

  --after, --before <t>  only what was done in this time (also --from and --to)
  --case <id>            the case this read belongs to; kept with the record of it
  --limit <n>            how many candidates to give, 1–100 (default 20)
  --json                 the API's answer as JSON

${timeHelp}

Example: whodid find acme/app#812
Exit code: 0 answered, also when nothing fits.
Environment: WHODID_API_URL, WHODID_TOKEN, NO_COLOR, TZ (the zone of days that a clue names).`,
  run: findClue,
}

async function findClue(context: CommandContext): Promise<number> {
  const string = { type: 'string' } as const
  const times = { after: string, before: string, from: string, to: string }
  const typed = parseArguments(
    context.args,
    { ...times, limit: string, case: string, json: { type: 'boolean' } },
    { min: 1, max: wordsMax, what: 'a clue' },
  )
  const query = {
    q: typed.positionals.join(' '),
    zone: localZone(),
    ...timeOf(typed, 'after', 'from'),
    ...timeOf(typed, 'before', 'to'),
    ...parametersOf(typed, ['limit']),
  }
  await askQuestion(context, typed, {
    call: (api) => api.GET('/v1/find', { params: { query } }),
    render: renderFind,
    handles: [],
    // The answer itself says what is near.
    unknown: () => undefined,
  })
  return 0
}

/** One end of the time, by either of its two options. */
function timeOf<Name extends 'after' | 'before'>(
  typed: ParsedArguments,
  name: Name,
  alias: 'from' | 'to',
): Partial<Record<Name, string>> {
  const [value, other] = [typed.value(name), typed.value(alias)]
  if (value !== undefined && other !== undefined)
    throw new WhodidError('invalid_parameter', `expected "--${name}" or "--${alias}"; got both`)
  const option = value === undefined ? alias : name
  const text = value ?? other
  if (text === undefined) return {}
  const edge = name === 'after' ? 'start' : 'end'
  const given: Partial<Record<Name, string>> = {}
  given[name] = resolveInstant(text, { option, edge, nowMs: typed.typedAtMs })
  return given
}
