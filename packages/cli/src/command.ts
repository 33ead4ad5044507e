/** Where a command writes. */
export interface Output {
  /** Writes text as it is; the caller ends lines. */
  write(text: string): void
  /** Whether a person reads it. */
  readonly isTerminal: boolean
  /** Columns of the terminal; 80 where there is none. */
  readonly width: number
}

/** What a command gets from its process, so that it touches none of it itself. */
export interface CommandContext {
  /** The arguments after the command's name. */
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The answer, and nothing else. */
  readonly stdout: Output
  /** Progress, warnings, the screen of a service. */
  readonly stderr: Output
  /** Aborts at the first SIGINT or SIGTERM; the second ends the process at once. */
  readonly stopping: AbortSignal
}

/** One command of `whodid`. */
export interface Command {
  readonly name: string
  /** The whole help text, usage line first. */
  readonly help: string
  /** Resolves with the exit code. Throws a WhodidError for a failure the user can act on. */
  readonly run: (context: CommandContext) => Promise<number>
}
