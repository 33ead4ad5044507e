import { blankRecord } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { describe, expect, it } from 'vitest'
import { recordKey } from './record-key.ts'

function changed(value: unknown): unknown {
  if (typeof value === 'bigint') return value + 1n
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  return Array.isArray(value) ? ['x'] : 'x'
}

const ofTheLedger = new Set([
  'receivedUnixNs',
  'channel',
  'logId',
  'logIndex',
  // Its text is told by the commitment.
  'content',
  'result',
  'detail',
  'pendingText',
  'textBlock',
  'textBlockHex',
  'textAt',
])

describe('the key of a record', () => {
  const fields = Object.entries(blankRecord())

  const told = fields.filter(([field]) => !ofTheLedger.has(field) && field !== 'signal')

  it.each(told)('differs when %s does', (field, value) => {
    // IDs are the only text that is not free: hex of full length.
    const other = field.endsWith('Hex') ? 'ab'.repeat(8) : changed(value)
    const record = { ...blankRecord(), [field]: other }
    expect(recordKey(record)).not.toBe(recordKey(blankRecord()))
  })

  it('is the same whatever the ledger adds: receipt, belief, place, the text behind its commitment', () => {
    const later = blankRecord()
    for (const [field, value] of fields.filter(([name]) => ofTheLedger.has(name)))
      Object.assign(later, {
        [field]: field.endsWith('Hex') ? 'ab'.repeat(24) : changed(value),
      })
    expect(recordKey(later)).toBe(recordKey(blankRecord()))
  })

  it('tells apart texts, lists and numbers that read alike when they are joined', () => {
    const records: Partial<LedgerRecord>[] = [
      { name: 'ab', statusMessage: '' },
      { name: 'a', statusMessage: 'b' },
      { delegationScopes: ['ab'] },
      { delegationScopes: ['a', 'b'] },
      { delegationScopes: ['a'], delegationChain: ['b'] },
      { seq: 0 },
      { planStep: 0 },
      { seq: 0, planStep: 0 },
      {},
    ]
    const told = records.map((fieldsOf) => recordKey({ ...blankRecord(), ...fieldsOf }))
    expect(new Set(told).size).toBe(records.length)
  })
})
