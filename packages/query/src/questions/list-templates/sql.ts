import { withinTimeBounds } from '../sql.ts'

/** The most instances listed for one template. */
const instancesMax = 20

/** The one statement: the records of the hours in question, grouped by template and instance, then by template. Parameters: `after`, `rows`, the time bounds. */
export const templatesSql: string = `
SELECT
  id,
  groupUniqArrayArray(100)(names) AS names, groupUniqArrayArray(100)(versions) AS versions,
  countIf(instance != '' AND seen > forged) AS instances_total,
  CAST(
    groupArraySortedIf(${instancesMax})((-toUnixTimestamp64Nano(last_at), instance, last_at), instance != '' AND seen > forged),
    'Array(Tuple(order Int64, id String, last DateTime64(9, \\'UTC\\')))'
  ) AS instances,
  groupUniqArrayArray(100)(delegators) AS delegators, groupUniqArrayArray(100)(tools) AS tools,
  groupUniqArrayArray(100)(credentials) AS credentials,
  sum(seen) AS records, sum(forged) AS contradicted, min(first_at) AS first, max(last_at) AS last
FROM
(
  SELECT
    row.template_id AS id, row.instance_id AS instance,
    groupUniqArrayIf(10)(row.template_name, row.template_name != '' AND row.channel != 'unentitled') AS names,
    groupUniqArrayIf(10)(row.template_version, row.template_version != '' AND row.channel != 'unentitled') AS versions,
    groupUniqArrayIf(100)(row.delegator_id, row.delegator_id != '' AND row.channel != 'unentitled') AS delegators,
    groupUniqArrayIf(100)(row.tool_name, row.tool_name != '' AND row.channel != 'unentitled') AS tools,
    groupUniqArrayIf(100)(row.credential_id, row.credential_id != '' AND row.channel != 'unentitled') AS credentials,
    count() AS seen, countIf(row.channel = 'unentitled') AS forged, min(row.ts) AS first_at, max(row.ts) AS last_at
  FROM whodid.v_spans AS row
  WHERE row.template_id > {after:String} AND ${withinTimeBounds}
  GROUP BY id, instance
)
GROUP BY id
ORDER BY id
LIMIT {rows:UInt32}`
