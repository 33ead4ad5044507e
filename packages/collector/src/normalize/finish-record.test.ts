import type { LedgerRecord } from '@whodid/model'
import { expect, test } from 'vitest'
import { collectorLimits } from '../limits.ts'
import { decode } from '../otlp/decode.ts'
import type { Draft } from './draft.ts'
import { finishRecord } from './finish-record.ts'
import { normalize } from './normalize.ts'

/** The record of a span whose attributes and resource have this one value, under a key of a name and a key of a text. */
function recordOf(value: unknown): LedgerRecord {
  const attributes = [
    { key: 'app.checksum', value },
    { key: 'tool.result', value },
  ]
  const span = {
    traceId: 'ab'.repeat(16),
    spanId: 'cd'.repeat(8),
    name: 'op',
    startTimeUnixNano: '1',
    endTimeUnixNano: '2',
    attributes,
    events: [{ name: 'e', timeUnixNano: '1', attributes }],
  }
  const json = { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: [span] }] }] }
  const bytes = Buffer.from(JSON.stringify(json))
  const batch = decode({ bytes, encoding: 'json', signal: 'spans', limits: collectorLimits })
  const exporter = { name: 'e', tenant: 't', tokenSha256: '', templates: '*' } as const
  const drafts: Draft[] = []
  const by = { client: { ...exporter, humans: true, services: true }, receivedUnixNs: 5n }
  normalize(batch, by, (draft) => void drafts.push(draft))
  return finishRecord(drafts[0]!)
}

test.each(['AAEC/w==', '', 'aGVsbG8='])(
  'bytes are not the text that they are in base64: %j',
  (base64) => {
    const bytes = recordOf({ bytesValue: base64 })
    const text = recordOf({ stringValue: base64 })
    for (const field of ['attributes', 'resourceAttributes', 'events'] as const) {
      expect(bytes[field]).toContain(`"app.checksum":{"bytesValue":"${base64}"}`)
      expect(text[field]).toContain(`"app.checksum":"${base64}"`)
    }
    expect(bytes.detail).toContain(`"tool.result":{"bytesValue":"${base64}"}`)
    expect(bytes.detail).not.toBe(text.detail)
  },
)
