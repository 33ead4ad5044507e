import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Spool } from '@whodid/hooks'
import type { Attributes, SpanPlace } from '@whodid/hooks'
import type { Environment } from './run-options.ts'

/** What a run leaves on the disk so that a later one can finish it, should its launcher be killed. */
export interface RunNote {
  readonly pid: number
  /** When the process of that number began, in the kernel's ticks; '' where the system does not tell. */
  readonly pidStart: string
  readonly template: string
  readonly instance: string
  readonly session: SpanPlace
  readonly startUnixMs: number
  readonly attributes: Attributes
  /** True when the end is on record, or in the spool. */
  readonly isEnded: boolean
}

/** Runs of killed launchers that one run finishes. */
const leftRunsMax = 16

/** The directory that holds the runs of this user: in `XDG_STATE_HOME`, by default `~/.local/state`. */
function runsDirectory(environment: Environment): string {
  const state = environment['XDG_STATE_HOME']?.trim() ?? ''
  const home = environment['HOME']?.trim() ?? ''
  if (state.startsWith('/')) return join(state, 'whodid', 'runs')
  return join(home === '' ? homedir() : home, '.local', 'state', 'whodid', 'runs')
}

/** Makes a run's own directory (0700); in the system's temporary one where the user's cannot be written. */
export async function makeRunDirectory(
  environment: Environment,
  instance: string,
): Promise<string> {
  const places = [
    runsDirectory(environment),
    join(tmpdir(), `whodid-runs-${process.getuid?.() ?? 0}`),
  ]
  let failure: unknown
  for (const place of places) {
    const directory = join(place, instance)
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      return directory
    } catch (thrown) {
      failure = thrown
    }
  }
  throw failure
}

/** The spool of a run. */
export function spoolIn(directory: string): Spool {
  return new Spool(join(directory, 'spool'))
}

export async function writeNote(directory: string, note: RunNote): Promise<void> {
  await writeFile(join(directory, 'run.json'), JSON.stringify(note), { mode: 0o600 })
}

/** The runs whose launcher is gone, oldest first. Reads nothing but notes that a launcher of this user wrote. */
export async function leftRuns(
  environment: Environment,
): Promise<readonly { readonly directory: string; readonly note: RunNote }[]> {
  const root = runsDirectory(environment)
  const names = await readdir(root).catch(() => [])
  const found: { readonly directory: string; readonly note: RunNote }[] = []
  for (const name of names.toSorted((a, b) => (a < b ? -1 : 1))) {
    if (found.length >= leftRunsMax) break
    const directory = join(root, name)
    const note = await readNote(directory)
    if (note !== undefined && !isAlive(note)) found.push({ directory, note })
  }
  return found
}

export async function removeRunDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true })
}

/** When the process began, in the kernel's ticks; '' on another system than Linux. */
export function processStart(pid: number): string {
  try {
    // The name in parentheses may hold spaces: what follows the last one is counted.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

async function readNote(directory: string): Promise<RunNote | undefined> {
  try {
    const note: unknown = JSON.parse(await readFile(join(directory, 'run.json'), 'utf8'))
    // Sound: only a launcher writes it, into a directory that nobody else may write.
    return note as RunNote
  } catch {
    // A run that is beginning, or one whose directory is being removed.
    return undefined
  }
}

function isAlive({ pid, pidStart }: RunNote): boolean {
  try {
    process.kill(pid, 0)
  } catch (thrown) {
    return thrown instanceof Error && Reflect.get(thrown, 'code') === 'EPERM'
  }
  return pidStart === '' || processStart(pid) === pidStart
}
