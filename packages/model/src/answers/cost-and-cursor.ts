import { z } from 'zod'
import { grades } from './verdict-words.ts'

// The parts that several answers share. A description stands in the OpenAPI document; a comment is for readers of the types.

/** The grade of a claim. */
export const grade = z.enum(grades)

/** An instant as answers give it. */
export const instant = z.string().describe('RFC 3339, UTC, nanoseconds')

/** A reference to a span. */
export const spanRefText = z.string().describe('<trace id>-<span id>, lower-case hex')

/** A whole number. */
export const count = z.int()

/** The cursor of a page. */
export const nextCursor = z
  .string()
  .nullable()
  .describe('For the next page, with the same filters; null after the last')

/** The cost of an answer: SQL statements sent, rows and bytes the engine read, milliseconds from question to answer. */
export const questionCostSchema = z
  .object({
    statements: count.describe('SQL statements sent'),
    rows_read: count,
    bytes_read: count,
    elapsed_ms: z.number(),
  })
  .meta({ id: 'QuestionCost' })
export type QuestionCost = z.infer<typeof questionCostSchema>

/** Returns a union with null, not `.nullable()`: beside a named schema the document would say that null must have its fields. */
export function orNull<Schema extends z.ZodType>(schema: Schema): z.ZodUnion<[Schema, z.ZodNull]> {
  return z.union([schema, z.null()])
}

/** An error of the API: RFC 9457 problem details, with a stable `code` and a `type` that links to its page. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    request_id: z.string(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof problemSchema>
