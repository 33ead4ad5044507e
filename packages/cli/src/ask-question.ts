import { createPalette, dataOf, openApi, usesColor } from '@whodid/client'
import type { ApiClient, ListRow, Palette } from '@whodid/client'
import { WhodidError } from '@whodid/model'
import { showProgress } from './command.ts'
import { readApiAccess } from './api-access.ts'
import type { CommandContext } from './command.ts'
import { nearNames, refusedHandle } from './near-names.ts'
import { readOutputForm } from './output-form.ts'
import type { ParsedArguments } from './parse-arguments.ts'
import { caseIdOf } from './question-options.ts'

/** A question to the API, and the form in which a person reads the answer. */
export interface AskedQuestion<Answer> {
  readonly call: (api: ApiClient) => Promise<{ data?: Answer }>
  /** The token that asks; default the investigator's. */
  readonly access?: typeof readApiAccess
  /** The rows of a list, for the forms that write rows alone. */
  readonly rows?: (answer: Answer) => readonly ListRow[]
  /** The lines of the answer. */
  readonly render: (answer: Answer, palette: Palette, width: number) => readonly string[]
  /** The handles that were typed. */
  readonly handles: readonly string[]
  /** Those of the handles under which nothing was found; undefined where each has something. */
  readonly unknown: (answer: Answer) => readonly string[] | undefined
}

/**
 * Asks, and writes the answer: as the API's JSON with `--json`, in the form of `--output` where the command has it, as lines for a
 * person without. Resolves with it.
 *
 * Throws what the API refused; and `unknown_name` where nothing is on record under what was typed and another name is near. The JSON
 * is written then too, and the lines where another handle was answered.
 */
export async function askQuestion<Answer>(
  context: CommandContext,
  typed: ParsedArguments,
  { call, access = readApiAccess, rows, render, handles, unknown }: AskedQuestion<Answer>,
): Promise<Answer> {
  const { environment, stdout, stderr, stopping } = context
  const { isJson, writeRows } = readOutputForm(typed)
  const api = openApi(await access(environment), {
    signal: stopping,
    caseId: caseIdOf(typed),
  })
  const asked = dataOf(call(api)).catch(async (thrown: unknown) => {
    if (!(thrown instanceof WhodidError) || thrown.code !== 'invalid_handle') throw thrown
    throw await refusedHandle(api, thrown, handles)
  })
  // A program reads standard error then: one object, or nothing.
  const answer = await (isJson ? asked : showProgress(stderr, 'Asking…', asked))
  const missing = unknown(answer)
  const names = { handles: missing ?? [], verb: typed.value('verb') }
  const near = missing === undefined ? undefined : await nearNames(api, names)
  if (isJson) stdout.write(`${JSON.stringify(answer, undefined, 2)}\n`)
  else if (writeRows !== undefined && rows !== undefined)
    stdout.write(
      writeRows(rows(answer))
        .map((line) => `${line}\n`)
        .join(''),
    )
  else if (near === undefined || names.handles.length < handles.length) {
    const palette = createPalette(usesColor(stdout.isTerminal, environment))
    stdout.write(`${render(answer, palette, stdout.width).join('\n')}\n`)
  }
  if (near !== undefined) throw new WhodidError('unknown_name', near)
  return answer
}
