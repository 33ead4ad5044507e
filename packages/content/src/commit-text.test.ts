import fc from 'fast-check'
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commitText, disclosePart, idsOf } from './commit-text.ts'
import type { TextCommitment } from './commit-text.ts'
import { entryBytesMax, writeEntry } from './text-entry.ts'

/** As test/vectors/text/wd-2.json has them: made by a program that imports nothing of ours. */
interface Vector {
  readonly tenant: string
  readonly trace_id: string
  readonly span_id: string
  readonly salt_key: string
  readonly texts: Partial<Record<Part, Text>>
  readonly parts: Readonly<Partial<Record<Part, { readonly salt: string; readonly hash: string }>>>
  readonly commitment: string
}
type Part = 'content' | 'result' | 'detail'
type Text = string | { readonly repeat: string; readonly times: number }

const path = new URL('../../../test/vectors/text/wd-2.json', import.meta.url)
const { vectors } = JSON.parse(readFileSync(path, 'utf8')) as { vectors: Record<string, Vector> }

const place = {
  tenant: 'default',
  traceIdHex: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanIdHex: '00f067aa0ba902b7',
}
const saltKey = Buffer.alloc(32, 7)

function commit(
  texts: Partial<Record<Part, string>>,
  at: typeof place = place,
  key: Buffer = saltKey,
): TextCommitment {
  const whole = { content: '', result: '', detail: '', ...texts }
  const bytes = Buffer.alloc(entryBytesMax(whole))
  const { tenant, traceIdHex, spanIdHex } = at
  const where = { tenant, ids: idsOf(traceIdHex, spanIdHex) }
  return commitText(key, where, { bytes, entry: writeEntry(bytes, 0, whole) })
}

const textOf = (text: Text = ''): string =>
  typeof text === 'string' ? text : text.repeat.repeat(text.times)

test.each(Object.entries(vectors))('vector: %s', (_name, vector) => {
  const { tenant, trace_id: traceIdHex, span_id: spanIdHex, texts, parts } = vector
  const made = commit(
    {
      content: textOf(texts.content),
      result: textOf(texts.result),
      detail: textOf(texts.detail),
    },
    { tenant, traceIdHex, spanIdHex },
    Buffer.from(vector.salt_key, 'hex'),
  )
  expect(made.commitmentHex).toBe(vector.commitment)
  for (const part of ['content', 'result', 'detail'] as const) {
    if (parts[part] === undefined) continue
    const { salt, hashes } = disclosePart(made, part)
    expect(salt).toBe(parts[part].salt)
    for (const [other, hash] of Object.entries(hashes))
      expect(hash).toBe(parts[other as Part]?.hash ?? '')
  }
})

test('is opened by one part, its salt and the hashes of the others, whatever the texts', () => {
  const codes = { content: 1, result: 2, detail: 4 } as const
  const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 3_000 })
  fc.assert(
    fc.property(
      fc.record(
        { content: anyText, result: anyText, detail: anyText },
        { requiredKeys: ['content'] },
      ),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      (texts, tenant) => {
        const made = commit(texts, { ...place, tenant }, randomBytes(32))
        for (const part of ['content', 'result', 'detail'] as const) {
          const text = texts[part]
          if (text === undefined) continue
          const { salt, hashes } = disclosePart(made, part)
          const own = sha256(
            Buffer.from(salt, 'hex'),
            Buffer.from([codes[part]]),
            Buffer.from(text),
          )
          const all = { ...hashes, [part]: own.toString('hex') }
          const length = Buffer.alloc(4)
          length.writeUInt32BE(Buffer.byteLength(tenant))
          const opened = sha256(
            Buffer.from('WDC2'),
            Buffer.from(place.traceIdHex + place.spanIdHex, 'hex'),
            length,
            Buffer.from(tenant),
            ...[all.content, all.result, all.detail].map((hash) =>
              Buffer.from((hash ?? '').padEnd(64, '0'), 'hex'),
            ),
          )
          expect(opened.toString('hex')).toBe(made.commitmentHex)
        }
      },
    ),
  )
})

function sha256(...parts: readonly Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest()
}

test('another place, part, key or text is another commitment, and has other salts', () => {
  const all = [
    commit({ content: 'text' }),
    commit({ result: 'text' }),
    commit({ detail: 'text' }),
    commit({ content: 'text', result: 'text' }),
    commit({ content: 'text' }, { ...place, tenant: 'other' }),
    commit({ content: 'text' }, { ...place, spanIdHex: '00f067aa0ba902b8' }),
    commit({ content: 'text' }, { ...place, traceIdHex: `5${place.traceIdHex.slice(1)}` }),
    commit({ content: 'text' }, place, Buffer.alloc(32, 8)),
    commit({ content: 'texu' }),
    commit({ content: 'ext' }, { ...place, tenant: 'defaultt' }),
    commit({ content: 'tex', result: 't' }),
  ]
  expect(new Set(all.map(({ commitmentHex }) => commitmentHex)).size).toBe(all.length)
  const salts = all.flatMap((made) =>
    (['content', 'result', 'detail'] as const).map((part) => disclosePart(made, part).salt),
  )
  expect(new Set(salts).size).toBe(salts.length)
})

test('the same text of the same record is the same commitment, and so is a short one after a long one', () => {
  const short = commit({ content: 'x' })
  const long = commit({ content: 'é'.repeat(1_000_000) })
  expect(long.commitmentHex).toMatch(/^[0-9a-f]{64}$/u)
  expect(commit({ content: 'x' })).toEqual(short)
})
