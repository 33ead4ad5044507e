import fc from 'fast-check'
import { createHmac, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { commitContent } from './commit-content.ts'
import type { ContentPlace } from './envelope.ts'

const place: ContentPlace = {
  tenant: 'default',
  traceIdHex: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanIdHex: '00f067aa0ba902b7',
  part: 'content',
}

test('is HMAC-SHA-256 over the bytes that the format names, whatever the text', () => {
  const codes = { content: 1, result: 2, detail: 3 } as const
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 3_000 }),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.constantFrom('content', 'result', 'detail'),
      (text, tenant, part) => {
        const nonce = randomBytes(32)
        const tenantBytes = Buffer.from(tenant)
        const length = Buffer.alloc(4)
        length.writeUInt32BE(tenantBytes.length)
        const message = Buffer.concat([
          Buffer.from('WDC1'),
          Buffer.from([codes[part]]),
          Buffer.from(place.traceIdHex + place.spanIdHex, 'hex'),
          length,
          tenantBytes,
          Buffer.from(text),
        ])
        const expected = createHmac('sha256', nonce).update(message).digest('hex')
        expect(commitContent({ ...place, tenant, part }, nonce, text)).toBe(expected)
      },
    ),
  )
})

test('a text longer than the scratch, and a short one after it', () => {
  const nonce = Buffer.alloc(32, 7)
  const short = commitContent(place, nonce, 'x')
  const long = commitContent(place, nonce, 'é'.repeat(1_000_000))
  expect(long).toMatch(/^[0-9a-f]{64}$/u)
  expect(commitContent(place, nonce, 'x')).toBe(short)
})

test('another place, part, nonce or text is another commitment', () => {
  const nonce = Buffer.alloc(32, 7)
  const all = [
    commitContent(place, nonce, 'text'),
    commitContent({ ...place, part: 'result' }, nonce, 'text'),
    commitContent({ ...place, tenant: 'other' }, nonce, 'text'),
    commitContent({ ...place, spanIdHex: '00f067aa0ba902b8' }, nonce, 'text'),
    commitContent({ ...place, traceIdHex: `5${place.traceIdHex.slice(1)}` }, nonce, 'text'),
    commitContent(place, Buffer.alloc(32, 8), 'text'),
    commitContent(place, nonce, 'texu'),
    commitContent({ ...place, tenant: 'defaultt' }, nonce, 'ext'),
  ]
  expect(new Set(all).size).toBe(all.length)
})
