import { toDateTime64 } from '../client.ts'

/** One look at the ledger. */
export interface LedgerRead {
  readonly tenant: string
  readonly readAtUnixNs: bigint
  readonly requestId: string
  /** Name of the token that asked; never the token. */
  readonly reader: string
  readonly role: string
  readonly route: string
  readonly question: string
  readonly caseId: string
  readonly remoteAddress: string
  readonly userAgent: string
}

/** Keeps the record of who read the ledger. */
export interface ReadRecorder {
  /**
   * Resolves when the record of the read is on the disk: from there it goes into `whodid.reads`, whatever happens to this process.
   * Throws `read_not_recorded`: the caller must then withhold the answer.
   */
  record(read: LedgerRead): Promise<void>
  /** Resolves with true when all reads recorded so far stand in `whodid.reads`; with false after `msMax` milliseconds. */
  stored(msMax: number): Promise<boolean>
  /** Records nothing more. What is not in `whodid.reads` by then goes there after the next start. */
  close(): Promise<void>
}

/** The read as a line of JSON, the form in which the engine takes it. */
export function lineOf(read: LedgerRead): string {
  const row = {
    tenant: read.tenant,
    read_at: toDateTime64(read.readAtUnixNs),
    request_id: read.requestId,
    reader: read.reader,
    role: read.role,
    route: read.route,
    question: read.question,
    case_id: read.caseId,
    remote_address: read.remoteAddress,
    user_agent: read.userAgent,
  }
  return `${JSON.stringify(row)}\n`
}
