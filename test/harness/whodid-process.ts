import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { whoDidAnswerSchema } from '@whodid/model/answers'
import type { WhoDidAnswer } from '@whodid/model'

/** The tokens that `whodid serve` made. */
export interface Tokens {
  readonly ingest: string
  readonly investigator: string
  readonly admin: string
}

/** One line of `serve --json`. */
export type ServeEvent = Readonly<Record<string, unknown>> & { readonly event: string }

/** A whole Whodid: `whodid serve` in a process of its own, on free ports and a directory of its own. */
export interface WhodidProcess {
  readonly apiUrl: string
  readonly otlpUrl: string
  readonly otlpGrpcUrl: string
  readonly dataDir: string
  readonly tokens: Tokens
  readonly processId: number
  /** All it has said so far. */
  readonly events: readonly ServeEvent[]
  readonly stderr: () => string
  /** Asks the API with the investigator's token (or `token`) and resolves with the response, whatever its status. */
  readonly get: (path: string, token?: string) => Promise<Response>
  /** Asks who did it until the answer satisfies `until`, at most a minute, and resolves with the last answer. */
  readonly whoDid: (of: string, until?: (answer: WhoDidAnswer) => boolean) => Promise<WhoDidAnswer>
  /** SIGTERM, and the exit code. The directory stays. */
  readonly stop: () => Promise<number | null>
  /** SIGKILL, as a crash. The directory stays. */
  readonly kill: () => Promise<void>
  /** Stops it where it still runs, and removes its directory. */
  readonly remove: () => Promise<void>
}

/** How a Whodid is started. */
export interface StartOptions {
  /** Default: a new temporary one. Give that of a stopped one to start it again. */
  readonly dataDir?: string
  readonly environment?: Readonly<Record<string, string>>
  /** False for one that will not be ready: it is given as soon as it listens. */
  readonly awaitsReady?: boolean
}

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const startTimeoutMs = 120_000
const answerTimeoutMs = 60_000
const pollIntervalMs = 50

/** Starts a Whodid from the built command (`tsc -b` first) and resolves when `/readyz` is 200, or as `awaitsReady` says. */
export async function startWhodidProcess(options: StartOptions = {}): Promise<WhodidProcess> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'whodid-')))
  const child = spawn(process.execPath, [main, 'serve', '--json'], {
    env: {
      PATH: process.env['PATH'],
      WHODID_DATA_DIR: dataDir,
      WHODID_API_PORT: '0',
      WHODID_OTLP_HTTP_PORT: '0',
      WHODID_OTLP_GRPC_PORT: '0',
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit').then(() => child.exitCode)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const events: ServeEvent[] = []
  createInterface({ input: child.stdout }).on('line', (line) =>
    // Each line of `serve --json` is an object with an event.
    events.push(JSON.parse(line) as ServeEvent),
  )
  try {
    const ready = await eventOf({ child, events, stderr: () => stderr }, 'ready')
    const apiUrl = String(ready['api_url'])
    // The contract fixes what this file holds.
    const tokens = JSON.parse(await readFile(join(dataDir, 'tokens.json'), 'utf8')) as Tokens
    const get = (path: string, token = tokens.investigator): Promise<Response> =>
      fetch(`${apiUrl}${path}`, { headers: { authorization: `Bearer ${token}` } })
    if (options.awaitsReady !== false) await untilReady(get)
    return {
      apiUrl,
      otlpUrl: String(ready['otlp_url']),
      otlpGrpcUrl: String(ready['otlp_grpc_url']),
      dataDir,
      tokens,
      processId: child.pid ?? 0,
      events,
      stderr: () => stderr,
      get,
      whoDid: (of, until = () => true) => askUntil(get, of, until),
      stop: () => {
        child.kill('SIGTERM')
        return exited
      },
      kill: async () => {
        child.kill('SIGKILL')
        await exited
      },
      remove: async () => {
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
        await exited
        await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
      },
    }
  } catch (thrown) {
    child.kill('SIGKILL')
    await exited
    throw thrown
  }
}

interface Starting {
  readonly child: ChildProcess
  readonly events: readonly ServeEvent[]
  readonly stderr: () => string
}

async function eventOf({ child, events, stderr }: Starting, name: string): Promise<ServeEvent> {
  const deadline = performance.now() + startTimeoutMs
  for (;;) {
    const found = events.find(({ event }) => event === name)
    if (found !== undefined) return found
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`whodid serve ended before "${name}": ${stderr()}`)
    if (performance.now() > deadline)
      throw new Error(`no "${name}" in ${startTimeoutMs} ms: ${JSON.stringify(events)} ${stderr()}`)
    await sleep(pollIntervalMs)
  }
}

async function untilReady(get: WhodidProcess['get']): Promise<void> {
  const deadline = performance.now() + startTimeoutMs
  for (;;) {
    const response = await get('/readyz')
    if (response.status === 200) return
    if (performance.now() > deadline) throw new Error(`not ready: ${await response.text()}`)
    await sleep(pollIntervalMs)
  }
}

async function askUntil(
  get: WhodidProcess['get'],
  of: string,
  until: (answer: WhoDidAnswer) => boolean,
): Promise<WhoDidAnswer> {
  const deadline = performance.now() + answerTimeoutMs
  for (;;) {
    const response = await get(`/v1/who-did?of=${encodeURIComponent(of)}`)
    const body: unknown = await response.json()
    if (response.status !== 200) throw new Error(`${of}: ${JSON.stringify(body)}`)
    const answer = whoDidAnswerSchema.parse(body)
    if (until(answer) || performance.now() > deadline) return answer
    await sleep(pollIntervalMs)
  }
}
