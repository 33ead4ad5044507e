import {
  createPalette,
  dataOf,
  openApi,
  renderFinding,
  renderFindings,
  resolveInstant,
  usesColor,
} from '@whodid/client'
import type { Schemas } from '@whodid/client'
import { printableLine, WhodidError } from '@whodid/model'
import { readApiAccess } from '../api-access.ts'
import { askQuestion } from '../ask-question.ts'
import type { Command, CommandContext } from '../command.ts'
import { outputHelp, outputOption } from '../output-form.ts'
import { parseArguments, required } from '../parse-arguments.ts'
import type { ParsedArguments } from '../parse-arguments.ts'
import { parametersOf } from '../question-options.ts'

/** `whodid findings`: what the detections found. */
export const findingsCommand: Command = {
  name: 'findings',
  help: `Usage: whodid findings [list] [--state <state>] [--rule <rule>] [--subject <handle>] [--severity <severity>] [options]
       whodid findings show <id> [options]
       whodid findings ack <id> [--reason <words>] [options]
       whodid findings suppress <id> --reason <words> --until <t> [options]
       whodid findings reopen <id> [--reason <words>] [options]

Shows what the detections found, the newest first, or one finding with its evidence; or decides about one. A decision stands under the name
of the token and is never changed or removed. A finding that was acknowledged opens again when it is found again.

  --state <state>    open, acknowledged or suppressed
  --rule <rule>      findings of this detection; \`whodid detect\` lists them
  --subject <h>      findings on this handle
  --severity <s>     low, medium, high or critical
  --reason <words>   why; a suppression needs it
  --until <t>        the end of a suppression: RFC 3339, a day (2026-12-24: its end), or how long from now (7d, 24h)
  --limit <n>        how many findings to give, 1–500 (default 100)
  --case <id>        the case this read belongs to; kept with the record of it
${outputHelp}

Example: whodid findings --state open --severity high
Environment: WHODID_API_URL, WHODID_TOKEN (default: the investigator token of WHODID_DATA_DIR), NO_COLOR.`,
  run: useFindings,
}

const string = { type: 'string' } as const

const options = {
  state: string,
  rule: string,
  subject: string,
  severity: string,
  reason: string,
  until: string,
  limit: string,
  case: string,
  json: { type: 'boolean' },
  ...outputOption,
} as const

const actions = { ack: 'acknowledge', suppress: 'suppress', reopen: 'reopen' } as const

async function useFindings(context: CommandContext): Promise<number> {
  const what = '[list], or show, ack, suppress or reopen with the ID of a finding'
  const typed = parseArguments(context.args, options, { min: 0, max: 2, what })
  const [action = 'list', id] = typed.positionals
  if (action === 'list') await list(context, typed)
  else if (action === 'show') await show(context, typed, required(id, 'the ID of a finding'))
  else if (action === 'ack' || action === 'suppress' || action === 'reopen')
    await decide(context, typed, {
      action: actions[action],
      id: required(id, 'the ID of a finding'),
    })
  else
    throw new WhodidError(
      'invalid_parameter',
      `expected ${what}; got "${printableLine(action, 60)}"`,
    )
  return 0
}

const states = ['open', 'acknowledged', 'suppressed'] as const
const severities = ['low', 'medium', 'high', 'critical'] as const

async function list(context: CommandContext, typed: ParsedArguments): Promise<void> {
  const state = oneOf(typed, 'state', states)
  const severity = oneOf(typed, 'severity', severities)
  const query = {
    ...(state === undefined ? {} : { state }),
    ...(severity === undefined ? {} : { severity }),
    ...parametersOf(typed, ['rule', 'subject', 'limit']),
  }
  await askQuestion<Schemas['FindingsAnswer']>(context, typed, {
    call: (api) => api.GET('/v1/findings', { params: { query } }),
    rows: ({ findings }) => findings.map((row) => ({ ...row, triage: row.triage?.action ?? null })),
    render: renderFindings,
    handles: [],
    unknown: () => undefined,
  })
}

async function show(context: CommandContext, typed: ParsedArguments, id: string): Promise<void> {
  await askQuestion<Schemas['FindingAnswer']>(context, typed, {
    call: (api) => api.GET('/v1/findings/{id}', { params: { path: { id } } }),
    render: renderFinding,
    handles: [],
    unknown: () => undefined,
  })
}

interface Decided {
  readonly action: (typeof actions)[keyof typeof actions]
  readonly id: string
}

async function decide(
  { environment, stdout, stopping }: CommandContext,
  typed: ParsedArguments,
  { action, id }: Decided,
): Promise<void> {
  const api = openApi(await readApiAccess(environment), {
    signal: stopping,
    caseId: typed.value('case'),
  })
  const until = typed.value('until')
  const body = {
    action,
    ...parametersOf(typed, ['reason']),
    ...(until === undefined ? {} : { until: endOf(until, typed.typedAtMs) }),
  }
  const params = { path: { id } }
  const answer = await dataOf(api.POST('/v1/findings/{id}/triage', { params, body }))
  const palette = createPalette(usesColor(stdout.isTerminal, environment))
  const lines = typed.flag('json')
    ? [JSON.stringify(answer)]
    : renderFindings({ findings: [answer.finding], more: false }, palette)
  stdout.write(`${lines.join('\n')}\n`)
}

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The end of a suppression. Elsewhere `7d` is how long ago; an end lies ahead. */
function endOf(text: string, nowMs: number): string {
  const [, count = '', unit] = /^(\d{1,5})([mhd])$/u.exec(text) ?? []
  if (unit === 'm' || unit === 'h' || unit === 'd')
    return new Date(nowMs + Number(count) * unitMs[unit]).toISOString()
  return resolveInstant(text, { option: 'until', edge: 'end', nowMs })
}

function oneOf<Word extends string>(
  typed: ParsedArguments,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const value = typed.value(name)
  if (value === undefined) return undefined
  const word = words.find((known) => known === value)
  if (word !== undefined) return word
  throw new WhodidError(
    'invalid_parameter',
    `"--${name}" expected ${words.join(', ')}; got "${printableLine(value, 40)}"`,
  )
}
