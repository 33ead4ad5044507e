import { Readable } from 'node:stream'
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import { recordFields } from '@whodid/model'
import { openClient } from './client.ts'
import type { StoreAccess } from './client.ts'
import { storeError } from './store-error.ts'

/** A batch that goes into the ledger as one insert. */
export interface AppendBatch {
  /** Rows from `encodeRecords`, in order. */
  readonly blocks: readonly Uint8Array[]
  /** Blocks from `encodeContents`: the text of these records, and of no others. */
  readonly contents?: readonly Uint8Array[]
  /** The same token always names the same rows: the engine stores a token once. Made of log, segment and length. */
  readonly token: string
}

/** Puts batches into `whodid.contents` and `whodid.spans`, and into `whodid.actions` through its view. */
export interface Appender {
  /**
   * Resolves when the rows are on the engine's disk. Repeating a batch under its token stores nothing twice, also after
   * a crash between two tables: each deduplicates on its own.
   *
   * Text goes in first: a crash after it leaves text whose record the repetition inserts, never a record without its
   * text.
   *
   * Throws `store_unavailable` (try again) or `store_refused` (the same batch will be refused again).
   */
  append(batch: AppendBatch): Promise<void>
  close(): Promise<void>
}

const insertSettings: ClickHouseSettings = {
  // The collector batches itself; the engine's buffer would acknowledge rows that are not on the disk.
  async_insert: 0,
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  // One token, one block: a batch split by the engine would still be deduplicated, but block by block.
  max_insert_block_size: '1048576',
  input_format_parallel_parsing: 0,
  // Partitions go by the ledger's clock, so a batch meets two at most, at the turn of a month.
  max_partitions_per_insert_block: '100',
}

/** Opens the way into the ledger as the writer. Opening does not connect: an engine that is down shows at the first append. */
export function createAppender(access: StoreAccess): Appender {
  const client = openClient(access)
  return {
    append: (batch) => append(client, batch),
    close: () => client.close(),
  }
}

async function append(client: ClickHouseClient, batch: AppendBatch): Promise<void> {
  const { blocks, contents = [], token } = batch
  if (contents.some((block) => block.length > 0))
    await insert(client, { table: 'contents', blocks: contents, token })
  await insert(client, { table: 'spans', blocks, token })
}

/** The columns of an insert into each table. Rows hold no names, so the statement lists them. */
const inserted = {
  contents: 'whodid.contents FORMAT Native',
  spans: `whodid.spans (${recordFields.map(({ column }) => column).join(', ')}) FORMAT RowBinary`,
} as const

interface Insert {
  readonly table: keyof typeof inserted
  readonly blocks: readonly Uint8Array[]
  readonly token: string
}

async function insert(client: ClickHouseClient, { table, blocks, token }: Insert): Promise<void> {
  try {
    const { stream } = await client.exec({
      query: `INSERT INTO ${inserted[table]}`,
      values: Readable.from(blocks, { objectMode: false }),
      clickhouse_settings: { ...insertSettings, insert_deduplication_token: token },
    })
    // The insert has ended only when its (empty) answer has.
    stream.resume()
    await new Promise((resolve, reject) => stream.once('end', resolve).once('error', reject))
  } catch (thrown) {
    throw storeError(thrown, 'to store records')
  }
}
