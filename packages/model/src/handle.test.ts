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
    ['Trace:' + trace, 'trace', trace],
    [`Span: ${trace.toUpperCase()}-${span}`, 'span', `${trace}-${span}`],
    ['INSTANCE :e-7', 'instance', 'e-7'],
    ['user:kim', 'delegator', 'kim'],
    ['Person: kim@acme.example', 'delegator', 'kim@acme.example'],
    ['file:///srv/a', 'resource', 'file:/srv/a'],
    ['FILE:///srv/a', 'resource', 'file:/srv/a'],
    ['file://localhost/srv/a%20b', 'resource', 'file:/srv/a b'],
    [`sha256:${trace.toUpperCase()}`, 'credential', `sha256:${trace}`],
    [`credential:sha256:${trace}`, 'credential', `sha256:${trace}`],
    ['resource:instnace:e-7', 'resource', 'instnace:e-7'],
    ['scan:report:7', 'resource', 'scan:report:7'],
    ['agent:template:db-fixer', 'resource', 'agent:template:db-fixer'],
    ['session:s-1', 'session', 's-1'],
    ['Conversation: c-1', 'conversation', 'c-1'],
    ['tool:delete_row', 'tool', 'delete_row'],
    [`prompt:SHA256:${'A'.repeat(64)}`, 'prompt', `sha256:${'a'.repeat(64)}`],
    [`sha256:${'A'.repeat(64)}`, 'prompt', `sha256:${'a'.repeat(64)}`],
    ['mailto:kim@acme.example', 'resource', 'mailto:kim@acme.example'],
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

  test.each([
    [trace.slice(1), 'A trace ID has 32 hex digits; this has 31'],
    [`${trace}0`, 'A trace ID has 32 hex digits; this has 33'],
    [`trace:${trace.slice(0, 8)}`, 'A trace ID has 32 hex digits; this has 8'],
    [`TRACE:${trace.slice(0, 12).toUpperCase()}`, 'A trace ID has 32 hex digits; this has 12'],
    [`${trace}-${span.slice(1)}`, 'A span is <32 hex>-<16 hex>; this has 32 and 15 digits'],
    [`span:${trace.slice(2)}-${span}`, 'A span is <32 hex>-<16 hex>; this has 30 and 16 digits'],
    [`span:${span}`, 'A span is <32 hex>-<16 hex>; this has 16 digits and no "-"'],
    [span, 'A span ID alone is not enough: put its trace before it'],
    [`span:${trace}`, `Did you mean "trace:${trace}"?`],
    [`trace:${trace}-${span}`, `Did you mean "span:${trace}-${span}"?`],
    [`${trace}:${span}`, `Did you mean "span:${trace}-${span}"?`],
    [`00-${trace}-${span}-01`, `Did you mean "span:${trace}-${span}"?`],
    ['trace:0af76519-16cd-43dd-8448-eb211c80319c', `Did you mean "trace:${trace}"?`],
    ['01a201c6-f836-79e7-8ca8-11445b431966', 'Did you mean "instance:01a201c6-f836-79e7'],
    ['01a201c6-f836-79e7', 'this is the beginning of one'],
    ['01A201C6-f836-79e7-8ca8-11…', 'this is the beginning of one'],
    ['kim@acme.example', 'Did you mean "person:kim@acme.example"?'],
    ['acme/app#812', 'Did you mean "github:pull:acme/app/812"'],
    ['github.com/acme/app/pull/812', 'Did you mean "https://github.com/acme/app/pull/812"?'],
    ['/srv/app/a.ts', 'Did you mean "file:/srv/app/a.ts"?'],
    ['instnace:e-7', 'Did you mean "instance:e-7"?'],
    ['instances:e-7', 'Did you mean "instance:e-7"?'],
    ['corr:c-1', 'Did you mean "correlation:c-1"?'],
    ['Delegater:kim', 'Did you mean "delegator:kim"?'],
    ['users:kim', 'Did you mean "user:kim"?'],
    ['agent:stocker', 'Did you mean "template:stocker" or "instance:stocker"?'],
    ['instance e-7', 'Did you mean "instance:e-7"?'],
    [`trace = ${trace}`, `Did you mean "trace:${trace}"?`],
    ['prompt:sha256:abc', 'expected prompt:sha256:<64 hex>'],
    [`sha256:${trace}00`, 'expected 64 or 32 hex digits'],
    ['prompts:x', 'Did you mean "prompt:x"?'],
    ['a9993e364706816aba3e25717850c26c9cd0d89d', 'github:commit:<owner>/<repository>/<hash>'],
  ])('%s is refused, and what it was meant to be is said', (text, suggestion) => {
    expect(() => parseHandle(text)).toThrowError(
      expect.objectContaining({
        code: 'invalid_handle',
        message: expect.stringContaining(suggestion) as string,
      }),
    )
  })

  test('every trace, span and UUID that is cut or lengthened is refused and told so, whatever its case', () => {
    const hexOf = (length: number) =>
      fc
        .stringMatching(new RegExp(`^[0-9a-fA-F]{${length}}$`, 'u'))
        .filter((id) => /[1-9]/u.test(id))
    fc.assert(
      fc.property(hexOf(32), hexOf(16), fc.integer({ min: 1, max: 15 }), (id, other, cut) => {
        for (const text of [
          `trace:${id.slice(cut)}`,
          `${id}-${other.slice(cut)}`,
          `span:${id}${other}`,
        ])
          expect(() => parseHandle(text)).toThrowError(/hex digits; this has|hex>; this has/u)
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
