/** What a process with agents is told at its start. */
export interface AgentsSettings {
  readonly endpoint: string
  readonly apiUrl: string
  readonly token: string
  /** Agents of the process. */
  readonly count: number
  readonly template: string
  readonly person: string
}

/** The context of an agent, for its descendants in other processes. */
export type Carrier = Readonly<Record<string, string>>

/** What a process with agents is told to do. Each is answered once. */
export type AgentsOrder =
  /** Lets one agent act without a pause until it is refused. */
  | { readonly kind: 'focus'; readonly instance: string }
  /** Lets every agent, and the person, act once. */
  | { readonly kind: 'round' }
  /** Begins an agent whose descendants will be in all processes. */
  | { readonly kind: 'root' }
  /** Begins descendants, each of which acts until it is refused: so many below the carrier's agent, and so many below each of them. */
  | {
      readonly kind: 'descend'
      readonly carrier: Carrier
      readonly children: number
      readonly grandchildren: number
    }
  /** Asks what became of the descendants. */
  | { readonly kind: 'gather' }
  | { readonly kind: 'flush' }

/** An act of a focused agent that ran. */
export interface FocusedAct {
  readonly span: string
  /** Milliseconds since 1970. */
  readonly ranAtMs: number
}

/** What a process with agents says. */
export type AgentsReply =
  | { readonly kind: 'ready'; readonly instances: readonly string[] }
  | { readonly kind: 'focused'; readonly acts: readonly FocusedAct[] }
  | { readonly kind: 'rounded'; readonly refused: readonly string[]; readonly personActed: boolean }
  | { readonly kind: 'root'; readonly instance: string; readonly carrier: Carrier }
  | { readonly kind: 'descended'; readonly count: number }
  | { readonly kind: 'gathered'; readonly lastRanAtMs: readonly number[]; readonly refused: number }
  | { readonly kind: 'flushed' }
