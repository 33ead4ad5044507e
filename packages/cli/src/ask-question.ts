import type { ApiClient } from '@whodid/api/client'
import { dataOf, openApi, readApiAccess } from './client/api-client.ts'
import type { CommandContext } from './command.ts'
import type { ParsedArguments } from './parse-arguments.ts'
import { caseIdOf } from './question-options.ts'
import { createPalette, usesColor } from './render/palette.ts'
import type { Palette } from './render/palette.ts'
import { showProgress } from './show-progress.ts'

/** How a command asks the API, and how it shows the answer to a person. */
export interface AskedQuestion<Answer> {
  readonly call: (api: ApiClient) => Promise<{ data?: Answer }>
  /** The lines of the answer. */
  readonly render: (answer: Answer, palette: Palette, width: number) => readonly string[]
}

/** Asks, and writes the answer: as the API's JSON with `--json`, as lines for a person without. Resolves with it. */
export async function askQuestion<Answer>(
  context: CommandContext,
  typed: ParsedArguments,
  { call, render }: AskedQuestion<Answer>,
): Promise<Answer> {
  const { environment, stdout, stderr, stopping } = context
  const api = openApi(await readApiAccess(environment), stopping, caseIdOf(typed))
  const answer = await showProgress(stderr, 'Asking…', dataOf(call(api)))
  if (typed.flag('json')) {
    stdout.write(`${JSON.stringify(answer, undefined, 2)}\n`)
    return answer
  }
  const palette = createPalette(usesColor(stdout.isTerminal, environment))
  stdout.write(`${render(answer, palette, stdout.width).join('\n')}\n`)
  return answer
}
