import { expect, test } from 'vitest'
import { coversName, isAmbiguous } from './name-pattern.ts'

test.each([
  ['merge', 'merge', true],
  ['merge', 'merged', false],
  ['merge', 'Merge', false],
  ['get_*', 'get_file', true],
  ['get_*', 'get_', true],
  ['get_*', 'forget_file', false],
  ['*', '', true],
  ['*', 'anything', true],
  ['a.c', 'abc', false],
  ['db:row:shop/*', 'db:row:shop/orders/1', true],
  ['db:row:shop/*', 'db:row:shopping/orders/1', false],
])('%s covers %s: %s', (pattern, name, covered) => {
  expect(coversName(pattern, name)).toBe(covered)
})

test.each([
  ['file:/srv/app/../../etc/passwd', true],
  ['file:/srv/app/..', true],
  ['file:/srv/app/%2e%2E/etc/passwd', true],
  ['file:/srv/app%2f..%2fetc', true],
  ['file:C:\\app\\..\\x', true],
  ['file:..', true],
  ['https://a.example/x/..?y', true],
  ['file:/srv/app/./a', true],
  ['file:/srv/app/a..b', false],
  ['file:/srv/app/.env', false],
  ['file:/srv/app/...', false],
  ['github:pull:acme/app/812', false],
])('%s is ambiguous: %s', (resource, ambiguous) => {
  expect(isAmbiguous(resource)).toBe(ambiguous)
})
