import { describe, expect, test } from 'vitest'
import { decide } from './decide.ts'
import { blankEvidenceRecord } from '../evidence/evidence-columns.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import { readEntitlements } from '../evidence/entitlements.ts'
import { mergeVersions } from './merge-versions.ts'

type Fields = Partial<EvidenceRecord>

const own = { exporter: 'agents', channel: 'unbound' } satisfies Fields
const other = { exporter: 'ci', channel: 'unbound' } satisfies Fields
const run = {
  exporter: 'agents',
  channel: 'entitled',
  actor_type: 'agent',
  template: 'T',
  instance: 'A',
} satisfies Fields
const names = ['act', 'middle', 'run'] as const

let clock = 0

function record(key: string, fields: Fields): EvidenceRecord {
  clock += 1
  const ts = `2026-11-22 14:00:00.${String(clock).padStart(9, '0')}`
  return { ...blankEvidenceRecord, ts, end_ts: ts, received_at: ts, service: 'svc', key, ...fields }
}

function relateRecords(
  records: readonly EvidenceRecord[],
): ReadonlyMap<string, readonly EvidenceRecord[]> {
  const relatedRecords = new Map<string, EvidenceRecord[]>()
  for (const one of records)
    relatedRecords.set(one.key, [...(relatedRecords.get(one.key) ?? []), one])
  return relatedRecords
}

/** A call that names nobody, under a record that names nobody, under its run. */
const calls = (said: Fields = {}): EvidenceRecord[] => [
  record('act', { ...own, ...said, kind: 'tool_call', parent: 'middle' }),
  record('middle', { ...own, parent: 'run' }),
  record('run', { ...run, kind: 'prompt' }),
]

describe('another’s copy of a record that names nobody', () => {
  const copies = names.flatMap((of) =>
    [
      other,
      { ...other, channel: 'unentitled', actor_type: 'agent', template: 'T', instance: 'A' },
    ].flatMap((by) =>
      ['', 'agent'].flatMap((type) => [true, false].map((isFirst) => ({ of, by, type, isFirst }))),
    ),
  )

  test.each(copies)(
    'does not take the act of $of ($by.channel, first: $isFirst, nameless $type)',
    ({ of, by, type, isFirst }) => {
      const parent = { act: 'middle', middle: 'run', run: '' }[of]
      const copy = (): EvidenceRecord => record(of, { ...by, parent })
      const before = isFirst ? [copy()] : []
      const said = { actor_type: type }
      const records = [...before, ...calls(said), ...(isFirst ? [] : [copy()])]
      const found = decide({
        subject: 'act',
        relatedRecords: relateRecords(records),
        listed: [],
        instanceClaims: [],
        textBlocks: new Map<string, Buffer>(),
        separate: new Map<string, never>(),
        truncated: false,
      })
      expect(found).toMatchObject({ verdict: 'agent', instance: 'A', contradiction: '' })
      expect(found.ancestors.records.every(({ exporter }) => exporter === 'agents')).toBe(true)
    },
  )
})

test('of copies that agree, the record is that of whoever has the word', () => {
  const records = [record('middle', { ...other, parent: 'run' }), ...calls()]
  const entitlements = readEntitlements(relateRecords(records))
  const versions = relateRecords(records).get('middle') ?? []
  expect(mergeVersions(versions, entitlements).record.exporter).toBe('agents')
  expect(mergeVersions(versions, entitlements, ['agents']).record.exporter).toBe('agents')
  expect(mergeVersions(versions, entitlements, ['ci']).record.exporter).toBe('ci')
})
