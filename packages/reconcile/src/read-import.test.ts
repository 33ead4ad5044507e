import { WhodidError } from '@whodid/model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readImport, splitImport } from './read-import.ts'
import { importFormatNames } from './readers/import-formats.ts'

describe('readImport', () => {
  it('loses one line to one bad line, and counts it', () => {
    const good = JSON.stringify({
      '@timestamp': 1764252192123,
      action: 'repo.destroy',
      actor: 'dev',
    })
    const { events, refusedCount, refused } = readImport({
      format: 'github-audit',
      items: splitImport(
        'github-audit',
        `${good}\n{"a":\n${good.replace('dev', 'sam')}\n{"action":"x"}`,
      ),
      source: '',
    })
    expect(events.map(({ event }) => event.person)).toEqual(['dev', 'sam'])
    expect({ refusedCount, lines: refused.map(({ line }) => line) }).toEqual({
      refusedCount: 2,
      lines: [2, 4],
    })
  })

  it('loses one event to a time that no record can have', () => {
    const at = (time: number): string =>
      JSON.stringify({ '@timestamp': time, action: 'repo.destroy', actor: 'dev' })
    const text = [at(-1_000), at(0), at(1), at(9_999_999_999_999)].join('\n')
    const { events, refused } = readImport({
      format: 'github-audit',
      items: splitImport('github-audit', text),
      source: '',
    })
    expect(events.map(({ event }) => event.atUnixNs)).toEqual([1_000_000_000n])
    expect(refused).toEqual([
      { line: 1, why: 'the time of an event expected a year of 1970–2261' },
      { line: 2, why: 'the time of an event expected a year of 1970–2261' },
      { line: 4, why: 'the time of an event expected a year of 1970–2261' },
    ])
  })

  it('takes an event that stands twice once', () => {
    const line = '203.0.113.9 - - [27/Nov/2026:15:03:12 +0100] "GET / HTTP/1.1" 200 0 "-" "curl/8"'
    const { events } = readImport({
      format: 'access-log',
      items: splitImport('access-log', `${line}\n${line}`),
      source: '',
    })
    expect(events).toHaveLength(1)
  })

  it('refuses more events than it is made for', () => {
    const items = Array.from({ length: 10_001 }, () => ({ line: 1, body: '{}' }))
    expect(() => readImport({ format: 'ocsf', items, source: '' })).toThrow(/at most 10000 events/u)
  })

  it.each(importFormatNames)('%s takes any text or refuses it with a code', (format) => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.json())
    fc.assert(
      fc.property(fc.array(value, { maxLength: 8 }), (lines) => {
        try {
          const { events } = readImport({
            format,
            items: splitImport(format, lines.join('\n')),
            source: '',
          })
          for (const { event } of events) expect(typeof event.atUnixNs).toBe('bigint')
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(WhodidError)
        }
      }),
      { numRuns: 200 },
    )
  })
})
