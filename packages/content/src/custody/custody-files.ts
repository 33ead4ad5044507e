import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { WhodidError } from '@whodid/model'
import { createFile, readIfThere, replaceFile } from '../key-files.ts'

/** A legal hold: while it stands, what it is about is neither erased nor pruned. */
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

/** What has been decided and recorded or is about to be, and may not be done yet. */
export interface CustodyJob {
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
  /** Of an expiry or a prune: what was received before this goes. Nanoseconds since 1970. */
  readonly beforeUnixNs: string
  /** Of a prune: the first index of each log that stays. */
  readonly minIndexes: Readonly<Record<string, string>>
}

/** The custodian's files: `holds.json`, `expiry.json`, and a file in `jobs/` for what is under way. */
export interface CustodyFiles {
  readonly holds: () => Promise<readonly Hold[]>
  readonly writeHolds: (holds: readonly Hold[]) => Promise<void>
  readonly expiredBefore: () => Promise<bigint>
  readonly writeExpiredBefore: (unixNs: bigint) => Promise<void>
  readonly jobs: () => Promise<readonly CustodyJob[]>
  readonly addJob: (job: CustodyJob) => Promise<void>
  readonly removeJob: (id: string) => Promise<void>
}

/** Opens the custodian's files in `dir`, which is made when absent. */
export async function openCustodyFiles(dir: string): Promise<CustodyFiles> {
  const jobsDir = join(dir, 'jobs')
  await mkdir(jobsDir, { recursive: true, mode: 0o700 })
  const holdsPath = join(dir, 'holds.json')
  const expiryPath = join(dir, 'expiry.json')
  const jobPath = (id: string): string => join(jobsDir, `${id}.json`)
  return {
    holds: async () => (await readJson<readonly Hold[]>(holdsPath)) ?? [],
    writeHolds: (holds) => replaceFile(holdsPath, `${JSON.stringify(holds, undefined, 2)}\n`),
    expiredBefore: async () => {
      const kept = await readJson<{ readonly before_unix_ns: string }>(expiryPath)
      return BigInt(kept?.before_unix_ns ?? '0')
    },
    writeExpiredBefore: (unixNs) =>
      replaceFile(expiryPath, `${JSON.stringify({ before_unix_ns: `${unixNs}` })}\n`),
    jobs: async () => {
      const names = (await readdir(jobsDir)).filter((name) => name.endsWith('.json')).sort()
      const paths = names.map((name) => join(jobsDir, name))
      const jobs = await Promise.all(paths.map((path) => readJson<CustodyJob>(path)))
      return jobs.filter((job) => job !== undefined)
    },
    addJob: async (job) => {
      await createFile(jobPath(job.id), `${JSON.stringify(job)}\n`)
    },
    removeJob: (id) => rm(jobPath(id), { force: true }),
  }
}

async function readJson<Value>(path: string): Promise<Value | undefined> {
  const bytes = await readIfThere(path)
  if (bytes === undefined) return undefined
  try {
    // Sound: these files are ours, written whole; who can write them holds every key as well.
    return JSON.parse(bytes.toString('utf8')) as Value
  } catch (thrown) {
    throw new WhodidError('invalid_config', `"${path}" expected JSON; got something else`, {
      cause: thrown,
    })
  }
}
