import { expect, it } from 'vitest'
import { uuidV7 } from './identity.ts'

it('has the form of RFC 9562, its millisecond first, and no equal', () => {
  const before = Date.now()
  const ids = Array.from({ length: 2_000 }, uuidV7)
  const after = Date.now()
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u)
    const millis = Number.parseInt(id.replace('-', '').slice(0, 12), 16)
    expect(millis).toBeGreaterThanOrEqual(before)
    expect(millis).toBeLessThanOrEqual(after)
  }
})
