import { formatInstant } from '@whodid/model'
import { openClient } from './client.ts'
import type { StoreAccess } from './client.ts'
import { storeError } from './store-error.ts'

/** A version of a name: from when it was a person's, or was theirs no longer. */
export interface PersonNameRow {
  readonly tenant: string
  readonly person: string
  readonly name: string
  /** Such as `email`, `github`, `slack`, `idp`, `os_user`. */
  readonly kind: string
  /** The list that it is from. */
  readonly source: string
  readonly isTheirs: boolean
  readonly validFromUnixNs: bigint
  readonly recordedAtUnixNs: bigint
  /** Name of the token; never the token. */
  readonly recordedBy: string
}

/** Keeps the names of people. */
export interface PeopleRecorder {
  /** Resolves when the rows stand in `whodid.people`, on the engine's disk. Throws the errors of the store. */
  record(rows: readonly PersonNameRow[]): Promise<void>
  close(): Promise<void>
}

/** Opens the list of people as the recorder, which appends and cannot read. */
export function createPeopleRecorder(access: StoreAccess): PeopleRecorder {
  const client = openClient(access)
  return {
    record: async (rows) => {
      try {
        await client.insert({
          table: 'whodid.people',
          values: rows.map(toColumns),
          format: 'JSONEachRow',
          clickhouse_settings: { async_insert: 0 },
        })
      } catch (thrown) {
        throw storeError(thrown, 'to record the names of people')
      }
    },
    close: () => client.close(),
  }
}

function toColumns(row: PersonNameRow): Record<string, string | number> {
  return {
    tenant: row.tenant,
    person: row.person,
    name: row.name,
    kind: row.kind,
    source: row.source,
    is_theirs: row.isTheirs ? 1 : 0,
    valid_from: engineInstant(row.validFromUnixNs),
    recorded_at: engineInstant(row.recordedAtUnixNs),
    recorded_by: row.recordedBy,
  }
}

/** An instant as the engine reads it; a bare number of seconds is none to it where it is small. */
function engineInstant(unixNs: bigint): string {
  return formatInstant(unixNs).replace('T', ' ').replace('Z', '')
}
