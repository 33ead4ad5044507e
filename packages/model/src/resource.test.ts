import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalizeResource } from './resource.ts'

test.each([
  ['github:pull:acme/app/812', 'github:pull:acme/app/812', 'github.pull'],
  ['GitHub:Pull:Acme/App/812/', 'github:pull:acme/app/812', 'github.pull'],
  [
    'https://api.github.com/repos/Acme/app/pulls/812/merge',
    'github:pull:acme/app/812',
    'github.pull',
  ],
  [
    'https://api.github.com/repos/acme/app/issues/9/comments',
    'github:issue:acme/app/9',
    'github.issue',
  ],
  [
    `https://api.github.com/repos/acme/app/commits/${'a1'.repeat(20)}`,
    `github:commit:acme/app/${'a1'.repeat(20)}`,
    'github.commit',
  ],
  [
    'https://api.github.com/repos/acme/app/issues/comments/7',
    'https://api.github.com/repos/acme/app/issues/comments/7',
    'url',
  ],
  [
    'https://api.github.com/repos/acme/app/pulls',
    'https://api.github.com/repos/acme/app/pulls',
    'url',
  ],
  ['https://github.com/acme/app/constructor/1', 'https://github.com/acme/app/constructor/1', 'url'],
  ['db:row:Shop/Customers/42', 'db:row:Shop/Customers/42', 'db.row'],
  ['https://user:secret@example.com/a?b=1#c', 'https://example.com/a?b=1', 'url'],
  ['https://example.com', 'https://example.com/', 'url'],
  ['https://github.com/acme/app', 'https://github.com/acme/app', 'url'],
  ['https://[bad', 'https://[bad', 'url'],
  ['file:/srv/a', 'file:/srv/a', 'file'],
  ['File:/srv/a', 'file:/srv/a', 'file'],
  ['file:///srv/a', 'file:/srv/a', 'file'],
  ['file://localhost/srv/cafe%CC%81%20x', 'file:/srv/café x', 'file'],
  ['file://build-7/srv/a%20b', 'file://build-7/srv/a%20b', 'file'],
  ['file:///srv/a%0Ab', 'file:/srv/a%0Ab', 'file'],
  ['file:///srv/a%20', 'file:/srv/a%20', 'file'],
  ['file:///%2F/a', 'file:/%2F/a', 'file'],
  ['file:///srv/100%', 'file:/srv/100%', 'file'],
  ['cafe\u0301', 'café', ''],
])('%s is %s', (text, id, type) => {
  expect(normalizeResource(text)).toEqual({ id, type })
})

test('normalizing twice is normalizing once', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.webUrl({ withFragments: true, withQueryParameters: true }),
        fc
          .string({ unit: fc.constantFrom('/', '%', '2', 'F', '0', ' ', 'é', 'a') })
          .map((path) => `file:///${path}`),
      ),
      (text) => {
        const once = normalizeResource(text).id
        expect(normalizeResource(once).id).toBe(once)
      },
    ),
    { numRuns: 1000 },
  )
})
