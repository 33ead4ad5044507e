import { renderTemplates } from '@whodid/client'
import type { Schemas } from '@whodid/client'
import { askQuestion } from '../ask-question.ts'
import type { Command, CommandContext } from '../command.ts'
import { outputHelp, outputOption } from '../output-form.ts'
import { parseArguments } from '../parse-arguments.ts'
import { registryCommands, registryHelp } from './registry-commands.ts'
import {
  hoursAgo,
  moreLines,
  pageOptions,
  parametersOf,
  questionHelp,
} from '../question-options.ts'

/** Hours looked at when nobody says which: a week. */
const hoursDefault = 168

/** `whodid templates`: the inventory of agents. */
export const templatesCommand: Command = {
  name: 'templates',
  help: `Usage: whodid templates [options]
       whodid templates show [<template>] [--at <time>]
       whodid templates history <template> [--at <time>]
       whodid templates register <template> --owner <team> --because <text> --expires <time> [options]

Shows which agents were at work, by template: how many instances, for whom, with which tools and credentials, since when.
Without --from: the last seven days.

${questionHelp}
  --limit <n>        how many templates to give, 1–200 (default 50)
  --cursor <c>       the page after the one that gave this cursor
${outputHelp}

${registryHelp}

Environment: WHODID_API_URL, WHODID_TOKEN, NO_COLOR.`,
  run: (context) => {
    const [action = '', ...args] = context.args
    const command = registryCommands.get(action)
    return command === undefined ? listTemplates(context) : command({ ...context, args })
  },
}

async function listTemplates(context: CommandContext): Promise<number> {
  const typed = parseArguments(
    context.args,
    { ...pageOptions, ...outputOption },
    { min: 0, max: 0, what: 'no argument' },
  )
  const given = parametersOf(typed, ['from', 'to', 'as_recorded', 'limit', 'cursor'])
  const { from, ...others } = given
  const query = { ...others, from: from ?? hoursAgo(hoursDefault) }
  await askQuestion<Schemas['TemplatesAnswer']>(context, typed, {
    call: (api) => api.GET('/v1/templates', { params: { query } }),
    rows: (answer) => answer.templates,
    render: ({ templates, next_cursor: next }, palette) =>
      templates.length === 0
        ? [`No agent is on record in that time.`]
        : [...renderTemplates(templates, palette), ...moreLines(next, query)],
    handles: [],
    unknown: () => undefined,
  })
  return 0
}
