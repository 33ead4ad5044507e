import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeCursor, encodeCursor, spanPositionForm } from './cursor.ts'

const question = { id: 'a', from: 1n }
const position = ['2026-11-22 14:07:00.123456789', 'a'.repeat(32), 'b'.repeat(16)]
const refused = expect.objectContaining({ code: 'invalid_cursor' }) as Error

test('a cursor leads back to its position, for its own question only', () => {
  const cursor = encodeCursor(question, position)
  expect(decodeCursor(cursor, { ...question }, spanPositionForm)).toEqual(position)
  expect(() => decodeCursor(cursor, { id: 'a', from: 2n }, spanPositionForm)).toThrow(refused)
  expect(() => decodeCursor(cursor, { id: 'b', from: 1n }, spanPositionForm)).toThrow(refused)
  expect(() => decodeCursor(cursor, question, [/^.+$/su])).toThrow(refused)
})

test('any text is a position that comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 4096 }), (id) => {
      const text = id.toWellFormed()
      expect(decodeCursor(encodeCursor(question, [text]), question, [/^.+$/su])).toEqual([text])
    }),
  )
})

test('anything else is refused with its code, and never throws another way', () => {
  const attempt = (cursor: string): void => {
    expect(() => decodeCursor(cursor, question, spanPositionForm)).toThrow(refused)
  }
  fc.assert(fc.property(fc.string({ unit: 'binary' }), attempt))
  fc.assert(fc.property(fc.base64String(), attempt))
  fc.assert(fc.property(fc.json(), (json) => attempt(Buffer.from(json).toString('base64url'))))
  attempt('a'.repeat(50_000))
  attempt('')
})

test('a cursor with one character changed is refused, or leads to a well-formed position', () => {
  const cursor = encodeCursor(question, position)
  fc.assert(
    fc.property(fc.nat(cursor.length - 1), fc.constantFrom('A', 'b', '9', '-'), (at, char) => {
      const changed = cursor.slice(0, at) + char + cursor.slice(at + 1)
      try {
        const found = decodeCursor(changed, question, spanPositionForm)
        expect(spanPositionForm.every((form, index) => form.test(found[index]!))).toBe(true)
      } catch (thrown) {
        expect(thrown).toEqual(refused)
      }
    }),
  )
})
