import { createPalette, dataOf, openApi, renderCase, renderCases, usesColor } from '@whodid/client'
import { parseHandle, printableLine, WhodidError } from '@whodid/model'
import type { CaseAbout, CaseEntry } from '@whodid/model'
import { readApiAccess } from '../api-access.ts'
import { askQuestion } from '../ask-question.ts'
import type { Command, CommandContext } from '../command.ts'
import { outputHelp, outputOption } from '../output-form.ts'
import { parseArguments, required } from '../parse-arguments.ts'
import type { ParsedArguments } from '../parse-arguments.ts'
import { parametersOf, timeHelp } from '../question-options.ts'

/** `whodid case`: the notebook of a case. */
export const caseCommand: Command = {
  name: 'case',
  help: `Usage: whodid case [<id>] [options]
       whodid case <id> note <text> [--of <handle>] [options]
       whodid case <id> pin <handle> [--text <text>] [options]
       whodid case <id> question <handle> [--text <text>] [options]

Shows the cases, or the notebook of one; or writes into it. An entry stands under the name of the token and is never changed or removed.
A pin and a question keep their answer as the ledger stood when they were written. The notebook goes into each evidence package that is
exported with --case <id>. Each use is recorded, under the case.

  --text <text>      a remark on a pin or a question
  --of <handle>      what a note concerns
  --at, --as-recorded, --from, --to <t>, --verb <verb>   as for whodid ask
  --limit <n>        how many cases to give, 1–1000 (default 100)
${outputHelp}

${timeHelp}

Example: whodid case INC-7 pin db:row:shop/customers/42 --text "the row that was lost"
Environment: WHODID_API_URL, WHODID_TOKEN (default: the investigator token of WHODID_DATA_DIR), NO_COLOR.`,
  run: useCase,
}

const string = { type: 'string' } as const

const options = {
  text: string,
  of: string,
  at: string,
  'as-recorded': string,
  from: string,
  to: string,
  verb: string,
  limit: string,
  json: { type: 'boolean' },
  ...outputOption,
} as const

async function useCase(context: CommandContext): Promise<number> {
  const what = '[<id> [note <text> | pin <handle> | question <handle>]]'
  const typed = parseArguments(context.args, options, { min: 0, max: 3, what })
  const [id, kind, about] = typed.positionals
  if (id === undefined) await showCases(context, typed)
  else if (kind === undefined) await showCase(context, typed, id)
  else await addEntry(context, typed, { id, kind: kindOf(kind), about })
  return 0
}

function kindOf(text: string): CaseEntry['kind'] {
  if (text === 'note' || text === 'pin' || text === 'question') return text
  throw new WhodidError(
    'invalid_parameter',
    `expected note, pin or question; got "${printableLine(text, 60)}"`,
  )
}

async function showCases(context: CommandContext, typed: ParsedArguments): Promise<void> {
  const query = parametersOf(typed, ['limit'])
  await askQuestion<{ cases: readonly CaseAbout[] }>(context, typed, {
    call: (api) => api.GET('/v1/cases', { params: { query } }),
    rows: ({ cases }) => cases,
    render: ({ cases }, palette) =>
      cases.length === 0 ? ['No case has an entry yet.'] : renderCases(cases, palette),
    handles: [],
    unknown: () => undefined,
  })
}

async function showCase(
  context: CommandContext,
  typed: ParsedArguments,
  id: string,
): Promise<void> {
  await askQuestion<{ case_id: string; entries: readonly CaseEntry[] }>(context, typed, {
    call: (api) => api.GET('/v1/cases/{id}', { params: { path: { id } } }),
    rows: ({ entries }) => entries,
    render: ({ entries }, palette) =>
      entries.length === 0 ? ['Nobody has written into this case.'] : renderCase(entries, palette),
    handles: [],
    unknown: () => undefined,
  })
}

interface Written {
  readonly id: string
  readonly kind: CaseEntry['kind']
  readonly about: string | undefined
}

async function addEntry(
  { environment, stdout, stopping }: CommandContext,
  typed: ParsedArguments,
  { id, kind, about }: Written,
): Promise<void> {
  const isNote = kind === 'note'
  const text = isNote ? required(about, 'the text of the note') : typed.value('text')
  const of = isNote ? typed.value('of') : required(about, 'a handle')
  if (typed.value(isNote ? 'text' : 'of') !== undefined)
    throw new WhodidError(
      'invalid_parameter',
      isNote ? 'expected one text; got a note and --text' : 'expected one handle; got two',
    )
  // Refused here, a handle that is none is a mistake in what was typed.
  if (of !== undefined) parseHandle(of)
  const times = parametersOf(typed, ['at', 'as_recorded', 'from', 'to', 'verb'])
  const body = {
    kind,
    ...(text === undefined ? {} : { text }),
    ...(of === undefined ? {} : { of }),
    ...times,
  }
  const api = openApi(await readApiAccess(environment), { signal: stopping })
  const params = { path: { id } }
  const entry = await dataOf(api.POST('/v1/cases/{id}/entries', { params, body }))
  const palette = createPalette(usesColor(stdout.isTerminal, environment))
  const lines = typed.flag('json') ? [JSON.stringify(entry)] : renderCase([entry], palette)
  stdout.write(`${lines.join('\n')}\n`)
}
