import { handleKinds, printableLine, WhodidError } from '@whodid/model'
import type { HandleKind } from '@whodid/model'
import type { OptionTable, ParsedArguments } from './parse-arguments.ts'

const string = { type: 'string' } as const

/** The options of every question about a time. */
export const questionOptions: OptionTable = {
  from: string,
  to: string,
  'as-recorded': string,
  limit: string,
  case: string,
  json: { type: 'boolean' },
}

/** The option of a question that is answered in pages. */
export const pageOptions: OptionTable = { ...questionOptions, cursor: string }

/** What {@link questionOptions} say in a help text. */
export const questionHelp: string = `  --from, --to       only what was done in this time (RFC 3339 with a zone)
  --as-recorded <t>  only what had been received by then
  --case <id>        the case this read belongs to; kept with the record of it`

/** Options as the API's parameters: those that were given. */
export function parametersOf<Name extends string>(
  typed: ParsedArguments,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const given: Partial<Record<Name, string>> = {}
  for (const name of names) {
    const value = typed.value(name.replaceAll('_', '-'))
    if (value !== undefined) given[name] = value
  }
  return given
}

/** The case that a read belongs to. Throws `invalid_parameter` unless it is 1–200 printable ASCII characters, or not given. */
export function caseIdOf(typed: ParsedArguments): string | undefined {
  const caseId = typed.value('case')
  if (caseId === undefined || /^[!-~](?:[ -~]{0,198}[!-~])?$/u.test(caseId)) return caseId
  throw new WhodidError(
    'invalid_parameter',
    `"--case" expected 1–200 printable ASCII characters; got "${printableLine(caseId, 60)}"`,
  )
}

/** The ID that an argument names, with or without its kind before it. Throws `invalid_handle` for another kind's handle. */
export function idOf(kind: HandleKind, text: string): string {
  const prefix = handleKinds.find((known) => text.startsWith(`${known}:`))
  if (prefix === undefined) return text
  if (prefix === kind) return text.slice(kind.length + 1)
  throw new WhodidError(
    'invalid_handle',
    `expected ${kind}:<id> or an ID; got "${printableLine(text, 80)}"`,
  )
}

/** The instant `hours` ago, RFC 3339. */
export function hoursAgo(hours: number): string {
  return new Date(Date.now() - hours * 3_600_000).toISOString()
}

/**
 * The line below a page that another follows; none after the last. A cursor belongs to its filters, so a time that the
 * command chose itself (`from`) is named with it.
 */
export function moreLines(nextCursor: string | null, from?: string): string[] {
  if (nextCursor === null) return []
  const time = from === undefined ? '' : `--from ${from} `
  return ['', `More: the same with ${time}--cursor ${nextCursor}`]
}
