import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSource, repositorySources, root } from '../tidy/source.ts'
import { treeOf, yamlFile } from './deploy-files.ts'

const rules = yamlFile('deploy/prometheus/whodid.rules.yaml')
const cases = yamlFile('deploy/prometheus/whodid.rules.test.yaml')
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const fieldOf = (value: unknown, key: string): string => {
  const field = treeOf(value).at(key)
  return typeof field === 'string' ? field : ''
}

const all = listOf(rules.at('groups')).flatMap((group) => listOf(treeOf(group).at('rules')))
const alerts = all.filter((rule) => fieldOf(rule, 'alert') !== '')
const recorded = all.map((rule) => fieldOf(rule, 'record')).filter((name) => name !== '')

/** The names of the metrics that the code gives, with those that Prometheus makes of a histogram. */
function knownMetrics(): ReadonlySet<string> {
  const code = repositorySources(/^packages\/(?:collector|api|server)\/src\/.*metrics\.ts$/u)
  const names = code.flatMap(({ text }) => [...text.matchAll(/'(whodid_[a-z_]+)'/gu)])
  return new Set(names.flatMap(([, name = '']) => [name, `${name}_bucket`]))
}

describe('rules of Prometheus', () => {
  it('name metrics that there are, and rules that stand before them', () => {
    const known = knownMetrics()
    expect(known.size).toBeGreaterThan(40)
    for (const rule of all) {
      const used = fieldOf(rule, 'expr').match(/\bwhodid[a-z0-9_:]+/gu) ?? []
      for (const name of used)
        expect(known.has(name) || recorded.includes(name), `${name} is a metric`).toBe(true)
    }
  })

  it('stand in the table of the page on operation, each with its condition', () => {
    const { text } = readSource('docs/howto/operate.md')
    const rows = [...text.matchAll(/^\| `(Whodid\w+)` \| `(.+?)` \|/gmu)]
    const described = rows.map(([, name, condition = '']) => [
      name,
      condition.replaceAll('\\|', '|'),
    ])
    expect(described).toEqual(alerts.map((rule) => [fieldOf(rule, 'alert'), fieldOf(rule, 'expr')]))
  })

  it('say what to do, and have a case in which they fire and one in which they do not', () => {
    const [well, ...others] = listOf(cases.at('tests')).map((one) =>
      listOf(treeOf(one).at('alert_rule_test')),
    )
    const fired = new Set(
      others
        .flat()
        .flatMap((one) =>
          treeOf(one).at('exp_alerts') === undefined ? [] : [fieldOf(one, 'alertname')],
        ),
    )
    expect(listOf(well).map((one) => fieldOf(one, 'alertname'))).toEqual(
      alerts.map((rule) => fieldOf(rule, 'alert')),
    )
    expect([...fired]).toEqual(alerts.map((rule) => fieldOf(rule, 'alert')))
    for (const rule of alerts) {
      expect(treeOf(rule).at('annotations', 'summary')).toMatch(/\w/u)
      expect(treeOf(rule).at('annotations', 'description')).toMatch(/\w/u)
      expect(['critical', 'warning']).toContain(treeOf(rule).at('labels', 'severity'))
    }
  })

  it('hold when promtool plays them', (context) => {
    if (spawnSync('promtool', ['--version']).error !== undefined) {
      process.stderr.write('NOT RUN: promtool is not on the PATH\n')
      context.skip()
      return
    }
    const cwd = join(root, 'deploy/prometheus')
    const run = (...args: string[]): string =>
      execFileSync('promtool', args, { cwd, encoding: 'utf8' })
    expect(run('check', 'rules', 'whodid.rules.yaml')).toContain(`${all.length} rules found`)
    expect(run('test', 'rules', 'whodid.rules.test.yaml')).toContain('SUCCESS')
  })
})
