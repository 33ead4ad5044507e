import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { WhodidError } from '@whodid/model'

/** The engine's process, before and after it becomes the engine. */
export interface EngineChild {
  readonly processId: number
  /** Resolves when the child holds the lock; rejects with `engine_in_use`, `engine_unsupported` or `engine_failed`. */
  readonly locked: Promise<void>
  /** Resolves when the process has ended, with a sentence; never rejects. */
  readonly ended: Promise<string>
  /** Rejects with `engine_unsupported` when the library does not load; otherwise stays pending. */
  readonly refused: Promise<never>
  /** Returns the end of its standard error, at most `tailCharactersMax`. */
  tail(): string
  /** Tells it which library to load, and with which arguments to enter it. */
  order(order: { readonly library: string; readonly args: readonly string[] }): void
  /** Closes its standard input, so that the engine finishes and ends; kills it after `stopMsMax`. Repeatable. */
  stop(): Promise<void>
  kill(): void
}

const childPath = fileURLToPath(new URL('../child/engine-child.mjs', import.meta.url))
const tailCharactersMax = 8_192
const stopMsMax = 15_000
const inheritedVariables = ['PATH', 'HOME', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH']

/**
 * Starts the process that will be the engine. It takes the lock at `lockPath` and waits for an order; it ends when its
 * standard input ends, so also when this process is killed.
 */
export function spawnChild(lockPath: string): EngineChild {
  const child = spawn(process.execPath, [childPath, lockPath], {
    // A session of its own: Ctrl-C in a terminal reaches the service, which drains before it stops the engine.
    detached: true,
    env: environment(),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let tail = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    tail = `${tail}${text}`.slice(-tailCharactersMax)
  })
  const ended = awaitEnd(child, () => tail)
  // A child that is gone cannot be written to; `ended` reports it.
  child.stdin.on('error', () => undefined)
  const { locked, refused } = listen(child, ended)
  return {
    processId: child.pid ?? 0,
    locked,
    ended,
    refused,
    tail: () => tail,
    order: (order) => void child.stdin.write(`${JSON.stringify(order)}\n`),
    stop: () => stop(child, ended),
    kill: () => void child.kill('SIGKILL'),
  }
}

/** Leaves out NODE_OPTIONS in particular: instrumentation of the service must not run inside the engine. */
function environment(): NodeJS.ProcessEnv {
  const kept = inheritedVariables.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(kept), TZ: 'UTC' }
}

function awaitEnd(child: ChildProcessWithoutNullStreams, tail: () => string): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve(`the engine's process could not be started: ${error.message}`)
    })
    child.once('close', (code, signal) => {
      const how = signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`
      const last = code === 0 ? undefined : firstComplaint(tail())
      const said = last === undefined ? '' : `: ${last}`
      resolve(`the engine (process ${child.pid ?? 0}) ended with ${how}${said}`)
    })
  })
}

/** The library opens with lines that name its log files. */
function firstComplaint(text: string): string | undefined {
  return text.split('\n').find((line) => line.trim() !== '' && !line.startsWith('Logging '))
}

/** The child speaks in JSON lines with a `state`; the library writes lines of its own, which are no messages. */
function listen(
  child: ChildProcessWithoutNullStreams,
  ended: Promise<string>,
): { locked: Promise<void>; refused: Promise<never> } {
  const { promise: locked, resolve, reject } = deferred<void>()
  const { promise: refused, reject: refuse } = deferred<never>()
  refused.catch(() => undefined)
  locked.catch(() => undefined)
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('{"state":')) return
    // Our own child wrote the line: `say` in child/engine-child.mjs.
    const message = JSON.parse(line) as { state: string; pid?: number; reason?: string }
    if (message.state === 'locked') {
      resolve()
      return
    }
    const error =
      message.state === 'in_use'
        ? inUse(message.pid ?? 0)
        : engineUnsupported(`its library does not load (${message.reason ?? ''})`)
    reject(error)
    refuse(error)
  })
  void ended.then((sentence) => {
    reject(new WhodidError('engine_failed', sentence))
  })
  return { locked, refused }
}

function inUse(pid: number): WhodidError {
  const holder = pid === 0 ? 'another engine' : `the engine with process ID ${pid}`
  return new WhodidError(
    'engine_in_use',
    `the data directory is in use by ${holder}; one engine at a time may hold it`,
  )
}

interface Deferred<Value> {
  readonly promise: Promise<Value>
  readonly resolve: (value: Value) => void
  readonly reject: (error: Error) => void
}

function deferred<Value>(): Deferred<Value> {
  let resolve: (value: Value) => void = () => undefined
  let reject: (error: Error) => void = () => undefined
  const promise = new Promise<Value>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  return { promise, resolve, reject }
}

async function stop(child: ChildProcessWithoutNullStreams, ended: Promise<string>): Promise<void> {
  child.stdin.end()
  const bound = new AbortController()
  const late = delay(stopMsMax, 'late', { signal: bound.signal }).catch(() => 'in time')
  if ((await Promise.race([ended, late])) === 'late') child.kill('SIGKILL')
  await ended
  bound.abort()
}

/**
 * Finds the engine's shared library among the installed optional dependencies.
 *
 * Throws `engine_unsupported` when it is not there: on a platform it is not built for (it is for Linux with glibc and for
 * macOS, x64 and arm64), or when optional dependencies were not installed.
 */
export function resolveLibrary(): string {
  const platform = `${process.platform}-${process.arch}${process.platform === 'linux' ? '-gnu' : ''}`
  try {
    // The platform's package is a dependency of chdb's, and visible from there only.
    const chdb = createRequire(import.meta.url).resolve('chdb/package.json')
    const library = createRequire(chdb).resolve(`@chdb/lib-${platform}/package.json`)
    return join(dirname(library), 'libchdb.so')
  } catch (thrown) {
    throw engineUnsupported(`no ClickHouse library is installed for ${platform}`, thrown)
  }
}

/** The error of a machine that cannot run the embedded engine; it names the way out. */
function engineUnsupported(reason: string, cause?: unknown): WhodidError {
  return new WhodidError(
    'engine_unsupported',
    `the embedded engine cannot run here: ${reason}; set CLICKHOUSE_URL to use a ClickHouse server instead`,
    { cause },
  )
}
