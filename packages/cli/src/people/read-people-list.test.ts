import { expect, it } from 'vitest'
import { readPeopleList } from './read-people-list.ts'

it('reads CSV with quotes, in any order of columns', () => {
  const csv =
    '\ufeffname,person,kind,from,theirs\r\n"Ann ""A"", Lee",ann@acme.example,,,\r\n\r\nann-lee,ann@acme.example,github,2026-01-02T00:00:00Z,false\r\n'
  expect(readPeopleList(csv, 'csv')).toEqual([
    { person: 'ann@acme.example', name: 'Ann "A", Lee', kind: 'name' },
    {
      person: 'ann@acme.example',
      name: 'ann-lee',
      kind: 'github',
      from: '2026-01-02T00:00:00Z',
      theirs: false,
    },
  ])
})

it('reads users of SCIM', () => {
  const user = {
    id: 'u-1',
    externalId: '00u1',
    userName: 'ann@acme.example',
    emails: [{ value: 'ann@acme.example', primary: true }, { value: 'a.lee@acme.example' }],
  }
  expect(readPeopleList(JSON.stringify({ Resources: [user] }), 'scim')).toEqual([
    { person: 'ann@acme.example', name: 'u-1', kind: 'idp' },
    { person: 'ann@acme.example', name: '00u1', kind: 'idp' },
    { person: 'ann@acme.example', name: 'a.lee@acme.example', kind: 'email' },
  ])
})

it('reads the members of a GitHub organisation', () => {
  const members = [
    { login: 'ann', id: 7, email: 'ann@acme.example' },
    { login: 'bob', id: 8 },
  ]
  expect(readPeopleList(JSON.stringify(members), 'github-org')).toEqual([
    { person: 'ann@acme.example', name: 'ann', kind: 'github' },
    { person: 'ann@acme.example', name: 'github:7', kind: 'github' },
    { person: 'github:8', name: 'bob', kind: 'github' },
  ])
})

it.each([
  ['csv', 'name,kind\na,b\n'],
  ['csv', 'person,name\n'],
  ['csv', 'person,name\n,x\n'],
  ['csv', 'person,name,theirs\na,b,perhaps\n'],
  ['scim', '{'],
  ['scim', '[{"id":"1"}]'],
  ['github-org', '[1]'],
] as const)('says what is wrong with %s %j', (format, text) => {
  expect(() => readPeopleList(text, format)).toThrow(/the list expected/u)
})
