import { blankRecord } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'

/** The beginning of the window that every case is played in; it is ten minutes long. A Friday, noon UTC. */
export const windowStartNs = BigInt(Date.UTC(2026, 10, 20, 12)) * 1_000_000n

/** A record of a case: its time in seconds after the window begins, and the trace that it is in. */
export type Played = Partial<LedgerRecord> & {
  readonly at: number
  readonly trace?: string
  /** Seconds after its start at which it was received. Default 0. */
  readonly late?: number
}

/** One detection's cases: what fires, and what must not. */
export interface DetectionCases {
  readonly rule: string
  /** By name: the records, and the subjects of the hits. */
  readonly positive: Readonly<
    Record<string, { readonly records: readonly Played[]; readonly subjects: readonly string[] }>
  >
  readonly negative: Readonly<Record<string, readonly Played[]>>
  /** Changes of the query that break it: each must make a case fail. */
  readonly mutations: readonly (readonly [from: string, to: string])[]
}

/** An act of an agent: of template `fixer`, instance `i1`, that succeeded. */
export function agentAct(at: number, fields: Omit<Played, 'at'> = {}): Played {
  return {
    at,
    recordKind: 'tool_call',
    actorType: 'agent',
    templateId: 'fixer',
    instanceId: 'i1',
    verb: 'update',
    outcome: 'success',
    resourceId: 'db:row:shop/customers/42',
    toolName: 'run_sql',
    ...fields,
  }
}

/** Content of an untrusted source that an agent read. */
export function untrustedInput(at: number, fields: Omit<Played, 'at'> = {}): Played {
  return {
    at,
    recordKind: 'input',
    actorType: 'agent',
    templateId: 'fixer',
    instanceId: 'i1',
    inputSource: 'github:issue:acme/app/901',
    inputTrust: 'untrusted',
    ...fields,
  }
}

let spans = 0

/** The records of a case, in a tenant of its own. */
export function recordsOf(tenant: string, played: readonly Played[]): LedgerRecord[] {
  return played.map(({ at, trace = String(at), late = 0, ...fields }) => {
    spans += 1
    const startUnixNs = windowStartNs + BigInt(Math.round(at * 1_000)) * 1_000_000n
    return {
      ...blankRecord(),
      tenant,
      exporter: 'test',
      channel: 'entitled',
      logId: 'log',
      receivedUnixNs: startUnixNs + BigInt(late) * 1_000_000_000n + 1_000_000n,
      traceIdHex: Buffer.from(`${tenant} ${trace}`).toString('hex').padStart(32, '0').slice(-32),
      spanIdHex: spans.toString(16).padStart(16, '0'),
      startUnixNs,
      endUnixNs: startUnixNs + 500_000n,
      name: fields.recordKind ?? 'other',
      ...fields,
    }
  })
}
