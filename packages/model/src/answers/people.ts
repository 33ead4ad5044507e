import { z } from 'zod'
import { count, instant } from './cost-and-cursor.ts'

const name = z.object({
  name: z.string().describe('The name, as records have it'),
  person: z.string().describe('The person whose name it is'),
  kind: z.string().describe('Such as email, github, slack, idp'),
  source: z.string().describe('The list that says so'),
  rule: z.literal('alias_of'),
  grade: z.literal('inferred'),
  from: instant.nullable().describe('Since when it is theirs; null for always'),
  until: instant.nullable().describe('Until when it was theirs; null while it is'),
})

/** A name of a person, and what says so. */
export const personOfNameSchema = name.meta({ id: 'PersonOfName' })
export type PersonOfName = z.infer<typeof personOfNameSchema>

/** The names of the people who have, or had, a name. */
export const peopleAnswerSchema = z
  .object({
    people: z.array(personOfNameSchema),
    conflict: z.boolean().describe('Whether the name is of more than one person at that time'),
  })
  .meta({ id: 'PeopleAnswer' })

/** The result of adding names. */
export const peopleAddedSchema = z
  .object({ recorded: count.describe('Versions of names that were recorded') })
  .meta({ id: 'PeopleAdded' })
