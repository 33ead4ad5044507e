import { WhodidError } from '@whodid/model'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseActionsQuestion } from './question.ts'

const codeOf = (raw: Record<string, string>): string => {
  try {
    parseActionsQuestion(raw)
    return 'none'
  } catch (thrown) {
    return thrown instanceof WhodidError ? thrown.code : 'another error'
  }
}

test('handles are put in their canonical form', () => {
  const { filters, limit } = parseActionsQuestion({
    resource: 'https://github.com/acme/app/pull/812',
    trace: 'A'.repeat(32),
  })
  expect(filters.handles).toEqual({ resource: 'github:pull:acme/app/812', trace: 'a'.repeat(32) })
  expect(limit).toBe(50)
})

test.each<[Record<string, string>, string]>([
  [{}, 'range_required'],
  [{ template: 'a', verb: 'read', to: '2026-01-01T00:00:00Z' }, 'range_required'],
  [{ template: 'a', from: '2026-01-01T00:00:00Z' }, 'none'],
  [{ instance: 'a', outcome: 'won' }, 'invalid_parameter'],
  [{ instance: 'a', limit: '501' }, 'invalid_parameter'],
  [{ instance: 'a', limit: '1e2' }, 'invalid_parameter'],
  [{ span: 'x' }, 'invalid_handle'],
  [{ instance: 'a', from: 'x' }, 'invalid_time'],
  [{ instance: 'a', cursor: 'x' }, 'invalid_cursor'],
])('%j gives %s', (raw, code) => {
  expect(codeOf(raw)).toBe(code)
})

test('an error names the parameter that was given', () => {
  expect(() => parseActionsQuestion({ credential: 'a\0b' })).toThrow(/^"credential" contains NUL/u)
})

test('any text in any parameter is a question or an error with a code', () => {
  const names = [
    'instance',
    'resource',
    'trace',
    'span',
    'verb',
    'from',
    'limit',
    'cursor',
    'grade',
  ]
  const raw = fc.dictionary(fc.constantFrom(...names), fc.string({ unit: 'binary', minLength: 1 }))
  fc.assert(
    fc.property(raw, (asked) => {
      expect(codeOf(asked)).not.toBe('another error')
    }),
  )
})
