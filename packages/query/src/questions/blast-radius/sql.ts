import { restFields } from '@whodid/model'
import { inThreads, isAct, notEnded, ownGrade, withinTimeBounds } from '../sql.ts'

/** The most generations of descendants followed. */
export const generationsMax = 16
/** The most instances followed, including the one asked about. */
export const instancesMax = 1000
/** The most acts without an identity of their own that are looked at. */
export const unnamedActsMax = 2000
/** The most records of their traces that are searched for their ancestors. */
export const linksMax = 20_000

/** The instance asked about, or one that descends from it. */
interface TreeRow {
  readonly id: string
  readonly parent: string
  readonly depth: number
}

/** The acts on a resource, one row for each verb, outcome and grade. */
export interface TouchRow {
  readonly verb: string
  readonly outcome: string
  readonly grade: string
  readonly acts: string
  readonly first: string
  readonly last: string
  readonly instances: readonly string[]
  readonly tools: readonly string[]
}

/** A resource with the acts on it. */
export interface TouchedRow {
  readonly resource: string
  readonly type: string
  readonly touches: readonly TouchRow[]
}

/** An act whose own record names no instance. */
export interface UnnamedRow {
  readonly key: string
  readonly resource: string
  readonly type: string
  readonly verb: string
  readonly outcome: string
  readonly tool: string
  readonly ts: string
  readonly exporter: string
}

/** A record that links an act to an ancestor. */
export interface LinkRow {
  readonly key: string
  readonly parent: string
  readonly actor_type: string
  readonly instance: string
  readonly template: string
  readonly channel: string
  readonly exporter: string
  readonly received_at: string
}

/** The one row of {@link blastRadiusSql}. */
export interface BlastRadiusRow {
  readonly tree: readonly TreeRow[]
  readonly touched: readonly TouchedRow[]
  /** The number of resources, and of acts that name none. */
  readonly totals: { readonly resources: string; readonly nameless: string }
  readonly unnamed: readonly UnnamedRow[]
  readonly links: readonly LinkRow[]
}

// Each generation is planned anew: reading one member of `rest` is planned in a tenth of the time that the view takes.
const parentKey = restFields.find(({ name }) => name === 'instance_parent_id')?.key ?? ''

const key = (span: string): string => `lower(concat(hex(row.trace_id), '-', hex(${span})))`
// A scalar makes the engine walk the tree before the reads that use it; a set made from a scalar still uses the key.
const keysOfTree = "SELECT sipHash64('instance', arrayJoin(tree.id))"
const ofTree = `${inThreads(`key IN (${keysOfTree})`)} AND row.instance_id IN (SELECT arrayJoin(tree.id))`
// Resources are chosen first and their acts read after: an instance may touch a million, and the answer holds few.
const latestResources = `
          SELECT row.resource_id FROM whodid.v_spans AS row
          WHERE ${ofTree} AND row.resource_id != '' AND ${withinTimeBounds}
          GROUP BY row.resource_id ORDER BY max(row.ts) DESC, row.resource_id LIMIT {rows:UInt32}`

const theirTraces = `SELECT sipHash64('trace', trace_id) FROM whodid.threads WHERE key IN (${keysOfTree})`
const unnamed = `${inThreads(`key IN (${theirTraces})`)} AND row.instance_id = '' AND row.actor_type IN ('', 'agent')
        AND row.resource_id != '' AND ${withinTimeBounds}`

const tracesOfUnnamed = `SELECT sipHash64('trace', row.trace_id) FROM whodid.v_spans AS row WHERE ${unnamed}`

/**
 * Selects the instance's descendants, the resources they touched by their own claims, and the acts of their traces that claim
 * nobody, with the records through which those may inherit. Counting the generations ends a loop of instances that name each
 * other as parents.
 */
export const blastRadiusSql: string = `
WITH RECURSIVE descent AS
(
  SELECT {id:String} AS id, '' AS parent, toUInt16(0) AS depth
  UNION ALL
  SELECT DISTINCT child.id, child.parent, toUInt16(above.depth + 1)
  FROM
  (
    SELECT DISTINCT row.instance_id AS id, JSONExtractString(row.rest, '${parentKey}') AS parent
    FROM whodid.spans AS row
    WHERE ${inThreads(`key IN (SELECT sipHash64('parent', id) FROM descent WHERE depth < ${generationsMax})`)}
      AND parent IN (SELECT id FROM descent WHERE depth < ${generationsMax})
      AND row.instance_id != '' AND row.instance_id != {id:String} AND row.channel != 'unentitled'
      AND row.received_at <= {recorded:DateTime64(9, 'UTC')}
    LIMIT ${instancesMax}
  ) AS child
  INNER JOIN descent AS above ON child.parent = above.id
),
(
  SELECT groupArray(CAST((id, parent, depth), 'Tuple(id String, parent String, depth UInt16)'))
  FROM (SELECT id, argMin(descent.parent, descent.depth) AS parent, min(descent.depth) AS depth FROM descent GROUP BY id ORDER BY depth, id LIMIT ${instancesMax + 1})
) AS tree
SELECT
  tree,
  (
    SELECT groupArray(CAST((resource, type, touches), 'Tuple(resource String, type String, touches Array(Tuple(verb String, outcome String, grade String, acts UInt64, first DateTime64(9, \\'UTC\\'), last DateTime64(9, \\'UTC\\'), instances Array(String), tools Array(String))))'))
    FROM
    (
      SELECT
        resource, any(type) AS type,
        groupArray(64)((verb, outcome, grade, acts, first, last, instances, tools)) AS touches
      FROM
      (
        SELECT
          row.resource_id AS resource, any(row.resource_type) AS type, row.verb AS verb, row.outcome AS outcome,
          ${ownGrade} AS grade,
          uniqExact(cityHash64(row.trace_id, row.span_id)) AS acts, min(row.ts) AS first, max(row.ts) AS last,
          groupUniqArray(16)(row.instance_id) AS instances, groupUniqArrayIf(16)(row.tool_name, row.tool_name != '') AS tools
        FROM whodid.v_spans AS row
        WHERE ${ofTree} AND ${withinTimeBounds} AND row.resource_id IN (${latestResources}) AND ${notEnded('whodid.v_spans', `${ofTree} AND ${withinTimeBounds}`)}
        GROUP BY resource, verb, outcome, grade
      )
      GROUP BY resource
      ORDER BY max(last) DESC, resource
      LIMIT {rows:UInt32}
    )
  ) AS touched,
  (
    SELECT CAST(
      (uniqExactIf(cityHash64(row.resource_id), row.resource_id != ''), uniqExactIf(cityHash64(row.trace_id, row.span_id), row.resource_id = '')),
      'Tuple(resources UInt64, nameless UInt64)'
    )
    FROM whodid.v_spans AS row
    WHERE ${ofTree} AND ${isAct} AND ${withinTimeBounds} AND ${notEnded('whodid.v_spans', `${ofTree} AND ${withinTimeBounds}`)}
  ) AS totals,
  (
    SELECT groupArray(CAST(
      (${key('row.span_id')}, row.resource_id, row.resource_type, row.verb, row.outcome, row.tool_name, row.ts, row.exporter),
      'Tuple(key String, resource String, type String, verb String, outcome String, tool String, ts DateTime64(9, \\'UTC\\'), exporter String)'
    ))
    FROM (SELECT * FROM whodid.v_spans AS row WHERE ${unnamed} LIMIT ${unnamedActsMax + 1}) AS row
  ) AS unnamed,
  (
    SELECT groupArray(CAST(
      (
        ${key('row.span_id')},
        if(row.parent_span_id = toFixedString('', 8), '', ${key('row.parent_span_id')}),
        row.actor_type, row.instance_id, row.template_id, row.channel, row.exporter, row.received_at
      ),
      'Tuple(key String, parent String, actor_type String, instance String, template String, channel String, exporter String, received_at DateTime64(9, \\'UTC\\'))'
    ))
    FROM
    (
      SELECT * FROM whodid.v_spans AS row
      WHERE ${inThreads(`key IN (${tracesOfUnnamed})`)} AND row.received_at <= {recorded:DateTime64(9, 'UTC')}
      LIMIT ${linksMax + 1}
    ) AS row
  ) AS links`
