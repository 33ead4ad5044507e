import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseVkey, ProofError } from '@whodid/tlog'
import { listIfThere, readIfThere, systemFiles, writeDurably } from '@whodid/tlog-posix'
import type { FilePort } from '@whodid/tlog-posix'

/** What an operator asks a checkpoint log to put on record: that a key signs for the log of its name, or that a log has ended. */
export type RegistryRequest = { readonly add: string } | { readonly retire: string }

/** A request that was found, and its file. */
interface FoundRequest {
  readonly name: string
  readonly request: RegistryRequest
}

/** Requests taken at a time. */
const requestsMax = 256

/**
 * Leaves a request in a checkpoint log's directory, where it is taken within a second, or at the next start. Whoever may write
 * there may ask. Asking twice is asking once.
 */
export async function leaveRequest(dir: string, request: RegistryRequest): Promise<void> {
  const text = `${JSON.stringify(request)}\n`
  const name = createHash('sha256').update(text).digest('hex').slice(0, 32)
  await mkdir(requestsDir(dir), { recursive: true, mode: 0o700 })
  await writeDurably(systemFiles, join(requestsDir(dir), `${name}.json`), text)
}

/** The requests that wait, and what is wrong with those that are none. */
export async function findRequests(
  files: FilePort,
  dir: string,
): Promise<{ found: FoundRequest[]; wrong: { name: string; why: string }[] }> {
  const names = (await listIfThere(files, requestsDir(dir)))
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .slice(0, requestsMax)
  const found: FoundRequest[] = []
  const wrong: { name: string; why: string }[] = []
  for (const name of names) {
    const text = (await readIfThere(files, join(requestsDir(dir), name)))?.toString('utf8') ?? ''
    const request = parseRequest(text)
    if (typeof request === 'string') wrong.push({ name, why: request })
    else found.push({ name, request })
  }
  return { found, wrong }
}

/** Removes a request that was taken. A crash before leaves it, and taking it again changes nothing. */
export async function forgetRequest(files: FilePort, dir: string, name: string): Promise<void> {
  await files.rm(join(requestsDir(dir), name), { force: true })
}

function requestsDir(dir: string): string {
  return join(dir, 'requests')
}

function parseRequest(text: string): RegistryRequest | string {
  try {
    const value: unknown = JSON.parse(text)
    const given: unknown = typeof value === 'object' && value !== null ? value : {}
    // Sound: a property that is absent or no text is looked at below.
    const { add, retire } = given as { readonly add?: unknown; readonly retire?: unknown }
    if (typeof retire === 'string' && retire !== '') return { retire }
    if (typeof add !== 'string') return 'expected "add" or "retire"'
    return parseVkey(add).kind === 'note' ? { add } : 'expected a key that signs notes'
  } catch (error) {
    return error instanceof ProofError ? error.message : 'expected JSON'
  }
}
