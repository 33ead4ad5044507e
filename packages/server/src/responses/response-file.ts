import type { FindingSeverity } from '@whodid/model'
import { findingSeverities, responseKinds } from '@whodid/model/answers'
import { z } from 'zod'

/** Responses in one file. */
const responsesMax = 20

/** Characters of one text of the file at most. */
const textLengthMax = 4_096

/** What every response has. */
interface Every {
  readonly name: string
  readonly tenant: string
  readonly rules: readonly string[]
  readonly severity: FindingSeverity
  readonly most_per_hour: number
}

/** The address of a receiver: one of the first two. */
interface Http {
  readonly url?: string | undefined
  readonly url_file?: string | undefined
  readonly allow_http: boolean
}

interface Webhook extends Every, Http {
  readonly kind: 'webhook'
  readonly secret_file?: string | undefined
  readonly header_file?: string | undefined
}

interface Slack extends Every, Http {
  readonly kind: 'slack'
}

interface Program extends Every {
  readonly kind: 'program'
  readonly argv: readonly string[]
}

interface Case extends Every {
  readonly kind: 'case'
}

interface Stop<Kind> extends Every {
  readonly kind: Kind
  readonly within_minutes: number
  readonly cascade: boolean
}

/** One response of the file. */
export type FileResponse = Webhook | Slack | Program | Case | Stop<'pause'> | Stop<'kill'>

/** The file as it is read. */
export interface ResponseFile {
  readonly console_url?: string | undefined
  readonly responses: readonly FileResponse[]
}

const minutesMax = 1_440
const mostPerHourMax = 1_000
const rulesMax = 100
const argumentsMax = 50

const nameError = 'a name of 1–49 small letters, digits and hyphens that begins with a letter'
const pathError = 'the path of a file'

const path = z.string(pathError).min(1, pathError).max(textLengthMax, pathError)
const flag = z.boolean('true or false')
const url = z
  .string('a URL')
  .max(textLengthMax, `a URL of at most ${textLengthMax} characters`)
  .refine(
    (given) => URL.canParse(given) && /^https?:$/u.test(new URL(given).protocol),
    'an http or https URL',
  )

const mostPerHour = z
  .int(`1 to ${mostPerHourMax}`)
  .min(1, `1 to ${mostPerHourMax}`)
  .max(mostPerHourMax, `1 to ${mostPerHourMax}`)

const rules = z
  .array(z.string('the ID of a rule'), 'an array of IDs of rules')
  .min(1, 'at least one rule; leave it out for all')
  .max(rulesMax, `at most ${rulesMax} rules`)

const every = {
  name: z.string(nameError).regex(/^[a-z][a-z0-9-]{0,48}$/u, nameError),
  tenant: z.string('a tenant').min(1, 'a tenant').max(200, 'a tenant').default('default'),
  rules: rules.default([]),
  severity: z.enum(findingSeverities, findingSeverities.join(', ')).default('high'),
  most_per_hour: mostPerHour.default(100),
}

const http = { url: url.optional(), url_file: path.optional(), allow_http: flag.default(false) }

const stop = {
  rules: rules
    .refine(
      (given) => new Set(given).size > 1,
      'at least two different rules, for one alone stops nothing; leave it out for all',
    )
    .default([]),
  within_minutes: z
    .int(`1 to ${minutesMax} minutes`)
    .min(1, `1 to ${minutesMax} minutes`)
    .max(minutesMax, `1 to ${minutesMax} minutes`)
    .default(60),
  most_per_hour: mostPerHour.default(10),
  cascade: flag.default(true),
  severity: z.enum(findingSeverities, findingSeverities.join(', ')).default('medium'),
}

const argument = z.string('a text').max(textLengthMax, `at most ${textLengthMax} characters`)

const response: z.ZodType<FileResponse> = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      ...every,
      ...http,
      kind: z.literal('webhook'),
      secret_file: path.optional(),
      header_file: path.optional(),
    }),
    z.strictObject({ ...every, ...http, kind: z.literal('slack') }),
    z.strictObject({
      ...every,
      kind: z.literal('program'),
      argv: z
        .tuple(
          [argument.regex(/^\//u, 'the absolute path of a program')],
          argument,
          'an array: the absolute path of a program, and its arguments',
        )
        .refine(({ length }) => length <= argumentsMax, `at most ${argumentsMax} texts`),
    }),
    z.strictObject({ ...every, kind: z.literal('case') }),
    z.strictObject({ ...every, ...stop, kind: z.literal('pause') }),
    z.strictObject({ ...every, ...stop, kind: z.literal('kill') }),
  ],
  { error: responseKinds.join(', ') },
)

/** The file of `WHODID_RESPONSES`. */
export const responseFileSchema: z.ZodType<ResponseFile> = z.strictObject({
  console_url: url.optional(),
  responses: z
    .array(response, 'an array of responses')
    .min(1, 'at least one response')
    .max(responsesMax, `at most ${responsesMax} responses`),
})
