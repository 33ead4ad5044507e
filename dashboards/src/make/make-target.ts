import type { Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/dashboard'

/** The format in which the ClickHouse plugin returns a query's rows; the plugin reads no other field for this. */
export const frameFormat = { timeSeries: 0, table: 1, logs: 2, trace: 3 } as const

/** One query of a panel, as the ClickHouse plugin reads it. */
export interface ClickHouseTarget extends Dataquery {
  readonly refId: string
  readonly datasource: { readonly type: string; readonly uid: string }
  readonly editorType: 'sql'
  readonly format: number
  readonly rawSql: string
}

/** The plugin that reads ClickHouse. */
export const pluginType = 'grafana-clickhouse-datasource'

/** The data source that the dashboard's first variable chooses. */
export const chosenSource: DataSourceRef & { type: string; uid: string } = {
  type: pluginType,
  uid: '${datasource}',
}

/** The space is only for people who read the generator. */
export function oneLine(sql: string): string {
  return sql.replaceAll(/\s*\n\s*/gu, ' ').trim()
}

/** Makes a query of a panel. */
export function makeTarget(refId: string, format: number, sql: string): ClickHouseTarget {
  return {
    refId,
    datasource: chosenSource,
    editorType: 'sql',
    format,
    rawSql: oneLine(sql),
    // The type's own mark: JSON leaves it out.
    _implementsDataqueryVariant: () => undefined,
  }
}
