import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { allDashboards, expandQuery, queriesOf } from '@whodid/dashboards'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, launchChromium } from '../harness/chromium.ts'
import { countedRun, eventfulFindings } from '../harness/eventful-findings.ts'
import { LogOfRecords, startGrafanaLedger } from '../harness/grafana-ledger.ts'
import type { Frame, GrafanaLedger } from '../harness/grafana-ledger.ts'
import { eventful, eventfulHour, quietHour } from '../harness/eventful-hour.ts'

// Draws dashboards with the real @grafana/scenes and @grafana/ui, outside the lockfile: docs/howto/grafana.md says what that shows and what not.
// WHODID_GRAFANA_PICTURES=<directory> runs it; the pictures go there.

const target = process.env['WHODID_GRAFANA_PICTURES']
const chromium = chromiumPath()
const isRun = target !== undefined && chromium !== undefined
if (!isRun)
  process.stdout.write(
    'NOT RUN: pictures of dashboards (WHODID_GRAFANA_PICTURES=<directory>, Chromium and npm)\n',
  )

const grafana = ['data', 'e2e-selectors', 'i18n', 'runtime', 'schema', 'ui']
const packages = [
  '@grafana/scenes@8.19.0',
  ...grafana.map((name) => `@grafana/${name}@13.2.3`),
  'react@19.3.1',
  'react-dom@19.3.1',
  'react-router-dom@6.30.6',
  'rxjs@7.8.2',
]
const hour = 3_600_000
/** Those of which every panel is a stat, a table or a time series. */
const drawn = ['whodid-fleet.json', 'whodid-health.json']

let ledger: GrafanaLedger
let dir: string

describe.skipIf(!isRun)('dashboards drawn by @grafana/scenes', () => {
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'whodid-scenes-'))
    await writeFile(join(dir, 'package.json'), '{"private":true}')
    const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    execFileSync('npm', [...install, '--save-exact', ...packages], { cwd: dir, stdio: 'ignore' })
    await bundle(dir)
    ledger = await startGrafanaLedger(['acme'])
    const log = new LogOfRecords('acme-log', 0)
    quietHour(log)
    eventfulHour(log)
    countedRun(log)
    await ledger.insert(log.records)
    await eventfulFindings(ledger.findings)
  })

  afterAll(async () => {
    await ledger.stop()
    await rm(dir, { recursive: true, force: true })
  })

  test.each(drawn)('%s', async (file) => {
    const dashboard = allDashboards().get(file)
    if (dashboard === undefined || target === undefined || chromium === undefined)
      throw new Error(`there is no ${file}`)
    const frames: Record<string, unknown> = {}
    for (const query of queriesOf(dashboard)) {
      const title = /^panel "(.*)"$/u.exec(query.place)?.[1]
      if (title !== undefined) frames[title] = framesOf(await answerOf(query.sql), query.format)
    }
    const input = { dashboard, frames, from: eventful, to: eventful + hour }
    const { server, url } = await serve(dir, JSON.stringify(input))
    const browser = await launchChromium(chromium)
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(error.message))
      await page.goto(url)
      for (const { title } of dashboard.panels ?? [])
        await page
          .getByText(title ?? '', { exact: true })
          .first()
          .waitFor()
      await sleep(1_500)
      expect(errors).toEqual([])
      await mkdir(target, { recursive: true })
      const path = join(target, file.replace('.json', '.png').replace('whodid-', 'grafana-'))
      await page.screenshot({ path, fullPage: true })
    } finally {
      await browser.close()
      server.close()
    }
  })
})

/** The page, with React and Grafana's libraries, as one file. */
async function bundle(directory: string): Promise<void> {
  const source = await readFile(new URL('scenes/page.jsx.txt', import.meta.url), 'utf8')
  await writeFile(join(directory, 'page.jsx'), source)
  // A module of the old form, which a bundler wraps twice when a new one imports it.
  const scrollbars = join(directory, 'scrollbars.cjs')
  const real = join(directory, 'node_modules/react-custom-scrollbars-2/lib/index.js')
  await writeFile(scrollbars, `module.exports = require(${JSON.stringify(real)}).Scrollbars\n`)
  const build = await rolldown({
    cwd: directory,
    input: 'page.jsx',
    platform: 'browser',
    logLevel: 'silent',
    transform: { jsx: 'react-jsx', define: { 'process.env.NODE_ENV': '"production"' } },
    resolve: { alias: { 'react-custom-scrollbars-2': scrollbars } },
    moduleTypes: { '.svg': 'text', '.css': 'empty' },
  })
  await build.write({ file: join(directory, 'page.js'), format: 'esm', codeSplitting: false })
  await build.close()
}

async function answerOf(sql: string): Promise<Frame> {
  const variables = {
    template: ['$__all'],
    person: '',
    instance: 'triage-1',
    trace: '',
    of: 'github:pull:acme/app/812',
  }
  const context = { fromMs: eventful, toMs: eventful + hour, intervalMs: 60_000, variables }
  const frame = await ledger.ask('acme', expandQuery(sql, context))
  if (typeof frame === 'string') throw new Error(frame)
  return frame
}

/** Rows as the data source plugin's frames: a table is one; rows of a time series are one for each set of labels. */
function framesOf({ meta, data }: Frame, format: number): object[] {
  const columns = meta.map(({ name, type }) => ({ name, type: kindOf(type) }))
  const valueOf = (type: string, value: unknown): unknown =>
    type === 'time'
      ? Date.parse(`${String(value).slice(0, 23).replace(' ', 'T')}Z`)
      : type === 'number'
        ? Number(value)
        : value
  const field = (name: string, type: string, rows: Frame['data']) => ({
    name,
    type,
    config: {},
    values: rows.map((row) => valueOf(type, row[name])),
  })
  if (format !== 0) return [{ fields: columns.map(({ name, type }) => field(name, type, data)) }]
  const labels = columns.filter(({ type }) => type === 'string')
  const groups = groupsOf(data, (row) => JSON.stringify(labels.map(({ name }) => row[name])))
  const times = columns.filter(({ type }) => type === 'time')
  return [...groups.values()].flatMap((rows) =>
    columns
      .filter(({ type }) => type === 'number')
      .map(({ name, type }) => {
        const own = labels.map((label) => [label.name, rows[0]?.[label.name]] as const)
        const value = { ...field(name, type, rows), labels: Object.fromEntries(own) }
        return { fields: [...times.map((time) => field(time.name, time.type, rows)), value] }
      }),
  )
}

function groupsOf<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row])
  return groups
}

function kindOf(type: string): 'time' | 'number' | 'string' {
  if (/^(?:Nullable\()?DateTime/u.test(type)) return 'time'
  return /^(?:Nullable\()?U?(?:Int|Float)/u.test(type) ? 'number' : 'string'
}

async function serve(
  directory: string,
  input: string,
): Promise<{ readonly server: Server; readonly url: string }> {
  const css = await readFile(join(directory, 'node_modules/uplot/dist/uPlot.min.css'), 'utf8')
  const files = new Map([
    ['/input.json', ['application/json', input]],
    ['/page.js', ['text/javascript', await readFile(join(directory, 'page.js'), 'utf8')]],
    [
      '/',
      [
        'text/html',
        `<!doctype html><meta charset="utf-8"><style>${css} body{margin:0} #root{padding:8px}</style><div id="root"></div><script type="module" src="/page.js"></script>`,
      ],
    ],
  ])
  const server = createServer((request, response) => {
    const [type = '', body = ''] = files.get(request.url ?? '') ?? []
    response.writeHead(body === '' ? 404 : 200, { 'content-type': type }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return { server, url: `http://127.0.0.1:${address.port}/` }
}
