import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { WhodidProcess } from './whodid-process.ts'

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))

/** What a command left behind. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built command against a running Whodid, as its operator would. */
export function runWhodid(
  whodid: WhodidProcess,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], {
      env: {
        PATH: process.env['PATH'],
        TZ: 'UTC',
        WHODID_API_URL: whodid.apiUrl,
        WHODID_DATA_DIR: whodid.dataDir,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr: withoutProgress(stderr) }))
  })
}

/** Leaves out the line that says that work is under way: the machine's speed decides whether it is written. */
export function withoutProgress(stderr: string): string {
  return stderr.replace(/^(?:Asking|Checking|Migrating)…\n/mu, '')
}
