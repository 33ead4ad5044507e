import { describe, expect, it } from 'vitest'
import { RevocationState } from '@whodid/identity'
import type { RevocationTarget } from '@whodid/identity'
import type { WhoDidAnswer } from '@whodid/model'
import { parseQuestion } from '../question.ts'
import { attachRevocation, isRevocationReason } from './attach-revocation.ts'

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
}

interface Change {
  readonly answer?: object
  readonly received?: string
  readonly asRecorded?: string
}

/** The answer on an act that began at 12:10 and was received at 12:11, after an order at minute `at`. */
function reasonsAfter(
  target: RevocationTarget,
  at: number,
  change: Change = {},
): readonly string[] {
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
      received_at: change.received ?? '2026-11-28 12:11:00.000000000',
      delegation: 'grant-1',
      delegation_parent: '',
    },
  ]
  const answer = { ...act, ...change.answer } as unknown as WhoDidAnswer
  const evidence = { relatedRecords: new Map([[span, versions]]) } as never
  const revocations = {
    orderOf: (_tenant: string, ...asked: Parameters<RevocationState['orderOf']>) => {
      const order = state.orderOf(...asked)
      return order && { ...order, record }
    },
  }
  const question = parseQuestion({ of: `span:${span}`, as_recorded: change.asRecorded })
  const found = attachRevocation(question, answer, { evidence, tenant: 'default', revocations })
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
  ])('says that the act was after an order to stop %s', (_name, target) => {
    expect(reasonsAfter(target, 9)).toEqual(['after_revocation_claimed'])
  })

  it('says that it was before, or may have been either', () => {
    const target = { kind: 'instance', id: 'i2' } as const
    expect(reasonsAfter(target, 12)).toEqual(['before_revocation'])
    // It began at 12:10 and was received at 12:11; the order came at 12:10:30.
    expect(reasonsAfter(target, 10, { received: '2026-11-28 12:10:00.000000000' })).toEqual([
      'revocation_indeterminate',
    ])
  })

  it('says nothing of others, of persons, and of what was not known then', () => {
    expect(reasonsAfter({ kind: 'instance', id: 'i9' }, 9)).toEqual([])
    expect(reasonsAfter({ kind: 'agents_of', id: 'bob' }, 9)).toEqual([])
    const target = { kind: 'instance', id: 'i2' } as const
    expect(reasonsAfter(target, 9, { answer: { verdict: 'human' } })).toEqual([])
    expect(reasonsAfter(target, 9, { answer: { action: null } })).toEqual([])
    expect(reasonsAfter(target, 12, { asRecorded: '2026-11-28T12:11:30Z' })).toEqual([])
  })
})
