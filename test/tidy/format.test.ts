import { recordFields } from '@whodid/model'
import { describe, expect, it } from 'vitest'
import { readSource } from './source.ts'

describe('docs/FORMAT.md', () => {
  it('lists the fields of a record in their order, with their kinds', () => {
    const listed = [
      ...readSource('docs/FORMAT.md').text.matchAll(/^\| (\d+) \| `(\w+)` \| (\S+) \|$/gmu),
    ]
    const expected = recordFields.map((field, index) => [
      String(index + 1),
      field.column,
      field.kind === 'fixed' ? `fixed(${field.bytes})` : field.kind,
    ])
    expect(listed.map(([, ...cells]) => cells)).toEqual(expected)
  })
})
