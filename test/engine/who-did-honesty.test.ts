import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LedgerRecord } from '@whodid/model'
import { done, incident, triage } from '../harness/incident.ts'
import { newTrace, refOf, startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

let ledger: Ledger

beforeAll(async () => {
  ledger = await startLedger()
})

afterAll(async () => {
  await ledger.stop()
})

describe('what is not believed', () => {
  test('two records of one span that disagree', async () => {
    const record = newTrace().record({ ...triage, ...done, verb: 'update', resourceId: 'c:pull:1' })
    await ledger.insert([record])
    await ledger.insert([
      { ...record, instanceId: 'somebody-else', receivedUnixNs: record.receivedUnixNs + 1n },
    ])
    const answer = await ledger.ask('c:pull:1')
    expect(answer).toMatchObject({ verdict: 'agent', agent: { instance: null } })
    expect(answer.agent?.template?.id).toBe(record.templateId)
    expect(answer.reasons[1]).toMatchObject({
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

  test('an intent without an outcome names who announced it, and says that the outcome is open', async () => {
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
    expect(answer).toMatchObject({
      verdict: 'agent',
      actor: { id: triage.instanceId },
      action: { span: refOf(intent), outcome: 'unknown' },
    })
    expect(answer.summary).toMatch(/announced at .* to delete w:row:1 \(outcome not on record\)/u)
    expect(answer.reasons.map(({ code }) => code)).toContain('outcome_unknown')
    expect(answer.gaps.map(({ code }) => code)).toContain('outcome_not_recorded')
    expect(answer.alternatives).toEqual([])
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
