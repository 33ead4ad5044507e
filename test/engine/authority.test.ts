import { afterAll, beforeAll, expect, test } from 'vitest'
import { blankRecord, registrationRecord } from '@whodid/model'
import type { AuthorityAnswer, LedgerRecord } from '@whodid/model'
import { describeAuthority, parseAuthorityQuestion } from '@whodid/query'
import { startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

// Hostile records about an instance, in a real ledger: what they say must not widen what the registry and better senders say.

let ledger: Ledger
beforeAll(async () => {
  ledger = await startLedger()
})
afterAll(() => ledger.stop())

const nowNs = 1_795_000_000_000_000_000n
const second = 1_000_000_000n
let traces = 0

function record(instance: string, more: Partial<LedgerRecord>): LedgerRecord {
  traces += 1
  return {
    ...blankRecord(),
    tenant: 'default',
    exporter: 'agents',
    channel: 'entitled',
    receivedUnixNs: nowNs,
    startUnixNs: nowNs,
    endUnixNs: nowNs,
    traceIdHex: traces.toString(16).padStart(32, '0'),
    spanIdHex: traces.toString(16).padStart(16, '0'),
    recordKind: 'tool_call',
    actorType: 'agent',
    instanceId: instance,
    templateId: 'fixer',
    ...more,
  }
}

const registered = (template: string, more: object = {}, atNs = nowNs): LedgerRecord => {
  traces += 1
  return registrationRecord({
    tenant: 'default',
    definition: {
      template,
      owner: 'platform',
      justification: 'repairs',
      expires_at: '2200-01-01T00:00:00.000000000Z',
      scopes: null,
      audiences: null,
      tools: ['merge'],
      resources: null,
      prompt: null,
      ...more,
    },
    recordedBy: 'admin',
    recordedAtUnixNs: atNs,
    record: `${traces.toString(16).padStart(32, '0')}-${traces.toString(16).padStart(16, '0')}`,
  })
}

const ask = (instance: string, more: object = {}): Promise<AuthorityAnswer> => {
  const raw = { instance, tool: 'merge', ...more }
  return describeAuthority(
    { selector: ledger.selector, revocations: { stopsOf: () => [] } },
    'default',
    parseAuthorityQuestion(raw, nowNs + 1_000n * second),
  )
}

test('a sender that is bound to nobody moves no instance to another template, and widens no grant', async () => {
  await ledger.insert([
    registered('fixer', { tools: [] }),
    registered('powerful', { tools: ['*'] }),
    record('moved', { delegationId: 'd1', delegationScopes: ['a'], delegatorId: 'jane' }),
    record('moved', {
      exporter: 'thief',
      channel: 'unbound',
      templateId: 'powerful',
      delegationId: 'd2',
      delegationScopes: ['a', 'admin'],
      delegatorId: 'root',
    }),
    record('moved', { exporter: 'thief', channel: 'unentitled', templateId: 'powerful' }),
    record('moved', { exporter: 'log', channel: 'imported', templateId: 'powerful' }),
    record('moved', { exporter: 'hinted', templateId: 'powerful', instanceRule: 'session_id' }),
  ])
  const answer = await ask('moved')
  expect(answer).toMatchObject({
    state: 'active',
    template: { id: 'fixer', grade: 'channel' },
    decision: { answer: 'not_allowed', rule: 'tool_not_listed' },
    delegations: [{ id: 'd1', delegator: { id: 'jane' }, grade: 'channel' }],
    scopes: { grant: ['a'] },
  })
  expect(answer.delegations).toHaveLength(1)
})

test('of an instance that only a sender bound to nobody names, the template is an assertion', async () => {
  await ledger.insert([
    registered('said', {}),
    record('asserted', { channel: 'unbound', templateId: 'said' }),
    record('derived', { templateId: 'said', templateRule: 'ai_sdk.function_id' }),
  ])
  expect((await ask('asserted')).decision).toMatchObject({ answer: 'allowed', grade: 'asserted' })
  expect((await ask('derived')).decision).toMatchObject({ answer: 'allowed', grade: 'inferred' })
})

test('only the ledger’s clock says what was known, whatever the sender’s says', async () => {
  const late = nowNs + 100n * second
  await ledger.insert([
    registered('clock', {}, nowNs),
    // Dated before the time asked about, and received after it; and the other way round.
    record('backdated', {
      templateId: 'clock',
      startUnixNs: nowNs - 5_000n * second,
      endUnixNs: nowNs - 5_000n * second,
      receivedUnixNs: late,
    }),
    record('ahead', {
      templateId: 'clock',
      startUnixNs: nowNs + 5_000n * second,
      endUnixNs: nowNs + 5_000n * second,
    }),
    registered('clock', { tools: [] }, late),
  ])
  const early = { at: new Date(Number((nowNs + second) / 1_000_000n)).toISOString() }
  expect(await ask('backdated', early)).toMatchObject({
    state: 'unknown',
    reasons: [{ code: 'no_record' }],
  })
  expect((await ask('ahead', early)).decision?.answer).toBe('allowed')
  expect((await ask('backdated')).decision?.answer).toBe('not_allowed')
  expect((await ask('ahead')).decision?.answer).toBe('not_allowed')
})

test('a registry whose months were pruned does not say unregistered', async () => {
  await ledger.insert([record('lone', { templateId: 'forgotten' })])
  expect((await ask('lone')).state).toBe('unregistered')
  await ledger.insert([
    {
      ...record('', { templateId: '', actorType: 'service', recordKind: 'action' }),
      exporter: 'whodid',
      serviceName: 'whodid',
      actionId: 'whodid:prune:1234',
      resourceId: 'whodid:log:a.example/log',
    },
  ])
  expect(await ask('lone')).toMatchObject({
    state: 'unknown',
    reasons: [{ code: 'registry_pruned' }],
    decision: { answer: 'unknown' },
  })
})

test('a version that cannot be read hides behind no older one', async () => {
  const broken = registered('broken', {}, nowNs + second)
  await ledger.insert([
    registered('broken', { tools: ['*'] }),
    { ...broken, attributes: broken.attributes.replace('expires_at', 'expires') },
    record('of-broken', { templateId: 'broken' }),
  ])
  expect(await ask('of-broken')).toMatchObject({
    state: 'unknown',
    reasons: [{ code: 'registration_unreadable' }],
    decision: { answer: 'unknown' },
  })
})

test('a chain that loops, forks or is long ends, and says so', async () => {
  const above = (instance: string, parent: string): LedgerRecord =>
    record(instance, { instanceParentId: parent })
  await ledger.insert([
    above('loop-a', 'loop-b'),
    above('loop-b', 'loop-a'),
    above('fork', 'fork-1'),
    above('fork', 'fork-2'),
    ...Array.from({ length: 9 }, (_, depth) => above(`deep-${depth}`, `deep-${depth + 1}`)),
  ])
  const codes = async (instance: string): Promise<string[]> =>
    (await ask(instance)).unknowns.map(({ code }) => code)
  expect(await codes('loop-a')).toContain('parent_cycle')
  expect(await codes('fork')).toContain('conflicting_parent')
  expect(await codes('deep-0')).toContain('chain_too_deep')
  expect((await ask('deep-0')).scopes.parents).toHaveLength(4)
})

test('text of agents comes out without what is hidden in it, and lists are bounded', async () => {
  await ledger.insert([
    registered('noisy', {}),
    ...Array.from({ length: 40 }, (_, place) =>
      record('loud', {
        templateId: 'noisy',
        delegationId: `d${place}`,
        delegatorId: `j\u202eane\u0000`,
        approvalDecision: 'deny',
        approvalReason: `no\u001b[31m ${place}`,
        credentialId: `c${place}`,
        receivedUnixNs: nowNs + BigInt(place),
      }),
    ),
  ])
  const answer = await ask('loud')
  expect(answer.delegations).toHaveLength(32)
  expect(answer.delegations[0]?.id).toBe('d39')
  expect(answer.approvals).toHaveLength(32)
  expect(answer.credentials).toHaveLength(32)
  expect(answer.unknowns.filter(({ code }) => code === 'list_cut')).toHaveLength(3)
  expect(JSON.stringify(answer)).not.toMatch(/\\u0000|\\u001b|\u202e/u)
})
