import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LedgerRecord } from '@whodid/model'
import { newTrace, refOf, startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

let ledger: Ledger

beforeAll(async () => {
  ledger = await startLedger()
})

afterAll(async () => {
  await ledger.stop()
})

const triage = {
  actorType: 'agent',
  templateId: 'repo-triage',
  instanceId: 'triage-1',
  delegatorId: 'dev@acme.example',
  delegatorType: 'human',
  delegationChain: ['dev@acme.example', 'triage-1'],
} satisfies Partial<LedgerRecord>

const fixer = {
  ...triage,
  templateId: 'db-fixer',
  instanceId: 'fixer-1',
  instanceParentId: 'triage-1',
  delegationChain: ['dev@acme.example', 'triage-1', 'fixer-1'],
} satisfies Partial<LedgerRecord>

const done = { recordKind: 'tool_call', outcome: 'success' } satisfies Partial<LedgerRecord>

/** An incident in one trace: a prompt, a poisoned input, a plan, a merge, a delegation, a delete by the sub-agent. */
function incident(suffix: string): Record<string, LedgerRecord> {
  const trace = newTrace()
  const ids = { correlationId: `corr-${suffix}` }
  const own = {
    ...triage,
    ...ids,
    instanceId: `triage-${suffix}`,
    delegationChain: ['dev@acme.example', `triage-${suffix}`],
  }
  const session = trace.record({ ...own, recordKind: 'session', seq: 1 })
  const prompt = trace.record(
    {
      ...own,
      recordKind: 'prompt',
      promptOrigin: 'human',
      content: 'Triage the issues',
      promptHash: 'sha256:p',
      seq: 2,
    },
    session,
  )
  const under = { ...own, promptRef: refOf(prompt) }
  const read = trace.record(
    {
      ...under,
      ...done,
      verb: 'read',
      toolName: 'read_issue',
      resourceId: `t:issue:${suffix}`,
      inputSource: `t:issue:${suffix}`,
      inputTrust: 'untrusted',
      seq: 3,
    },
    prompt,
  )
  const plan = trace.record(
    { ...under, recordKind: 'plan', content: '1. merge', planHash: 'sha256:q', seq: 4 },
    prompt,
  )
  const planned = { ...under, planRef: refOf(plan) }
  const merge = trace.record(
    {
      ...planned,
      ...done,
      verb: 'update',
      toolName: 'merge_pull_request',
      resourceId: `t:pull:${suffix}`,
      resourceType: 't.pull',
      planStep: 1,
      actionId: `merge-${suffix}`,
      credentialId: `pat-${suffix}`,
      credentialSubject: 'dev@acme.example',
      credentialBorrowed: true,
      seq: 5,
    },
    prompt,
  )
  const intent = trace.record(
    {
      ...planned,
      recordKind: 'action',
      verb: 'update',
      outcome: 'unknown',
      resourceId: `t:pull:${suffix}`,
      actionId: `merge-${suffix}`,
      seq: 6,
    },
    merge,
  )
  const delegation = trace.record({ ...planned, recordKind: 'delegation', seq: 7 }, prompt)
  const sub = {
    ...fixer,
    ...ids,
    instanceId: `fixer-${suffix}`,
    instanceParentId: `triage-${suffix}`,
    delegationChain: ['dev@acme.example', `triage-${suffix}`, `fixer-${suffix}`],
  }
  const subPrompt = trace.record(
    {
      ...sub,
      recordKind: 'prompt',
      promptOrigin: 'agent',
      content: 'Delete them',
      promptRef: refOf(prompt),
      seq: 1,
    },
    delegation,
  )
  const remove = trace.record(
    {
      ...sub,
      ...done,
      verb: 'delete',
      toolName: 'sql',
      resourceId: `t:row:${suffix}`,
      promptRef: refOf(subPrompt),
      actionId: `del-${suffix}`,
      seq: 2,
    },
    subPrompt,
  )
  const wire = trace.record(
    { name: 'pg.query', verb: 'delete', outcome: 'success', resourceId: `t:table:${suffix}` },
    remove,
  )
  return { session, prompt, read, plan, merge, intent, delegation, subPrompt, remove, wire }
}

describe('an agent that acted for a human', () => {
  let records: Record<string, LedgerRecord>
  beforeAll(async () => {
    records = incident('a')
    await ledger.insert(Object.values(records))
  })
  const ref = (name: string): string => refOf(records[name] as LedgerRecord)

  test('is named with its instance, delegator, prompt, plan, inputs and credential', async () => {
    const answer = await ledger.ask('t:pull:a')
    expect(answer).toMatchObject({
      verdict: 'agent',
      grade: 'channel',
      action: {
        span: ref('merge'),
        verb: 'update',
        outcome: 'success',
        tool: 'merge_pull_request',
        resource: { id: 't:pull:a', type: 't.pull' },
      },
      actor: { type: 'agent', id: 'triage-a', grade: 'channel' },
      agent: { template: { id: 'repo-triage' }, instance: { id: 'triage-a', parent_id: null } },
      delegator: { id: 'dev@acme.example', type: 'human', grade: 'channel' },
      prompt: { span: ref('prompt'), origin: 'human', text: 'Triage the issues', grade: 'channel' },
      plan: { span: ref('plan'), step: 1, text: '1. merge' },
      inputs: [{ span: ref('read'), source: 't:issue:a', trust: 'untrusted' }],
      credential: { id: 'pat-a', subject: 'dev@acme.example', borrowed: true },
      correlation_id: 'corr-a',
      integrity: { state: 'pending' },
      alternatives: [],
    })
    expect(answer.gaps.map((gap) => gap.code)).toEqual(['unsealed'])
    expect(answer.reasons.map((reason) => reason.code)).toEqual([
      'instance_on_record',
      'exporter_entitled',
      'delegator_on_record',
      'borrowed_credential',
      'untrusted_input',
    ])
    expect(answer.cost).toMatchObject({ statements: 1 })
    expect(answer.cost.rows_read).toBeGreaterThan(0)
  })

  test('the chain runs from the root to the action, the plan in its place', async () => {
    const { chain } = await ledger.ask('t:pull:a')
    expect(chain.map((hop) => [hop.span, hop.joined_by])).toEqual([
      [ref('session'), 'parent'],
      [ref('prompt'), 'parent'],
      [ref('plan'), 'plan_ref'],
      [ref('merge'), 'subject'],
    ])
  })

  test("a sub-agent's act leads back to the human's prompt and to what its parent had read", async () => {
    const answer = await ledger.ask('t:row:a')
    expect(answer).toMatchObject({
      verdict: 'agent',
      agent: { template: { id: 'db-fixer' }, instance: { id: 'fixer-a', parent_id: 'triage-a' } },
      prompt: { span: ref('prompt'), origin: 'human' },
      inputs: [{ span: ref('read'), instance: 'triage-a' }],
    })
    expect(answer.delegation_chain).toEqual([
      { type: 'human', id: 'dev@acme.example', template: null, grade: 'channel' },
      { type: 'agent', id: 'triage-a', template: 'repo-triage', grade: 'channel' },
      { type: 'agent', id: 'fixer-a', template: 'db-fixer', grade: 'channel' },
    ])
    expect(answer.chain.at(0)?.span).toBe(ref('session'))
    expect(answer.chain.at(-1)?.span).toBe(ref('remove'))
    expect(answer.chain.map((hop) => hop.span)).toContain(ref('subPrompt'))
  })

  test("a span that says nothing inherits its ancestor's actor, graded inferred", async () => {
    const answer = await ledger.ask('t:table:a')
    expect(answer).toMatchObject({
      verdict: 'agent',
      grade: 'inferred',
      actor: { id: 'fixer-a', grade: 'inferred' },
      delegator: { id: 'dev@acme.example', grade: 'inferred' },
      prompt: { grade: 'inferred' },
    })
    expect(answer.reasons.map((reason) => reason.code)).toContain('inherited_from_ancestor')
  })

  test.each([
    ['action:merge-a', 'triage-a', 'merge'],
    ['instance:triage-a', 'triage-a', 'merge'],
    ['credential:pat-a', 'triage-a', 'merge'],
    ['correlation:corr-a', 'fixer-a', 'remove'],
    ['template:db-fixer', 'fixer-a', 'remove'],
    ['delegator:dev@acme.example', 'fixer-a', 'remove'],
  ])('%s is answered with instance %s', async (of, instance, record) => {
    const answer = await ledger.ask(of)
    expect(answer.agent?.instance?.id).toBe(instance)
    expect(answer.action?.span).toBe(ref(record))
  })

  test('a trace or a span is answered, bare or with its prefix', async () => {
    const trace = records['merge']?.traceIdHex ?? ''
    expect((await ledger.ask(`trace:${trace.toUpperCase()}`)).action?.span).toBe(ref('wire'))
    expect((await ledger.ask(trace)).action?.span).toBe(ref('wire'))
    expect((await ledger.ask(ref('prompt'))).action?.record_kind).toBe('prompt')
    expect((await ledger.ask(`span:${ref('prompt')}`)).prompt?.text).toBe('Triage the issues')
  })

  test('the view alone gives the same verdict, instance and delegator', async () => {
    for (const of of ['t:pull:a', 't:row:a', 't:table:a', 'instance:triage-a', 't:nothing:a']) {
      const answer = await ledger.ask(of)
      const row = await ledger.sql(
        'reader',
        `SELECT verdict, instance, delegator FROM whodid.who_did(of = '${of}') FORMAT JSONCompactEachRow`,
      )
      expect(JSON.parse(row)).toEqual([
        answer.verdict,
        answer.agent?.instance?.id ?? '',
        answer.delegator?.id ?? '',
      ])
    }
  })
})

describe('who else it may have been', () => {
  test('a human, with no agent in between', async () => {
    const record = newTrace().record({
      ...done,
      actorType: 'human',
      userId: 'dev',
      verb: 'update',
      resourceId: 'h:pull:1',
    })
    await ledger.insert([record])
    const answer = await ledger.ask('h:pull:1')
    expect(answer).toMatchObject({
      verdict: 'human',
      grade: 'channel',
      actor: { type: 'human', id: 'dev' },
      agent: null,
      delegator: null,
    })
    expect(answer.delegation_chain).toEqual([
      { type: 'human', id: 'dev', template: null, grade: 'channel' },
    ])
    expect(answer.gaps.map((gap) => gap.code)).toEqual(['unsealed'])
  })

  test('a service that is no agent', async () => {
    const record = newTrace().record({
      ...done,
      actorType: 'service',
      serviceName: 'billing',
      verb: 'update',
      resourceId: 'h:row:7',
    })
    await ledger.insert([record])
    expect(await ledger.ask('h:row:7')).toMatchObject({
      verdict: 'service',
      actor: { type: 'service', id: 'billing' },
    })
  })

  test('nobody on record: undetermined, and no evidence of a human', async () => {
    const answer = await ledger.ask('h:pull:999')
    expect(answer).toMatchObject({
      verdict: 'undetermined',
      grade: 'none',
      action: null,
      actor: null,
      agent: null,
      gaps: [],
      chain: [],
    })
    expect(answer.reasons.map((reason) => reason.code)).toEqual(['no_record'])
  })

  test('a span that names no actor under none that does', async () => {
    await ledger.insert([newTrace().record({ ...done, verb: 'update', resourceId: 'h:bare:1' })])
    const answer = await ledger.ask('h:bare:1')
    expect(answer).toMatchObject({ verdict: 'undetermined', actor: null })
    expect(answer.reasons[0]?.code).toBe('no_actor_claim')
    expect(answer.gaps.map((gap) => gap.code)).toEqual(
      expect.arrayContaining(['missing_instance', 'missing_delegator', 'missing_prompt']),
    )
  })
})

describe('what is not believed', () => {
  test('two records of one span that disagree', async () => {
    const record = newTrace().record({ ...triage, ...done, verb: 'update', resourceId: 'c:pull:1' })
    await ledger.insert([record])
    await ledger.insert([
      { ...record, instanceId: 'somebody-else', receivedUnixNs: record.receivedUnixNs + 1n },
    ])
    const answer = await ledger.ask('c:pull:1')
    expect(answer).toMatchObject({ verdict: 'undetermined', grade: 'contradicted', actor: null })
    expect(answer.reasons[0]).toMatchObject({
      code: 'conflicting_identity',
      text: expect.stringContaining('somebody-else') as string,
    })
    expect(answer.gaps.map((gap) => gap.code)).toContain('conflicting_identity')
  })

  test('the same record twice is no contradiction', async () => {
    const record = newTrace().record({ ...triage, ...done, verb: 'update', resourceId: 'c:pull:2' })
    await ledger.insert([record])
    await ledger.insert([{ ...record, receivedUnixNs: record.receivedUnixNs + 1n }])
    const answer = await ledger.ask('c:pull:2')
    expect(answer.verdict).toBe('agent')
    expect(answer.alternatives).toEqual([])
  })

  test('an exporter that may not speak for the actor', async () => {
    await ledger.insert([
      newTrace().record({
        ...done,
        channel: 'unentitled',
        actorType: 'human',
        userId: 'dev',
        verb: 'update',
        resourceId: 'c:pull:3',
      }),
    ])
    const answer = await ledger.ask('c:pull:3')
    expect(answer).toMatchObject({ verdict: 'undetermined', grade: 'contradicted' })
    expect(answer.reasons[0]?.code).toBe('exporter_not_entitled')
  })

  test('a human act that carries an agent instance', async () => {
    await ledger.insert([
      newTrace().record({
        ...done,
        actorType: 'human',
        userId: 'dev',
        instanceId: 'i',
        verb: 'update',
        resourceId: 'c:pull:4',
      }),
    ])
    expect((await ledger.ask('c:pull:4')).grade).toBe('contradicted')
  })
})

describe('grades', () => {
  test('an exporter bound to no actor only asserts', async () => {
    await ledger.insert([
      newTrace().record({
        ...triage,
        ...done,
        channel: 'unbound',
        verb: 'update',
        resourceId: 'g:1:1',
      }),
    ])
    expect((await ledger.ask('g:1:1')).grade).toBe('asserted')
  })

  test('a claim that a rule derived is inferred, and the answer is as weak as its weakest claim', async () => {
    await ledger.insert([
      newTrace().record({
        ...triage,
        ...done,
        delegatorRule: 'ai_sdk.user_id',
        verb: 'update',
        resourceId: 'g:1:2',
      }),
    ])
    expect(await ledger.ask('g:1:2')).toMatchObject({
      verdict: 'agent',
      grade: 'inferred',
      actor: { grade: 'channel' },
      delegator: { grade: 'inferred' },
    })
  })
})

describe('which action', () => {
  test('the newest successful one that is no read; a verb and a time override that', async () => {
    const trace = newTrace()
    const first = trace.record({ ...triage, ...done, verb: 'update', resourceId: 'w:pull:1' })
    const failed = trace.record({
      ...triage,
      ...done,
      outcome: 'failure',
      verb: 'update',
      resourceId: 'w:pull:1',
    })
    const read = trace.record({ ...triage, ...done, verb: 'read', resourceId: 'w:pull:1' })
    const second = trace.record({ ...triage, ...done, verb: 'update', resourceId: 'w:pull:1' })
    const lastRead = trace.record({ ...triage, ...done, verb: 'read', resourceId: 'w:pull:1' })
    await ledger.insert([first, failed, read, second, lastRead])
    const answer = await ledger.ask('w:pull:1')
    expect(answer.action?.span).toBe(refOf(second))
    expect(answer.alternatives.map((other) => other.span)).toEqual(
      [lastRead, read, failed, first].map(refOf),
    )
    expect((await ledger.ask({ of: 'w:pull:1', verb: 'read' })).action?.span).toBe(refOf(lastRead))
    expect((await ledger.ask({ of: 'w:pull:1', limit: '1' })).alternatives).toHaveLength(1)
    const at = new Date(Number(read.startUnixNs / 1_000_000n)).toISOString()
    expect((await ledger.ask({ of: 'w:pull:1', at })).action?.span).toBe(refOf(first))
    expect((await ledger.ask({ of: 'w:pull:1', from: at })).action?.span).toBe(refOf(second))
    expect(
      (await ledger.ask({ of: 'w:pull:1', to: '2020-01-01T00:00:00Z' })).reasons[0]?.code,
    ).toBe('no_record')
  })

  test('an intent without an outcome is said, not counted', async () => {
    const intent = newTrace().record({
      ...triage,
      recordKind: 'action',
      outcome: 'unknown',
      verb: 'delete',
      actionId: 'lost',
      resourceId: 'w:row:1',
    })
    await ledger.insert([intent])
    const answer = await ledger.ask('w:row:1')
    expect(answer).toMatchObject({ verdict: 'undetermined', action: null })
    expect(answer.reasons[0]?.code).toBe('outcome_unknown')
    expect(answer.alternatives).toMatchObject([
      { span: refOf(intent), outcome: 'unknown', verdict: 'agent' },
    ])
    expect((await ledger.ask('action:lost')).action).toMatchObject({
      span: refOf(intent),
      outcome: 'unknown',
    })
  })

  test('only reads and failures: undetermined, with what there is', async () => {
    await ledger.insert([
      newTrace().record({ ...triage, ...done, verb: 'read', resourceId: 'w:row:2' }),
    ])
    const answer = await ledger.ask('w:row:2')
    expect(answer.reasons[0]?.code).toBe('no_successful_action')
    expect(answer.alternatives).toHaveLength(1)
  })
})

describe('gaps', () => {
  test('a missing parent, prompt and plan, and a hole in the sequence', async () => {
    const trace = newTrace()
    const lost = trace.record({ ...triage, recordKind: 'prompt' })
    const act = trace.record(
      {
        ...triage,
        instanceId: 'gappy',
        ...done,
        verb: 'update',
        resourceId: 'gap:1:1',
        promptRef: refOf(lost),
        seq: 5,
      },
      lost,
    )
    await ledger.insert([act, trace.record({ ...triage, instanceId: 'gappy', seq: 2 })])
    const { gaps, verdict } = await ledger.ask('gap:1:1')
    expect(verdict).toBe('agent')
    expect(gaps.map((gap) => gap.code)).toEqual([
      'missing_parent',
      'missing_prompt',
      'missing_plan',
      'sequence_gap',
      'unsealed',
    ])
    expect(gaps.find((gap) => gap.code === 'sequence_gap')?.text).toMatch(/^3 of the records/u)
  })

  test('withheld text and dropped attributes', async () => {
    const trace = newTrace()
    const prompt = trace.record({
      ...triage,
      recordKind: 'prompt',
      promptOrigin: 'human',
      promptHash: 'sha256:x',
    })
    const act = trace.record(
      {
        ...triage,
        ...done,
        verb: 'update',
        resourceId: 'gap:1:2',
        promptRef: refOf(prompt),
        droppedCount: 3,
      },
      prompt,
    )
    await ledger.insert([prompt, act])
    const answer = await ledger.ask('gap:1:2')
    expect(answer.prompt).toMatchObject({ text: null, hash: 'sha256:x' })
    expect(answer.gaps.map((gap) => gap.code)).toEqual(
      expect.arrayContaining(['content_withheld', 'dropped_attributes']),
    )
  })

  test('an agent that acts for nobody, and says so', async () => {
    await ledger.insert([
      newTrace().record({
        ...triage,
        delegatorId: '',
        delegatorType: 'none',
        ...done,
        verb: 'update',
        resourceId: 'gap:1:3',
      }),
    ])
    const answer = await ledger.ask('gap:1:3')
    expect(answer).toMatchObject({ verdict: 'agent', grade: 'channel', delegator: null })
    expect(answer.gaps.find((gap) => gap.code === 'missing_delegator')?.text).toBe(
      'The agent says that it acts for nobody.',
    )
  })
})

describe('order and hostility', () => {
  test('children before parents, a parent whose clock runs ahead, a cycle of parents', async () => {
    const { merge, wire, ...rest } = incident('late')
    await ledger.insert([wire as LedgerRecord, merge as LedgerRecord])
    const ahead = rest['prompt'] as LedgerRecord
    const skewed = { ...ahead, startUnixNs: ahead.startUnixNs + 3_600_000_000_000n }
    await ledger.insert([
      skewed,
      ...Object.values(rest)
        .filter((record) => record !== ahead)
        .toReversed(),
    ])
    const answer = await ledger.ask('t:pull:late')
    expect(answer.chain.map((hop) => hop.record_kind)).toContain('session')
    expect(answer.prompt?.text).toBe('Triage the issues')

    const trace = newTrace()
    const one = trace.record({
      ...triage,
      ...done,
      verb: 'update',
      resourceId: 'cycle:1:1',
      parentSpanIdHex: '2'.padStart(16, '0'),
    })
    const two = trace.record({ ...triage, parentSpanIdHex: one.spanIdHex })
    await ledger.insert([one, two])
    expect((await ledger.ask('cycle:1:1')).verdict).toBe('agent')
  })

  test('names that are SQL, HTML, ANSI or bidi are values, and come back neutralised', async () => {
    const evil = `'; DROP TABLE whodid.spans; -- \u001b[31m<script>\u202e\\`
    await ledger.insert([
      newTrace().record({
        ...triage,
        ...done,
        instanceId: evil,
        templateId: evil,
        toolName: evil,
        verb: 'update',
        resourceId: `evil:1:${evil}`,
      }),
    ])
    const answer = await ledger.ask(`resource:evil:1:${evil}`)
    expect(answer.verdict).toBe('agent')
    expect(answer.agent?.instance?.id).toBe(
      "'; DROP TABLE whodid.spans; -- \ufffd[31m<script>\ufffd\\",
    )
    expect(JSON.stringify(answer)).not.toMatch(/\\u001b|\u202e/u)
    expect(await ledger.sql('reader', 'SELECT count() > 0 FROM whodid.spans')).toMatch(
      /^(true|1)$/u,
    )
  })
})
