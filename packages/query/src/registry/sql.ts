import { registryNames } from '@whodid/model'
import { leafExpression } from '@whodid/store'

const { actionPrefix, resourcePrefix } = registryNames

/** The resource of a template. */
export function resourceOfTemplate(template: string): string {
  return `${resourcePrefix}${template}`
}

const attributeOf = (key: string): string => `JSONExtractString(row.attributes, '${key}')`

/** The template of a registration's record. */
const templateSql = attributeOf(registryNames.template)

/**
 * The records of registrations that were received by an instant. A record of another sender is none, whatever it names: only Whodid itself is
 * the exporter `whodid`. What leads to them counts only from a sender that may speak for the service, so that nobody else makes the search long.
 */
const registrations = (acts: string): string => `
FROM whodid.spans AS row
WHERE row.exporter = 'whodid' AND startsWith(row.action_id, '${actionPrefix}') AND row.received_at <= {at:DateTime64(9, 'UTC')}
  AND (toStartOfHour(row.ts), row.trace_id) IN (
    SELECT toStartOfHour(act.ts), act.trace_id FROM whodid.actions AS act
    WHERE ${acts} AND startsWith(act.action_id, '${actionPrefix}') AND act.channel = 'entitled' AND act.service_name = 'whodid'
  )`

const columns = `
  ${templateSql} AS template, row.received_at AS recorded_at, ${attributeOf(registryNames.recordedBy)} AS recorded_by,
  lower(concat(hex(row.trace_id), '-', hex(row.span_id))) AS record, ${attributeOf(registryNames.definition)} AS definition,
  row.log_id AS log, toString(row.log_index) AS log_index, hex(${leafExpression('row')}) AS leaf`

/** The newest version of each template by its name. Parameters: `at`, `after`, `rows`. */
export const newestVersionsSql: string = `
SELECT ${columns}
${registrations(`act.resource_id >= '${resourcePrefix}' AND act.resource_id < '${resourcePrefix.slice(0, -1)};'`)}
  AND template > {after:String}
ORDER BY template, recorded_at DESC, row.log_index DESC
LIMIT 1 BY template
LIMIT {rows:UInt32}`

/** The versions of one template, newest first. Parameters: `at`, `resource`, `before`, `before_record`, `rows`. */
export const versionsOfTemplateSql: string = `
SELECT ${columns}
${registrations('act.resource_id = {resource:String}')}
  AND (row.received_at, record) < ({before:DateTime64(9, 'UTC')}, {before_record:String})
ORDER BY recorded_at DESC, record DESC
LIMIT {rows:UInt32}`

/** The newest version of one template. Parameters: `at`, `resource`. */
export const versionInForceSql: string = `
SELECT ${columns}
${registrations('act.resource_id = {resource:String}')}
ORDER BY recorded_at DESC, record DESC
LIMIT 1`

/** The number of times that months of records were pruned, as far as the tenant's own records tell. */
export const prunedSql: string = `
SELECT count() AS prunes FROM whodid.actions AS act
WHERE act.resource_id >= 'whodid:log:' AND act.resource_id < 'whodid:log;' AND startsWith(act.action_id, 'whodid:prune:')
  AND act.channel = 'entitled' AND act.service_name = 'whodid'`
