import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeEntryBundle, encodeEntryBundle, entryBytesMax } from './entry-bundle.ts'

describe('an entry bundle', () => {
  it('has each entry after its length', () => {
    const bundle = encodeEntryBundle([Buffer.from('ab'), Buffer.alloc(0), Buffer.from('c')])
    expect(bundle.toString('hex')).toBe('000261620000000163')
  })

  it('comes back', () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 256 })
    fc.assert(
      fc.property(entries, (list) => {
        const buffers = list.map((entry) => Buffer.from(entry))
        expect(decodeEntryBundle(encodeEntryBundle(buffers))).toEqual(buffers)
      }),
    )
  })

  it('is refused when it is cut, empty or too long', () => {
    const bundle = encodeEntryBundle([Buffer.from('ab'), Buffer.from('c')])
    for (const length of [0, 1, 3, 5, 6])
      expect(() => decodeEntryBundle(bundle.subarray(0, length)), `${length} bytes`).toThrow(
        expect.objectContaining({ code: 'malformed_tile' }),
      )
    expect(decodeEntryBundle(bundle.subarray(0, 4))).toHaveLength(1)
    expect(() => decodeEntryBundle(Buffer.alloc(2 * 257))).toThrow('broken at byte 512')
    expect(() => encodeEntryBundle(Array.from({ length: 257 }, () => Buffer.alloc(0)))).toThrow(
      '256 entries',
    )
  })

  it('holds entries of up to 65,535 bytes', () => {
    const longest = Buffer.alloc(entryBytesMax, 1)
    expect(decodeEntryBundle(encodeEntryBundle([longest]))).toEqual([longest])
    expect(() => encodeEntryBundle([Buffer.alloc(entryBytesMax + 1)])).toThrow('got 65536')
  })
})
