/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The amounts of text that may leave a run; hashes always do. */
export const captures = ['none', 'hash', 'redacted', 'full'] as const
export type Capture = (typeof captures)[number]

/** The collector, and the token that vouches for what is launched. */
export interface Ledger {
  /** Base URL, without a slash at its end. */
  readonly endpoint: string
  /** An ingest token, or the token of the relay of a run around this one; '' when there is none. */
  readonly token: string
}

/** A run as it was asked for. */
export interface RunOptions {
  /** The program and its arguments; at least one. */
  readonly command: readonly [string, ...string[]]
  /** Default: the program's name. */
  readonly template?: string | undefined
  /** The person on whose behalf it runs. Default: that of the run around it; else the user at the terminal. */
  readonly delegator?: string | undefined
  readonly ticket?: string | undefined
  /** A file that holds the prompt which the command was given: recorded with its hash, and given to nobody. */
  readonly promptFile?: string | undefined
  readonly capture: Capture
  /** Further templates of which the agent may launch instances; `*` for all that the token may speak for. */
  readonly mayLaunch: readonly string[]
  readonly ledger: Ledger
}

/** The process as a run sees it. */
export interface RunContext {
  readonly environment: Environment
  /** Says something to the person. */
  readonly say: (text: string) => void
  /** True when a person sees what is said, between the lines of the agent. */
  readonly isTerminal: boolean
  /** The signals that this process receives, from now on, in place of their effect; a signal that stops or continues it keeps its own. */
  readonly takeSignals: (handle: (signal: NodeJS.Signals) => void) => void
}

/** The end of the agent: its exit code, or the signal that ended it. */
export type RunEnd =
  | { readonly code: number; readonly signal?: undefined }
  | { readonly code?: undefined; readonly signal: NodeJS.Signals }
