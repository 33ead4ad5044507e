import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { formatInstant, printable, WhodidError } from '@whodid/model'
import {
  caseAnswerSchema,
  caseEntryKinds,
  caseEntrySchema,
  casesAnswerSchema,
} from '@whodid/model/answers'
import {
  caseEntriesMax,
  casesMax,
  countCaseEntries,
  listCases,
  parseCaseId,
  parseCasesLimit,
  parseQuestion,
  readCaseEntries,
  shapeCaseEntry,
} from '@whodid/query'
import type { CaseEntryRow, CaseWriter } from '@whodid/store'
import type { ApiEnv } from '../middleware/request-scope.ts'
import { countSchema, handleSchema, lineSchema } from './parameter-schemas.ts'
import {
  answered,
  caseHeader,
  everyBody,
  everyRead,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler, QuestionDeps } from './route-parts.ts'
import { timeOfQuestion } from './who-did.ts'

/** Characters of an entry's text at most. */
const textLengthMax = 4_000

const idOfCase = z.object({
  id: z
    .string()
    .meta({ pattern: '^[!-~](?:[ -~]{0,198}[!-~])?$' })
    .describe('The case: 1–200 printable ASCII characters, percent-encoded'),
})

const { at, as_recorded, from, to, verb } = timeOfQuestion

/** `GET /v1/cases` */
export const casesRoute = createRoute({
  method: 'get',
  path: '/v1/cases',
  operationId: 'listCases',
  summary: 'The cases that have a notebook',
  description: 'The one written to last first. The read itself is recorded.',
  security,
  request: {
    headers: caseHeader,
    query: z.object({
      limit: countSchema(1, casesMax)
        .optional()
        .describe(`How many to give: 1–${casesMax}, default 100`),
    }),
  },
  responses: { ...answered('The cases', casesAnswerSchema), ...problems(...everyRead) },
})

/** `GET /v1/cases/{id}` */
export const caseRoute = createRoute({
  method: 'get',
  path: '/v1/cases/{id}',
  operationId: 'describeCase',
  summary: 'The notebook of a case',
  description:
    'Its notes, pins and questions, oldest first. A case without entries is 200 with none. The read itself is recorded, under that case.',
  security,
  request: { headers: caseHeader, params: idOfCase, query: z.object({}) },
  responses: { ...answered('The case', caseAnswerSchema), ...problems(...everyRead) },
})

const entrySchema = z
  .strictObject({
    kind: z
      .enum(caseEntryKinds)
      .describe('`note`: words. `pin`: an answer that matters. `question`: one that was asked'),
    text: z
      .string()
      .meta({ maxLength: textLengthMax })
      .optional()
      .describe(`Words, 1–${textLengthMax} characters. A note needs them`),
    of: handleSchema
      .optional()
      .describe('A handle, as `/v1/who-did` takes it. A pin and a question need one'),
    at,
    as_recorded,
    from,
    to,
    verb,
  })
  .openapi('NewCaseEntry', {
    if: { properties: { kind: { const: 'note' } } },
    // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON Schema
    then: { properties: { text: lineSchema(textLengthMax).meta() }, required: ['text'] },
    else: { properties: { of: {} }, required: ['of'] },
    dependentRequired: Object.fromEntries(
      Object.keys({ at, as_recorded, from, to, verb }).map((time) => [time, ['of']]),
    ),
  } as object)

/** `POST /v1/cases/{id}/entries` */
export const caseEntryRoute = createRoute({
  method: 'post',
  path: '/v1/cases/{id}/entries',
  operationId: 'addCaseEntry',
  summary: 'Write into the notebook of a case',
  description: `Adds a note, a pin or a question; nothing changes or removes one. The author is the name of the token. What it is about is frozen at \`as_recorded\`, by default now. A case takes ${caseEntriesMax} entries. The request is among the reads, under that case.`,
  security,
  request: {
    headers: caseHeader,
    params: idOfCase,
    body: { required: true, content: { 'application/json': { schema: entrySchema } } },
  },
  responses: {
    ...answered('The entry', caseEntrySchema),
    ...problems(
      ...everyRead,
      ...everyBody,
      'invalid_handle',
      'invalid_time',
      'not_found',
      'case_full',
    ),
  },
})

/** The ports of the notebooks. */
export interface CaseDeps extends QuestionDeps {
  /** Without it the notebooks are read only: a new entry is answered with `not_found`. */
  readonly caseWriter: CaseWriter | undefined
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
}

/** Answers casesRoute. */
export function answerCases({ selector, recordedRead }: CaseDeps): Handler<typeof casesRoute> {
  return async (c) => {
    const asked = c.req.valid('query')
    const limit = parseCasesLimit(asked.limit)
    const { tenant } = c.get('token')
    const run = async () => ({ cases: await listCases(selector, tenant, limit) })
    return c.json(await recordedRead(c, { roles: readers, question: asked }, { run }), 200)
  }
}

/** Answers caseRoute. */
export function answerCase({ selector, recordedRead }: CaseDeps): Handler<typeof caseRoute> {
  return async (c) => {
    const caseId = parseCaseId(c.req.valid('param').id)
    const { tenant } = c.get('token')
    const asked = { roles: readers, question: {}, caseId }
    const run = async () => ({
      case_id: caseId,
      entries: await readCaseEntries(selector, tenant, caseId),
    })
    return c.json(await recordedRead(c, asked, { run }), 200)
  }
}

/** Answers caseEntryRoute, once the entry is on the disk. */
export function answerCaseEntry({
  selector,
  caseWriter,
  recordedRead,
  now,
}: CaseDeps): Handler<typeof caseEntryRoute> {
  return async (c) => {
    const caseId = parseCaseId(c.req.valid('param').id)
    const entry = entryOf(c, { caseId, asked: c.req.valid('json'), nowUnixNs: now() })
    const { tenant, kind, question } = entry
    const run = async () => {
      if (caseWriter === undefined)
        throw new WhodidError('not_found', 'this Whodid takes no entries of cases')
      if ((await countCaseEntries(selector, tenant, caseId)) >= caseEntriesMax)
        throw new WhodidError('case_full', `the case expected at most ${caseEntriesMax} entries`)
      await caseWriter.write(entry)
      return shapeCaseEntry({
        entry_id: entry.entryId,
        written_at: formatInstant(entry.writtenAtUnixNs),
        author: entry.author,
        role: entry.role,
        kind,
        text: entry.text,
        question,
      })
    }
    // Its words stand in the entry, not in the access log.
    const asked = { roles: readers, question: { kind, entry: question }, caseId }
    return c.json(await recordedRead(c, asked, { run }), 200)
  }
}

function entryOf(
  c: Context<ApiEnv>,
  {
    caseId,
    asked,
    nowUnixNs,
  }: {
    readonly caseId: string
    readonly asked: z.infer<typeof entrySchema>
    readonly nowUnixNs: bigint
  },
): CaseEntryRow {
  const { tenant, name, role } = c.get('token')
  return {
    tenant,
    caseId,
    writtenAtUnixNs: nowUnixNs,
    entryId: c.get('requestId'),
    author: name,
    role,
    kind: asked.kind,
    text: textOf(asked),
    question: questionOf(asked, nowUnixNs),
  }
}

function textOf({ kind, text = '' }: z.infer<typeof entrySchema>): string {
  // A form ends its lines with both characters.
  const words = printable(text.replaceAll('\r\n', '\n')).trim()
  // As the document counts: characters, not UTF-16 units.
  const count = Array.from(words).length
  if (count > textLengthMax || (count === 0 && kind === 'note'))
    throw new WhodidError(
      'invalid_parameter',
      `"text" expected 1–${textLengthMax} characters; got ${count}`,
    )
  return words
}

/** The question as JSON, frozen. Throws for one that cannot be asked, and for a time that has not come: it would freeze nothing. */
function questionOf(asked: z.infer<typeof entrySchema>, nowUnixNs: bigint): string {
  const { kind, text: _, of, ...times } = asked
  if (of === undefined) {
    if (kind === 'note' && Object.values(times).every((value) => value === undefined)) return ''
    throw new WhodidError('invalid_handle', '"of" expected a handle; got none')
  }
  const { asRecorded } = parseQuestion({ of, ...times })
  if (asRecorded !== null && asRecorded > nowUnixNs)
    throw new WhodidError(
      'invalid_time',
      '"as_recorded" expected an instant that has passed; got one in the future',
    )
  return JSON.stringify({ of, ...times, as_recorded: formatInstant(asRecorded ?? nowUnixNs) })
}
