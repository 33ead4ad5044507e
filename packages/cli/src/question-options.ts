import { resolveInstant } from '@whodid/client'
import { parseHandle, printableLine, WhodidError } from '@whodid/model'
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

/** The forms that an option of a time takes. */
export const timeHelp: string = `A time <t> is RFC 3339 with a zone (2026-11-28T14:07:00Z), how long ago (24h, 90m, 7d), a day of this machine's zone (today, yesterday,
2026-11-28; as the end of a time, its last instant) or a time of day there (2026-11-28 14:07, "yesterday 14:07").`

/** The end of a whole day that each option of a time means. */
const edges: ReadonlyMap<string, 'start' | 'end'> = new Map([
  ['from', 'start'],
  ['to', 'end'],
  ['at', 'end'],
  ['as_recorded', 'end'],
])

/** The help text of {@link questionOptions}. */
export const questionHelp: string = `  --from, --to <t>   only what was done in this time
  --as-recorded <t>  only what had been received by then
  --case <id>        the case this read belongs to; kept with the record of it

${timeHelp}`

/** Options as the API's parameters: those that were given, times as RFC 3339. Throws `invalid_time`. */
export function parametersOf<Name extends string>(
  typed: ParsedArguments,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const given: Partial<Record<Name, string>> = {}
  for (const name of names) {
    const option = name.replaceAll('_', '-')
    const value = typed.value(option)
    if (value === undefined) continue
    const edge = edges.get(name)
    given[name] =
      edge === undefined ? value : resolveInstant(value, { option, edge, nowMs: typed.typedAtMs })
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
  if (!/^[a-z]+ *:/iu.test(text)) return text
  const handle = parseHandle(text)
  if (handle.kind === kind) return handle.value
  // An ID may hold a colon, and then reads like a resource.
  if (handle.kind === 'resource' && !/^resource *:/iu.test(text)) return text
  throw otherKind(kind, text)
}

function otherKind(kind: HandleKind, text: string): WhodidError {
  return new WhodidError(
    'invalid_handle',
    `expected ${kind}:<id> or an ID; got "${printableLine(text, 80)}"`,
  )
}

/** The instant `hours` ago, RFC 3339. */
export function hoursAgo(hours: number): string {
  return new Date(Date.now() - hours * 3_600_000).toISOString()
}

/**
 * The line below a page that another follows; none after the last. A cursor belongs to its filters, so the times are named with it as
 * they were asked: one that the command chose itself, or that counts from now, would be another the next time.
 */
export function moreLines(
  nextCursor: string | null,
  times: { readonly from?: string; readonly to?: string; readonly as_recorded?: string } = {},
): string[] {
  if (nextCursor === null) return []
  const named = (['from', 'to', 'as_recorded'] as const).flatMap((name) => {
    const value = times[name]
    return value === undefined ? [] : [`--${name.replace('_', '-')} ${value} `]
  })
  return ['', `More: the same with ${named.join('')}--cursor ${nextCursor} (or a higher --limit)`]
}
