import type { ClickHouseClient } from '@clickhouse/client'
import { WhodidError } from '@whodid/model'
import { openClient } from './client.ts'
import type { StoreAccess } from './client.ts'
import { storeError } from './store-error.ts'

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
   * Resolves when the read stands in `whodid.reads`, on the engine's disk. Reads that come while an insert is under way
   * go together in the next one, so a crowd of responders makes few inserts.
   *
   * Throws `read_not_recorded`: the caller must then withhold the answer.
   */
  record(read: LedgerRead): Promise<void>
  close(): Promise<void>
}

/** Reads that may wait for the insert under way; one more is refused. */
const waitingMax = 10_000

interface Waiting {
  readonly row: Readonly<Record<string, string>>
  readonly resolve: () => void
  readonly reject: (error: WhodidError) => void
}

/** Opens the record of reads as the recorder, the user that may do nothing else. */
export function createReadRecorder(access: StoreAccess): ReadRecorder {
  const client = openClient(access)
  let waiting: Waiting[] = []
  let running: Promise<void> | undefined

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      await insertGroup(client, group)
    }
    running = undefined
  }

  return {
    record: (read) => {
      if (waiting.length >= waitingMax)
        return Promise.reject(notRecorded(new Error(`${waitingMax} reads are waiting already`)))
      const recorded = new Promise<void>((resolve, reject) => {
        waiting.push({ row: toRow(read), resolve, reject })
      })
      running ??= drain()
      return recorded
    },
    close: async () => {
      await running
      await client.close()
    },
  }
}

async function insertGroup(client: ClickHouseClient, group: readonly Waiting[]): Promise<void> {
  try {
    await client.insert({
      table: 'whodid.reads',
      values: group.map((waiter) => waiter.row),
      format: 'JSONEachRow',
      clickhouse_settings: { async_insert: 0 },
    })
    for (const waiter of group) waiter.resolve()
  } catch (thrown) {
    const error = notRecorded(storeError(thrown, 'to record a read'))
    for (const waiter of group) waiter.reject(error)
  }
}

function notRecorded(cause: Error): WhodidError {
  return new WhodidError(
    'read_not_recorded',
    `the read could not be recorded, so the answer is withheld: ${cause.message}`,
    { cause },
  )
}

function toRow(read: LedgerRead): Record<string, string> {
  const seconds = read.readAtUnixNs / 1_000_000_000n
  const fraction = (read.readAtUnixNs % 1_000_000_000n).toString().padStart(9, '0')
  return {
    tenant: read.tenant,
    read_at: `${seconds}.${fraction}`,
    request_id: read.requestId,
    reader: read.reader,
    role: read.role,
    route: read.route,
    question: read.question,
    case_id: read.caseId,
    remote_address: read.remoteAddress,
    user_agent: read.userAgent,
  }
}
