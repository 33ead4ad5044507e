import { readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { WhodidError } from '@whodid/model'

/** A file of the quarantine: the rejected spans of one request. */
export interface QuarantineEntry {
  /** 32 hex digits of the SHA-256 over the rejected spans and their sender: a resend is kept once. */
  readonly id: string
  readonly receivedAt: string
  readonly exporter: string
  readonly reasonCode: 'invalid_span'
  /** The reason that each span was rejected. */
  readonly reasons: readonly string[]
  /** The spans, as an `ExportTraceServiceRequest` in OTLP's JSON. */
  readonly request: object
  /** True when a replay was asked for and has not happened yet. */
  readonly isReplayWanted: boolean
}

/** The directory of the quarantine within that of the log. */
export function quarantineDir(logDir: string): string {
  return join(logDir, 'quarantine')
}

/** A file's name in the quarantine: its ID, and `.replay` when one is wanted. */
export const quarantineName: RegExp = /^([0-9a-f]{32})\.(json|replay)$/u

/** Reads the quarantine of a log's directory, newest first. A file that cannot be read is an error: `invalid_body`. */
export async function listQuarantine(logDir: string): Promise<QuarantineEntry[]> {
  const dir = quarantineDir(logDir)
  const entries: QuarantineEntry[] = []
  for (const name of await namesOf(dir)) {
    const text = await readFile(join(dir, name), 'utf8').catch(() => undefined)
    // Gone since the directory was read: it has been replayed.
    if (text !== undefined) entries.push(parseEntry(name, text))
  }
  return entries.toSorted((a, b) => b.receivedAt.localeCompare(a.receivedAt))
}

/**
 * Asks the collector that owns the log to replay all of the quarantine, and resolves with the IDs. It does so within two
 * seconds, or at its next start. Spans that the ledger still cannot hold come back.
 */
export async function requestReplay(logDir: string): Promise<string[]> {
  const dir = quarantineDir(logDir)
  const ids: string[] = []
  for (const name of await namesOf(dir)) {
    const id = name.slice(0, 32)
    if (name.endsWith('.json')) await rename(join(dir, name), join(dir, `${id}.replay`))
    ids.push(id)
  }
  return ids
}

/** Takes the text of a file apart. Throws `invalid_body` for one that is damaged. */
export function parseEntry(name: string, text: string): QuarantineEntry {
  const id = name.slice(0, 32)
  try {
    // Written by encodeEntry; a damaged file has no closing brace.
    const fields = JSON.parse(text) as Omit<QuarantineEntry, 'id' | 'isReplayWanted'>
    return { ...fields, id, isReplayWanted: name.endsWith('.replay') }
  } catch (thrown) {
    throw new WhodidError('invalid_body', `the quarantined request ${id} is damaged`, {
      cause: thrown,
    })
  }
}

async function namesOf(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).filter((name) => quarantineName.test(name))
  } catch (thrown) {
    // Nothing was ever rejected.
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return []
    throw thrown
  }
}
