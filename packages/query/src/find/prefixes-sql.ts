import type { Statement } from '@whodid/store'
import { foundColumns } from './found.ts'
import type { SoughtTime } from './names-sql.ts'

/** Prefixes of one clue that are looked up. */
export const prefixesMax = 12

/** Acts below one prefix that are read. */
export const prefixRowsMax = 50_000

/** Names below one prefix that are returned, the latest touched. */
const prefixNamesMax = 50

/** A beginning of a resource's ID, or of a person's. */
export interface SoughtPrefix {
  readonly of: 'resource' | 'delegator'
  readonly prefix: string
}

/**
 * The statement that finds the names which begin with some prefixes, in the order of the acts' tables by resource and by person; a
 * part for each. The rows are read up to a bound, whatever the time: it is the order of names that finds them. They are not ordered here,
 * since the engine then takes the projection of another order, and reads all of it.
 */
export function planPrefixes(
  prefixes: readonly SoughtPrefix[],
  time: SoughtTime,
  tenant: string,
): Statement {
  const parts = prefixes.map(({ of }, place) => {
    const column = of === 'resource' ? 'resource_id' : 'principal_id'
    return `SELECT '${of}' AS kind, name, ${foundColumns}, any(place) AS place,
  count() OVER () AS names, sum(records) OVER () AS looked
FROM (
  SELECT ${column} AS name, ts, trace_id, span_id, true AS is_act, ${place} AS place
  FROM whodid.actions
  WHERE tenant = {tenant:String} AND startsWith(${column}, {prefix${place}:String})
  LIMIT ${prefixRowsMax}
)
WHERE ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
GROUP BY name
ORDER BY last DESC, name
LIMIT ${prefixNamesMax}`
  })
  const parameters = Object.fromEntries(
    prefixes.map(({ prefix }, place) => [`prefix${place}`, prefix]),
  )
  return {
    sql: parts.map((part) => `SELECT * FROM (${part})`).join('\nUNION ALL\n'),
    parameters: { ...parameters, ...time, tenant },
    tenant,
  }
}
