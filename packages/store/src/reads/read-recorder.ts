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
  return lineOfRow({
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
  })
}

/** The columns of a read, in the order in which its line has them. */
const columns = [
  'tenant',
  'read_at',
  'request_id',
  'reader',
  'role',
  'route',
  'question',
  'case_id',
  'remote_address',
  'user_agent',
] as const

type Row = Readonly<Record<(typeof columns)[number], string>>

/** The engine refuses half a surrogate pair, which a question may hold, and with it every read of the insert. */
function lineOfRow(row: Row): string {
  return `${JSON.stringify(row, (_key, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value))}\n`
}

const timeForm = /^\d{4}-(?:0[1-9]|1[0-2])-\d\d [0-2]\d:[0-5]\d:[0-5]\d\.\d{9}$/u

/**
 * Reads a line back, as the engine takes it; undefined where it is no line as `lineOf` writes it: the engine would refuse it, and with it every
 * read of the insert, or take a part of it for another.
 */
export function readLine(line: string): string | undefined {
  let read: unknown
  try {
    read = JSON.parse(line)
  } catch {
    // Not JSON: torn, or written over.
    return undefined
  }
  if (!isRow(read) || `${JSON.stringify(read)}\n` !== line) return undefined
  const { read_at: at } = read
  const isTime =
    timeForm.test(at) && !Number.isNaN(Date.parse(`${at.slice(0, 23).replace(' ', 'T')}Z`))
  return isTime ? lineOfRow(read) : undefined
}

function isRow(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null) return false
  const fields = Object.entries(value)
  return (
    fields.length === columns.length &&
    fields.every(([name, text], place) => name === columns[place] && typeof text === 'string')
  )
}
