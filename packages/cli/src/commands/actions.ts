import { renderActions } from '@whodid/client'
import { parseHandle, WhodidError } from '@whodid/model'
import type { HandleKind } from '@whodid/model'
import { askQuestion } from '../ask-question.ts'
import type { Command, CommandContext } from '../command.ts'
import { outputHelp, outputOption } from '../output-form.ts'
import { parseArguments } from '../parse-arguments.ts'
import {
  hoursAgo,
  moreLines,
  pageOptions,
  parametersOf,
  questionHelp,
} from '../question-options.ts'

/** Kinds of handle, each at most once. */
const handlesMax = 9
/** Hours listed when neither a handle nor `--from` says which. */
const hoursDefault = 24

/** `whodid actions`: what was done. */
export const actionsCommand: Command = {
  name: 'actions',
  help: `Usage: whodid actions [<handle>…] [options]

Lists what was done, newest first. Handles of different kinds narrow each other. Each record is judged by its own claims
alone; \`whodid ask span:<its span>\` weighs all the evidence. Without a handle other than a template, and without --from: the last 24 hours.

  --verb <verb>      only actions of this verb
  --outcome <o>      success, failure, denied or unknown
  --verdict <v>      agent, human, service or undetermined
  --grade <g>        channel, asserted, inferred, none or contradicted
${questionHelp}
  --limit <n>        how many to give, 1–500 (default 50)
  --cursor <c>       the page after the one that gave this cursor
${outputHelp}

Example: whodid actions instance:01a201c6-f836-79e7 --outcome success
Environment: WHODID_API_URL, WHODID_TOKEN, NO_COLOR.`,
  run: listActions,
}

async function listActions(context: CommandContext): Promise<number> {
  const string = { type: 'string' } as const
  const filters = { verb: string, outcome: string, verdict: string, grade: string }
  const typed = parseArguments(
    context.args,
    { ...pageOptions, ...filters, ...outputOption },
    { min: 0, max: handlesMax, what: `at most ${handlesMax} handles` },
  )
  const handles = handleParameters(typed.positionals)
  // A program that reads lines gets one an action, however long.
  const { isTerminal, width: columns } = context.stdout
  const width = isTerminal ? columns : Number.POSITIVE_INFINITY
  const anchored = Object.keys(handles).some((kind) => kind !== 'template')
  const chosen =
    anchored || typed.value('from') !== undefined ? {} : { from: hoursAgo(hoursDefault) }
  const query = {
    ...chosen,
    ...handles,
    ...parametersOf(typed, [
      'verb',
      'outcome',
      'verdict',
      'grade',
      'from',
      'to',
      'as_recorded',
      'limit',
      'cursor',
    ]),
  }
  await askQuestion(context, typed, {
    call: (api) => api.GET('/v1/actions', { params: { query } }),
    rows: (answer) => answer.actions,
    render: ({ actions, next_cursor: next }, palette) =>
      actions.length === 0
        ? ['Nothing is recorded that fits. Absence of a record is no evidence of a human.']
        : [...renderActions(actions, palette, width), ...moreLines(next, query)],
    handles: typed.positionals,
    unknown: ({ actions }) => (actions.length === 0 ? typed.positionals : undefined),
  })
  return 0
}

function handleParameters(handles: readonly string[]): Partial<Record<HandleKind, string>> {
  const parameters: Partial<Record<HandleKind, string>> = {}
  for (const text of handles) {
    const { kind, value } = parseHandle(text)
    if (parameters[kind] !== undefined)
      throw new WhodidError('invalid_parameter', `expected one ${kind} at most; got two`)
    parameters[kind] = value
  }
  return parameters
}
