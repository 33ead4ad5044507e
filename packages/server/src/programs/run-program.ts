import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import type { Readable } from 'node:stream'
import { printableLine } from '@whodid/model'

/** Characters of a program's error output that are quoted. */
const shownLengthMax = 300

/** The bounds of one run. */
export interface ProgramBounds {
  readonly msMax: number
  /** Bytes that it may write to its output, and that are kept of its error output. */
  readonly outputBytesMax: number
  /** Ends it. */
  readonly signal?: AbortSignal
}

/** The end of a program. */
export interface ProgramEnd {
  readonly output: Buffer
  /** Why it did not do its part, for a person; undefined when it ended with exit code 0. */
  readonly why: string | undefined
  /** The same as a code, such as `exit_1`; '' when it ended with exit code 0. */
  readonly code: string
}

/** Milliseconds that the output may stay open after the program's end: what it left running may hold it indefinitely. */
const graceMs = 500

/**
 * Runs a program, without a shell and without Whodid's own settings in its environment, and gives it `input`. Resolves however it ends, at
 * the latest shortly after `msMax`. It has a process group of its own, which is killed with it when it takes too long, writes too much or is
 * no longer wanted, and when something that it left running still holds its output.
 */
export async function runProgram(
  [command = '', ...args]: readonly string[],
  input: string,
  { msMax, outputBytesMax, signal }: ProgramBounds,
): Promise<ProgramEnd> {
  if (signal?.aborted === true) return { output: Buffer.alloc(0), ...unwanted }
  const child = spawn(command, args, { stdio: 'pipe', detached: true, env: environmentOfProgram() })
  let stopped: Reason | undefined
  const stop = (reason: Reason): void => {
    stopped ??= reason
    killGroup(child)
  }
  const output = collect(child.stdout, outputBytesMax, () => {
    stop({ why: `it wrote more than ${outputBytesMax} bytes`, code: 'output_too_large' })
  })
  const errors = collect(child.stderr, outputBytesMax, () => undefined)
  // A program that ends without reading is told by its exit.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const timer = setTimeout(() => {
    stop({ why: `it took more than ${msMax / 1000} s`, code: 'timed_out' })
  }, msMax)
  const onAbort = (): void => {
    stop(unwanted)
  }
  signal?.addEventListener('abort', onAbort, { once: true })
  const end = await endOf(child)
  clearTimeout(timer)
  signal?.removeEventListener('abort', onAbort)
  return { output: Buffer.concat(output), ...(stopped ?? reasonOf(end, errors)) }
}

type Reason = Omit<ProgramEnd, 'output'>

const unwanted: Reason = { why: 'it was ended with the service', code: 'killed' }

type ProgramExit = Error | { readonly code: number | null; readonly signalName: string | null }

/** Waits for the program itself, and then a short time for the end of its output. */
async function endOf(child: ChildProcessWithoutNullStreams): Promise<ProgramExit> {
  const end = await new Promise<ProgramExit>((resolve) => {
    child.once('error', resolve)
    child.once('exit', (code, signalName) => {
      const done = (): void => {
        clearTimeout(grace)
        resolve({ code, signalName })
      }
      const grace = setTimeout(() => {
        killGroup(child)
        done()
      }, graceMs)
      child.once('close', done)
    })
  })
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
  return end
}

function reasonOf(end: ProgramExit, errors: readonly Buffer[]): Reason {
  if (end instanceof Error)
    return { why: printableLine(end.message, shownLengthMax), code: 'not_started' }
  const { code, signalName } = end
  if (code === 0) return { why: undefined, code: '' }
  const said = printableLine(Buffer.concat(errors).toString('utf8'), shownLengthMax)
  const why = `it ended with ${signalName ?? `exit code ${code}`}${said === '' ? '' : `: ${said}`}`
  return { why, code: code === null ? 'killed' : `exit_${code}` }
}

/** Keeps what comes, up to `bytesMax`; says once when more comes, and drops that. */
function collect(stream: Readable, bytesMax: number, onOver: () => void): readonly Buffer[] {
  const kept: Buffer[] = []
  let bytes = 0
  stream.on('data', (chunk: Buffer) => {
    const wasOver = bytes > bytesMax
    bytes += chunk.length
    if (bytes <= bytesMax) kept.push(chunk)
    else if (!wasOver) onOver()
  })
  return kept
}

/** Kills the program and what it started, but for what left its process group. */
function killGroup({ pid }: ChildProcessWithoutNullStreams): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing of the group runs any more.
  }
}

/** The environment without Whodid's own settings: some of them are passwords. */
function environmentOfProgram(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('WHODID_') && !name.startsWith('CLICKHOUSE_'),
  )
  return Object.fromEntries(own)
}
