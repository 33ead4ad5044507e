import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'

/** Where figures come from: a ratio travels from machine to machine, a figure does not. */
export interface Machine {
  readonly platform: string
  readonly kernel: string
  readonly cpu: string
  readonly cores: number
  readonly memory_bytes: number
  readonly node: string
  /** Processes that wanted a core in the minute before: above 0 means that something else was running. */
  readonly load_before: number
  readonly date: string
}

/** Describes this machine, without its name. */
export function describeMachine(): Machine {
  return {
    platform: `${process.platform}-${process.arch}`,
    kernel: release(),
    cpu: cpuModel(),
    cores: cpus().length,
    memory_bytes: totalmem(),
    node: process.versions.node,
    load_before: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    date: new Date().toISOString(),
  }
}

/** The commit, marked when something in it was changed; "unknown" outside of a clone. */
export function describeVersion(): string {
  try {
    const told = execFileSync('git', ['describe', '--always', '--dirty', '--exclude', '*'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return told.trim()
  } catch {
    // No git, or no clone: the figures stand all the same.
    return 'unknown'
  }
}

function cpuModel(): string {
  const told = cpus()[0]?.model.trim() ?? ''
  if (told !== '' && told !== 'unknown') return told
  try {
    return /^model name\s*:\s*(.+)$/mu.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown'
  } catch {
    // No /proc: the machine does not say what it is.
    return 'unknown'
  }
}
