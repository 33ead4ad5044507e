import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { blankRecord } from './blank-record.ts'
import { canonicalRecord, entryBytesMax, leafInput } from './canonical-record.ts'
import { recordFields } from './record-fields.ts'
import type { LedgerRecord } from './record.ts'

interface Vector {
  readonly name: string
  readonly fields: Readonly<Record<string, unknown>>
  /** Absent where it would be long. */
  readonly canonical_hex?: string
  readonly leaf_hex: string
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../test/vectors/record/wd-1.json', import.meta.url), 'utf8'),
) as readonly Vector[]

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** A vector's record; it gives a field that is long as its repeated unit and its length, a time as text. */
function recordOf({ fields }: Vector): LedgerRecord {
  const record: Record<string, unknown> = { ...blankRecord() }
  for (const [field, value] of Object.entries(fields)) {
    if (field.endsWith('UnixNs')) record[field] = BigInt(String(value))
    else if (Array.isArray(value) || typeof value !== 'object') record[field] = value
    else
      record[field] = String(Reflect.get(value ?? {}, 'repeat')).repeat(
        Number(Reflect.get(value ?? {}, 'times')),
      )
  }
  return record as unknown as LedgerRecord
}

describe('the canonical form of a record', () => {
  it.each(vectors.map((vector) => [vector.name, vector] as const))(
    'is as recorded: %s',
    (_, vector) => {
      const record = recordOf(vector)
      const form = canonicalRecord(record)
      if (vector.canonical_hex !== undefined) expect(hexOf(form)).toBe(vector.canonical_hex)
      expect(sha256(Buffer.concat([Buffer.of(0), form]))).toBe(vector.leaf_hex)
      expect(sha256(leafInput(record))).toBe(vector.leaf_hex)
    },
  )

  it('tells apart what reads alike when it is joined', () => {
    const records: Partial<LedgerRecord>[] = [
      { name: 'ab' },
      { name: 'a', statusMessage: 'b' },
      { serviceName: 'a', scopeName: 'b' },
      { delegationScopes: ['ab'] },
      { delegationScopes: ['a', 'b'] },
      { delegationScopes: ['a'], delegationChain: ['b'] },
      { delegationScopes: ['a\u0001b'] },
      { delegationScopes: [''] },
      { logIndex: 1 },
      { logId: '1' },
      { name: '\0' },
      {},
    ]
    const forms = records.map((fields) => hexOf(canonicalRecord({ ...blankRecord(), ...fields })))
    expect(new Set(forms).size).toBe(records.length)
  })

  it('of a record too long for an entry holds the hash of all of it', () => {
    const room = entryBytesMax - canonicalRecord(blankRecord()).length - 2
    const longest = { ...blankRecord(), attributes: 'x'.repeat(room) }
    expect(canonicalRecord(longest)).toHaveLength(entryBytesMax)
    const longer = canonicalRecord({ ...longest, attributes: 'x'.repeat(room + 1) })
    expect(longer).toHaveLength(4 + 32)
    expect(hexOf(longer.subarray(0, 4))).toBe('57440102')
    const other = canonicalRecord({ ...longest, attributes: `${'x'.repeat(room)}y` })
    expect(hexOf(other)).not.toBe(hexOf(longer))
  })

  it('is the caller’s own: the next one does not change it', () => {
    const first = canonicalRecord({ ...blankRecord(), name: 'first' })
    const kept = hexOf(first)
    canonicalRecord({ ...blankRecord(), name: 'other' })
    expect(hexOf(first)).toBe(kept)
  })

  it('names each column once', () => {
    expect(new Set(recordFields.map(({ column }) => column)).size).toBe(recordFields.length)
    const neverColumns = ['content', 'result', 'detail', 'pendingText', 'textBlock']
    const columns = Object.keys(blankRecord()).filter((field) => !neverColumns.includes(field))
    expect(recordFields).toHaveLength(columns.length)
  })
})
