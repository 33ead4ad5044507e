import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalizeResource } from './resource.ts'

test.each([
  ['github:pull:acme/app/812', 'github:pull:acme/app/812', 'github.pull'],
  ['GitHub:Pull:Acme/App/812/', 'github:pull:acme/app/812', 'github.pull'],
  ['db:row:Shop/Customers/42', 'db:row:Shop/Customers/42', 'db.row'],
  ['https://user:secret@example.com/a?b=1#c', 'https://example.com/a?b=1', 'url'],
  ['https://example.com', 'https://example.com/', 'url'],
  ['https://github.com/acme/app', 'https://github.com/acme/app', 'url'],
  ['https://[bad', 'https://[bad', 'url'],
  ['file:/srv/a', 'file:/srv/a', 'file'],
  ['cafe\u0301', 'café', ''],
])('%s is %s', (text, id, type) => {
  expect(normalizeResource(text)).toEqual({ id, type })
})

test('normalizing twice is normalizing once', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.webUrl({ withFragments: true, withQueryParameters: true })),
      (text) => {
        const once = normalizeResource(text).id
        expect(normalizeResource(once).id).toBe(once)
      },
    ),
    { numRuns: 1000 },
  )
})
