import { describe, expect, it } from 'vitest'
import type { SpanBatch } from './encode-spans.ts'
import { encodeSpans } from './encode-spans.ts'
import { mixRuns, spansPerBatch } from './make-batches.ts'
import { stampBatch, stampText } from './stamp-batch.ts'

const [spans = []] = mixRuns(5, 1)

describe('stampBatch', () => {
  it('leaves a batch as it was made in pass 0', () => {
    const batch = encodeSpans(spans)
    const made = Buffer.from(batch.body)
    stampBatch(batch, { pass: 3, endUnixNs: 10n ** 18n })
    expect(batch.body.equals(made)).toBe(false)
    stampBatch(batch, { pass: 0, endUnixNs: undefined })
    expect(batch.body.equals(made)).toBe(true)
  })

  it('gives each pass trace IDs of its own, far from those of the pass before', () => {
    const batch = encodeSpans(spans)
    const seen = new Set<string>()
    const runs = new Set(traceIdsOf(batch)).size
    for (let pass = 0; pass < 50; pass += 1) {
      stampBatch(batch, { pass, endUnixNs: undefined })
      for (const id of traceIdsOf(batch)) seen.add(id)
    }
    expect(seen.size).toBe(50 * runs)
    // Ledgers are ordered by trace: copies of a run must not lie side by side and compress as one.
    const sorted = [...seen].toSorted()
    const neighbours = sorted.filter((id, at) => id.slice(8) === sorted[at + 1]?.slice(8))
    expect(neighbours.length).toBeLessThan(seen.size / 20)
  })

  it('changes every ID of a run alike, references and hashes too', () => {
    const batch = encodeSpans(spans)
    const pass = 7
    stampBatch(batch, { pass, endUnixNs: undefined })
    const ids = traceIdsOf(batch)
    expect(ids).toHaveLength(spansPerBatch)
    for (const [index, { traceId, attributes, marks }] of spans.entries()) {
      expect(ids[index]).toBe(stampText(traceId.toString('hex'), marks, pass))
      const from = batch.traceIdOffsets[index] ?? 0
      const text = batch.body.toString('latin1', from, batch.traceIdOffsets[index + 1])
      for (const key of idKeys.filter((each) => attributes[each] !== undefined)) {
        const stamped = stampText(String(attributes[key]), marks, pass)
        expect(stamped, key).not.toBe(attributes[key])
        expect(text, key).toContain(stamped)
        expect(text, key).not.toContain(attributes[key])
      }
      // Many people's runs use one token.
      const credential = attributes['whodid.credential.id']
      if (credential !== undefined) expect(text).toContain(credential)
    }
  })

  it('moves all times by as much', () => {
    const batch = encodeSpans(spans)
    const endUnixNs = 1_700_000_000_000_000_000n
    stampBatch(batch, { pass: 1, endUnixNs })
    const times = [...batch.timeOffsets].map((at) => batch.body.readBigUInt64LE(at))
    const latest = times.reduce((last, time) => (time > last ? time : last))
    expect(latest).toBe(endUnixNs)
    const shift = (times[0] ?? 0n) - (spans[0]?.startUnixNs ?? 0n)
    expect(times).toEqual(spans.flatMap((s) => [s.startUnixNs + shift, s.endUnixNs + shift]))
  })
})

const idKeys = [
  'whodid.agent.instance.id',
  'whodid.correlation.id',
  'whodid.action.id',
  'whodid.prompt.ref',
  'whodid.prompt.hash',
  'whodid.tool.arguments_hash',
  'gen_ai.conversation.id',
  'gen_ai.tool.call.id',
]

function traceIdsOf({ body, traceIdOffsets }: SpanBatch): string[] {
  return traceIdOffsets.map((at) => body.toString('hex', at, at + 16))
}
