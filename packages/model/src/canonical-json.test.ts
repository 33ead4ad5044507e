import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

describe('canonicalJson', () => {
  const cyclic: Record<string, unknown> = { a: 1 }
  cyclic['self'] = cyclic
  const shared = { x: 1 }
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()

  it.each<[string, unknown, string]>([
    ['sorts keys by code unit', { b: 1, a: 2, '\u20ac': 3, A: 4 }, '{"A":4,"a":2,"b":1,"€":3}'],
    ['sorts nested keys', [{ b: { d: 1, c: 2 } }], '[{"b":{"c":2,"d":1}}]'],
    ['leaves out what JSON leaves out', { a: undefined, f: () => 1, s: Symbol('x') }, '{}'],
    ['keeps places in lists', [undefined, () => 1, Number.NaN, -0], '[null,null,null,0]'],
    ['undefined alone', undefined, 'null'],
    ['bigint', { n: 12345678901234567890n }, '{"n":"12345678901234567890"}'],
    ['Date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['invalid Date', new Date('x'), 'null'],
    ['bytes', Buffer.from('hi'), '{"$base64":"aGk="}'],
    ['Map and Set', [new Map([['k', 1]]), new Set([2])], '[[["k",1]],[2]]'],
    ['Error', new TypeError('no'), '{"message":"no","name":"TypeError"}'],
    ['cycle', cyclic, '{"a":1,"self":"[cycle]"}'],
    ['a value seen twice is no cycle', [shared, shared], '[{"x":1},{"x":1}]'],
    ['toJSON', { toJSON: () => ({ b: 1, a: 2 }) }, '{"a":2,"b":1}'],
    ['lone surrogate', '\ud800', '"\\ud800"'],
    ['own __proto__ key', JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
    ['revoked proxy', { p: revoked.proxy, q: 1 }, '{"p":"[unreadable]","q":1}'],
  ])('%s', (_name, value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  it('marks a property that throws and keeps the others', () => {
    const value = {
      get bad(): string {
        throw new Error('no')
      },
      good: 1,
    }
    expect(canonicalJson(value)).toBe('{"bad":"[unreadable]","good":1}')
  })

  it('bounds depth and size', () => {
    let deep: unknown = 1
    for (let level = 0; level < 10_000; level += 1) deep = [deep]
    expect(canonicalJson(deep)).toContain('[too deep]')
    const wide = canonicalJson(Array.from({ length: 200_000 }, () => 1))
    expect(wide).toContain('[too large]')
    expect(wide.length).toBeLessThan(300_000)
  })

  it('is JSON, agrees with JSON.parse, and does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(canonicalJson(JSON.parse(text))).toBe(text)
        if (value !== null && typeof value === 'object' && !Array.isArray(value))
          expect(canonicalJson(Object.fromEntries(Object.entries(value).toReversed()))).toBe(text)
      }),
    )
  })

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withMap: true, withTypedArray: true }),
        (value) => {
          expect(() => JSON.parse(canonicalJson(value)) as unknown).not.toThrow()
        },
      ),
    )
  })
})
