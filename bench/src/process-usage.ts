import { readdirSync, readFileSync } from 'node:fs'

/** What a process and all that it started have used. */
export interface ProcessUsage {
  /** User and system time of all their threads, in seconds, of children that have ended too; the kernel counts in hundredths. */
  readonly cpuSeconds: number
  readonly residentBytes: number
  /** The highest it has been; of several processes the sum, though they may not have been so high at once. */
  readonly residentBytesPeak: number
}

/** The kernel's USER_HZ, the same on every architecture that Node runs on. */
const ticksPerSecond = 100

/** Whether this system tells what another process has used. */
export const canReadUsage: boolean = process.platform === 'linux'

/** Why there is no usage where {@link canReadUsage} is false. */
export const noUsageReason =
  'the CPU time of another process is read from /proc, which this system lacks'

const nothing: ProcessUsage = { cpuSeconds: 0, residentBytes: 0, residentBytesPeak: 0 }

/**
 * Reads the usage of a running process with all its threads, and of the processes that it and its children started; zeros where
 * there is no /proc. Throws when the process is gone.
 */
export function readUsage(processId: number): ProcessUsage {
  if (!canReadUsage) return nothing
  return childrenOf(processId).reduce(
    (sum, child) => add(sum, usageIfThere(child)),
    readOne(processId),
  )
}

/** Reads the usage of the processes that a process started, without its own. */
export function readUsageOfChildren(processId: number): ProcessUsage {
  if (!canReadUsage) return nothing
  return childrenOf(processId).reduce((sum, child) => add(sum, usageIfThere(child)), nothing)
}

function readOne(processId: number): ProcessUsage {
  const stat = readFileSync(`/proc/${processId}/stat`, 'utf8')
  // The name before it may hold anything, a parenthesis too; after it come utime, stime and both of ended children as 12th to 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  const status = readFileSync(`/proc/${processId}/status`, 'utf8')
  return {
    cpuSeconds: ticks / ticksPerSecond,
    residentBytes: kibibytes(status, 'VmRSS') * 1024,
    residentBytesPeak: kibibytes(status, 'VmHWM') * 1024,
  }
}

/** A child may end between two looks; its time is its parent's then. */
function usageIfThere(processId: number): ProcessUsage {
  try {
    return readUsage(processId)
  } catch {
    // Gone.
    return nothing
  }
}

function childrenOf(processId: number): number[] {
  return readdirSync(`/proc/${processId}/task`).flatMap((thread) => {
    try {
      const told = readFileSync(`/proc/${processId}/task/${thread}/children`, 'utf8')
      return told.trim() === '' ? [] : told.trim().split(' ').map(Number)
    } catch {
      // The thread has ended, or the kernel was built without this list.
      return []
    }
  })
}

function add(left: ProcessUsage, right: ProcessUsage): ProcessUsage {
  return {
    cpuSeconds: left.cpuSeconds + right.cpuSeconds,
    residentBytes: left.residentBytes + right.residentBytes,
    residentBytesPeak: left.residentBytesPeak + right.residentBytesPeak,
  }
}

function kibibytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'mu').exec(status)?.[1] ?? 0)
}
