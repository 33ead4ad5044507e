import { describe, expect, it } from 'vitest'
import { RevocationState } from '@whodid/identity'
import type { RevocableAgent, RevocationTarget } from '@whodid/identity'
import type { WhoDidAnswer } from '@whodid/model'
import { parseQuestion } from '../question.ts'
import { attachRevocation } from './attach-revocation.ts'
import { isRevocationReason } from './revocation-reasons.ts'

const span = `${'ab'.repeat(16)}-${'cd'.repeat(8)}`
const record = `${'11'.repeat(16)}-${'22'.repeat(8)}`
const minute = (n: number): bigint => BigInt(Date.UTC(2026, 10, 28, 12, n)) * 1_000_000n

const act = {
  verdict: 'agent',
  reasons: [{ code: 'instance_on_record', text: 'named', span }],
  action: { span, started_at: '2026-11-28T12:10:00.000000000Z' },
  agent: {
    template: { id: 'db-fixer' },
    instance: { id: 'i2', parent_id: 'i1' },
  },
  delegator: { id: 'jane' },
  delegation_chain: [
    { type: 'human', id: 'jane', template: null },
    { type: 'agent', id: 'i0', template: 'planner' },
    { type: 'agent', id: 'i2', template: 'db-fixer' },
  ],
  correlation_id: 'task-7',
  credential: { id: 'key-9' },
  cost: { statements: 1, rows_read: 0, bytes_read: 0 },
}

interface Change {
  readonly answer?: object
  readonly received?: string
  readonly asRecorded?: string
  readonly intent?: string
  /** The order that the act's record names, and the sender of that record. */
  readonly seen?: readonly [order: string, exporter: string]
}

const nameless = {
  instance: '',
  instance_parent: '',
  template: '',
  delegator: '',
  user: '',
  correlation: '',
  credential: '',
  delegation_chain: [],
}

const received = { received_at: '2026-11-28 12:11:00.000000000', log: '', log_index: '0' }

/** The answer on an act that began at 12:10 and was received at 12:11, after an order at minute `at`. */
async function reasonsAfter(
  target: RevocationTarget,
  at: number,
  change: Change = {},
): Promise<readonly string[]> {
  const state = new RevocationState()
  state.add({
    seq: 1,
    id: 'r1',
    tenant: 'default',
    action: 'revoke',
    target,
    cascade: true,
    cause: 'test',
    initiator: 'admin',
    atUnixNs: minute(at),
  })
  const versions = [
    {
      ...received,
      ...(change.received === undefined ? {} : { received_at: change.received }),
      key: span,
      action: 'a1',
      exporter: 'fixers',
      delegation: 'grant-1',
      ...nameless,
      delegation_parent: '',
    },
  ]
  const intent = {
    ...received,
    received_at: change.intent,
    key: `${'ab'.repeat(16)}-${'ef'.repeat(8)}`,
    kind: 'action',
    parent: span,
    ...nameless,
    action: 'a1',
    outcome: 'unknown',
    exporter: 'fixers',
  }
  const answer = { ...act, ...change.answer } as unknown as WhoDidAnswer
  const intents = change.intent === undefined ? [] : [['intent', [intent]] as const]
  const evidence = { relatedRecords: new Map<string, unknown>([[span, versions], ...intents]) }
  const [seen = '', exporter = ''] = change.seen ?? []
  const told = { ref: span, exporter, log: '', log_index: '0', seen, refused_by: '' }
  const selector = { select: () => Promise.resolve({ rows: [told], rowsRead: 1, bytesRead: 1 }) }
  const revocations = {
    stopsOf: (_tenant: string, agent: RevocableAgent) =>
      state.stopsOf(agent).map((stop) => ({ ...stop, record })),
    seqOf: (_tenant: string, id: string) => (id === 'r1' ? 1 : 0),
  }
  const question = parseQuestion({ of: `span:${span}`, as_recorded: change.asRecorded })
  const found = await attachRevocation(question, answer, {
    evidence: evidence as never,
    tenant: 'default',
    selector: selector as never,
    revocations,
  })
  return found.reasons.filter(isRevocationReason).map(({ code }) => code)
}

describe('attachRevocation', () => {
  it.each<readonly [string, RevocationTarget]>([
    ['the instance', { kind: 'instance', id: 'i2' }],
    ['the instance that started it', { kind: 'instance', id: 'i1' }],
    ['an instance on its chain', { kind: 'instance', id: 'i0' }],
    ['its template', { kind: 'template', id: 'db-fixer' }],
    ['a template on its chain', { kind: 'template', id: 'planner' }],
    ['the agents of its person', { kind: 'agents_of', id: 'jane' }],
    ['its task', { kind: 'task', id: 'task-7' }],
    ['its credential', { kind: 'credential', id: 'key-9' }],
    ['its delegation', { kind: 'delegation', id: 'grant-1' }],
  ])('says that the act was after an order to stop %s', async (_name, target) => {
    expect(await reasonsAfter(target, 9)).toEqual(['after_revocation_claimed'])
  })

  it('says that it was before, or may have been either', async () => {
    const target = { kind: 'instance', id: 'i2' } as const
    expect(await reasonsAfter(target, 12)).toEqual(['before_revocation'])
    expect(await reasonsAfter(target, 11)).toEqual(['revocation_indeterminate'])
    // Its intent was on record before the order, and its end after it.
    const received = '2026-11-28 12:20:00.000000000'
    const intent = '2026-11-28 12:10:00.000000000'
    expect(await reasonsAfter(target, 12, { received, intent })).toEqual(['before_revocation'])
    expect(await reasonsAfter(target, 12, { received, intent: received })).toEqual([
      'revocation_indeterminate',
    ])
    // An intent alone says nothing of an end.
    const answer = { action: { ...act.action, outcome: 'unknown' } }
    expect(await reasonsAfter(target, 12, { answer })).toEqual(['before_revocation'])
  })

  it('says that it is proven where the record names the order, as its own sender wrote it', async () => {
    const target = { kind: 'instance', id: 'i2' } as const
    const seen = async (...names: [string, string]) => reasonsAfter(target, 11, { seen: names })
    expect(await seen('r1', 'fixers')).toEqual(['after_revocation_proven'])
    expect(await seen('r1', 'mallory')).toEqual(['revocation_indeterminate'])
    expect(await seen('r2', 'fixers')).toEqual(['revocation_indeterminate'])
  })

  it('says nothing of others, of persons, and of what was not known then', async () => {
    expect(await reasonsAfter({ kind: 'instance', id: 'i9' }, 9)).toEqual([])
    expect(await reasonsAfter({ kind: 'agents_of', id: 'bob' }, 9)).toEqual([])
    const target = { kind: 'instance', id: 'i2' } as const
    expect(await reasonsAfter(target, 9, { answer: { verdict: 'human' } })).toEqual([])
    expect(await reasonsAfter(target, 9, { answer: { action: null } })).toEqual([])
    expect(await reasonsAfter(target, 12, { asRecorded: '2026-11-28T12:11:30Z' })).toEqual([])
  })
})
