import { Readable } from 'node:stream'
import { openClient } from '../client.ts'
import type { StoreAccess } from '../client.ts'
import { storeError } from '../store-error.ts'

/** The way into `whodid.reads`. */
export interface ReadsTable {
  /**
   * Resolves when the lines are on the engine's disk. Repeated under its token, an insert stores nothing twice. Throws
   * `store_unavailable` or `store_refused`.
   */
  insert(lines: Uint8Array, token: string): Promise<void>
  close(): Promise<void>
}

/** Opens it as the recorder, a user that inserts and reads nothing. Opening does not connect. */
export function openReadsTable(access: StoreAccess): ReadsTable {
  const client = openClient(access)
  return {
    insert: async (lines, token) => {
      try {
        const { stream } = await client.exec({
          query: 'INSERT INTO whodid.reads FORMAT JSONEachRow',
          values: Readable.from([lines], { objectMode: false }),
          clickhouse_settings: {
            // The engine's buffer would acknowledge rows that are not on its disk.
            async_insert: 0,
            insert_deduplicate: 1,
            insert_deduplication_token: token,
            // One token, one block.
            input_format_parallel_parsing: 0,
          },
        })
        // The insert has ended only when its (empty) answer has.
        stream.resume()
        await new Promise((resolve, reject) => stream.once('end', resolve).once('error', reject))
      } catch (thrown) {
        throw storeError(thrown, 'to record reads')
      }
    },
    close: () => client.close(),
  }
}
