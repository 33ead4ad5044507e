import { expect, it } from 'vitest'
import { People } from './people.ts'
import type { NameVersion } from './people.ts'

let recordedAt = 0n
const version = (
  person: string,
  name: string,
  ...[from, isTheirs = true]: [bigint, boolean?]
): NameVersion => ({
  person,
  name,
  kind: 'name',
  source: 'test',
  isTheirs,
  validFrom: from,
  recordedAt: (recordedAt += 1n),
})
const timesOf = (people: People, person: string) =>
  people.namesOf(person).map(({ name, from, until }) => [name, from, until])

it('gives a name the time between its versions, in whatever order they were recorded', () => {
  const people = new People([
    version('ann', 'oncall', 30n),
    version('ann', 'oncall', 20n, false),
    version('ann', 'oncall', 10n),
    version('ann', 'oncall', 15n),
    version('ann', 'never', 5n, false),
  ])
  expect(timesOf(people, 'ann')).toEqual([
    ['oncall', 10n, 20n],
    ['oncall', 30n, null],
  ])
  const held = [9n, 10n, 19n, 20n, 29n, 30n].map((at) => people.holdersOf('oncall', at).length)
  expect(held).toEqual([0, 1, 1, 0, 0, 1])
  expect(people.everHeld('oncall')).toEqual(['ann'])
})

it('lets the later recorded of two versions from one instant hold, and counts only what was recorded by then', () => {
  const versions = [version('ann', 'x', 0n), version('ann', 'x', 0n, false)]
  expect(new People(versions).holdersOf('x', 1n)).toEqual([])
  const [first] = versions
  expect(new People(versions, first?.recordedAt).holdersOf('x', 1n)).toHaveLength(1)
})

it('knows a person by their ID, and a name of two people as two', () => {
  const people = new People([version('ann', 'x', 0n), version('bob', 'x', 0n)])
  expect(people.holdersOf('x', 1n).map(({ person }) => person)).toEqual(['ann', 'bob'])
  expect(people.holdersOf('ann', 1n)).toMatchObject([{ person: 'ann', name: 'ann' }])
  expect(people.holdersOf('nobody', 1n)).toEqual([])
})
