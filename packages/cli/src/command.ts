import type { Readable, Writable } from 'node:stream'

/** A stream that a command writes to. */
export interface Output {
  /** Writes text as it is; the caller ends lines. */
  write(text: string): void
  /** True where a person reads it. */
  readonly isTerminal: boolean
  /** Columns of the terminal; 80 where there is none. */
  readonly width: number
}

/** The ends of a process that are its command's to decide. */
export interface ProcessControl {
  /** Gives the signals that end a process to `handle`, which then decides alone; `stopping` no longer aborts. */
  readonly takeSignals: (handle: (signal: NodeJS.Signals) => void) => void
  /** Ends this process by a signal, as the process that it stood for ended; resolves with an exit code where that fails. */
  readonly endBySignal: (signal: NodeJS.Signals) => Promise<number>
}

/** The process as a command sees it. A command touches the process in no other way. */
export interface CommandContext {
  /** The arguments after the command's name. */
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The answer, and nothing else. */
  readonly stdout: Output
  /** Progress, warnings, the screen of a service. */
  readonly stderr: Output
  /** The process's own streams, for a protocol that is spoken over them. Nothing reads them before a command does. */
  readonly protocol: () => { readonly input: Readable; readonly output: Writable }
  readonly control: ProcessControl
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

const progressAfterMs = 2_000

/** Writes `line` once when `work` takes longer than 2 s, and resolves as `work` does. */
export async function showProgress<Result>(
  stderr: Output,
  line: string,
  work: Promise<Result>,
): Promise<Result> {
  const timer = setTimeout(() => stderr.write(`${line}\n`), progressAfterMs)
  try {
    return await work
  } finally {
    clearTimeout(timer)
  }
}
