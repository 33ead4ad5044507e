import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { alertingFile, alertRules } from './alerts/alert-rules.ts'
import { toYaml } from './alerts/to-yaml.ts'
import { allDashboards, dashboardText } from './all-dashboards.ts'
import { lintDashboard, lintSql, queriesOf } from './check/lint-dashboard.ts'
import { consoleDefault } from './make/make-variables.ts'

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
const dashboards = [...allDashboards()]

// After a change of a dashboard or a rule: npm run dashboards
test.each(dashboards)('dashboards/json/%s is what the generator makes', async (file, dashboard) => {
  await expect(dashboardText(dashboard)).toMatchFileSnapshot(at(`json/${file}`))
})

test('dashboards/json holds these dashboards and no other', () => {
  expect(new Set(readdirSync(at('json')))).toEqual(new Set(dashboards.map(([file]) => file)))
})

test('the file of the alert rules is what the generator makes', async () => {
  await expect(toYaml(alertingFile())).toMatchFileSnapshot(at('provisioning/alerting/whodid.yaml'))
})

test.each(dashboards)('%s has no fault that the linter knows', (_, dashboard) => {
  expect(lintDashboard(dashboard)).toEqual([])
  expect(queriesOf(dashboard).length).toBeGreaterThan(5)
})

test('no two dashboards, and no two rules, have one uid', () => {
  const uids = [...dashboards.map(([, { uid }]) => uid), ...alertRules.map(({ uid }) => uid)]
  expect(new Set(uids).size).toBe(uids.length)
})

test('a rule leads to a dashboard that is there, and waits for what is on its way', () => {
  const uids = dashboards.map(([, { uid }]) => uid)
  for (const rule of alertRules) {
    expect(uids).toContain(rule.dashboard)
    expect(rule.seconds).toBeGreaterThanOrEqual(300)
    // Grafana's frontend expands variables, and no frontend sees an alert's query.
    expect(lintSql(rule.sql.replaceAll(/\s+/gu, ' '))).toEqual([])
    expect(rule.sql).not.toMatch(/\$\{|conditionalAll|adHoc/u)
  }
})

test('the console’s place stands once in a dashboard, where an operator replaces it', () => {
  for (const [, dashboard] of dashboards) {
    const constant = dashboard.templating.list?.find(({ name }) => name === 'console')
    expect(constant).toMatchObject({ type: 'constant', skipUrlSync: true, query: consoleDefault })
    expect(dashboardText(dashboard).split(consoleDefault)).toHaveLength(4)
  }
})
