/** An act in the simulated world: who did it, and the part of it that an honest reader of logs and telemetry can know. */
export interface WorldAct {
  readonly id: number
  readonly kind: ActKind
  /** Milliseconds since 1970. */
  readonly atMs: number
  readonly actor: 'human' | 'agent'
  /** The person under whose account it stands in the log; '' for an account that is no person's. */
  readonly person: string
  /** True where the log names a person as the account: a database knows its own users only. */
  readonly isUnderPerson: boolean
  /** The names under which an answer may lay it to the agent; [] where it was a human's, or nothing can tell. */
  readonly agentNames: readonly string[]
  /** True where log and telemetry together suffice to name the agent, or, for a human's act, the human. */
  readonly isDecidable: boolean
  readonly log: LogName
  /** The thing that it was done to, as the ledger names it. */
  readonly resource: string
  /** The event in the other system's log, in its own format. */
  readonly line: string
  /** The agent's own telemetry: spans of OTLP/JSON; [] where it sent nothing. */
  readonly spans: readonly object[]
}

/** The five logs, by the names of their formats. */
export const logNames = ['github-audit', 'git-log', 'postgres', 'cloudtrail', 'access-log'] as const
export type LogName = (typeof logNames)[number]

/** Six kinds of telemetry. `none`: an agent that sends nothing. */
export const emitterNames = [
  'whodid',
  'claude-code',
  'semantic-conventions',
  'openinference',
  'ai-sdk',
  'traceloop',
] as const
export type EmitterName = (typeof emitterNames)[number]

/** The kinds of act, by the part of them that can be known. */
export type ActKind =
  /** A person, by hand, without any record. */
  | 'by_hand'
  /** A person, by hand, on what an agent touches at another time. */
  | 'by_hand_on_the_same_thing'
  /** A person, by hand, with a record of it. */
  | 'by_hand_recorded'
  /** An agent under a person's credential, its telemetry on record, identifiers carried where the log has room for them. */
  | 'agent_recorded'
  /** An agent whose system states it. */
  | 'agent_stated'
  /** An agent without telemetry, whose program names itself. */
  | 'agent_marked'
  /** An agent without telemetry and without a mark. */
  | 'agent_hidden'
  /** A person who writes an agent's mark on an act. */
  | 'mark_forged'
  /** Two agents on one thing at one time; nothing but the thing joins them. */
  | 'agents_at_once'
  /** A person beside an agent, on one thing at one time. */
  | 'person_beside_agent'
