import { execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The built command. */
export const whodidMain: string = fileURLToPath(
  new URL('../../packages/cli/dist/main.js', import.meta.url),
)

/** What a run left behind. */
export interface RanAgent {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** One run of `whodid run`. */
export interface AgentRun {
  readonly environment: Readonly<Record<string, string>>
  readonly directory: string
  /** Sees the agent's standard output as it comes; `kill` reaches the launcher, or with `group` every process of it. */
  readonly onOutput?: (
    stdout: string,
    kill: (signal: NodeJS.Signals, group?: boolean) => void,
  ) => void
}

/** Runs `whodid run <args>` in a process group of its own, without a terminal, and resolves with its end. */
export function runAgents(args: readonly string[], run: AgentRun): Promise<RanAgent> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [whodidMain, 'run', ...args], {
      cwd: run.directory,
      detached: true,
      env: { PATH: process.env['PATH'], TZ: 'UTC', ...run.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    const kill = (signal: NodeJS.Signals, group = false): void => {
      process.kill(group ? -(child.pid ?? 0) : (child.pid ?? 0), signal)
    }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      run.onOutput?.(stdout, kill)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}

/** A directory of the test's own, and its removal. */
export async function temporaryDirectory(): Promise<{
  readonly path: string
  readonly remove: () => Promise<void>
}> {
  const path = await mkdtemp(join(tmpdir(), 'whodid-run-'))
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}

/** Runs git in a directory, as a person of its own, and returns what it writes. */
export function git(directory: string, ...args: string[]): string {
  const settings = ['-c', 'user.name=Ada', '-c', 'user.email=ada@acme.example']
  return execFileSync('git', [...settings, ...args], {
    cwd: directory,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: directory, GIT_CONFIG_NOSYSTEM: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()
}
