import { renderDetections } from '@whodid/client'
import type { Schemas } from '@whodid/client'
import { printableLine, WhodidError } from '@whodid/model'
import { askQuestion } from '../ask-question.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'

/** `whodid detect`: the detections, and what they would have found. */
export const detectCommand: Command = {
  name: 'detect',
  help: `Usage: whodid detect [--back-test <days>] [--rule <rule>] [options]

Shows the detections that the service runs. With --back-test it counts how often each would have fired in what was received in those days,
and adds no finding. A count that would cost too much is left out, and says so.

  --back-test <n>d   how far back: 1d to 90d
  --rule <rule>      this detection only
  --case <id>        the case this read belongs to; kept with the record of it
  --json             the API's answer as JSON

Example: whodid detect --back-test 30d
Environment: WHODID_API_URL, WHODID_TOKEN, NO_COLOR.`,
  run: detect,
}

const string = { type: 'string' } as const

async function detect(context: CommandContext): Promise<number> {
  const typed = parseArguments(
    context.args,
    { 'back-test': string, rule: string, case: string, json: { type: 'boolean' } },
    { min: 0, max: 0, what: 'options only' },
  )
  const [rule, days] = [typed.value('rule'), daysOf(typed.value('back-test'))]
  const query = {
    ...(rule === undefined ? {} : { rule }),
    ...(days === undefined ? {} : { back_test_days: days }),
  }
  const answer = await askQuestion<Schemas['DetectionsAnswer']>(context, typed, {
    call: (api) => api.GET('/v1/detections', { params: { query } }),
    render: renderDetections,
    handles: [],
    unknown: () => undefined,
  })
  if (rule !== undefined && answer.detections.length === 0)
    throw new WhodidError(
      'unknown_name',
      `--rule expected one of "whodid detect"; got "${printableLine(rule, 60)}"`,
    )
  return 0
}

function daysOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const days = /^([1-9]\d?)d$/u.exec(text)?.[1]
  if (days !== undefined && Number(days) <= 90) return days
  throw new WhodidError(
    'invalid_parameter',
    `"--back-test" expected days from 1d to 90d; got "${printableLine(text, 40)}"`,
  )
}
