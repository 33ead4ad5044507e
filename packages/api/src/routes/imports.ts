import { createRoute, z } from '@hono/zod-openapi'
import { parseInstant, WhodidError } from '@whodid/model'
import { importAnswerSchema } from '@whodid/model/answers'
import {
  clockErrorDefaultSeconds,
  importFormatNames,
  importRequest,
  readImport,
} from '@whodid/reconcile'
import type { Coverage, ImportFormatName } from '@whodid/reconcile'
import type { TakeImported } from '../api-options.ts'
import type { RecordedRead } from '../middleware/recorded-read.ts'
import { instantSchema } from './parameter-schemas.ts'
import {
  answered,
  caseHeader,
  everyBody,
  everyRead,
  problems,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler } from './route-parts.ts'

/** Events of one request. The body has a bound of its own. */
const eventsMax = 1_000
/** Seconds by which a clock may differ, and by which an event may be late. */
const clockErrorMaxSeconds = 3_600
const delayMaxSeconds = 30 * 86_400
const resourcesMax = 100
const verbsMax = 32

const coverageSchema = z.strictObject({
  system: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[a-z0-9._-]{1,64}$/u)
    .meta({ pattern: '^[a-z0-9._-]{1,64}$' })
    .describe('The system whose log it is, as its events name it: `github`, `aws`, `postgres`'),
  resources: z
    .array(
      z
        .string()
        .min(1)
        .max(200)
        .regex(/^[!-~]{1,200}$/u)
        .meta({ pattern: '^[!-~]{1,200}$' }),
    )
    .min(1)
    .max(resourcesMax)
    .describe('Beginnings of the resources whose acts are all in it: `github:pull:acme/app/`'),
  from: instantSchema.describe('The period: RFC 3339 with a zone'),
  to: instantSchema,
  verbs: z
    .array(
      z
        .string()
        .regex(/^[a-z_]{1,64}$/u)
        .meta({ pattern: '^[a-z_]{1,64}$' }),
    )
    .max(verbsMax)
    .optional()
    .describe('The verbs that it has; default all but reads'),
  sampling: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('The share of events that it keeps; default 1. Less: absence says nothing'),
  delay_seconds: z
    .number()
    .min(0)
    .max(delayMaxSeconds)
    .optional()
    .describe('Seconds after an act at which its event is there at the latest; default 0'),
  clock_error_seconds: z
    .number()
    .min(0)
    .max(clockErrorMaxSeconds)
    .optional()
    .describe('Seconds by which its clock and an emitter’s may differ; default 5'),
})

/** `POST /v1/imports` */
export const importRoute = createRoute({
  method: 'post',
  path: '/v1/imports',
  operationId: 'importEvents',
  summary: 'Import events of another system’s log',
  description: `Reads at most ${eventsMax} events of a known format and puts them on record, sealed, in the channel \`imported\`. An event that cannot be read costs itself. Imported again, an event is the same record. What a log says decides nothing about an agent by itself. For the admin token.`,
  security,
  request: {
    headers: caseHeader,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            format: z.enum(importFormatNames as [ImportFormatName, ...ImportFormatName[]]),
            source: z
              .string()
              .max(200)
              .regex(/^[!-~]{0,200}$/u)
              .meta({ pattern: '^[!-~]{0,200}$' })
              .optional()
              .describe('The source: an account, a repository, a host with its scheme'),
            events: z
              .array(z.union([z.string(), z.record(z.string(), z.unknown())]))
              .max(eventsMax)
              .describe('Each a line as text or, of a format of JSON, an object'),
            coverage: coverageSchema.optional().describe('What the log is declared to hold'),
          }),
        },
      },
    },
  },
  responses: {
    ...answered('What became of the events', importAnswerSchema),
    ...problems(...everyRead, ...everyBody, 'invalid_time', 'not_found', 'log_full', 'log_failed'),
  },
})

/** The ports of importRoute. */
interface ImportDeps {
  readonly takeImported: TakeImported | undefined
  readonly recordedRead: RecordedRead
}

const roles = ['admin'] as const

/** Answers importRoute. */
export function answerImport({
  takeImported,
  recordedRead,
}: ImportDeps): Handler<typeof importRoute> {
  return async (c) => {
    const { format, source = '', events, coverage } = c.req.valid('json')
    const { tenant, name } = c.get('token')
    const declared = coverage === undefined ? undefined : coverageOf(coverage)
    const run = async () => {
      if (takeImported === undefined)
        throw new WhodidError(
          'not_found',
          'this Whodid imports nothing: it runs without a collector',
        )
      const items = events.map((event, index) => ({
        line: index + 1,
        body: typeof event === 'string' ? event : JSON.stringify(event),
      }))
      const read = readImport({ format, items, source })
      const { request, coverage: span } = importRequest({
        format,
        source,
        events: read.events,
        coverage: declared,
      })
      if (read.events.length > 0 || declared !== undefined)
        await takeImported({ tenant, importer: `import/${name}`, request })
      return {
        taken: read.events.length,
        passed_over: read.passedOverCount,
        refused: read.refusedCount,
        refusals: read.refused.map(({ line, why }) => ({ event: line, why })),
        coverage: span,
      }
    }
    // The events are the import's own records: the access log keeps who imported what kind.
    const question = { format, source, events: String(events.length) }
    return c.json(await recordedRead(c, { roles, question }, { run }), 200)
  }
}

function coverageOf(declared: z.infer<typeof coverageSchema>): Coverage {
  const fromUnixNs = parseInstant(declared.from, 'coverage.from')
  const toUnixNs = parseInstant(declared.to, 'coverage.to')
  if (fromUnixNs > toUnixNs)
    throw new WhodidError(
      'invalid_time',
      '"coverage.from" expected an instant before "coverage.to"',
    )
  return {
    system: declared.system,
    resources: declared.resources,
    fromUnixNs: sinceRecords(fromUnixNs),
    toUnixNs: sinceRecords(toUnixNs),
    verbs: declared.verbs ?? [],
    sampling: declared.sampling ?? 1,
    delaySeconds: declared.delay_seconds ?? 0,
    clockErrorSeconds: declared.clock_error_seconds ?? clockErrorDefaultSeconds,
  }
}

/** Up to 1970 there is no record, and nothing to be covered. */
function sinceRecords(unixNs: bigint): bigint {
  return unixNs > 0n ? unixNs : 1n
}
