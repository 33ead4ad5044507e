import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { WhodidError } from '@whodid/model'
import {
  createDurably,
  makeDirectory,
  readIfThere,
  systemFiles,
  writeDurably,
} from '@whodid/tlog-posix'

/** A legal hold: while it stands, its subject's text and records are neither erased nor pruned. */
export interface Hold {
  readonly case_id: string
  readonly tenant: string
  /** A handle, `delegator:…` or `instance:…`; '' holds everything. */
  readonly subject: string
  readonly reason: string
  readonly placed_by: string
  readonly placed_at: string
}

/** Holds in force at once. */
export const holdsMax = 10_000

/** A decision that is recorded or about to be, and may not be carried out yet. */
export interface RetentionJob {
  readonly id: string
  readonly kind: 'erasure' | 'expiry' | 'prune'
  readonly tenant: string
  readonly atUnixNs: string
  readonly traceIdHex: string
  readonly requestedBy: string
  readonly reason: string
  readonly caseId: string
  /** Of an erasure: the keys to destroy. */
  readonly keyIds: readonly string[]
  /** Of an expiry or a prune: records received before this are removed. Nanoseconds since 1970. */
  readonly beforeUnixNs: string
  /** Of a prune: the first index of each log that stays. */
  readonly minIndexes: Readonly<Record<string, string>>
}

/** The service's files: `holds.json`, `expiry.json`, and a file in `jobs/` for each job under way. */
export interface RetentionFiles {
  readonly holds: () => Promise<readonly Hold[]>
  readonly writeHolds: (holds: readonly Hold[]) => Promise<void>
  readonly expiredBefore: () => Promise<bigint>
  readonly writeExpiredBefore: (unixNs: bigint) => Promise<void>
  readonly jobs: () => Promise<readonly RetentionJob[]>
  readonly addJob: (job: RetentionJob) => Promise<void>
  readonly removeJob: (id: string) => Promise<void>
}

/** Opens the service's files in `dir`, which is made when absent. */
export async function openRetentionFiles(dir: string): Promise<RetentionFiles> {
  const jobsDir = join(dir, 'jobs')
  await makeDirectory(systemFiles, dir)
  await makeDirectory(systemFiles, jobsDir)
  const holdsPath = join(dir, 'holds.json')
  const expiryPath = join(dir, 'expiry.json')
  const jobPath = (id: string): string => join(jobsDir, `${id}.json`)
  return {
    holds: async () => (await readJson<readonly Hold[]>(holdsPath)) ?? [],
    writeHolds: (holds) =>
      writeDurably(systemFiles, holdsPath, `${JSON.stringify(holds, undefined, 2)}\n`),
    expiredBefore: async () => {
      const kept = await readJson<{ readonly before_unix_ns: string }>(expiryPath)
      return BigInt(kept?.before_unix_ns ?? '0')
    },
    writeExpiredBefore: (unixNs) =>
      writeDurably(systemFiles, expiryPath, `${JSON.stringify({ before_unix_ns: `${unixNs}` })}\n`),
    jobs: async () => {
      const names = (await readdir(jobsDir)).filter((name) => name.endsWith('.json')).sort()
      const paths = names.map((name) => join(jobsDir, name))
      const jobs = await Promise.all(paths.map((path) => readJson<RetentionJob>(path)))
      return jobs.filter((job) => job !== undefined)
    },
    addJob: async (job) => {
      await createDurably(systemFiles, jobPath(job.id), `${JSON.stringify(job)}\n`)
    },
    removeJob: (id) => rm(jobPath(id), { force: true }),
  }
}

async function readJson<Value>(path: string): Promise<Value | undefined> {
  const bytes = await readIfThere(systemFiles, path)
  if (bytes === undefined) return undefined
  try {
    // Sound: these files are ours, written whole; a process that can write them holds every key as well.
    return JSON.parse(bytes.toString('utf8')) as Value
  } catch (thrown) {
    throw new WhodidError('invalid_config', `"${path}" expected JSON; got something else`, {
      cause: thrown,
    })
  }
}
