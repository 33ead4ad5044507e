import {
  VariableHide,
  VariableRefresh,
  VariableSort,
  VariableType,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type { VariableModel } from '@grafana/grafana-foundation-sdk/dashboard'
import { chosenSource, oneLine, pluginType } from './make-target.ts'

/** The place of the console until an operator puts in another. */
export const consoleDefault = 'http://127.0.0.1:4320'

/** The variables that every dashboard has: the data source of the tenant, and the place of the console. */
export const everyVariable: readonly VariableModel[] = [
  {
    type: VariableType.Datasource,
    name: 'datasource',
    label: 'Data source',
    query: pluginType,
    refresh: VariableRefresh.OnDashboardLoad,
    includeAll: false,
    multi: false,
    options: [],
  },
  {
    // Constant, and not from the URL: a link that somebody sends must not lead a responder to a console of theirs.
    type: VariableType.Constant,
    name: 'console',
    label: 'Console',
    query: consoleDefault,
    hide: VariableHide.HideVariable,
    skipUrlSync: true,
    current: { selected: true, text: consoleDefault, value: consoleDefault },
    options: [],
  },
]

/** A list to choose several values from. `sql` returns the value, then its label. */
export function listVariable(name: string, label: string, sql: string): VariableModel {
  const query = oneLine(sql)
  return {
    type: VariableType.Query,
    name,
    label,
    datasource: { ...chosenSource },
    query: { refId: `variable-${name}`, queryType: 'sql', rawSql: query },
    definition: query,
    refresh: VariableRefresh.OnTimeRangeChanged,
    sort: VariableSort.Disabled,
    multi: true,
    includeAll: true,
    current: { selected: true, text: ['All'], value: ['$__all'] },
    options: [],
  }
}

/** A box to type text into. */
export function textVariable(name: string, label: string): VariableModel {
  return {
    type: VariableType.Textbox,
    name,
    label,
    query: '',
    current: { selected: true, text: '', value: '' },
    options: [],
  }
}
