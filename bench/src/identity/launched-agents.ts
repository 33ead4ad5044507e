import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { whodidProgram } from './start-service.ts'
import type { Service } from './start-service.ts'

/** An agent under `whodid run`, which writes the time every few milliseconds: its acts. */
export interface LaunchedAgent {
  readonly instance: string
  /** When it acted last, in milliseconds since 1970. */
  lastActMs(): number
  /** Resolves when it and its launcher have ended. */
  readonly ended: Promise<unknown>
  stop(): Promise<void>
}

/** A program that knows nothing of Whodid. */
const program = `console.log(process.env.WHODID_AGENT_INSTANCE)
setInterval(() => console.log(Date.now()), 20)`

/** Starts one, and resolves when it acts. */
export async function launchAgent(service: Service, person: string): Promise<LaunchedAgent> {
  const options = ['run', '--template', 'bench-launched', '--for', person, '--capture', 'none']
  const child = spawn(
    process.execPath,
    [whodidProgram, ...options, '--', process.execPath, '-e', program],
    {
      env: {
        ...process.env,
        WHODID_ENDPOINT: service.otlpUrl,
        WHODID_INGEST_TOKEN: service.ingestToken,
        WHODID_REVOCATIONS_FROM: service.apiUrl,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  const ended = once(child, 'exit')
  let lastMs = Number.NaN
  let instance = ''
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (instance === '') instance = line
    else lastMs = Number(line)
  })
  while (Number.isNaN(lastMs)) {
    if (child.exitCode !== null) throw new Error('a launched agent ended before it acted')
    await sleep(startLookMs)
  }
  return {
    instance,
    ended,
    lastActMs: () => lastMs,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

const startLookMs = 20
