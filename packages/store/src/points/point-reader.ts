import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import { ByteReader } from '@whodid/model'
import { storeError } from '../store-error.ts'
import { actKeysMax, actsCondition, actsSql, readActs } from './act-points.ts'
import { bytesSql, collectRows, rowsMax } from './collect-rows.ts'
import type { RawAnswer } from './collect-rows.ts'
import { gatherKeys, keyBoundsDefault } from './gather-keys.ts'
import type { FoundRows, PointRows } from './gather-keys.ts'
import {
  firstSql,
  namesSql,
  placesCondition,
  placesSql,
  readFirst,
  readNames,
  readPlaces,
} from './name-points.ts'
import type {
  ActsWanted,
  NamedAct,
  NamedClaim,
  NamedPlace,
  PlacesWanted,
  RecordName,
  StoredRow,
  StoredTextBlock,
  TracePlace,
  UnnamedWanted,
} from './point-rows.ts'
import {
  placeKey,
  readRecords,
  readRecordsUnder,
  readUnnamed,
  recordsSql,
  recordsUnderSql,
  unnamedCondition,
  unnamedSql,
} from './record-points.ts'

/**
 * Reads rows by their keys, in short statements over few columns. Callers of one tenant who ask at the same moment share a
 * statement. Each method throws as `Selector.select` does.
 */
export interface PointReader {
  /** The records of all places where some names occur, in no order. */
  recordsUnder(tenant: string, names: readonly RecordName[]): Promise<PointRows<StoredRow>>
  /** The records of some places, in no order. */
  records(tenant: string, places: readonly TracePlace[]): Promise<PointRows<StoredRow>>
  /** The occurrences of some names, see `nameKey`. */
  names(tenant: string, keys: readonly bigint[]): Promise<PointRows<NamedPlace>>
  /** Of each name the first occurrence by each template and exporter, received by a time (nanoseconds since 1970). */
  firstNames(
    tenant: string,
    keys: readonly bigint[],
    recorded: bigint | null,
  ): Promise<PointRows<NamedClaim>>
  /** The newest acts under a name, in their order. */
  acts(tenant: string, wanted: ActsWanted): Promise<PointRows<NamedAct>>
  /** The newest places of a name by their hours, in no order within one. */
  newestPlaces(tenant: string, wanted: PlacesWanted): Promise<PointRows<TracePlace>>
  /** The newest acts in some places that do not carry a name, in their order. */
  unnamedActs(tenant: string, wanted: UnnamedWanted): Promise<PointRows<StoredRow>>
  /** Text blocks by their names in hex. */
  textBlocks(tenant: string, refs: readonly string[]): Promise<PointRows<StoredTextBlock>>
}

const settings: ClickHouseSettings = {
  // An error on the way is then an error, not half an answer.
  wait_end_of_query: 1,
  max_threads: 1,
  // Rows in order are read until enough are found, a block at a time.
  max_block_size: '512',
}

/** Makes the reader of a client that is logged in as the ledger's reader. */
export function createPointReader(client: ClickHouseClient): PointReader {
  const run = (tenant: string, sql: string): Promise<RawAnswer> => ask(client, tenant, sql)
  const records = byTenant((tenant) =>
    gatherKeys<StoredRow>(async (keys) => readRecords(await run(tenant, recordsSql(keys)))),
  )
  const under = byTenant((tenant) =>
    gatherKeys<StoredRow>(async (keys) =>
      readRecordsUnder(keys, await run(tenant, recordsUnderSql(keys))),
    ),
  )
  const names = byTenant((tenant) =>
    gatherKeys<NamedPlace>(async (keys) => readNames(await run(tenant, namesSql(keys)))),
  )
  const firstNames = byTenant((tenant) =>
    gatherKeys<NamedClaim>(async (keys) => readFirst(await run(tenant, firstSql(keys)))),
  )
  const textBlocks = byTenant((tenant) =>
    gatherKeys<StoredTextBlock>(async (keys) =>
      readTextBlocks(await run(tenant, textBlocksSql(keys))),
    ),
  )
  // Of these a statement has a part for each name.
  const bounds = { ...keyBoundsDefault, keysMax: actKeysMax }
  const acts = byTenant((tenant) =>
    gatherKeys<NamedAct>(async (keys) => readActs(keys, await run(tenant, actsSql(keys))), bounds),
  )
  const places = byTenant((tenant) =>
    gatherKeys<TracePlace>(
      async (keys) => readPlaces(keys, await run(tenant, placesSql(keys))),
      bounds,
    ),
  )
  const unnamed = byTenant((tenant) =>
    gatherKeys<StoredRow>(
      async (keys) => readUnnamed(keys, await run(tenant, unnamedSql(keys))),
      bounds,
    ),
  )
  return {
    newestPlaces: (tenant, wanted) => places(tenant)([placesCondition(wanted)]),
    unnamedActs: (tenant, wanted) => unnamed(tenant)([unnamedCondition(wanted)]),
    acts: (tenant, wanted) => acts(tenant)([actsCondition(wanted)]),
    records: (tenant, places) => records(tenant)(places.map(placeKey)),
    recordsUnder: (tenant, wanted) =>
      under(tenant)(wanted.map(({ kind, name }) => `${kind}:${name}`)),
    names: (tenant, keys) => names(tenant)(keys.map(String)),
    firstNames: (tenant, keys, recorded) =>
      firstNames(tenant)(keys.map((key) => `${key}<=${recorded ?? ''}`)),
    textBlocks: (tenant, refs) => textBlocks(tenant)(refs),
  }
}

/** Tenants whose readers are kept; the one that was made first goes for another. */
const tenantsMax = 1_000

function byTenant<Reader>(make: (tenant: string) => Reader): (tenant: string) => Reader {
  const made = new Map<string, Reader>()
  return (tenant) => {
    let reader = made.get(tenant)
    if (reader === undefined) {
      const [first] = made.size < tenantsMax ? [] : made.keys()
      if (first !== undefined) made.delete(first)
      made.set(tenant, (reader = make(tenant)))
    }
    return reader
  }
}

async function ask(client: ClickHouseClient, tenant: string, query: string): Promise<RawAnswer> {
  try {
    const { stream, summary } = await client.exec({
      query,
      // The reader's row policies compare this setting with the column `tenant`.
      clickhouse_settings: { ...settings, log_comment: tenant },
    })
    const chunks: Buffer[] = []
    // Sound: a stream without an encoding gives bytes.
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    return {
      reader: new ByteReader(Buffer.concat(chunks)),
      rowsRead: Number(summary?.read_rows ?? 0),
      bytesRead: Number(summary?.read_bytes ?? 0),
    }
  } catch (thrown) {
    throw storeError(thrown, 'to answer a question')
  }
}

function textBlocksSql(refs: readonly string[]): string {
  return `SELECT ref, sealed
FROM whodid.contents WHERE ref IN (${refs.map(bytesSql).join(', ')})
LIMIT ${rowsMax + 1} FORMAT RowBinary`
}

function readTextBlocks(answer: RawAnswer): FoundRows<StoredTextBlock> {
  return collectRows(answer, rowsMax, (reader) => {
    const row = { ref: reader.hex(24), sealed: reader.bytes() }
    return { key: row.ref, row }
  })
}
