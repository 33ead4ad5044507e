import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatHandle, handleKinds, parseHandle } from './handle.ts'

const trace = '0af7651916cd43dd8448eb211c80319c'
const span = '00f067aa0ba902b7'

describe('parseHandle', () => {
  test.each([
    [`trace:${trace}`, 'trace', trace],
    [`TRACE:${trace.toUpperCase()}`, 'trace', trace],
    [trace, 'trace', trace],
    [`span:${trace}-${span}`, 'span', `${trace}-${span}`],
    [`${trace}-${span}`.toUpperCase(), 'span', `${trace}-${span}`],
    ['action:01JD', 'action', '01JD'],
    ['instance:spiffe://acme/agent/x/i/1', 'instance', 'spiffe://acme/agent/x/i/1'],
    ['delegator: dev@acme.example ', 'delegator', 'dev@acme.example'],
    ['resource:github:pull:Acme/App/812', 'resource', 'github:pull:acme/app/812'],
    ['github:pull:acme/app/812', 'resource', 'github:pull:acme/app/812'],
    ['db:row:shop/customers/42', 'resource', 'db:row:shop/customers/42'],
    ['file:/srv/app/a.ts', 'resource', 'file:/srv/app/a.ts'],
    ['https://github.com/acme/app/pull/812', 'resource', 'github:pull:acme/app/812'],
    ['https://GitHub.com/Acme/App/pull/812/files#diff', 'resource', 'github:pull:acme/app/812'],
    ['https://github.com/acme/app/issues/901', 'resource', 'github:issue:acme/app/901'],
    ['https://github.com/acme/app/commit/abc123', 'resource', 'github:commit:acme/app/abc123'],
    [
      'https://github.com/acme/app/blob/main/src/a.ts',
      'resource',
      'github:file:acme/app/main/src/a.ts',
    ],
    ['HTTPS://Example.COM:443/a/', 'resource', 'https://example.com/a'],
  ])('%s is a %s', (text, kind, value) => {
    expect(parseHandle(text)).toEqual({ kind, value })
  })

  test.each([
    '',
    '  ',
    'trace:',
    'trace:xyz',
    `trace:${'0'.repeat(32)}`,
    `span:${trace}`,
    'hello',
    'a\0:b',
    'x:'.repeat(3000),
  ])('%j is refused with a code and a short quote', (text) => {
    expect(() => parseHandle(text)).toThrowError(
      expect.objectContaining({
        code: 'invalid_handle',
        message: expect.stringMatching(/^"of".{1,260}$/u) as string,
      }),
    )
  })

  test('whatever is typed gives a handle that formats back to itself, or invalid_handle', () => {
    const prefixed = fc
      .tuple(fc.constantFrom(...handleKinds), fc.string())
      .map(([kind, id]) => `${kind}:${id}`)
    fc.assert(
      fc.property(fc.oneof(fc.string(), prefixed, fc.webUrl()), (text) => {
        let handle
        try {
          handle = parseHandle(text)
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_handle' })
          return
        }
        expect(parseHandle(formatHandle(handle))).toEqual(handle)
      }),
      { numRuns: 500 },
    )
  })
})
