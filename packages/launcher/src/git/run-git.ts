import { execFile } from 'node:child_process'

/** Milliseconds for one question to git, and bytes of its answer. */
const gitTimeoutMs = 3_000
const gitBytesMax = 1024 * 1024

/** Asks git something in a directory; '' when it does not know, is absent, or takes too long. It never writes. */
export function runGit(directory: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(
      'git',
      ['-C', directory, ...args],
      {
        timeout: gitTimeoutMs,
        maxBuffer: gitBytesMax,
        env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
      },
      (error, stdout) => resolve(error === null ? stdout.trimEnd() : ''),
    )
  })
}
