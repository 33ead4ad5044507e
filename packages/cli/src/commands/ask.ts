import { renderAnswer, usesColor } from '@whodid/client'
import type { ApiClient, Schemas } from '@whodid/client'
import { printableLine } from '@whodid/model'
import { whoDidAnswerSchema } from '@whodid/model/answers'
import { askQuestion } from '../ask-question.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'
import type { ParsedArguments } from '../parse-arguments.ts'
import { parametersOf, timeHelp } from '../question-options.ts'

/** Handles in one question. */
const handlesMax = 50

/** `whodid ask`: who did it, for one handle or many. */
export const askCommand: Command = {
  name: 'ask',
  help: `Usage: whodid ask <handle>… [options]

Asks who did it, and shows the answer with what is not known. Up to 50 handles are answered one after the other.

Handles: trace:<id> span:<trace>-<span> action:<id> instance:<id> template:<id> delegator:<id> (or person:<id>) correlation:<id>
credential:<id> resource:<id>, or bare: a trace ID, <trace>-<span>, a URL, system:kind:path.

  --at <t>           the newest action at or before this time
  --as-recorded <t>  only what the ledger had received by this time
  --from, --to <t>   only actions in this time
  --verb <verb>      only actions of this verb
  --limit <n>        how many other actions on the handle to give, 0–100 (default 10)
  --case <id>        the case this read belongs to; kept with the record of it
  --json             the API's answer as JSON; of several handles, {"outcomes":[…]}

${timeHelp}

Example: whodid ask https://github.com/acme/app/pull/812
Exit code: 0 answered, also when the answer is "undetermined" or that nothing is recorded; 1 failed; 2 asked wrongly, such as a handle that
is none; 3 nothing is on record under the handle or of the verb, and another is near: it is named. Of several handles, 1 or 2 when one could not be answered.
Environment: WHODID_API_URL, WHODID_TOKEN (default: the investigator token of WHODID_DATA_DIR), NO_COLOR.`,
  run: ask,
}

async function ask(context: CommandContext): Promise<number> {
  const string = { type: 'string' } as const
  const typed = parseArguments(
    context.args,
    {
      at: string,
      'as-recorded': string,
      from: string,
      to: string,
      verb: string,
      limit: string,
      case: string,
      json: { type: 'boolean' },
    },
    { min: 1, max: handlesMax, what: `one handle, or up to ${handlesMax}` },
  )
  const [first = '', ...others] = typed.positionals
  if (others.length > 0) return askMany(context, typed)
  const query = { of: first, ...narrowing(typed) }
  await askQuestion(context, typed, {
    call: (api: ApiClient) => api.GET('/v1/who-did', { params: { query } }),
    render: (answer) => [rendered(answer, typed, context)],
    handles: typed.positionals,
    unknown: (answer) => (isNoRecord(answer, typed) ? typed.positionals : undefined),
  })
  return 0
}

async function askMany(context: CommandContext, typed: ParsedArguments): Promise<number> {
  const body = { of: [...typed.positionals], ...narrowing(typed) }
  const { outcomes } = await askQuestion<Schemas['ManyAnswer']>(context, typed, {
    call: (api) => api.POST('/v1/who-did', { body }),
    render: (answer, palette) =>
      answer.outcomes.flatMap(({ of, answer: found, problem }, index) => [
        ...(index === 0 ? [] : ['', palette.dim('─'.repeat(40)), '']),
        found === null
          ? `${palette.red(printableLine(of, 300))}: ${printableLine(`${problem?.code}: ${problem?.detail}`, 600)}`
          : rendered(found, typed, context),
      ]),
    handles: typed.positionals,
    unknown: (answer) => {
      const missing = answer.outcomes.filter(
        ({ answer: found }) => found !== null && isNoRecord(found, typed),
      )
      return missing.length === 0 ? undefined : missing.map(({ of }) => of)
    },
  })
  const failed = outcomes.flatMap(({ problem }) => (problem === null ? [] : [problem.status]))
  if (failed.length === 0) return 0
  return failed.every((status) => status < 500) ? 2 : 1
}

/** Absence of a record is an answer; of a name, or an act of a verb, that was mistyped it is none. */
function isNoRecord({ action, reasons }: Schemas['WhoDidAnswer'], typed: ParsedArguments): boolean {
  const isVerbMissed = action === null && typed.value('verb') !== undefined
  return isVerbMissed || reasons.some(({ code }) => code === 'no_record')
}

function narrowing(typed: ParsedArguments) {
  return parametersOf(typed, ['at', 'as_recorded', 'from', 'to', 'verb', 'limit'])
}

function rendered(
  answer: unknown,
  typed: ParsedArguments,
  { stdout, environment }: CommandContext,
): string {
  const color = usesColor(stdout.isTerminal, environment)
  const limit = typed.value('limit')
  return renderAnswer(whoDidAnswerSchema.parse(answer), {
    color,
    width: stdout.width,
    // The API has refused what is no number.
    limit: limit === undefined ? undefined : Number(limit),
  }).trimEnd()
}
