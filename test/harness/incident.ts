import type { LedgerRecord } from '@whodid/model'
import { newTrace, refOf } from './ledger.ts'
import type { Trace } from './ledger.ts'

/** What each record of a triaging instance says. */
export const triage = {
  actorType: 'agent',
  templateId: 'repo-triage',
  instanceId: 'triage-1',
  delegatorId: 'dev@acme.example',
  delegatorType: 'human',
  delegationChain: ['dev@acme.example', 'triage-1'],
} satisfies Partial<LedgerRecord>

/** What each record of the instance it delegates to says. */
const fixer = {
  ...triage,
  templateId: 'db-fixer',
  instanceId: 'fixer-1',
  instanceParentId: 'triage-1',
  delegationChain: ['dev@acme.example', 'triage-1', 'fixer-1'],
} satisfies Partial<LedgerRecord>

/** A tool call that came off. */
export const done = { recordKind: 'tool_call', outcome: 'success' } satisfies Partial<LedgerRecord>

/** An incident in one trace: a prompt, a poisoned input, a plan, a merge, a delegation, a delete by the sub-agent. */
export function incident(suffix: string): Record<string, LedgerRecord> {
  const trace = newTrace()
  const parent = triageRun(trace, suffix)
  return { ...parent, ...fixerRun(trace, suffix, parent) }
}

function triageRun(trace: Trace, suffix: string) {
  const instanceId = `triage-${suffix}`
  const delegationChain = ['dev@acme.example', instanceId]
  const own = { ...triage, correlationId: `corr-${suffix}`, instanceId, delegationChain }
  const session = trace.record({ ...own, recordKind: 'session', seq: 1 })
  const asked = {
    recordKind: 'prompt',
    promptOrigin: 'human',
    content: 'Triage the issues',
  } as const
  const prompt = trace.record({ ...own, ...asked, promptHash: 'sha256:p', seq: 2 }, session)
  const under = { ...own, promptRef: refOf(prompt) }
  const issue = `t:issue:${suffix}`
  const poisoned = { inputSource: issue, inputTrust: 'untrusted' } as const
  const read = trace.record(
    {
      ...under,
      ...done,
      ...poisoned,
      verb: 'read',
      toolName: 'read_issue',
      resourceId: issue,
      seq: 3,
    },
    prompt,
  )
  const decided = { recordKind: 'plan', content: '1. merge', planHash: 'sha256:q' } as const
  const plan = trace.record({ ...under, ...decided, seq: 4 }, prompt)
  const planned = { ...under, planRef: refOf(plan) }
  const act = { verb: 'update', resourceId: `t:pull:${suffix}`, actionId: `merge-${suffix}` }
  const borrowed = {
    credentialId: `pat-${suffix}`,
    credentialSubject: 'dev@acme.example',
    credentialBorrowed: true,
  }
  const call = { toolName: 'merge_pull_request', resourceType: 't.pull', planStep: 1, seq: 5 }
  const merge = trace.record({ ...planned, ...done, ...act, ...borrowed, ...call }, prompt)
  const before = { recordKind: 'action', outcome: 'unknown', seq: 6 } as const
  const intent = trace.record({ ...planned, ...act, ...before }, merge)
  const delegation = trace.record({ ...planned, recordKind: 'delegation', seq: 7 }, prompt)
  return { session, prompt, read, plan, merge, intent, delegation }
}

function fixerRun(
  trace: Trace,
  suffix: string,
  { prompt, delegation }: ReturnType<typeof triageRun>,
) {
  const instanceId = `fixer-${suffix}`
  const instanceParentId = `triage-${suffix}`
  const delegationChain = ['dev@acme.example', instanceParentId, instanceId]
  const correlationId = `corr-${suffix}`
  const own = { ...fixer, correlationId, instanceId, instanceParentId, delegationChain }
  const asked = { recordKind: 'prompt', promptOrigin: 'agent', content: 'Delete them' } as const
  const subPrompt = trace.record({ ...own, ...asked, promptRef: refOf(prompt), seq: 1 }, delegation)
  const act = { verb: 'delete', resourceId: `t:row:${suffix}`, actionId: `del-${suffix}` }
  const call = { toolName: 'sql', promptRef: refOf(subPrompt), seq: 2 }
  const remove = trace.record({ ...own, ...done, ...act, ...call }, subPrompt)
  const wire = trace.record(
    { name: 'pg.query', verb: 'delete', outcome: 'success', resourceId: `t:table:${suffix}` },
    remove,
  )
  return { subPrompt, remove, wire }
}
