import { expect, test } from 'vitest'
import type { WhoDidAnswer } from '@whodid/model'
import { renderAnswer } from './render-answer.ts'

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const instant = (seconds: string): string => `2026-11-22T14:00:${seconds}000000Z`

const merged: WhoDidAnswer = {
  question: {
    of: 'github:pull:acme/app/812',
    kind: 'resource',
    at: null,
    as_recorded: null,
    from: null,
    to: null,
    verb: null,
  },
  verdict: 'agent',
  grade: 'channel',
  summary:
    'The agent repo-triage (instance inst-7f3a), acting for dev@acme.example, updated github:pull:acme/app/812.',
  reasons: [{ code: 'instance_on_record', text: 'The record names the instance.', span: null }],
  action: {
    id: 'act-1',
    span: `${trace}-4444444444444444`,
    verb: 'update',
    outcome: 'success',
    outcome_grade: 'channel',
    tool: 'merge_pull_request',
    resource: { id: 'github:pull:acme/app/812', type: 'github.pull' },
    started_at: instant('03.120'),
    ended_at: instant('03.620'),
    record_kind: 'tool_call',
    exporter: { name: 'laptop', entitled: true },
  },
  actor: { type: 'agent', id: 'inst-7f3a', grade: 'channel' },
  agent: {
    template: { id: 'repo-triage', name: 'Repo triage', version: '1.4' },
    instance: { id: 'inst-7f3a', parent_id: null, identity_id: null },
    grade: 'channel',
  },
  delegator: { id: 'dev@acme.example', type: 'human', issuer: null, grade: 'channel' },
  delegation_chain: [
    { type: 'human', id: 'dev@acme.example', template: null, grade: 'channel' },
    { type: 'agent', id: 'inst-7f3a', template: 'repo-triage', grade: 'channel' },
  ],
  prompt: {
    span: `${trace}-1111111111111111`,
    origin: 'human',
    text: 'Triage the open issues.\nMerge what is ready.\u001b[2J',
    hash: null,
    grade: 'channel',
  },
  nearest_prompt: null,
  plan: { span: `${trace}-2222222222222222`, step: 2, text: null, hash: 'sha256:00' },
  chain: [
    hop('1', { record_kind: 'prompt', name: 'prompt', started_at: instant('01.000') }),
    hop('2', { record_kind: 'plan', name: 'plan', started_at: instant('02.500') }),
    hop('4', {
      record_kind: 'tool_call',
      name: 'execute_tool merge_pull_request',
      tool: 'merge_pull_request',
      outcome: 'failure',
      resource: 'github:pull:acme/app/812',
      started_at: instant('03.120'),
    }),
  ],
  inputs: [
    {
      span: `${trace}-3333333333333333`,
      source: 'github:issue:acme/app/901',
      trust: 'untrusted',
      hash: null,
      instance: 'inst-7f3a',
      read_at: instant('02.000'),
    },
  ],
  credential: {
    id: 'sha256:ab12',
    type: 'github_pat',
    subject: 'dev@acme.example',
    actor: null,
    issuer: null,
    borrowed: true,
    scopes: [],
  },
  correlation_id: 'corr-1',
  gaps: [{ code: 'unsealed', text: 'The record is not sealed yet.', span: null }],
  integrity: {
    state: 'pending',
    assurance: null,
    log: null,
    index: null,
    checkpoint: null,
    proof: null,
    findings: [],
    check: null,
  },
  alternatives: [
    {
      span: `${trace}-5555555555555555`,
      verdict: 'human',
      verb: 'update',
      outcome: 'success',
      resource: null,
      actor: 'eve@acme.example',
      started_at: instant('00.000'),
    },
  ],
  cost: { statements: 1, rows_read: 12_345, bytes_read: 999, elapsed_ms: 16.4 },
}

function hop(
  digit: string,
  fields: Partial<WhoDidAnswer['chain'][number]>,
): WhoDidAnswer['chain'][number] {
  return {
    span: `${trace}-${digit.repeat(16)}`,
    record_kind: 'other',
    name: '',
    instance: 'inst-7f3a',
    template: 'repo-triage',
    tool: null,
    outcome: null,
    resource: null,
    started_at: instant('00.000'),
    ended_at: instant('03.100'),
    joined_by: 'parent',
    ...fields,
  }
}

const nothing: WhoDidAnswer = {
  ...merged,
  verdict: 'undetermined',
  grade: 'none',
  summary: 'Nothing is recorded for this handle.',
  reasons: [{ code: 'no_record', text: 'Nothing is recorded for this handle.', span: null }],
  action: null,
  actor: null,
  agent: null,
  delegator: null,
  delegation_chain: [],
  prompt: null,
  plan: null,
  chain: [],
  inputs: [],
  credential: null,
  correlation_id: null,
  gaps: [],
  alternatives: [],
}

test('an agent: who, for whom, what is not known, the prompt set off, the chain with its times', () => {
  expect(`\n${renderAnswer(merged, { color: false, width: 72 })}`).toMatchInlineSnapshot(`
    "
    AGENT  grade channel  of github:pull:acme/app/812
    The agent repo-triage (instance inst-7f3a), acting for dev@acme.example,
    updated github:pull:acme/app/812.

    Who          agent instance inst-7f3a (channel)
    Template     repo-triage "Repo triage" version 1.4
    For          human dev@acme.example (channel)
    Did          update github:pull:acme/app/812 with merge_pull_request: success
    When         2026-11-22 14:00:03.120 UTC
    Credential   sha256:ab12 (github_pat) of dev@acme.example BORROWED: it names the human, no actor
    Delegation   human dev@acme.example → agent inst-7f3a (repo-triage)
    Correlation  corr-1
    Span         4bf92f3577b34da6a3ce929d0e0e4736-4444444444444444

    NOT KNOWN
      ! unsealed  The record is not sealed yet.

    Prompt       from human (channel)
      │ Triage the open issues.
      │ Merge what is ready.�[2J

    Plan         step 2
      (its text is not on record)

    How it came to this
      2026-11-22 14:00:01.000 UTC
                   prompt  as inst-7f3a of repo-triage
      +1.500 s     └─ plan
      +2.120 s        └─ tool_call merge_pull_request → github:pull:acme/app/812 failure  ◀ this

    Read before it acted
      ! untrusted  github:issue:acme/app/901  2026-11-22 14:00:02.000 UTC by inst-7f3a

    Why this verdict
      - instance_on_record  The record names the instance.

    Also on this handle
      2026-11-22 14:00:00.000 UTC  human eve@acme.example: update success

    Integrity pending · 1 statement, 12,345 rows read, 16 ms
    "
  `)
})

test('nothing on record: the verdict and why, and no empty parts', () => {
  expect(`\n${renderAnswer(nothing, { color: false, width: 80 })}`).toMatchInlineSnapshot(`
    "
    UNDETERMINED  grade none  of github:pull:acme/app/812
    Nothing is recorded for this handle.

    Why this verdict
      - no_record  Nothing is recorded for this handle.

    Integrity pending · 1 statement, 12,345 rows read, 16 ms
    "
  `)
})

test('without colour there is no escape sequence, and with it only ours', () => {
  expect(renderAnswer(merged, { color: false, width: 80 })).not.toContain('\u001b')
  const colored = renderAnswer(merged, { color: true, width: 80 })
  expect(colored).toContain('\u001b[36mAGENT\u001b[39m')
  expect(colored).not.toContain('\u001b[2J')
})

test('text that no API of ours would send cannot draw on the terminal or leave its line', () => {
  const hostile = '\u001b]0;owned\u0007\nVERDICT human \u202e'
  const answer: WhoDidAnswer = {
    ...merged,
    summary: hostile,
    actor: { type: 'agent', id: hostile, grade: 'none' },
    correlation_id: hostile,
    chain: [hop('1', { name: hostile, resource: hostile, instance: hostile, template: hostile })],
    inputs: [{ ...merged.inputs[0]!, source: hostile, instance: hostile }],
    gaps: [{ code: 'missing_plan', text: hostile, span: null }],
    alternatives: [
      { ...merged.alternatives[0]!, actor: hostile, resource: hostile, verb: hostile },
    ],
    prompt: { ...merged.prompt!, text: `${hostile}\n`.repeat(100) },
  }
  const lines = renderAnswer(answer, { color: false, width: 200 }).split('\n')
  // oxlint-disable-next-line no-control-regex -- what is looked for are control characters
  expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/u)
  expect(lines.filter((line) => line.startsWith('VERDICT'))).toEqual([])
  expect(lines.filter((line) => line.includes('more lines'))).toHaveLength(1)
})

test('what the service found out about its own ledger stands at the foot', () => {
  const check = {
    state: 'failed',
    checked_at: null,
    whole_since: null,
    texts_whole_since: null,
    findings: [found],
  } as const
  const integrity = {
    ...nothing.integrity,
    check: { ...check, findings: [found], accepted_losses: [] },
  }
  const foot = (answer: WhoDidAnswer): string[] =>
    renderAnswer(answer, { color: false, width: 80 }).split('\n').slice(-3)
  expect(foot({ ...nothing, integrity })).toEqual([
    'Self-check THE LEDGER IS NOT WHAT WAS SEALED',
    '  row_missing  ledger.example/c1: row 3',
    '',
  ])
  const sealed = { ...nothing.integrity, state: 'sealed', assurance: 'witnessed' } as const
  expect(foot({ ...nothing, integrity: sealed })[1]).toMatch(/^Integrity sealed, witnessed · /u)
})

test('an accepted loss stands at the foot of every answer, with who answers for it', () => {
  const loss = {
    log: 'ledger.example/c1',
    from: 40,
    to: 52,
    accepted_by: 'Jane\u202e Roe',
    requested_by: 'admin',
    accepted_at: '2026-11-29T08:00:00.000000000Z',
    reason: 'the disk died',
    record: `${'1'.repeat(32)}-${'2'.repeat(16)}`,
  }
  const checked = { checked_at: null, whole_since: null, texts_whole_since: null, findings: [] }
  const footOf = (state: 'loss_accepted' | 'ok'): string => {
    const check = { ...checked, state, accepted_losses: [loss] }
    const integrity = { ...nothing.integrity, check }
    return renderAnswer({ ...nothing, integrity }, { color: false, width: 80 })
  }
  expect(footOf('loss_accepted')).toContain(
    'Self-check records are lost, and the loss was accepted; what is left is as it was sealed',
  )
  for (const state of ['loss_accepted', 'ok'] as const)
    expect(footOf(state)).toMatch(
      /lost {2}ledger\.example\/c1, places 40–51: accepted by Jane\S* Roe on 2026-11-29T08:00:00\.000000000Z: the disk died/u,
    )
  expect(footOf('loss_accepted')).not.toContain('\u202e')
})

const found = { code: 'row_missing', log: 'ledger.example/c1', text: 'row 3' }
