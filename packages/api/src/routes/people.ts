import { createRoute, z } from '@hono/zod-openapi'
import { parseInstant, WhodidError } from '@whodid/model'
import { peopleAddedSchema, peopleAnswerSchema } from '@whodid/model/answers'
import { describeName, versionsMax } from '@whodid/query'
import type { NameOfPerson, People, PeopleBook } from '@whodid/query'
import type { PeopleRecorder } from '@whodid/store'
import type { RecordedRead } from '../middleware/recorded-read.ts'
import { instantSchema, instantText, nameSchema } from './parameter-schemas.ts'
import {
  answered,
  caseHeader,
  everyBody,
  everyRead,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler } from './route-parts.ts'

/** Characters of a person’s ID and of a name: as long as a record's own. */
const nameLengthMax = 512
/** Names that one request adds. */
const namesAddedMax = 500
/** Names of the people behind one name that an answer lists. */
const namesListedMax = 1_000

const name = nameSchema(nameLengthMax)

/** `GET /v1/people` */
export const peopleRoute = createRoute({
  method: 'get',
  path: '/v1/people',
  operationId: 'listNamesOfPerson',
  summary: 'Whose name is this, and which others have they?',
  description:
    'The people who have a name at an instant, with every name that they ever had; where nobody has it then, those who ever had it. The read itself is recorded.',
  security,
  request: {
    headers: caseHeader,
    query: z.object({
      name: name.describe('A person’s ID, or any name of theirs'),
      at: instantSchema
        .optional()
        .describe(`Whose it is at this instant; default now. ${instantText}`),
    }),
  },
  responses: {
    ...answered('The names', peopleAnswerSchema),
    ...problems(...everyRead, 'invalid_time'),
  },
})

/** `POST /v1/people` */
export const addPeopleRoute = createRoute({
  method: 'post',
  path: '/v1/people',
  operationId: 'addNamesOfPeople',
  summary: 'Say whose names these are',
  description:
    'Appends versions of names: from when each is a person’s, or is theirs no longer. Nothing is overwritten. The request itself is recorded. For the admin token.',
  security,
  request: {
    headers: caseHeader,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z
            .strictObject({
              source: nameSchema(100).describe('The list that says so, such as scim or github-org'),
              names: z
                .array(
                  z.strictObject({
                    person: name,
                    name,
                    kind: z
                      .string()
                      .meta({ pattern: '^[a-z0-9_-]{1,32}$' })
                      .describe('Such as email, github, slack, idp, os_user'),
                    from: instantSchema.optional().describe('Since when; default always'),
                    theirs: z
                      .boolean()
                      .optional()
                      .describe('False: from then on it is theirs no longer. Default true'),
                  }),
                )
                .meta({ minItems: 1, maxItems: namesAddedMax }),
            })
            .openapi('PeopleToAdd'),
        },
      },
    },
  },
  responses: {
    ...answered('They are recorded', peopleAddedSchema),
    ...problems(...everyRead, ...everyBody, 'invalid_time', 'not_found'),
  },
})

/** The ports of the list of people. */
export interface PeopleDeps {
  readonly book: PeopleBook
  /** Without it nothing can be added. */
  readonly recorder: PeopleRecorder | undefined
  readonly recordedRead: RecordedRead
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
}

/** Answers peopleRoute. */
export function answerPeople({ book, recordedRead, now }: PeopleDeps): Handler<typeof peopleRoute> {
  return async (c) => {
    const asked = c.req.valid('query')
    checkLine('name', asked.name)
    const at = asked.at === undefined ? now() : parseInstant(asked.at, 'at')
    const { tenant } = c.get('token')
    const run = async () => namesBehind((await book.of(tenant, null)).people, asked.name, at)
    return c.json(await recordedRead(c, { roles: readers, question: asked }, { run }), 200)
  }
}

function namesBehind(
  people: People,
  asked: string,
  at: bigint,
): z.infer<typeof peopleAnswerSchema> {
  const holders = new Set(people.holdersOf(asked, at).map(({ person }) => person))
  const persons = holders.size > 0 ? [...holders] : people.everHeld(asked)
  const names = persons.flatMap((person): readonly NameOfPerson[] => people.namesOf(person))
  return {
    people: names.slice(0, namesListedMax).map(describeName),
    conflict: holders.size > 1,
  }
}

/** Answers addPeopleRoute. */
export function answerAddPeople({
  book,
  recorder,
  recordedRead,
  now,
}: PeopleDeps): Handler<typeof addPeopleRoute> {
  return async (c) => {
    if (recorder === undefined)
      throw new WhodidError('not_found', 'this service keeps no list of people')
    const { source, names } = c.req.valid('json')
    const { tenant, name: recordedBy } = c.get('token')
    checkNames(source, names)
    const recordedAtUnixNs = now()
    const rows = names.map(({ person, name: named, kind, from, theirs }) => ({
      tenant,
      person,
      name: named,
      kind,
      source,
      isTheirs: theirs ?? true,
      validFromUnixNs: from === undefined ? 0n : sinceOf(from),
      recordedAtUnixNs,
      recordedBy,
    }))
    const run = async (): Promise<number> => {
      const { versions } = await book.of(tenant, null)
      if (versions + rows.length > versionsMax)
        throw new WhodidError(
          'invalid_parameter',
          `"names" expected at most ${versionsMax} versions in a tenant; got ${versions + rows.length}`,
        )
      await recorder.record(rows)
      book.forget(tenant)
      return rows.length
    }
    const question = { source, names: String(names.length) }
    const recorded = await recordedRead(c, { roles: ['admin'], question }, { run })
    return c.json({ recorded }, 200)
  }
}

/** Before 1970 there is no record: a name from then is theirs always. */
function sinceOf(from: string): bigint {
  const since = parseInstant(from, 'from')
  return since < 0n ? 0n : since
}

interface Named {
  readonly person: string
  readonly name: string
  readonly kind: string
}

function checkNames(source: string, names: readonly Named[]): void {
  checkLine('source', source, 100)
  if (names.length < 1 || names.length > namesAddedMax)
    throw new WhodidError(
      'invalid_parameter',
      `"names" expected 1–${namesAddedMax} names; got ${names.length}`,
    )
  for (const { person, name: named, kind } of names) {
    checkLine('person', person)
    checkLine('name', named)
    if (!/^[a-z0-9_-]{1,32}$/u.test(kind))
      throw new WhodidError(
        'invalid_parameter',
        '"kind" expected 1–32 lower-case letters, digits, "_" or "-"',
      )
  }
}

function checkLine(field: string, text: string, lengthMax: number = nameLengthMax): void {
  // As the document counts: characters, not UTF-16 units.
  const count = Array.from(text).length
  if (text.trim() === '' || count > lengthMax || text.includes('\0'))
    throw new WhodidError(
      'invalid_parameter',
      `"${field}" expected 1–${lengthMax} characters, not all of them blank, and no NUL; got ${count}`,
    )
}
