import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeptTexts } from './kept-texts.ts'

const bytesOf = (text: string): Buffer => Buffer.from(`<${text}>`)

function has(kept: KeptTexts, text: string): boolean {
  const bytes = bytesOf(text)
  return kept.has(bytes, 1, bytes.length - 1)
}

function add(kept: KeptTexts, text: string): void {
  const bytes = bytesOf(text)
  kept.add(bytes, 1, bytes.length - 1)
  // The request's bytes are another request's soon.
  bytes.fill(0)
}

test('a text is known by its own bytes, whatever else has been kept', () => {
  // Texts that differ in one place only, so that many share a place.
  const text = fc
    .tuple(fc.string({ maxLength: 3 }), fc.string({ maxLength: 40 }), fc.string({ maxLength: 3 }))
    .map((parts) => parts.join('').toWellFormed())
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 50 }),
      fc.array(text, { maxLength: 50 }),
      (some, others) => {
        const kept = new KeptTexts()
        for (const one of some) add(kept, one)
        for (const other of others) if (!some.includes(other)) expect(has(kept, other)).toBe(false)
        const last = some.at(-1)
        if (last !== undefined) expect(has(kept, last)).toBe(true)
      },
    ),
    { numRuns: 500 },
  )
})

test('a long text is not kept', () => {
  const kept = new KeptTexts()
  add(kept, 'a'.repeat(128))
  expect(has(kept, 'a'.repeat(128))).toBe(true)
  add(kept, 'b'.repeat(129))
  expect(has(kept, 'b'.repeat(129))).toBe(false)
})
