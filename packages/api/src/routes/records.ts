import { setTimeout as sleep } from 'node:timers/promises'
import { createRoute, z } from '@hono/zod-openapi'
import { ocsfEvent, readLog, timelineEvents } from '@whodid/evidence'
import type { LogPage } from '@whodid/evidence'
import type { RecordRow } from '@whodid/model'
import { parseCount, parsePageLimit } from '@whodid/query'
import { countSchema, limitSchema } from './parameter-schemas.ts'
import {
  caseHeader,
  everyRead,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler, QuestionDeps } from './route-parts.ts'

/** The default and the most records in one answer. */
const recordsLimit = { default: 500, max: 1_000 }
/** Seconds at most that a request waits for a record. */
const waitMaxS = 30
/** Milliseconds between two looks for one. */
const lookEveryMs = 1_000
/** Every index of a log is below this. */
const indexMax = 2 ** 40

/** How a record is written, by form: each gives the lines of one record. */
const forms: Readonly<Record<'record' | 'ocsf' | 'timesketch', (row: RecordRow) => unknown[]>> = {
  record: (row) => [row],
  ocsf: (row) => [ocsfEvent(row)],
  timesketch: timelineEvents,
}

/** `GET /v1/records` */
export const recordsRoute = createRoute({
  method: 'get',
  path: '/v1/records',
  operationId: 'readRecords',
  summary: 'The records of a log, each once, in its order',
  description:
    'For a SIEM or a timeline: one JSON object a line, in the order of the log. The last line is `{"_end":{"next":…,"rows":…}}`: ask for `from` = `next` to read on. None is given twice. None is left out, but one that is stored more than a minute after a later one of its log: that long a record waits where a place before it is empty. Of records that were pruned nothing is told. The read itself is recorded.',
  security,
  request: {
    headers: caseHeader,
    query: z.object({
      log: z
        .string()
        .min(1)
        .regex(/^[!-~]{1,200}$/u)
        .meta({ pattern: '^[!-~]{1,200}$', example: 'ledger.example/agents/c1' })
        .describe('The origin of the log, as `/v1/trust` and every proof name it'),
      from: countSchema(0, indexMax).optional().describe('The first index; default 0'),
      limit: limitSchema(recordsLimit, 'How many records to give'),
      form: z
        .enum(['record', 'ocsf', 'timesketch'])
        .optional()
        .describe(
          '`record` (default), the columns of the ledger; `ocsf`, an event of OCSF 1.9, class API Activity; `timesketch`, a line for each time of a record',
        ),
      wait: countSchema(0, waitMaxS)
        .optional()
        .describe('Seconds to wait while there is no record; default 0'),
    }),
  },
  responses: {
    200: {
      description: 'Records, one a line',
      content: { 'application/x-ndjson': { schema: z.string() } },
    },
    ...problems(...everyRead),
  },
})

/** The ports of recordsRoute. */
interface RecordsDeps extends QuestionDeps {
  /** Aborts when the service stops, which ends the waiting. */
  readonly stopping: AbortSignal
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
}

/** Answers recordsRoute. */
export function answerRecords({
  selector,
  recordedRead,
  stopping,
  now,
}: RecordsDeps): Handler<typeof recordsRoute> {
  return async (c) => {
    const asked = c.req.valid('query')
    const { log, form = 'record', limit, wait, from } = asked
    const position = {
      log,
      from: parseCount(from, 'from', { min: 0, max: indexMax, default: 0 }),
      limit: parsePageLimit(limit, recordsLimit),
    }
    const waitS = parseCount(wait, 'wait', { min: 0, max: waitMaxS, default: 0 })
    const { tenant } = c.get('token')
    const left = AbortSignal.any([stopping, c.req.raw.signal])
    const read = async (): Promise<LogPage> => {
      for (let looks = waitS; ; looks -= 1) {
        const page = await readLog(selector, tenant, { ...position, nowUnixNs: now() })
        if (page.rows.length > 0 || looks <= 0 || left.aborted) return page
        await sleep(lookEveryMs, undefined, { signal: left }).catch(() => undefined)
      }
    }
    const reading = { roles: readers, question: asked }
    const { rows, next } = await recordedRead(c, reading, { run: read })
    const lines = [...rows.flatMap(forms[form]), { _end: { next, rows: rows.length } }]
    const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    // The route's type knows JSON and text answers only; a body of lines is neither.
    return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } }) as never
  }
}
