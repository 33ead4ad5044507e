import { expect, test } from 'vitest'
import { evidenceColumns } from '../evidence/evidence-columns.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { joinLink, linksToFollow } from './complete-decision.ts'
import { decide } from './decide.ts'
import type { Decision } from './decide.ts'

// Sound: the columns name every field of a record, and those that are no text are given below.
const blank = Object.fromEntries(
  Object.keys(evidenceColumns).map((field) => [field, '']),
) as unknown as EvidenceRecord

const first = 'a'.repeat(32)
const other = 'b'.repeat(32)
const second = 'c'.repeat(32)
const keyOf = (trace: string, span: number): string =>
  `${trace}-${span.toString(16).padStart(16, '0')}`

const linkTo = (...traces: readonly string[]): string =>
  JSON.stringify(traces.map((trace) => ({ trace_id: trace, span_id: keyOf(trace, 1).slice(33) })))

let clock = 0

function record(key: string, fields: Partial<EvidenceRecord>): EvidenceRecord {
  clock += 1
  const ts = `2026-11-22 14:00:00.${String(clock).padStart(9, '0')}`
  const rest = {
    delegation_chain: [],
    credential_scopes: [],
    seq: '-1',
    plan_step: '-1',
    dropped: 0,
    credential_borrowed: false,
    exporter: 'one',
    channel: 'entitled',
    service: 'svc',
    signal: 'span',
    actor_type: 'agent',
    template: 'payer',
    content_state: { state: 'withheld' as const },
  }
  return { ...blank, ...rest, key, ts, received_at: ts, ...fields }
}

const text = (content: string): Partial<EvidenceRecord> => ({
  content,
  commitment: '1'.repeat(64),
  text_at: 1,
  content_state: { state: 'text', text: content },
})

/** The first run, asked by mia; the fields are what a test says otherwise. */
const asked = (trace: string, fields: Partial<EvidenceRecord> = {}): EvidenceRecord =>
  record(keyOf(trace, 1), {
    kind: 'prompt',
    delegator: 'mia',
    delegator_type: 'human',
    delegator_rule: 'user_id',
    ...text('Pay it'),
    ...fields,
  })

/** The resumed run and its act. */
function resumed(
  run: Partial<EvidenceRecord>,
  act: Partial<EvidenceRecord> = {},
): EvidenceRecord[] {
  return [
    record(keyOf(second, 2), { kind: 'tool_call', parent: keyOf(second, 1), template: '', ...act }),
    record(keyOf(second, 1), { kind: 'prompt', links: linkTo(first), ...run }),
  ]
}

function decided(records: readonly EvidenceRecord[]): Decision {
  const relatedRecords = new Map(records.map((one) => [one.key, [one]]))
  const evidence: Evidence = {
    subject: keyOf(second, 2),
    relatedRecords,
    listed: [],
    instanceClaims: [],
    textBlocks: new Map<string, Buffer>(),
    truncated: false,
    separate: new Map<string, never>(),
  }
  return decide(evidence)
}

const ofService = { template: 'svc', template_rule: 'resource.service_name' }
const call = { kind: 'tool_call', tool_call: 'c1', parent: keyOf(first, 1) }

test.each<[string, readonly EvidenceRecord[], boolean]>([
  ['by the agent, where none tells a conversation', [...resumed({}), asked(first)], true],
  [
    'by the conversation',
    [...resumed({ conversation: 't1', ...ofService }), asked(first, { conversation: 't1' })],
    true,
  ],
  [
    'by the call, though it was asked something itself',
    [...resumed(text('yes'), { tool_call: 'c1' }), asked(first), record(keyOf(first, 2), call)],
    true,
  ],
  [
    'not in another conversation',
    [...resumed({ conversation: 't1' }), asked(first, { conversation: 't2' })],
    false,
  ],
  ['not of another agent', [...resumed({}), asked(first, { template: 'greeter' })], false],
  ['not where it was asked something itself', [...resumed(text('Go on')), asked(first)], false],
  [
    'not to one of two',
    [...resumed({ links: linkTo(first, other) }), asked(first), asked(other)],
    false,
  ],
  [
    'not to a run whose exporter may not speak for it',
    [...resumed({}), asked(first, { exporter: 'two', channel: 'unentitled' })],
    false,
  ],
  [
    'not to a run of an exporter that is bound to nobody',
    [...resumed({}), asked(first, { exporter: 'two', channel: 'unbound' })],
    false,
  ],
  ['not to a record that begins no run', [...resumed({}), asked(first, { kind: 'other' })], false],
])('joined_by_link: %s', (_, records, isJoined) => {
  const decision = joinLink(decided(records))
  expect(decision.verdict).toBe('agent')
  expect(decision.path.some(({ joinedBy }) => joinedBy === 'link')).toBe(isJoined)
  expect(decision.delegator).toBe(isJoined ? 'mia' : '')
  if (isJoined) expect(decision.grades.delegator).toBe('inferred')
})

test('what is not at hand is to be followed, and nothing where a human’s prompt began the task', () => {
  expect(linksToFollow(decided(resumed({})))).toEqual([keyOf(first, 1)])
  expect(linksToFollow(decided(resumed({ ...text('Pay it'), prompt_origin: 'human' })))).toEqual([])
})

test('a circle of links ends', () => {
  const records = [
    ...resumed({}),
    asked(first, {
      delegator: '',
      delegator_type: '',
      delegator_rule: '',
      content_state: { state: 'withheld' },
      content: '',
      links: linkTo(second),
    }),
  ]
  const { path } = joinLink(decided(records))
  expect(path.map(({ record: { key } }) => key)).toEqual([
    keyOf(second, 2),
    keyOf(second, 1),
    keyOf(first, 1),
  ])
})
