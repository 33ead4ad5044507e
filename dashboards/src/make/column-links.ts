import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard'

/** A link from a cell: into the console, or to another dashboard. */
interface CellLink {
  readonly title: string
  readonly url: string
  readonly targetBlank: boolean
}

const value = '${__value.raw:percentencode}'
const dashboardArguments = '${__url_time_range}&var-datasource=${datasource:percentencode}'

const inConsole = (title: string, path: string): CellLink => ({
  title,
  url: `\${console}${path}`,
  targetBlank: true,
})

/** The variable's place follows its name in the link, so that a name that an agent chose opens nothing else. */
const onDashboard = (title: string, uid: string, variable: string): CellLink => ({
  title,
  url: `/d/${uid}?var-${variable}=${value}&${dashboardArguments}`,
  targetBlank: false,
})

/** What a cell of a column leads to, by the column's name. Every table uses these names, so that a name leads to one place. */
const linksOfColumns: Readonly<Record<string, readonly CellLink[]>> = {
  instance: [
    onDashboard('Show this instance', 'whodid-instance', 'instance'),
    inConsole('Open the instance in the console', `/instance?id=${value}`),
  ],
  parent: [onDashboard('Show the parent', 'whodid-instance', 'instance')],
  template: [inConsole('Open the template in the console', `/template?id=${value}`)],
  person: [inConsole('Open the person in the console', `/person?id=${value}`)],
  approver: [inConsole('Open the approver in the console', `/person?id=${value}`)],
  resource: [inConsole('Who did this?', `/ask?of=resource:${value}`)],
  source: [inConsole('Who touched this source?', `/ask?of=resource:${value}`)],
  credential: [inConsole('Who used this credential?', `/ask?of=credential:${value}`)],
  trace: [
    onDashboard('Show this trace', 'whodid-instance', 'trace'),
    inConsole('Who did this trace?', `/ask?of=trace:${value}`),
  ],
  finding: [inConsole('Open the finding', `/finding?id=${value}`)],
  subject: [inConsole('What is on record about it?', `/find?q=${value}`)],
  act_span: [inConsole('Who did this?', `/ask?of=span:${value}`)],
}

/** Columns of a table that have a unit of their own. */
const unitsOfColumns: Readonly<Record<string, string>> = {
  acts: 'short',
  instances: 'short',
  people: 'short',
  destructive: 'short',
  records: 'short',
  borrowed: 'short',
  lag_s: 's',
  silent_s: 's',
  after_s: 's',
}

const knownColumns: readonly string[] = [
  ...Object.keys(linksOfColumns),
  ...Object.keys(unitsOfColumns),
]

/** A rule for one column of a panel. */
export interface ColumnRule {
  matcher: { id: string; options: string }
  properties: DynamicConfigValue[]
}

/** Makes the rules of a table's columns: a cell's links, its unit. */
export function columnRules(columns: readonly string[]): ColumnRule[] {
  return columns
    .filter((column) => knownColumns.includes(column))
    .map((column) => {
      const links = linksOfColumns[column]
      const unit = unitsOfColumns[column]
      return {
        matcher: { id: 'byName', options: column },
        properties: [
          ...(links === undefined ? [] : [{ id: 'links', value: links }]),
          ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
        ],
      }
    })
}
