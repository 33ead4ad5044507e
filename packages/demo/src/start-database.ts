import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { WhodidError } from '@whodid/model'
import type { Row } from './shop-database.ts'

/** The address and the password of the shop's database. */
export interface DatabaseAccess {
  readonly url: string
  readonly password: string
}

/** The shop's database, running in a process of its own. */
export interface RunningDatabase {
  readonly access: DatabaseAccess
  /** Ends the process, and waits for it. May be called twice. */
  stop(): Promise<void>
}

const statementTimeoutMs = 30_000
const startTimeoutMs = 120_000
const stopTimeoutMs = 10_000
const complaintCharactersMax = 2_000
const passwordBytes = 24

/** Starts the shop's database with its files in `dir`. Rejects with a sentence when it does not come up, or when `signal` aborts. */
export async function startDatabase(dir: string, signal: AbortSignal): Promise<RunningDatabase> {
  const password = randomBytes(passwordBytes).toString('base64url')
  const script = fileURLToPath(new URL('./database-process.js', import.meta.url))
  const child = spawn(process.execPath, [script, dir], {
    env: { SHOP_PASSWORD: password },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // A child that could not be started has ended too; the wait for its first line reports why.
  const ended = once(child, 'close').catch(() => undefined)
  const stop = async (): Promise<void> => {
    child.stdin.end()
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
    await ended
    clearTimeout(timer)
  }
  try {
    const port = await readPort(
      child,
      AbortSignal.any([signal, AbortSignal.timeout(startTimeoutMs)]),
    )
    return { access: { url: `http://127.0.0.1:${port}/`, password }, stop }
  } catch (thrown) {
    child.kill('SIGKILL')
    await ended
    throw thrown
  }
}

async function readPort(child: ChildProcess, signal: AbortSignal): Promise<number> {
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, complaintCharactersMax)
  })
  if (child.stdout === null) throw new TypeError('the child has no standard output')
  const lines = createInterface({ input: child.stdout })
  const [line] = await Promise.race([
    once(lines, 'line', { signal }),
    once(child, 'close', { signal }).then(() => ['']),
  ]).catch((thrown: unknown) => {
    throw new WhodidError('internal', 'the demo’s database did not start in time', {
      cause: thrown,
    })
  })
  const port = Number(/"port":(\d+)/u.exec(String(line))?.[1] ?? Number.NaN)
  if (Number.isNaN(port))
    throw new WhodidError('internal', `the demo’s database did not start: ${complaint}`)
  return port
}

/** Runs one statement on the shop's database, and resolves with its rows. Rejects with what the database says. */
export async function queryDatabase(
  { url, password }: DatabaseAccess,
  sql: string,
): Promise<readonly Row[]> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${password}` },
    body: sql,
    signal: AbortSignal.timeout(statementTimeoutMs),
  })
  // The other side is the process that this one started.
  const body = (await response.json()) as {
    readonly rows?: readonly Row[]
    readonly error?: string
  }
  if (body.rows === undefined) throw new Error(`the database refused: ${body.error ?? 'no reason'}`)
  return body.rows
}
