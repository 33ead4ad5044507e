// The console's tests need a Chromium. Continuous integration (`CI=true`) that runs as root gets Debian's, where there is none; everywhere
// else nothing is installed: the tests then say that they were skipped, or fail when CI=true.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const timeoutMs = 240_000

/** Installs Chromium by apt-get when CI runs as root without one. Says what it does on standard error, and never fails. */
export function installChromium(environment = process.env) {
  const onPath = (name) =>
    (environment['PATH'] ?? '')
      .split(delimiter)
      .some((directory) => existsSync(join(directory, name)))
  if (environment['CI'] !== 'true' || onPath('chromium')) return
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    console.error('check: no chromium on PATH, and it takes root and apt-get to install it here')
    return
  }
  console.error('check: installing chromium by apt-get, for the tests of the console…')
  const options = { stdio: ['ignore', 'ignore', 'inherit'], timeout: timeoutMs }
  const env = { ...environment, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
  ]) {
    const { status } = spawnSync('apt-get', args, { ...options, env })
    if (status !== 0) {
      console.error(`check: apt-get ${args[0]} failed; the tests of the console will say so`)
      return
    }
  }
}
