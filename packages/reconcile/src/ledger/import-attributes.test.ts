import fc from 'fast-check'
import { expect, test } from 'vitest'
import { importedEvent, nothingCarried } from '../event/imported-event.ts'
import { coverageAttributes, readCoverageAttributes } from './coverage-attributes.ts'
import { importAttributes, readImportAttributes } from './import-attributes.ts'

const name = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.toWellFormed())
/** The ledger takes a value of this form for a name. */
const nameLike = /^[^\s"{}<>]{0,256}$/u

test('an event comes back from its record, and every value of it is a name there', () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 8, maxLength: 8 }), (names) => {
      const [a = '', b = '', c = '', d = '', e = '', f = '', g = '', h = ''] = names
      const event = importedEvent({
        system: a,
        operation: b,
        atUnixNs: 5n,
        resource: c,
        person: d,
        credential: e,
        id: f,
        marks: [{ by: 'client', field: g, value: h }],
        carried: { ...nothingCarried, instance: c, toolCall: e },
        outcome: 'denied',
      })
      const attributes = importAttributes(event)
      for (const value of Object.values(attributes).flat()) expect(value).toMatch(nameLike)
      expect(readImportAttributes(JSON.stringify(attributes), 5n)).toEqual(event)
    }),
  )
})

test('a value that is too long for a name is left to the body', () => {
  const event = importedEvent({
    system: 'aws',
    operation: 'x',
    atUnixNs: 1n,
    resource: 'r'.repeat(300),
  })
  expect(Object.keys(importAttributes(event))).toEqual([
    'whodid.import.system',
    'whodid.import.operation',
  ])
})

test('a coverage comes back from its record; other attributes declare none', () => {
  const coverage = {
    system: 'github',
    resources: ['github:pull:acme/app/', 's3://a b'],
    fromUnixNs: 1n,
    toUnixNs: 2n,
    verbs: ['update'],
    sampling: 0.5,
    delaySeconds: 60,
    clockErrorSeconds: 2.5,
  }
  expect(readCoverageAttributes(JSON.stringify(coverageAttributes(coverage)))).toEqual(coverage)
  expect(readCoverageAttributes('{"whodid.import.system":"github"}')).toBeUndefined()
})
