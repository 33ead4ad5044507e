import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { readSource, root } from '../tidy/source.ts'
import { deployFile, productVariables, treeOf, variablesIn } from './deploy-files.ts'
import type { Tree } from './deploy-files.ts'

// WHODID_HELM=<path> names the program; else the one of the PATH, where there is one. Without either the templates are held by their text.
const helm = process.env['WHODID_HELM'] ?? 'helm'
const hasHelm = spawnSync(helm, ['version']).status === 0
if (!hasHelm)
  process.stdout.write('deploy/helm: no helm here (WHODID_HELM=<path>): held by text only\n')

const chart = join(root, 'deploy/helm/whodid')
const clustered = [
  '--set',
  'collectors=3,clickhouse.url=https://clickhouse:8443',
  '--set',
  'clickhouse.passwordsSecret=passwords,tokensSecret=tokens',
]

function template(...args: readonly string[]): { stdout: string; stderr: string } {
  const all = ['template', 'r', chart, '--kube-version', '1.31.0', ...args]
  return spawnSync(helm, all, { encoding: 'utf8' })
}

/** The objects that the chart makes, by `<kind> <name>`. Throws where Helm refuses. */
function render(...args: readonly string[]): ReadonlyMap<string, Tree> {
  const { stdout, stderr } = template(...args)
  if (stdout === '') throw new Error(stderr)
  const objects = parseAllDocuments(stdout).map((document) => treeOf(document.toJS()))
  const named = objects.filter(({ value }) => value !== null)
  return new Map(
    named.map((object) => [
      `${String(object.at('kind'))} ${String(object.at('metadata', 'name'))}`,
      object,
    ]),
  )
}

describe('the chart', () => {
  const text = deployFile('helm/whodid/templates/statefulset.yaml')

  it('has the version of the product', () => {
    const version = treeOf(JSON.parse(readSource('packages/cli/package.json').text)).at('version')
    expect(deployFile('helm/whodid/Chart.yaml')).toContain(`appVersion: ${String(version)}\n`)
  })

  it('sets only variables of the product, and a password for each user', () => {
    expect(variablesIn(text).filter((name) => !productVariables.has(name))).toEqual([])
    const users = /list ((?:"[a-z]+" ?)+)/u.exec(text)?.[1]?.match(/[a-z]+/gu) ?? []
    const passwords = [...productVariables].filter((name) => name.endsWith('_PASSWORD'))
    expect(
      users.map((user) => `WHODID_CLICKHOUSE_${user.toUpperCase()}_PASSWORD`).toSorted(),
    ).toEqual(passwords.toSorted())
  })

  it('asks the routes that the API has, by a name that is always allowed', () => {
    expect(
      text.match(/path: \/(?:healthz|readyz), port: api, [^}]*value: localhost/gu),
    ).toHaveLength(3)
  })
})

describe.skipIf(!hasHelm)('the rendered chart', () => {
  it('passes helm lint', () => {
    const { status, stdout } = spawnSync(helm, ['lint', '--strict', chart], { encoding: 'utf8' })
    expect(status, stdout).toBe(0)
  })

  it('makes one collector with volumes of its own, and no right that it does not need', () => {
    const objects = render()
    expect([...objects.keys()].toSorted()).toEqual([
      'NetworkPolicy r-whodid',
      'Service r-whodid',
      'Service r-whodid-collectors',
      'StatefulSet r-whodid',
    ])
    const set = objects.get('StatefulSet r-whodid')
    expect(set?.at('spec', 'replicas')).toBe(1)
    expect(set?.at('spec', 'template', 'spec', 'securityContext')).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65532,
    })
    expect(set?.at('spec', 'template', 'spec', 'containers', 0, 'securityContext')).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    for (const volume of [0, 1])
      expect(set?.at('spec', 'volumeClaimTemplates', volume, 'spec', 'accessModes')).toEqual([
        'ReadWriteOncePod',
      ])
  })

  it('gives several collectors their passwords and tokens from Secrets', () => {
    const set = render(...clustered).get('StatefulSet r-whodid')
    const pod = set?.at('spec', 'template', 'spec')
    const containers = [treeOf(pod).at('initContainers', 0), treeOf(pod).at('containers', 0)]
    for (const container of containers)
      expect(treeOf(container).at('securityContext', 'readOnlyRootFilesystem')).toBe(true)
    const environment = treeOf(pod).at('containers', 0, 'env')
    expect(environment).toContainEqual({
      name: 'WHODID_CLICKHOUSE_WRITER_PASSWORD',
      valueFrom: { secretKeyRef: { name: 'passwords', key: 'writer' } },
    })
    expect(treeOf(pod).at('volumes', 1, 'secret', 'secretName')).toBe('tokens')
  })

  it('refuses values that cannot work', () => {
    expect(template('--set', 'collectors=2').stderr).toContain('need clickhouse.url')
    expect(template('--set', 'clickhouse.url=http://c:8123').stderr).toContain('passwordsSecret')
    expect(template('--set', 'settings.WHODID_HOST=x').stderr).not.toBe('')
    expect(template('--set', 'image.tag=latest').stderr).not.toBe('')
  })
})
