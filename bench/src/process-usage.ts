import { readFileSync } from 'node:fs'

/** What a process has used since it started. */
export interface ProcessUsage {
  /** User and system time of all its threads, in seconds; the kernel counts in hundredths. */
  readonly cpuSeconds: number
  readonly residentBytes: number
  /** The highest it has been. */
  readonly residentBytesPeak: number
}

/** The kernel's USER_HZ, the same on every architecture that Node runs on. */
const ticksPerSecond = 100

/** Whether this system tells what another process has used. */
export const canReadUsage: boolean = process.platform === 'linux'

/** Why there is no usage where {@link canReadUsage} is false. */
export const noUsageReason =
  'the CPU time of another process is read from /proc, which this system lacks'

/** Reads the usage of a running process; zeros where there is no /proc. Throws when the process is gone. */
export function readUsage(processId: number): ProcessUsage {
  if (!canReadUsage) return { cpuSeconds: 0, residentBytes: 0, residentBytesPeak: 0 }
  const stat = readFileSync(`/proc/${processId}/stat`, 'utf8')
  // The name before it may hold anything, a parenthesis too; after it utime and stime are the 12th and 13th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const status = readFileSync(`/proc/${processId}/status`, 'utf8')
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    residentBytes: kibibytes(status, 'VmRSS') * 1024,
    residentBytesPeak: kibibytes(status, 'VmHWM') * 1024,
  }
}

function kibibytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'mu').exec(status)?.[1] ?? 0)
}
