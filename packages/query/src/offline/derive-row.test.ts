import { expect, test } from 'vitest'
import { nameKey } from '@whodid/model'
import { deriveRow, fieldsOfRow, statedFields } from './derive-row.ts'
import type { SealedRecord } from './derive-row.ts'

const record: SealedRecord = {
  columns: {
    log_id: 'log',
    log_index: 7,
    trace_id: 'ab'.repeat(16),
    span_id: 'cd'.repeat(8),
    parent_span_id: '',
    received_at: '2026-11-22T10:00:00.000000001Z',
    ts: '1969-12-31T23:59:59.999999999Z',
    record_kind: 'prompt',
    commitment: '',
    text_at: 0,
    instance_id: 'run-1',
    template_id: 'refunds',
    template_rule: '',
    channel: 'unentitled',
    seq: -1,
    dropped_count: 3,
    credential_borrowed: true,
    credential_scopes: ['a'],
  },
  leaf: '0a',
}

test('every field of evidence follows from a sealed record, but for these', () => {
  // What stands here is taken on the word of whoever made a package: add nothing without a reason in docs/LIMITS.md.
  expect(statedFields('subject')).toEqual([])
  expect(statedFields('kin')).toEqual([])
  expect(statedFields('listed')).toEqual(['qualifies'])
  expect(statedFields('claimed')).toEqual(['received_at'])
})

test('a row is made of the columns, as the engine writes them', () => {
  expect(fieldsOfRow(deriveRow('kin', record, { actor_type: 'human' }))).toMatchObject({
    key: `${'ab'.repeat(16)}-${'cd'.repeat(8)}`,
    parent: '',
    ts: '1969-12-31 23:59:59.999999999',
    received_at: '2026-11-22 10:00:00.000000001',
    seq: '-1',
    dropped: 3,
    log_index: '7',
    credential_borrowed: true,
    credential_scopes: ['a'],
    text_at: 0,
    commitment: '0'.repeat(64),
    leaf: '0A',
    actor_type: '',
  })
})

test('a claim that its sender may not make names no template, and its time is as it is stated', () => {
  const stated = { received_at: '2026-11-22 10:00:00.000' }
  const claim = fieldsOfRow(deriveRow('claimed', record, stated))
  expect(claim).toMatchObject({
    template: '',
    instance_key: String(nameKey('instance', 'run-1')),
    ...stated,
  })
  const columns = { ...record.columns, channel: 'entitled' }
  const believable = fieldsOfRow(deriveRow('claimed', { ...record, columns }, stated))
  expect(believable).toMatchObject({ template: 'refunds' })
})
