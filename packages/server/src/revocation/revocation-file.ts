import { join } from 'node:path'
import type { RecordedRevocation } from '@whodid/api'
import { revocationActions, revocationKinds } from '@whodid/identity'
import { WhodidError } from '@whodid/model'
import { appendDurably, makeDirectory, readIfThere, systemFiles } from '@whodid/tlog-posix'

/** The revocations of this service, in a file that only grows: one JSON object a line. */
export interface RevocationFile {
  /** Everything that was durable when the file was opened, in its order. */
  readonly revocations: readonly RecordedRevocation[]
  /** The IDs of those that are in the ledger's log. */
  readonly inLedger: ReadonlySet<string>
  /** Resolves when the revocation is durable. Must not be called concurrently. Throws `log_failed`. */
  readonly append: (revocation: RecordedRevocation) => Promise<void>
  /** Notes that a revocation is in the ledger's log. As {@link append}. */
  readonly noteInLedger: (id: string) => Promise<void>
}

const fileName = 'revocations.jsonl'

/**
 * Opens the file in `dir`, which is made when absent. A torn last line was never confirmed, and is dropped. Throws `invalid_config` for
 * any other line that cannot be read: an agent that was stopped must not run because a file is damaged.
 */
export async function openRevocationFile(dir: string): Promise<RevocationFile> {
  await makeDirectory(systemFiles, dir)
  const bytes = (await readIfThere(systemFiles, join(dir, fileName))) ?? Buffer.alloc(0)
  let keptBytes = bytes.lastIndexOf(0x0a) + 1
  let isNamed = bytes.length > 0
  const lines = bytes.subarray(0, keptBytes).toString('utf8').split('\n').slice(0, -1)
  const entries = lines.map((line, place) => parseLine(line, place + 1))
  const write = async (entry: object): Promise<void> => {
    const line = Buffer.from(`${JSON.stringify(entry, bigintsAsText)}\n`)
    try {
      await appendDurably(systemFiles, { dir, path: fileName, keptBytes, isNamed }, line)
    } catch (thrown) {
      throw new WhodidError('log_failed', `"${fileName}" could not be written`, { cause: thrown })
    }
    keptBytes += line.length
    isNamed = true
  }
  return {
    revocations: entries.flatMap(({ revocation }) => revocation ?? []),
    inLedger: new Set(entries.flatMap(({ inLedger }) => inLedger ?? [])),
    append: (revocation) => write({ revocation }),
    noteInLedger: (inLedger) => write({ inLedger }),
  }
}

interface Entry {
  readonly revocation?: RecordedRevocation
  readonly inLedger?: string
}

function parseLine(line: string, number: number): Entry {
  try {
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed !== 'object' || parsed === null) throw new TypeError('no object')
    // The members are checked below, and the file is ours.
    const { revocation, inLedger } = parsed as {
      readonly revocation?: Omit<RecordedRevocation, 'atUnixNs'> & { readonly atUnixNs: string }
      readonly inLedger?: string
    }
    if (revocation === undefined) {
      if (typeof inLedger !== 'string') throw new TypeError('neither of the two kinds')
      return { inLedger }
    }
    const isKnown =
      revocationKinds.includes(revocation.target.kind) &&
      revocationActions.includes(revocation.action)
    if (!isKnown) throw new TypeError('a kind or an action of another version')
    return { revocation: { ...revocation, atUnixNs: BigInt(revocation.atUnixNs) } }
  } catch (thrown) {
    throw new WhodidError(
      'invalid_config',
      `line ${number} of "${fileName}" expected a revocation; got something else`,
      { cause: thrown },
    )
  }
}

function bigintsAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value
}
