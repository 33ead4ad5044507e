import { openClient, toDateTime64 } from './client.ts'
import type { StoreAccess } from './client.ts'
import { storeError } from './store-error.ts'

/** One entry of the notebook of a case. */
export interface CaseEntryRow {
  readonly tenant: string
  readonly caseId: string
  readonly writtenAtUnixNs: bigint
  /** Unique in the ledger; the ID of the request that brought the entry. */
  readonly entryId: string
  /** Name of the token or session that wrote it; never the token. */
  readonly author: string
  readonly role: string
  readonly kind: string
  readonly text: string
  /** The question as JSON; '' for none. */
  readonly question: string
}

/** Adds to the notebooks of cases. */
export interface CaseWriter {
  /** Resolves when the entry is on the engine's disk. Throws `store_unavailable` or `store_refused`. */
  write(entry: CaseEntryRow): Promise<void>
  close(): Promise<void>
}

/** Opens the notebooks for writing, as the recorder: it inserts, and reads nothing. */
export function createCaseWriter(access: StoreAccess): CaseWriter {
  const client = openClient(access)
  return {
    write: async (entry) => {
      try {
        await client.insert({
          table: 'whodid.case_entries',
          values: [toRow(entry)],
          format: 'JSONEachRow',
          clickhouse_settings: { async_insert: 0 },
        })
      } catch (thrown) {
        throw storeError(thrown, 'to keep an entry of a case')
      }
    },
    close: () => client.close(),
  }
}

function toRow(entry: CaseEntryRow): Record<string, string> {
  return {
    tenant: entry.tenant,
    case_id: entry.caseId,
    written_at: toDateTime64(entry.writtenAtUnixNs),
    entry_id: entry.entryId,
    author: entry.author,
    role: entry.role,
    kind: entry.kind,
    text: entry.text,
    question: entry.question,
  }
}
