import { spawn } from 'node:child_process'
import { isatty } from 'node:tty'
import type { RunContext, RunEnd } from './run-options.ts'

/** A started agent. */
export interface StartedAgent {
  /** Resolves with its end; never rejects. */
  readonly ended: Promise<RunEnd>
  /** Undefined when it could not be started. */
  readonly pid: number | undefined
  /** The reason for which it could not be started. */
  readonly failure: () => NodeJS.ErrnoException | undefined
}

/** A shell's exit codes for a command that is not there, and for one that may not be run. */
const notFoundCode = 127
const notExecutableCode = 126

/**
 * Starts the agent on this process's own streams and in its process group, so that it has the terminal: what a person types
 * there (Ctrl-C, Ctrl-Z, a new size of the window) reaches it from the terminal itself. Signals that this process alone receives
 * are passed on.
 */
export function startAgent(
  [program, ...args]: readonly [string, ...string[]],
  environment: NodeJS.ProcessEnv,
  { takeSignals }: Pick<RunContext, 'takeSignals'>,
): StartedAgent {
  const child = spawn(program, args, { stdio: 'inherit', env: environment })
  // A terminal sends these to every process of its group: passed on, the agent would get them twice.
  const comesFromTerminal = [0, 1, 2].some((stream) => isatty(stream))
  takeSignals((signal) => {
    if (comesFromTerminal && (signal === 'SIGINT' || signal === 'SIGQUIT')) return
    child.kill(signal)
  })
  let failure: NodeJS.ErrnoException | undefined
  const ended = new Promise<RunEnd>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      failure = error
      if (child.pid === undefined)
        resolve({ code: error.code === 'EACCES' ? notExecutableCode : notFoundCode })
    })
    child.once('exit', (code, signal) =>
      resolve(signal === null ? { code: code ?? 0 } : { signal }),
    )
  })
  return { ended, pid: child.pid, failure: () => failure }
}
