import { recordRow } from '@whodid/model'
import type { RecordRow } from '@whodid/model'
import { canonicalExpression } from '@whodid/store'
import type { Selector } from '@whodid/store'

/** The place in a log from which to read on, and how many records at most. */
export interface LogPosition {
  readonly log: string
  /** The first index that is asked for. */
  readonly from: number
  readonly limit: number
  /** Nanoseconds since 1970. */
  readonly nowUnixNs: bigint
}

/** Records of one tenant in the order of their log. */
export interface LogPage {
  readonly rows: readonly RecordRow[]
  /** The index to read on from. Each record before it was in a page, and none will be in a later one. */
  readonly next: number
}

/**
 * Nanoseconds that a record waits behind a hole near the end of its log. A hole is filled within moments, while a segment of two
 * months is being stored, or never, after a loss. Who reads on must not pass the one, and must not wait for the other.
 */
const holeWaitNs = 60_000_000_000n
/** Indexes of one block of `whodid.v_logs`. */
const blockSize = 65_536

/**
 * Reads a tenant's records from an index on. Segments are stored in the order of their indexes, so what is before the newest record
 * is there; where a place is still empty, only what is older than a minute is given, and a record that comes to that place later is
 * passed over. A place with two rows gives both: one of them was not sealed.
 */
export async function readLog(
  selector: Selector,
  tenant: string,
  position: LogPosition,
): Promise<LogPage> {
  const { log, from, limit, nowUnixNs } = position
  const end = await readEnd(selector, tenant, position)
  if (end === undefined || end.last < from) return { rows: [], next: from }
  const before = end.hasHole ? nowUnixNs - holeWaitNs : nowUnixNs + holeWaitNs
  const { rows: found } = await selector.select<{ readonly form: string }>({
    sql: pageSql,
    parameters: { log, from, to: end.last, limit, before: before.toString() },
    tenant,
  })
  const rows = found.map(({ form }) => recordRow(Buffer.from(form, 'base64')))
  const isWhole = rows.length < limit && !end.hasHole
  const last = rows.at(-1)
  const next = last === undefined ? from : Number(last['log_index']) + 1
  return { rows, next: isWhole ? end.last + 1 : next }
}

/** The newest index of the log, and whether a place of the block that it is in is empty. Undefined where nothing is from there on. */
async function readEnd(
  selector: Selector,
  tenant: string,
  { log, from }: LogPosition,
): Promise<{ readonly last: number; readonly hasHole: boolean } | undefined> {
  const { rows } = await selector.select<Readonly<Record<'newest' | 'last' | 'known', string>>>({
    sql: endSql,
    parameters: { log, block: Math.floor(from / blockSize) },
    tenant,
  })
  const [end] = rows
  if (end === undefined) return undefined
  const last = Number(end.last)
  return { last, hasHole: Number(end.known) < last + 1 - Number(end.newest) * blockSize }
}

const endSql = `
SELECT toString(l.block) AS newest, toString(l.last_index) AS last, toString(l.places) AS known
FROM whodid.v_logs AS l
WHERE l.log_id = {log:String} AND l.block >= {block:UInt64}
ORDER BY l.block DESC
LIMIT 1`

const pageSql = `
SELECT base64Encode(${canonicalExpression('s')}) AS form
FROM whodid.spans AS s
WHERE s.log_id = {log:String} AND s.log_index >= {from:UInt64} AND s.log_index <= {to:UInt64}
  AND s.received_at < fromUnixTimestamp64Nano({before:Int64}, 'UTC')
ORDER BY s.log_index
LIMIT {limit:UInt32} WITH TIES`
