import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { knownMacros } from './expand-query.ts'

/** A query of a dashboard, and the place where it stands. */
export interface FoundQuery {
  readonly place: string
  readonly type: 'panel' | 'variable' | 'annotation'
  readonly panelType: string
  readonly refId: string
  readonly format: number
  readonly sql: string
}

interface RawTarget {
  readonly refId?: string
  readonly format?: number
  readonly rawSql?: string
  readonly datasource?: { readonly uid?: string }
}

const panelTypes = ['stat', 'timeseries', 'table', 'nodeGraph', 'traces']
const columnsOfGrid = 24
const uidCharactersMax = 40
const builtIn = ['__url_time_range', '__value']

/** Finds every query of a dashboard: of its panels, its variables and its annotations. */
export function queriesOf(dashboard: Dashboard): FoundQuery[] {
  const panels = panelsOf(dashboard).flatMap((panel) =>
    (panel.targets ?? []).map((target) =>
      found(target, {
        place: `panel "${panel.title ?? ''}"`,
        type: 'panel',
        panelType: panel.type,
      }),
    ),
  )
  const variables = (dashboard.templating.list ?? [])
    .filter(({ type }) => String(type) === 'query')
    .map(({ name, query }) =>
      found(query, { place: `variable "${name}"`, type: 'variable', panelType: '' }),
    )
  const annotations = (dashboard.annotations.list ?? []).map(({ name, target }) =>
    found(target, { place: `annotation "${name}"`, type: 'annotation', panelType: '' }),
  )
  return [...panels, ...variables, ...annotations]
}

function found(target: unknown, at: Pick<FoundQuery, 'place' | 'type' | 'panelType'>): FoundQuery {
  const { refId = '', format = 1, rawSql = '' } = rawTargetOf(target)
  return { ...at, refId, format, sql: rawSql }
}

/** Each field may be absent: a target of another shape has no query, which the linter reports. */
function rawTargetOf(target: unknown): RawTarget {
  return target ?? {}
}

/** Checks a dashboard as Grafana's own linter does, and what that does not know; returns a sentence for each fault. */
export function lintDashboard(dashboard: Dashboard): string[] {
  const panels = panelsOf(dashboard)
  return [
    ...lintFrame(dashboard),
    ...panels.flatMap(lintPanel),
    ...lintGrid(panels),
    ...lintVariables(dashboard),
    ...queriesOf(dashboard).flatMap(({ place, sql }) =>
      lintSql(sql).map((fault) => `${place}: ${fault}`),
    ),
  ]
}

function panelsOf(dashboard: Dashboard): Panel[] {
  return (dashboard.panels ?? []).filter((panel): panel is Panel => panel.type !== 'row')
}

function lintFrame({ uid = '', id, editable, schemaVersion, title = '' }: Dashboard): string[] {
  return faults([
    [
      /^[a-z0-9-]+$/u.test(uid) && uid.length <= uidCharactersMax,
      'uid is not kebab-case, or too long',
    ],
    [id === null, 'id is not null'],
    [editable === false, 'can be edited in place'],
    [schemaVersion >= 39 && schemaVersion <= 42, 'schemaVersion is not of 39 to 42'],
    [title !== '', 'no title'],
  ])
}

function lintPanel(panel: Panel): string[] {
  const { title = '', description = '', targets = [], links = [], fieldConfig } = panel
  const own = faults([
    [panelTypes.includes(panel.type), `type ${panel.type} is not known`],
    [title !== '', 'no title'],
    [/^[^?]+\? .{10,}/u.test(description), 'the description does not open with a question'],
    [(fieldConfig?.defaults.unit ?? '') !== '', 'no unit'],
    [links.some(({ url = '' }) => url.startsWith('${console}/')), 'no link into the console'],
    [targets.length > 0, 'no query'],
    [panel.datasource?.uid === '${datasource}', 'the data source is not the variable'],
    [
      targets.every((target) => rawTargetOf(target).datasource?.uid === '${datasource}'),
      'the data source of a query is not the variable',
    ],
    [
      linksIn(panel).every((url) => /^(\$\{console\}\/|\/d\/whodid-)/u.test(url)),
      'a link leads elsewhere',
    ],
    [
      linksIn(panel).every((url) => !/\$\{(?!console\}|__url_time_range\})[^}:]*\}/u.test(url)),
      'a link has a value that is not percent-encoded',
    ],
  ])
  return own.map((fault) => `panel "${title}": ${fault}`)
}

function linksIn(panel: Panel): string[] {
  const text = JSON.stringify([panel.links, panel.fieldConfig])
  return [...text.matchAll(/"url":"([^"]*)"/gu)].map(([, url = '']) => url)
}

function lintGrid(panels: readonly Panel[]): string[] {
  const ids = panels.map(({ id }) => id)
  const titles = panels.map(({ title }) => title)
  const boxes = panels.map(({ title = '', gridPos }) => ({
    title,
    ...(gridPos ?? { x: 0, y: 0, w: 0, h: 0 }),
  }))
  const overlaps = boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter((b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h)
      .map((b) => `panels "${a.title}" and "${b.title}" overlap`),
  )
  return [
    ...faults([
      [ids.every((id) => id !== undefined && id > 0), 'a panel has no ID'],
      [new Set(ids).size === ids.length, 'two panels have one ID'],
      [new Set(titles).size === titles.length, 'two panels have one title'],
      [
        boxes.every(({ w, h, x }) => w > 0 && h > 0 && x >= 0 && x + w <= columnsOfGrid),
        'a panel is outside the grid',
      ],
    ]),
    ...overlaps,
  ]
}

function lintVariables(dashboard: Dashboard): string[] {
  const list = dashboard.templating.list ?? []
  const declared = list.map(({ name }) => name)
  const text = JSON.stringify(dashboard)
  const used = [...text.matchAll(/\$(?:\{(\w+)(?:[:.][^}]*)?\}|(\w+))/gu)]
    .map(([, braced, bare]) => braced ?? bare ?? '')
    .filter((name) => !name.startsWith('__') || braced(name))
  const [source] = list
  return [
    ...faults([
      [
        source?.name === 'datasource' && source.label === 'Data source',
        'the first variable is not the data source',
      ],
      [
        list.every(({ type, refresh }) => String(type) !== 'query' || refresh === 2),
        'a list is not read again when the times change',
      ],
    ]),
    ...used
      .filter((name) => !declared.includes(name) && !builtIn.includes(name))
      .map((name) => `no variable "${name}"`),
    ...declared
      .filter((name) => !used.includes(name))
      .map((name) => `variable "${name}" is not used`),
  ]
}

/** Grafana's own names begin with two underscores; the macros of the plugin do too, and have a check of their own. */
function braced(name: string): boolean {
  return builtIn.includes(name)
}

/** Checks one query: what it reads, how it is bounded, and that no value can end a text in it. */
export function lintSql(sql: string): string[] {
  const macros = [...sql.matchAll(/\$__(\w+)/gu)].map(([, name = '']) => name)
  const sources = [...sql.matchAll(/\b(?:FROM|JOIN)\s+([A-Za-z_][\w.]*)/gu)].map(
    ([, name = '']) => name,
  )
  const values = [...sql.matchAll(/\$\{(\w+)(?::(\w+))?\}/gu)]
  const unknown = macros.filter((name) => !knownMacros.includes(name))
  return [
    ...unknown.map((name) => `no macro $__${name}`),
    ...sources
      .filter((name) => !/^whodid\.(v_\w+|who_did)$/u.test(name) && name !== 'decodeURLComponent')
      .map((name) => `reads ${name}, which is no view with a stable name`),
    ...faults([
      [/\bLIMIT \d+$/u.test(sql), 'does not end with a limit'],
      [
        !macros.includes('timeFilter'),
        '$__timeFilter drops the part of a second: $__timeFilter_ms',
      ],
      [
        values.every(([, , format]) => format === 'percentencode'),
        'a variable is not percent-encoded',
      ],
      [
        values.every(({ index }) => sql.slice(0, index).endsWith("'")),
        'a variable is not the beginning of a text',
      ],
      [!/\$(?!__|\{)(?!\w+\))/u.test(sql), 'a variable without braces'],
      [!/;|--|\/\*/u.test(sql), 'has a comment or a second statement'],
    ]),
  ]
}

function faults(checks: readonly (readonly [holds: boolean, fault: string])[]): string[] {
  return checks.filter(([holds]) => !holds).map(([, fault]) => fault)
}
