import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from '@whodid/sdk'
import type { StartOptions } from '@whodid/sdk'
import type { DatabaseAccess } from './start-database.ts'

/** The collector that records are sent to, and the service whose orders to stop agents are obeyed. */
export interface Recording {
  readonly endpoint: string
  readonly revocationsFrom: string
  readonly token: string
}

/** The standard input of `db-fixer`. Secrets do not belong in arguments, which every process can read. */
export interface FixerTask {
  readonly task: string
  readonly database: DatabaseAccess
  readonly recording: Recording
}

const intentTimeoutMs = 30_000
const runTimeoutMs = 120_000
const complaintCharactersMax = 1_000

/**
 * Starts `db-fixer` in a process of its own, as the delegate of the agent that calls this, and resolves with its report.
 * Rejects with a sentence when it fails, takes longer than 120 s, or when `signal` aborts.
 */
export async function runDbFixer(task: FixerTask, signal: AbortSignal): Promise<string> {
  const script = fileURLToPath(new URL('./db-fixer-process.js', import.meta.url))
  const child = spawn(process.execPath, [script], {
    env: childEnvironment({ template: 'db-fixer', scopes: ['customers:delete'] }),
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: AbortSignal.any([signal, AbortSignal.timeout(runTimeoutMs)]),
    killSignal: 'SIGKILL',
  })
  child.stdin.end(JSON.stringify(task))
  const [report, complaint] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  if (child.exitCode !== 0)
    throw new Error(`db-fixer failed: ${complaint.slice(0, complaintCharactersMax).trim()}`)
  return report
}

/**
 * The SDK's settings in each process of the demo. An act that is not on record is not carried out: the demo would have
 * nothing to show for it. Text is recorded whatever `WHODID_CAPTURE` says.
 */
export function recordingSettings(recording: Recording, serviceName: string): StartOptions {
  return {
    ...recording,
    serviceName,
    capture: 'redacted',
    onUnrecorded: 'block',
    sealing: 'on',
    intentTimeoutMs,
    exitHooks: false,
  }
}
