import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { blankRecord } from './blank-record.ts'
import { canonicalRecord, leafInput, logEntry } from './canonical-record.ts'
import { entryOfForm, recordRow } from './read-row.ts'
import { recordFields } from './record-fields.ts'
import { restFields } from './record-rest.ts'
import type { LedgerRecord } from './record.ts'

interface Vector {
  readonly name: string
  readonly fields: Readonly<Record<string, unknown>>
  /** Absent where it would be long. */
  readonly form_hex?: string
  readonly entry_hex: string
  readonly leaf_hex: string
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../test/vectors/record/wd-2.json', import.meta.url), 'utf8'),
) as readonly Vector[]

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const sha256sum = (bytes: Uint8Array): string =>
  execFileSync(
    process.platform === 'darwin' ? 'shasum' : 'sha256sum',
    process.platform === 'darwin' ? ['-a', '256'] : [],
    { input: bytes },
  )
    .toString()
    .slice(0, 64)
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
      if (vector.form_hex !== undefined) expect(hexOf(form)).toBe(vector.form_hex)
      expect(hexOf(logEntry(record))).toBe(vector.entry_hex)
      expect(hexOf(entryOfForm(form))).toBe(vector.entry_hex)
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

  it.each(vectors.map((vector) => [vector.name, vector] as const))(
    'is hashed by a program that is not ours to the same leaf: %s',
    (_, { form_hex: form, entry_hex: entry, leaf_hex: leaf }) => {
      expect(sha256sum(Buffer.from(`00${entry}`, 'hex'))).toBe(leaf)
      if (form === undefined) return
      const headBytes = entry.length / 2 - 32
      expect(entry.slice(0, headBytes * 2)).toBe(form.slice(0, headBytes * 2))
      expect(sha256sum(Buffer.from(form, 'hex').subarray(headBytes))).toBe(
        entry.slice(headBytes * 2),
      )
    },
  )

  it('makes a short entry of a long record', () => {
    const blank = logEntry(blankRecord()).length
    expect(logEntry({ ...blankRecord(), attributes: 'x'.repeat(70_000) })).toHaveLength(blank)
  })

  it('is read back, the members of rest among its columns', () => {
    const record = {
      ...blankRecord(),
      seq: 0,
      name: 'a\0"🛰',
      delegationChain: ['', 'x'],
      credentialBorrowed: true,
      traceIdHex: 'ab'.repeat(16),
      receivedUnixNs: 1n,
    }
    expect(recordRow(canonicalRecord(record))).toMatchObject({
      seq: 0,
      plan_step: -1,
      name: 'a\0"🛰',
      status_message: '',
      delegation_chain: ['', 'x'],
      credential_borrowed: true,
      trace_id: 'ab'.repeat(16),
      received_at: '1970-01-01T00:00:00.000000001Z',
    })
  })

  it('is the caller’s own: the next one does not change it', () => {
    const first = canonicalRecord({ ...blankRecord(), name: 'first' })
    const kept = hexOf(first)
    canonicalRecord({ ...blankRecord(), name: 'other' })
    expect(hexOf(first)).toBe(kept)
  })

  it('names each column once', () => {
    const names = [
      ...recordFields.map(({ column }) => column).filter((column) => column !== 'rest'),
      ...restFields.map(({ name }) => name),
    ]
    expect(new Set(names).size).toBe(names.length)
    const neverColumns = ['content', 'result', 'detail', 'pendingText', 'textBlock']
    const columns = Object.keys(blankRecord()).filter((field) => !neverColumns.includes(field))
    expect(names).toHaveLength(columns.length)
  })
})
