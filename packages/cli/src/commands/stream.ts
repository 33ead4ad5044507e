import { requestApi } from '@whodid/client'
import type { ApiAccess } from '@whodid/client'
import { printableLine, WhodidError } from '@whodid/model'
import { readApiAccess } from '../api-access.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'
import type { ParsedArguments } from '../parse-arguments.ts'
import { openSink } from '../stream/record-sink.ts'
import { keepPosition, readPosition } from '../stream/stream-position.ts'

/** Records asked for at one time. */
const pageSize = 1_000
/** Seconds that a request waits for a record, where the stream follows. */
const waitS = 20
/** Logs that one stream reads; each has a request open while it waits. */
const logsMax = 16
const forms = ['record', 'ocsf', 'timesketch']

/** `whodid stream`: every record, to somewhere else. */
export const streamCommand: Command = {
  name: 'stream',
  help: `Usage: whodid stream [options]

Writes every record of a tenant, each log in its order, to standard output, a file or an HTTP endpoint, until you stop it: for a SIEM or a timeline.

  --form <f>         record (default): the ledger's columns; ocsf: events of OCSF 1.9; timesketch: lines for Timesketch
  --to <where>       - (default): standard output; a file, which is appended to; or an http: or https: URL, to which lines are posted as NDJSON
  --position <file>  keeps how far it has come, and goes on from there at the next start
  --log <origin>     only this log (default: all logs of the service)
  --once             end at the newest record instead of following

A position is kept after the lines are synced or acknowledged. A file has each record once: lines that a crash left behind the position
are cut and written again. An endpoint may get the last page twice; metadata.uid of an event, or log_id and log_index of a record, say so.
An endpoint that is away or busy is asked again and again; one that refuses (400 to 499) ends the stream.

Example: whodid stream --form ocsf --to https://siem.example/ingest --position siem.position
Environment: WHODID_API_URL, WHODID_TOKEN, WHODID_STREAM_TOKEN (a bearer token for the endpoint).`,
  run: stream,
}

async function stream(context: CommandContext): Promise<number> {
  const string = { type: 'string' } as const
  const typed = parseArguments(
    context.args,
    { form: string, to: string, position: string, log: string, once: { type: 'boolean' } },
    { min: 0, max: 0, what: 'no argument' },
  )
  const form = formOf(typed)
  const path = typed.value('position')
  const access = await readApiAccess(context.environment)
  const position = await readPosition(path)
  const logs = await logsOf(access, typed.value('log'), context.stopping)
  const sink = await openSink(typed.value('to') ?? '-', position.bytes, context)
  const next = new Map(position.logs)
  const failing = new AbortController()
  const stopping = AbortSignal.any([context.stopping, failing.signal])
  let writing: Promise<void> = Promise.resolve()
  const write = (log: string, page: Page): Promise<void> => {
    // One page at a time, whichever log it is of: the position is of all of them.
    writing = writing.then(async () => {
      const bytes = page.lines === '' ? position.bytes : await sink.write(page.lines)
      next.set(log, page.next)
      if (page.lines !== '') await keepPosition(path, { logs: next, bytes })
    })
    return writing
  }
  const follow = async (log: string): Promise<void> => {
    let wait = 0
    while (!stopping.aborted) {
      const page = await readPage(access, { log, from: next.get(log) ?? 0, form, wait }, stopping)
      await write(log, page)
      if (page.lines === '' && typed.flag('once')) return
      wait = page.lines === '' ? waitS : 0
    }
  }
  try {
    await Promise.all(logs.map(follow))
  } catch (thrown) {
    failing.abort()
    if (!context.stopping.aborted) throw thrown
  }
  return 0
}

function formOf(typed: ParsedArguments): string {
  const form = typed.value('form') ?? 'record'
  if (forms.includes(form)) return form
  throw new WhodidError(
    'invalid_parameter',
    `"--form" expected ${forms.join(', ')}; got "${printableLine(form, 40)}"`,
  )
}

/** The origins of the logs that are streamed. */
async function logsOf(
  access: ApiAccess,
  log: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (log !== undefined) return [log]
  const trust: unknown = await (await requestApi(access, '/v1/trust', { signal })).json()
  const keys: unknown = Reflect.get(Object(trust), 'logs')
  const origins = Array.isArray(keys)
    ? keys.map((key: unknown) => String(Reflect.get(Object(key), 'vkey')).split('+')[0] ?? '')
    : []
  const logs = [...new Set(origins)]
  if (logs.length > logsMax)
    throw new WhodidError(
      'invalid_parameter',
      `one stream reads at most ${logsMax} logs; there are ${logs.length}: name one with --log`,
    )
  return logs
}

/** Lines of a page, whole, and the index to read on from. */
interface Page {
  readonly lines: string
  readonly next: number
}

async function readPage(
  access: ApiAccess,
  asked: {
    readonly log: string
    readonly from: number
    readonly form: string
    readonly wait: number
  },
  signal: AbortSignal,
): Promise<Page> {
  const { log, from, form, wait } = asked
  const parameters = { log, from: `${from}`, form, wait: `${wait}`, limit: `${pageSize}` }
  const response = await requestApi(access, '/v1/records', { parameters, signal })
  const text = await response.text()
  const endAt = text.lastIndexOf('{"_end":')
  const end: unknown = endAt < 0 ? undefined : JSON.parse(text.slice(endAt))
  const next: unknown = Reflect.get(Object(Reflect.get(Object(end), '_end')), 'next')
  if (typeof next !== 'number')
    throw new WhodidError('api_unreachable', 'the records were cut off before their end')
  return { lines: text.slice(0, endAt), next }
}
