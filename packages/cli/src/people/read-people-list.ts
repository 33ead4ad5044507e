import { printableLine, WhodidError } from '@whodid/model'
import { readCsv } from './read-csv.ts'

/** A name that a list gives a person. */
export interface ListedName {
  readonly person: string
  readonly name: string
  readonly kind: string
  /** RFC 3339. */
  readonly from?: string
  readonly theirs?: boolean
}

/** The forms of a list of people. */
export const listFormats = ['csv', 'scim', 'github-org'] as const
export type ListFormat = (typeof listFormats)[number]

/** Names that one list may give. */
const listedNamesMax = 100_000

/**
 * Reads a list of people. `csv`: a heading with `person`, `name` and, if wanted, `kind`, `from`, `theirs`. `scim`: users as SCIM 2.0 lists them
 * (RFC 7643); the person is the `userName`. `github-org`: members as GitHub's API lists them, with `login`, `id`, and an `email`
 * or `saml_identity`; the person is the SAML identity, else the e-mail address, else `github:<id>`. Throws `invalid_parameter`, naming what is wrong.
 */
export function readPeopleList(text: string, format: ListFormat): readonly ListedName[] {
  const names = format === 'csv' ? fromCsv(text) : fromJson(text, format)
  if (names.length > listedNamesMax) throw invalid(`at most ${listedNamesMax} names`, names.length)
  if (names.length === 0) throw invalid('at least one name', 'none')
  return names
}

function fromCsv(text: string): readonly ListedName[] {
  const [heading = [], ...rows] = readCsv(text)
  const columns = heading.map((column) => column.trim().toLowerCase())
  for (const needed of ['person', 'name'])
    if (!columns.includes(needed)) throw invalid(`a heading with "${needed}"`, columns.join(','))
  return rows.map((row, index) => {
    const cell = (column: string): string => (row[columns.indexOf(column)] ?? '').trim()
    const [person, name, kind, from, theirs] = [
      cell('person'),
      cell('name'),
      cell('kind'),
      cell('from'),
      cell('theirs').toLowerCase(),
    ]
    if (person === '' || name === '')
      throw invalid(`a person and a name in row ${index + 2}`, row.join(','))
    if (!['', 'true', 'false'].includes(theirs))
      throw invalid(`true or false for "theirs" in row ${index + 2}`, theirs)
    return {
      person,
      name,
      kind: kind === '' ? 'name' : kind,
      ...(from === '' ? {} : { from }),
      ...(theirs === 'false' ? { theirs: false } : {}),
    }
  })
}

function fromJson(text: string, format: 'scim' | 'github-org'): readonly ListedName[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (thrown) {
    throw invalid('JSON', thrown instanceof Error ? thrown.message : 'something else')
  }
  const listed = Array.isArray(value) ? value : member(value, 'Resources')
  const users: readonly unknown[] = Array.isArray(listed) ? listed : [value]
  return users.flatMap(format === 'scim' ? fromScim : fromGithub)
}

function fromScim(user: unknown): readonly ListedName[] {
  const person = textOf(user, 'userName')
  if (person === '') throw invalid('a "userName" of each user', JSON.stringify(user))
  const emails = member(user, 'emails')
  const addresses: readonly unknown[] = Array.isArray(emails) ? emails : []
  return named(person, [
    ['idp', textOf(user, 'id')],
    ['idp', textOf(user, 'externalId')],
    ...addresses.map((email): [string, string] => ['email', textOf(email, 'value')]),
  ])
}

function fromGithub(user: unknown): readonly ListedName[] {
  const login = textOf(user, 'login')
  const id = member(user, 'id')
  if (login === '') throw invalid('a "login" of each member', JSON.stringify(user))
  const saml = textOf(user, 'saml_identity')
  const email = textOf(user, 'email')
  const number =
    typeof id === 'number' || typeof id === 'string' ? `github:${id}` : `github:${login}`
  const person = [saml, email].find((text) => text !== '') ?? number
  return named(person, [
    ['github', login],
    ['github', number],
    ['email', email],
  ])
}

function named(person: string, names: readonly (readonly [string, string])[]): ListedName[] {
  const seen = new Set(['', person])
  return names.flatMap(([kind, name]) => {
    if (seen.has(name)) return []
    seen.add(name)
    return [{ person, name, kind }]
  })
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined
}

function textOf(value: unknown, key: string): string {
  const text = member(value, key)
  return typeof text === 'string' ? text.trim() : ''
}

function invalid(expected: string, got: unknown): WhodidError {
  return new WhodidError(
    'invalid_parameter',
    `the list expected ${expected}; got "${printableLine(String(got), 120)}"`,
  )
}
