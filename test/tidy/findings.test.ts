import { findingCodes } from '@whodid/verify'
import { expect, it } from 'vitest'
import { readSource } from './source.ts'

it('docs/howto/verify.md explains every finding, with its exit code, and no other', () => {
  const rows = readSource('docs/howto/verify.md').text.matchAll(
    /^\| `(\w+)` \| (\d+) \| (.+) \|$/gmu,
  )
  const explained = [...rows].map(([, code, exit]) => [code, Number(exit)])
  expect(explained).toEqual(Object.entries(findingCodes))
})
