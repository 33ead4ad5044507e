import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseVkey, ProofError } from '@whodid/tlog'
import { listIfThere, readIfThere, systemFiles, writeDurably } from '@whodid/tlog-posix'
import type { FilePort } from '@whodid/tlog-posix'

/** An operator's request to a checkpoint log: to record that a key signs for the log of its name, or that a log has ended. */
export type RegistryRequest = { readonly add: string } | { readonly retire: string }

/** A request, and the name of its file. */
interface FoundRequest {
  readonly name: string
  readonly request: RegistryRequest
}

/** The most requests taken at a time. */
const requestsMax = 256

/**
 * Writes a request into a checkpoint log's directory; the log takes it within a second, or at the next start. Every user who can
 * write there may do so. A repeated request changes nothing.
 */
export async function leaveRequest(dir: string, request: RegistryRequest): Promise<void> {
  const text = `${JSON.stringify(request)}\n`
  const name = createHash('sha256').update(text).digest('hex').slice(0, 32)
  await mkdir(requestsDir(dir), { recursive: true, mode: 0o700 })
  await writeDurably(systemFiles, join(requestsDir(dir), `${name}.json`), text)
}

/** Returns the waiting requests, and the reasons for the files that are none. */
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

/** Removes a request that was taken. After a crash before this call, the request is taken again, which changes nothing. */
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
    // Sound: the code below checks that each property is a text.
    const { add, retire } = given as { readonly add?: unknown; readonly retire?: unknown }
    if (typeof retire === 'string' && retire !== '') return { retire }
    if (typeof add !== 'string') return 'expected "add" or "retire"'
    return parseVkey(add).kind === 'note' ? { add } : 'expected a key that signs notes'
  } catch (error) {
    return error instanceof ProofError ? error.message : 'expected JSON'
  }
}
