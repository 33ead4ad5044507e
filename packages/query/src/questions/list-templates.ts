import type { TemplateEntry, TemplatesAnswer } from '@whodid/model'
import type { Selector, Statement } from '@whodid/store'
import { nameOrNull, toInstant } from '../text.ts'
import { askStatement } from './ask-statement.ts'
import { encodeCursor } from './cursor.ts'
import type { TemplatesQuestion } from './templates-question.ts'
import { timeBoundParameters, withinTimeBounds } from './time-bounds.ts'

interface TemplateRow {
  readonly id: string
  readonly names: readonly string[]
  readonly versions: readonly string[]
  readonly instances_total: string
  readonly instances: readonly { id: string; last: string }[]
  readonly delegators: readonly string[]
  readonly tools: readonly string[]
  readonly credentials: readonly string[]
  readonly records: string
  readonly contradicted: string
  readonly first: string
  readonly last: string
}

/** Instances given of one template. */
const instancesMax = 20

/**
 * The inventory of a time: which templates were at work, with which instances, delegators, tools and credentials.
 *
 * It reads every record of the hours asked about. Throws what `Selector.select` throws, `query_too_expensive` among it.
 */
export async function listTemplates(
  selector: Selector,
  tenant: string,
  question: TemplatesQuestion,
): Promise<TemplatesAnswer> {
  const statement = planTemplates(question, tenant)
  const { rows, cost } = await askStatement<TemplateRow>(selector, statement)
  const page = rows.slice(0, question.limit)
  const last = page.at(-1)
  const more = last !== undefined && rows.length > page.length
  return {
    templates: page.map(toEntry),
    next_cursor: more ? encodeCursor({ templates: question.time }, [last.id]) : null,
    cost,
  }
}

/** The one statement: the records of the hours asked about, grouped by template and instance, then by template. */
function planTemplates({ time, limit, after }: TemplatesQuestion, tenant: string): Statement {
  const parameters = { ...timeBoundParameters(time), after: after ?? '', rows: limit + 1 }
  return { sql: templatesSql, parameters, tenant }
}

const templatesSql = `
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
  FROM whodid.spans AS row
  WHERE row.template_id > {after:String} AND ${withinTimeBounds}
  GROUP BY id, instance
)
GROUP BY id
ORDER BY id
LIMIT {rows:UInt32}`

function toEntry(row: TemplateRow): TemplateEntry {
  const named = (names: readonly string[]): string[] =>
    names.map((name) => nameOrNull(name) ?? '').sort()
  return {
    id: nameOrNull(row.id) ?? '',
    names: named(row.names),
    versions: named(row.versions),
    instances_total: Number(row.instances_total),
    instances: row.instances.map(({ id, last }) => ({
      id: nameOrNull(id) ?? '',
      last_at: toInstant(last),
    })),
    delegators: named(row.delegators),
    tools: named(row.tools),
    credentials: named(row.credentials),
    records: Number(row.records),
    contradicted_records: Number(row.contradicted),
    first_at: toInstant(row.first),
    last_at: toInstant(row.last),
  }
}
