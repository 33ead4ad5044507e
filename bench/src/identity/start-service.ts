import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The command, built. */
export const whodidProgram: string = fileURLToPath(
  new URL('../../../packages/cli/dist/main.js', import.meta.url),
)

/** A whole Whodid in a process of its own. */
export interface Service {
  readonly apiUrl: string
  readonly otlpUrl: string
  readonly ingestToken: string
  readonly processId: number
  /** Asks the API as an investigator. Throws for any answer but 200. */
  get(path: string): Promise<unknown>
  /** Posts to the API as an administrator. Throws for any answer but one of success. */
  post(path: string, body: object): Promise<unknown>
  /** Kills an instance. Resolves with the time at which the order was sent, once it is in force. */
  kill(instance: string): Promise<number>
  /** The reason about a revocation in the answer on an act; undefined where there is none, or where the act is not on record. */
  classOf(span: string): Promise<string | undefined>
  /** The newest act that was refused to an instance; undefined where none is on record. */
  refusedAct(instance: string): Promise<string | undefined>
  stop(): Promise<void>
}

interface Running {
  readonly child: ChildProcess
  readonly exited: Promise<unknown>
  readonly apiUrl: string
  readonly otlpUrl: string
  readonly tokens: Readonly<Record<'ingest' | 'investigator' | 'admin', string>>
}

async function startProcess(
  dataDir: string,
  settings: Readonly<Record<string, string>>,
): Promise<Running> {
  const child = spawn(process.execPath, [whodidProgram, 'serve', '--json'], {
    env: {
      PATH: process.env['PATH'],
      WHODID_DATA_DIR: dataDir,
      WHODID_API_PORT: '0',
      WHODID_OTLP_HTTP_PORT: '0',
      WHODID_OTLP_GRPC_PORT: '0',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const ready = new Promise<Readonly<Record<string, unknown>>>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      // Each line of `serve --json` is an object with an event.
      const event = JSON.parse(line) as Readonly<Record<string, unknown>>
      if (event['event'] === 'ready') resolve(event)
    })
    void exited.then(() => reject(new Error('the service ended')))
  })
  const { api_url: apiUrl, otlp_url: otlpUrl } = await ready
  const text = await readFile(join(dataDir, 'tokens.json'), 'utf8')
  // The contract fixes what this file holds.
  const tokens = JSON.parse(text) as Readonly<Record<'ingest' | 'investigator' | 'admin', string>>
  return { child, exited, apiUrl: String(apiUrl), otlpUrl: String(otlpUrl), tokens }
}

/** Starts `whodid serve` on free ports, with its settings as they are but for `settings`. */
export async function startService(
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Service> {
  const { child, exited, apiUrl, otlpUrl, tokens } = await startProcess(dataDir, settings)
  const ask = (path: string, token: string, body?: object): Promise<Response> =>
    fetch(`${apiUrl}${path}`, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
  const told = async (answer: Response): Promise<unknown> => {
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`)
    return answer.json()
  }
  return {
    processId: child.pid ?? 0,
    get: async (path) => told(await ask(path, tokens.investigator)),
    post: async (path, body) => told(await ask(path, tokens.admin, body)),
    apiUrl,
    otlpUrl,
    ingestToken: tokens.ingest,
    kill: async (instance) => {
      const target = { kind: 'instance', id: instance }
      const sentAtMs = Date.now()
      const answer = await ask('/v1/revocations', tokens.admin, {
        action: 'revoke',
        target,
        cause: 'bench',
      })
      if (!answer.ok) throw new Error(`the order was answered ${answer.status}`)
      return sentAtMs
    },
    classOf: async (span) => {
      const answer = await ask(`/v1/who-did?of=span:${span}`, tokens.investigator)
      // The answer's schema is frozen.
      const { reasons } = (await answer.json()) as {
        readonly reasons: readonly { readonly code: string }[]
      }
      return reasons.find(({ code }) => code.includes('revocation'))?.code
    },
    refusedAct: async (instance) => {
      const answer = await ask(`/v1/actions?instance=${instance}&limit=5`, tokens.investigator)
      // As above.
      const { actions } = (await answer.json()) as {
        readonly actions: readonly { readonly span: string; readonly outcome: string | null }[]
      }
      return actions.find(({ outcome }) => outcome === 'denied')?.span
    },
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}
