import { agentAct, windowStartNs } from './detection-case.ts'
import type { Played } from './detection-case.ts'

export const dev = 'dev@acme.example'
export const pull = 'github:pull:acme/app/812'

let events = 0

/** An event of a code host's log: a merge under the engineer's account. `event` has attributes by their last words. */
export function merged(
  at: number,
  event: Readonly<Record<string, string | readonly string[]>> = {},
  fields: Omit<Played, 'at'> = {},
): Played {
  events += 1
  const named = {
    id: `audit-${events}`,
    system: 'github',
    operation: 'pull_request.merge',
    verb: 'update',
    outcome: 'success',
    resource: pull,
    person: dev,
    ...event,
  }
  const attributes = Object.entries(named).map(([name, value]) => [`whodid.import.${name}`, value])
  return {
    at,
    recordKind: 'other',
    channel: 'imported',
    traceIdHex: `ffffffff${events.toString(16).padStart(24, '0')}`,
    attributes: JSON.stringify(Object.fromEntries(attributes)),
    ...fields,
  }
}

/** The marks of an event: what the system itself states, and what any client could write. */
export const stated = ['system,actor_is_agent,copilot']
export const claimed = ['client,user_agent,claude-code']

/** The agent's own record of that merge. */
export function mergeOfAgent(at: number, fields: Omit<Played, 'at'> = {}): Played {
  return agentAct(at, { verb: 'merge', resourceId: pull, delegatorId: dev, ...fields })
}

/** A time after the window's beginning, as a declaration has it. */
export function after(seconds: number): string {
  return String(windowStartNs + BigInt(seconds) * 1_000_000_000n)
}

/** The declaration that the code host's log has all acts on the pull requests of a repository. */
export function covered(
  at: number,
  coverage: Readonly<Record<string, string | readonly string[]>> = {},
  fields: Omit<Played, 'at'> = {},
): Played {
  events += 1
  const named = {
    system: 'github',
    resources: ['github:pull:acme/app/'].map(encodeURIComponent),
    verbs: [],
    from: after(-3_600),
    to: after(3_600),
    sampling: '1',
    delay_seconds: '10',
    clock_error_seconds: '5',
    ...coverage,
  }
  const attributes = Object.entries(named).map(([name, value]) => [
    `whodid.coverage.${name}`,
    value,
  ])
  return {
    at,
    recordKind: 'other',
    channel: 'imported',
    traceIdHex: `fffffffe${events.toString(16).padStart(24, '0')}`,
    attributes: JSON.stringify(Object.fromEntries(attributes)),
    ...fields,
  }
}

export const mergeByHand: Omit<Played, 'at'> = {
  actorType: 'human',
  userId: dev,
  templateId: '',
  instanceId: '',
  delegatorId: '',
}
