import { DashboardCursorSync, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard'
import type {
  AnnotationQuery,
  Dashboard,
  GridPos,
  VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { makePanel } from './make-panel.ts'
import type { PanelSpec } from './make-panel.ts'
import { chosenSource, frameFormat, makeTarget } from './make-target.ts'
import { everyVariable } from './make-variables.ts'
import { inRange } from './in-range.ts'

/** A dashboard before it is one. */
export interface DashboardSpec {
  /** Stable: links and bookmarks hold it. Kebab-case, at most 40 characters. */
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly variables: readonly VariableModel[]
  readonly panels: readonly PanelSpec[]
  /** Default `now-24h`. */
  readonly from?: string
}

/** Classic JSON, which every Grafana from 11.6 loads from a file. */
const schemaVersion = 41
const columnsOfGrid = 24

/** Makes a dashboard in Grafana's classic form: IDs count from 1, panels fill the grid from the left, row by row. */
export function makeDashboard(spec: DashboardSpec): Dashboard {
  const places = placesOf(spec.panels)
  return {
    id: null,
    uid: spec.uid,
    title: spec.title,
    description: spec.description,
    tags: ['whodid'],
    timezone: 'utc',
    editable: false,
    graphTooltip: DashboardCursorSync.Crosshair,
    time: { from: spec.from ?? 'now-24h', to: 'now' },
    refresh: '',
    schemaVersion,
    version: 1,
    panels: spec.panels.map((panel, index) => {
      const gridPos = places[index]
      return { id: index + 1, ...(gridPos === undefined ? {} : { gridPos }), ...makePanel(panel) }
    }),
    templating: { list: [...everyVariable, ...spec.variables] },
    annotations: { list: [ledgerEvents] },
    links: [
      {
        title: 'Whodid',
        type: DashboardLinkType.Dashboards,
        icon: 'external link',
        tooltip: '',
        tags: ['whodid'],
        asDropdown: true,
        targetBlank: false,
        includeVars: false,
        keepTime: true,
      },
    ],
  }
}

/** Damage and changes of key, on every dashboard: figures around them are read with care. */
const ledgerEvents: AnnotationQuery = {
  name: 'Ledger events',
  enable: true,
  iconColor: 'red',
  datasource: { ...chosenSource },
  target: makeTarget(
    'annotation',
    frameFormat.table,
    `SELECT ts AS time, concat(event, ' in ', log_id) AS text, 'Ledger' AS title, event AS tags
     FROM whodid.v_ledger_events WHERE ${inRange} AND event IN ('damage', 'hole', 'key_epoch') ORDER BY ts LIMIT 200`,
  ),
}

function placesOf(panels: readonly PanelSpec[]): GridPos[] {
  let x = 0
  let y = 0
  let rowHeight = 0
  return panels.map(({ size: [w, h] }) => {
    if (x + w > columnsOfGrid) {
      x = 0
      y += rowHeight
      rowHeight = 0
    }
    const place = { h, w, x, y }
    x += w
    rowHeight = Math.max(rowHeight, h)
    return place
  })
}
