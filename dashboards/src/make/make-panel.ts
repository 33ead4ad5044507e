import { DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard'
import { FieldColorModeId, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard'
import type { DashboardLink, Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { columnRules } from './column-links.ts'
import { chosenSource, frameFormat, makeTarget } from './make-target.ts'
import type { ClickHouseTarget } from './make-target.ts'

/** What every panel says. */
interface PanelBase {
  readonly title: string
  /** The question that the panel answers; it opens the description. */
  readonly question: string
  /** What is counted, and what is not. */
  readonly description: string
  /** A unit of Grafana: `short`, `s`, `percentunit`, … */
  readonly unit: string
  /** Path in the console where the question goes on. */
  readonly console: string
  /** Columns of 24, and rows. */
  readonly size: readonly [width: number, height: number]
}

/** A panel before it has a place. */
export type PanelSpec =
  | (PanelBase & { readonly type: 'stat'; readonly sql: string; readonly badFrom?: number })
  | (PanelBase & { readonly type: 'timeseries'; readonly sql: string; readonly stacked?: boolean })
  | (PanelBase & {
      readonly type: 'table'
      readonly sql: string
      /** The columns in the order in which the query returns them. */
      readonly columns: readonly string[]
    })
  | (PanelBase & { readonly type: 'nodeGraph'; readonly nodes: string; readonly edges: string })
  | (PanelBase & { readonly type: 'traces'; readonly sql: string })

/** Makes a panel of Grafana's classic dashboard, without ID and place. */
export function makePanel(spec: PanelSpec): Panel {
  return {
    type: spec.type,
    title: spec.title,
    description: `${spec.question} ${spec.description}`,
    datasource: { ...chosenSource },
    targets: targetsOf(spec),
    links: [consoleLink(spec.console)],
    fieldConfig: {
      defaults: { unit: spec.unit, noValue: spec.type === 'stat' ? '0' : '', ...colorsOf(spec) },
      overrides: spec.type === 'table' ? columnRules(spec.columns) : [],
    },
    options: optionsOf(spec),
  }
}

/** A link beside a panel's title, into the console. */
function consoleLink(path: string): DashboardLink {
  return {
    title: 'Open in the console',
    type: DashboardLinkType.Link,
    icon: 'external link',
    tooltip: 'Ask Whodid',
    url: `\${console}${path}`,
    tags: [],
    asDropdown: false,
    targetBlank: true,
    includeVars: false,
    keepTime: false,
  }
}

function targetsOf(spec: PanelSpec): ClickHouseTarget[] {
  switch (spec.type) {
    case 'timeseries':
      return [makeTarget('A', frameFormat.timeSeries, spec.sql)]
    case 'traces':
      return [makeTarget('A', frameFormat.trace, spec.sql)]
    case 'nodeGraph':
      return [
        makeTarget('nodes', frameFormat.table, spec.nodes),
        makeTarget('edges', frameFormat.table, spec.edges),
      ]
    case 'stat':
    case 'table':
      return [makeTarget('A', frameFormat.table, spec.sql)]
  }
}

function colorsOf(spec: PanelSpec): Record<string, unknown> {
  if (spec.type === 'timeseries')
    return {
      color: { mode: FieldColorModeId.PaletteClassicByName },
      custom: {
        drawStyle: spec.stacked === true ? 'bars' : 'line',
        fillOpacity: spec.stacked === true ? 60 : 10,
        lineWidth: 1,
        showPoints: 'auto',
        stacking: { mode: spec.stacked === true ? 'normal' : 'none', group: 'A' },
      },
    }
  if (spec.type !== 'stat') return {}
  const bad = spec.badFrom === undefined ? [] : [{ value: spec.badFrom, color: 'red' }]
  return {
    color: { mode: FieldColorModeId.Thresholds },
    thresholds: {
      mode: ThresholdsMode.Absolute,
      steps: [{ value: null, color: spec.badFrom === undefined ? 'blue' : 'green' }, ...bad],
    },
  }
}

function optionsOf(spec: PanelSpec): Record<string, unknown> {
  switch (spec.type) {
    case 'stat':
      return {
        colorMode: spec.badFrom === undefined ? 'value' : 'background',
        graphMode: 'none',
        justifyMode: 'auto',
        textMode: 'auto',
        wideLayout: true,
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      }
    case 'timeseries':
      return {
        legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
        tooltip: { mode: 'multi', sort: 'desc' },
      }
    case 'table':
      return { showHeader: true, cellHeight: 'sm', footer: { show: false } }
    case 'nodeGraph':
      return { nodes: {}, edges: {} }
    case 'traces':
      return {}
  }
}
