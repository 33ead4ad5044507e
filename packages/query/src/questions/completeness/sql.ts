import { leafExpression } from '@whodid/store'
import { inThreadsOf } from '../sql.ts'

/** The records that name an instance. Parameters: `id`, `recorded`, `limit`. */
// No alias has a column's name: it would stand for the column in the leaf and in the conditions.
export const recordsSql: string = `
SELECT
  lower(hex(row.trace_id)) AS trace, lower(hex(row.span_id)) AS id, lower(hex(row.parent_span_id)) AS above,
  toString(row.seq) AS number, toString(row.ts) AS begun, CAST(row.record_kind, 'String') AS record, CAST(row.channel, 'String') AS by,
  row.log_id AS log, toString(row.log_index) AS place, lower(hex(${leafExpression('row')})) AS leaf,
  toString(if(row.record_kind = 'session', toInt64(ifNull(JSONExtract(row.attributes, 'whodid.run.lost_batches', 'Nullable(Int64)'), -1)), -1)) AS lost
FROM whodid.v_spans AS row
WHERE row.instance_id = {id:String} AND ${inThreadsOf('instance', '{id:String}')} AND row.channel != 'unentitled'
  AND row.received_at <= {recorded:DateTime64(9, 'UTC')}
ORDER BY row.ts, row.trace_id, row.span_id, row.log_id, row.log_index
LIMIT {limit:UInt32}`
