import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SpanToSend } from '@whodid/hooks'
import type { Environment } from '../run-options.ts'
import type { RunIdentity } from '../run-identity.ts'
import { followGitEvents } from './follow-git-events.ts'
import { gitHookScript } from './git-hook-script.ts'

/**
 * Every hook that git calls by a file's name (githooks(5)). Each must be there, because the run's directory stands in for the
 * repository's. `fsmonitor-watchman` is named by a setting, with its path, and is not looked for.
 */
const hookNames = [
  'applypatch-msg',
  'pre-applypatch',
  'post-applypatch',
  'pre-commit',
  'pre-merge-commit',
  'prepare-commit-msg',
  'commit-msg',
  'post-commit',
  'pre-rebase',
  'post-checkout',
  'post-merge',
  'pre-push',
  'pre-receive',
  'update',
  'proc-receive',
  'post-receive',
  'post-update',
  'reference-transaction',
  'push-to-checkout',
  'pre-auto-gc',
  'post-rewrite',
  'sendemail-validate',
  'p4-changelist',
  'p4-prepare-changelist',
  'p4-post-changelist',
  'p4-pre-submit',
  'post-index-change',
] as const

/** git, as a run has prepared it. */
export interface RunGit {
  /** The variables that make git call the run's hooks. */
  readonly variables: Readonly<Record<string, string>>
  /** Reads the events that are there, and stops. */
  readonly stop: () => Promise<void>
}

/** A run whose git acts are recorded. */
export interface GitRun {
  /** The run's own directory. */
  readonly directory: string
  readonly identity: RunIdentity
  readonly environment: Environment
  readonly record: (spans: readonly SpanToSend[]) => void
}

/** Writes the hooks of a run, and records the acts that they report. */
export async function startGitHooks(run: GitRun): Promise<RunGit> {
  const { directory, identity, environment, record } = run
  const eventsPath = join(directory, 'git-events')
  const place = { directory: join(directory, 'git-hooks'), eventsPath, identity }
  const variables = await writeGitHooks(place, environment)
  const { stop } = followGitEvents(eventsPath, identity, record)
  return { variables, stop }
}

/** The place of a run's hooks, and who they name. */
interface GitHooksPlace {
  readonly directory: string
  /** The file that they append to. */
  readonly eventsPath: string
  readonly identity: RunIdentity
}

/**
 * Writes the hooks of a run and returns the variables that make git call them. Nothing is written to any repository, and the
 * repository's own hooks are called as before.
 */
async function writeGitHooks(
  place: GitHooksPlace,
  environment: Environment,
): Promise<Record<string, string>> {
  const { directory } = place
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const count = countOf(environment['GIT_CONFIG_COUNT'])
  // Below another run its hooks are left out: the commit is this run's act alone.
  const ownCount = countOf(environment['WHODID_GIT_CONFIG_COUNT'] ?? String(count))
  const script = join(directory, 'whodid-hook')
  await writeFile(script, hookScript(place, ownCount), { mode: 0o700 })
  await chmod(script, 0o700)
  await Promise.all(hookNames.map((name) => symlink('whodid-hook', join(directory, name))))
  return {
    GIT_CONFIG_COUNT: String(count + 1),
    [`GIT_CONFIG_KEY_${count}`]: 'core.hooksPath',
    [`GIT_CONFIG_VALUE_${count}`]: directory,
    WHODID_GIT_CONFIG_COUNT: String(ownCount),
  }
}

function countOf(text: string | undefined): number {
  return /^\d{1,6}$/u.test(text ?? '') ? Number(text) : 0
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** One line, so that it cannot add a trailer of its own. */
function trailerValue(text: string): string {
  return quoted(text.replaceAll(/\s+/gu, ' ').trim())
}

/** Fills the script's places: the file of events, the trailers, and the settings that were there before. */
function hookScript({ eventsPath, identity }: GitHooksPlace, ownCount: number): string {
  const trailers = [
    ['Whodid-Instance', identity.instance],
    ['Whodid-Template', identity.template],
    ['Whodid-For', identity.delegator],
  ].filter(([, value]) => value !== '')
  const options = trailers.map(([name, value]) => `--trailer ${trailerValue(`${name}: ${value}`)}`)
  return gitHookScript
    .replace('@EVENTS@', () => quoted(eventsPath))
    .replace('@TRAILERS@', () => options.join(' '))
    .replace('@COUNT@', () => String(ownCount))
}
