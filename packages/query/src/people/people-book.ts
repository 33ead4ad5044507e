import { WhodidError } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { unixNsOf } from '../who-did/walk/walked-record.ts'
import { People } from './people.ts'
import type { NameVersion } from './people.ts'

/** A tenant's people, as they were read. */
export interface PeopleRead {
  readonly people: People
  /** SQL statements that were sent for it. */
  readonly statements: number
  /** Versions of names in the ledger. */
  readonly versions: number
}

/** The people of each tenant, as the ledger lists them. */
export interface PeopleBook {
  /**
   * Resolves with a tenant's people, and with the statements that were sent for it: none while the list read before is fresh. Only versions that
   * were recorded by `recorded` count. Throws the errors of `Selector.select`, and `query_too_expensive` past {@link versionsMax}.
   */
  of(tenant: string, recorded: bigint | null): Promise<PeopleRead>
  /** Reads a tenant's list anew at the next question, because it was added to. */
  forget(tenant: string): void
}

/** Versions of names of a tenant that are read. */
export const versionsMax = 200_000
/** Milliseconds for which a list that was read is used: as long another collector's additions are not seen. */
const freshMs = 5_000
/** Tenants whose lists are kept. */
const tenantsMax = 256

interface Read {
  readonly versions: Promise<readonly NameVersion[]>
  readonly readAtMs: number
  newest: People | undefined
}

/** Opens the book. It reads a tenant's list once, and then every 5 s while questions come. */
export function createPeopleBook(selector: Selector): PeopleBook {
  const reads = new Map<string, Read>()
  return {
    of: async (tenant, recorded) => {
      const before = reads.get(tenant)
      const isFresh = before !== undefined && performance.now() - before.readAtMs < freshMs
      const read: Read = isFresh
        ? before
        : {
            versions: readVersions(selector, tenant),
            readAtMs: performance.now(),
            newest: undefined,
          }
      if (!isFresh) {
        reads.delete(tenant)
        for (const oldest of reads.keys()) {
          if (reads.size < tenantsMax) break
          reads.delete(oldest)
        }
        reads.set(tenant, read)
      }
      try {
        const versions = await read.versions
        const people =
          recorded === null
            ? (read.newest ??= new People(versions))
            : new People(versions, recorded)
        return { people, statements: isFresh ? 0 : 1, versions: versions.length }
      } catch (thrown) {
        if (reads.get(tenant) === read) reads.delete(tenant)
        throw thrown
      }
    },
    forget: (tenant) => {
      reads.delete(tenant)
    },
  }
}

interface Row {
  readonly person: string
  readonly name: string
  readonly kind: string
  readonly source: string
  readonly is_theirs: number
  readonly valid_from: string
  readonly recorded_at: string
}

/** The statement that lists the versions of every name of a tenant. */
const peopleSql: string = `SELECT person, name, kind, source, is_theirs,
  toString(valid_from) AS valid_from, toString(recorded_at) AS recorded_at
FROM whodid.people
WHERE tenant = {people_of:String}
LIMIT {limit:UInt32}`

async function readVersions(selector: Selector, tenant: string): Promise<readonly NameVersion[]> {
  const { rows } = await selector.select<Row>({
    sql: peopleSql,
    parameters: { people_of: tenant, limit: versionsMax + 1 },
    tenant,
  })
  // From a part of the list an answer would be a guess.
  if (rows.length > versionsMax)
    throw new WhodidError(
      'query_too_expensive',
      `the tenant has more than ${versionsMax} versions of people's names`,
    )
  return rows.map((row) => ({
    person: row.person,
    name: row.name,
    kind: row.kind,
    source: row.source,
    isTheirs: row.is_theirs === 1,
    validFrom: unixNsOf(row.valid_from),
    recordedAt: unixNsOf(row.recorded_at),
  }))
}
