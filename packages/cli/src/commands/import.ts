import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { dataOf, openApi } from '@whodid/client'
import type { ApiClient } from '@whodid/client'
import { printableLine, WhodidError } from '@whodid/model'
import { importFormatNames, splitImport } from '@whodid/reconcile'
import type { ImportFormatName, ImportItem } from '@whodid/reconcile'
import { readAdminAccess } from '../api-access.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'
import type { ParsedArguments } from '../parse-arguments.ts'
import { parametersOf, timeHelp } from '../question-options.ts'

/** Bytes of a file. A larger one is imported in parts, by whoever cuts it. */
const fileBytesMax = 64 * 1024 * 1024
/** Characters of the events of one request, as JSON, and their number: what the API takes, with room for the rest. */
const requestLengthMax = 120_000
const requestEventsMax = 1_000
/** Refused events that are named. */
const refusalsMax = 20

/** `whodid import`: puts another system's log on record. */
export const importCommand: Command = {
  name: 'import',
  help: `Usage: whodid import <format> <file|-> [options]

Reads the log of another system and puts its events on record, sealed, apart from what agents said. An event that cannot be read
is counted, and costs itself. Imported again, an event is the same record.

Formats: ${importFormatNames.slice(0, 8).join(', ')},
${importFormatNames.slice(8).join(', ')}.

  --source <name>        the account, repository or host (https://…) that the log is of
Only a log that declares what it holds can contradict a record by not having it:
  --covers <resource>    beginning of the resources whose acts are all in it; separate with commas
  --system <name>        the system, as its events name it: github, aws, postgres…
  --from, --to <t>       the period
  --verbs <list>         the verbs that it has (default: all but reads)
  --sampling <share>     the share of events that it keeps (default 1)
  --delay <seconds>      how late an event may be (default 0)
  --clock-error <s>      by how much its clock may differ (default 5)
  --json                 the counts as JSON

${timeHelp}

Example: whodid import github-audit audit.ndjson --source acme
Exit code: 0 all read, 1 some events were refused.
Environment: WHODID_API_URL, WHODID_TOKEN (the admin's).`,
  run: importLog,
}

interface Counts {
  taken: number
  passed_over: number
  refused: number
  refusals: { event: number; why: string }[]
  coverage: string | null
}

async function importLog(context: CommandContext): Promise<number> {
  const string = { type: 'string' } as const
  const options = {
    source: string,
    covers: string,
    system: string,
    from: string,
    to: string,
    verbs: string,
    sampling: string,
    delay: string,
    'clock-error': string,
    json: { type: 'boolean' },
  } as const
  const what = 'a format and a file, or - for standard input'
  const typed = parseArguments(context.args, options, { min: 2, max: 2, what })
  const [name = '', file = ''] = typed.positionals
  const format = formatOf(name)
  const coverage = coverageOf(typed)
  const text = await readText(file, context)
  const api = openApi(await readAdminAccess(context.environment), { signal: context.stopping })
  const counts = await send(
    api,
    { format, source: typed.value('source'), coverage },
    splitImport(format, text),
  )
  if (typed.flag('json')) context.stdout.write(`${JSON.stringify(counts)}\n`)
  else context.stdout.write(`${linesOf(counts).join('\n')}\n`)
  return counts.refused > 0 ? 1 : 0
}

function formatOf(name: string): ImportFormatName {
  const format = importFormatNames.find((one) => one === name)
  if (format !== undefined) return format
  throw new WhodidError(
    'invalid_parameter',
    `the format expected one of ${importFormatNames.join(', ')}; got "${printableLine(name, 60)}"`,
  )
}

interface Sent {
  readonly format: ImportFormatName
  readonly source: string | undefined
  readonly coverage: CoverageBody | undefined
}

interface CoverageBody {
  system: string
  resources: string[]
  from: string
  to: string
  verbs?: string[]
  sampling?: number
  delay_seconds?: number
  clock_error_seconds?: number
}

function coverageOf(typed: ParsedArguments): CoverageBody | undefined {
  const covers = typed.value('covers')
  const system = typed.value('system')
  const { from, to } = parametersOf(typed, ['from', 'to'])
  if (covers === undefined) return undefined
  if (system === undefined || from === undefined || to === undefined)
    throw new WhodidError(
      'invalid_parameter',
      '"--covers" expected "--system", "--from" and "--to" beside it',
    )
  const [sampling, delay, clockError] = [
    numberOf(typed, 'sampling'),
    numberOf(typed, 'delay'),
    numberOf(typed, 'clock-error'),
  ]
  const verbs = typed.value('verbs')?.split(',')
  return {
    system,
    resources: covers.split(','),
    from,
    to,
    ...(verbs === undefined ? {} : { verbs }),
    ...(sampling === undefined ? {} : { sampling }),
    ...(delay === undefined ? {} : { delay_seconds: delay }),
    ...(clockError === undefined ? {} : { clock_error_seconds: clockError }),
  }
}

function numberOf(
  typed: ParsedArguments,
  name: 'sampling' | 'delay' | 'clock-error',
): number | undefined {
  const text = typed.value(name)
  if (text === undefined) return undefined
  const number = Number(text)
  if (text.trim() !== '' && Number.isFinite(number) && number >= 0) return number
  throw new WhodidError(
    'invalid_parameter',
    `"--${name}" expected a number; got "${printableLine(text, 40)}"`,
  )
}

async function readText(file: string, { protocol }: CommandContext): Promise<string> {
  if (file === '-') return readBounded(protocol().input)
  try {
    const handle = await open(file)
    return await readBounded(handle.createReadStream())
  } catch (thrown) {
    if (thrown instanceof WhodidError) throw thrown
    const why = thrown instanceof Error ? thrown.message : 'unknown failure'
    throw new WhodidError('invalid_parameter', `the file cannot be read: ${why}`, { cause: thrown })
  }
}

async function readBounded(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  // A stream without an encoding gives buffers.
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > fileBytesMax)
      throw new WhodidError(
        'body_too_large',
        `a log expected at most ${fileBytesMax} bytes at one time; got more: cut it into parts`,
      )
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Sends the events, as many at a time as a request takes; the coverage with the last, once all are there. */
async function send(
  api: ApiClient,
  { format, source, coverage }: Sent,
  items: readonly ImportItem[],
): Promise<Counts> {
  const counts: Counts = { taken: 0, passed_over: 0, refused: 0, refusals: [], coverage: null }
  const batches = batchesOf(items, counts)
  for (const [index, batch] of batches.entries()) {
    const isLast = index === batches.length - 1
    const body = {
      format,
      events: batch.map((item) => item.body),
      ...(source === undefined ? {} : { source }),
      ...(coverage === undefined || !isLast ? {} : { coverage }),
    }
    const answer = await dataOf(api.POST('/v1/imports', { body }))
    counts.taken += answer.taken
    counts.passed_over += answer.passed_over
    counts.refused += answer.refused
    counts.coverage = answer.coverage
    for (const { event, why } of answer.refusals)
      if (counts.refusals.length < refusalsMax)
        counts.refusals.push({ event: batch[event - 1]?.line ?? event, why })
  }
  return counts
}

function batchesOf(items: readonly ImportItem[], counts: Counts): ImportItem[][] {
  const batches: ImportItem[][] = []
  let batch: ImportItem[] = []
  let length = 0
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item.body)) + 1
    if (size > requestLengthMax) {
      counts.refused += 1
      if (counts.refusals.length < refusalsMax)
        counts.refusals.push({
          event: item.line,
          why: `the event is longer than ${requestLengthMax} bytes`,
        })
      continue
    }
    if (batch.length >= requestEventsMax || length + size > requestLengthMax) {
      batches.push(batch)
      batch = []
      length = 0
    }
    batch.push(item)
    length += size
  }
  return [...batches, batch]
}

function linesOf(counts: Counts): string[] {
  const { taken, passed_over: passedOver, refused, refusals, coverage } = counts
  return [
    `${taken} ${taken === 1 ? 'event is' : 'events are'} on record; ${passedOver} were no acts; ${refused} could not be read.`,
    ...refusals.map(({ event, why }) => `  line ${event}: ${printableLine(why)}`),
    ...(coverage === null ? [] : [`The declared coverage is on record as span:${coverage}.`]),
    ...(taken > 0 ? ['Ask: whodid ghosts --from <the first of them>'] : []),
  ]
}
