import { rowsAsCsv, rowsAsMarkdown, rowsAsNdjson } from '@whodid/client'
import type { ListRow } from '@whodid/client'
import { printableLine, WhodidError } from '@whodid/model'
import type { OptionTable, ParsedArguments } from './parse-arguments.ts'

/** The option of a list that is written in several forms. */
export const outputOption: OptionTable = { output: { type: 'string', short: 'o' } }

/** The help text of {@link outputOption} and `--json`. */
export const outputHelp: string = `  --json             the API's answer as JSON
  -o, --output <f>   table (default), json, or the rows as ndjson, csv or md (Markdown)`

/** How the rows of a list are written; undefined where a person or a program reads the whole answer. */
export type RowWriter = (rows: readonly ListRow[]) => readonly string[]

const rowWriters: ReadonlyMap<string, RowWriter> = new Map([
  ['ndjson', rowsAsNdjson],
  ['csv', rowsAsCsv],
  ['md', rowsAsMarkdown],
])

/** The form that was asked for. Throws `invalid_parameter` for one that there is not, and for two. */
export function readOutputForm(typed: ParsedArguments): {
  readonly isJson: boolean
  readonly writeRows: RowWriter | undefined
} {
  const output = typed.value('output')
  if (output === undefined) return { isJson: typed.flag('json'), writeRows: undefined }
  const writeRows = rowWriters.get(output)
  if (writeRows === undefined && output !== 'table' && output !== 'json')
    throw new WhodidError(
      'invalid_parameter',
      `"--output" expected table, json, ndjson, csv or md; got "${printableLine(output, 40)}"`,
    )
  if (typed.flag('json') && output !== 'json')
    throw new WhodidError(
      'invalid_parameter',
      `expected one form; got --json and --output ${output}`,
    )
  return { isJson: output === 'json', writeRows }
}
