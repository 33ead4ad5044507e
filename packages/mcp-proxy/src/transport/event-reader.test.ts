import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EventReader } from './event-reader.ts'

function read(
  chunks: readonly Uint8Array[],
  bytesMax = 1_000,
): { data: string[]; tooLong: number } {
  const found = { data: [] as string[], tooLong: 0 }
  const reader = new EventReader({
    bytesMax,
    onData: (text) => found.data.push(text),
    onTooLong: () => (found.tooLong += 1),
  })
  for (const chunk of chunks) reader.push(chunk)
  return found
}

it.each([['\n'], ['\r\n'], ['\r']])(
  'reads the same events however the stream is cut, with %j',
  (end) => {
    const stream = [
      ': ping',
      '',
      'event: message',
      'id: 1',
      'data: {"é":1}',
      '',
      'data:a',
      'data: b',
      '',
      '',
      'data: open',
    ]
    const bytes = Buffer.from(stream.join(end))
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
        const chunks = places.slice(1).map((place, index) => bytes.subarray(places[index], place))
        expect(read(chunks)).toEqual({ data: ['{"é":1}', 'a\nb'], tooLong: 0 })
      }),
    )
  },
)

it('passes over an event that is too long, and reads the next', () => {
  const long = Buffer.from(`data: ${'x'.repeat(50)}\ndata: more\n\ndata: next\n\n`)
  expect(read([long.subarray(0, 30), long.subarray(30)], 20)).toEqual({
    data: ['next'],
    tooLong: 1,
  })
})
