import { spawn } from 'node:child_process'
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

/** Runs a program, without a shell and without Whodid's own settings in its environment, and gives it `input`. Resolves however it ends. */
export async function runProgram(
  [command = '', ...args]: readonly string[],
  input: string,
  { msMax, outputBytesMax, signal }: ProgramBounds,
): Promise<ProgramEnd> {
  const child = spawn(command, args, {
    stdio: 'pipe',
    timeout: msMax,
    killSignal: 'SIGKILL',
    env: environmentOfProgram(),
    ...(signal === undefined ? {} : { signal }),
  })
  const output: Buffer[] = []
  const errors: Buffer[] = []
  let [outputBytes, errorBytes] = [0, 0]
  child.stdout.on('data', (chunk: Buffer) => {
    outputBytes += chunk.length
    if (outputBytes <= outputBytesMax) output.push(chunk)
    else child.kill('SIGKILL')
  })
  child.stderr.on('data', (chunk: Buffer) => {
    if ((errorBytes += chunk.length) <= outputBytesMax) errors.push(chunk)
  })
  // A program that ends without reading is told by its exit.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const end = await new Promise<Omit<ProgramEnd, 'output'>>((resolve) => {
    child.once('error', (error) => {
      resolve({ why: printableLine(error.message, shownLengthMax), code: 'not_started' })
    })
    child.once('close', (code, signalName) => {
      if (code === 0) resolve({ why: undefined, code: '' })
      else if (outputBytes > outputBytesMax)
        resolve({ why: `it wrote more than ${outputBytesMax} bytes`, code: 'output_too_large' })
      else if (signalName === 'SIGKILL')
        resolve({ why: `it took more than ${msMax / 1000} s`, code: 'timed_out' })
      else {
        const said = printableLine(Buffer.concat(errors).toString('utf8'), shownLengthMax)
        const why = `it ended with ${signalName ?? `exit code ${code}`}${said === '' ? '' : `: ${said}`}`
        resolve({ why, code: code === null ? 'killed' : `exit_${code}` })
      }
    })
  })
  return { output: Buffer.concat(output), ...end }
}

/** The environment without Whodid's own settings: some of them are passwords. */
function environmentOfProgram(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('WHODID_') && !name.startsWith('CLICKHOUSE_'),
  )
  return Object.fromEntries(own)
}
