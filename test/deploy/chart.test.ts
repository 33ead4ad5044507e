import { describeSetting, settingKeys, variableOf } from '@whodid/server/config'
import { describe, expect, it } from 'vitest'
import { readSource } from '../tidy/source.ts'
import { deployFile, fieldsOf, productVariables, treeOf, variablesIn } from './deploy-files.ts'
import type { Tree } from './deploy-files.ts'
import { kubernetesVersion, schemaFaults } from './kubernetes-schema.ts'
import { podFaults } from './pod-security.ts'
import { chartDigest, renderedChart, variantNames } from './rendered-chart.ts'
import type { ChartVariant } from './rendered-chart.ts'

// These need no Helm: they hold the objects that a real one made, as they are committed. helm.test.ts makes them again.

const again =
  'the chart changed: WHODID_HELM=build npx vitest run --project unit test/deploy/helm -u'
const template = deployFile('helm/whodid/templates/statefulset.yaml')

/** A copy of an object with one field changed; undefined takes it out. */
function changed(object: Tree, keys: readonly (string | number)[], to: unknown): Tree {
  const copy = treeOf(structuredClone(object.value))
  const parent: object = Object(copy.at(...keys.slice(0, -1)))
  const last = keys.at(-1) ?? ''
  if (to === undefined) Reflect.deleteProperty(parent, last)
  else Reflect.set(parent, last, to)
  return copy
}

function setOf(variant: ChartVariant): Tree {
  const found = [...renderedChart(variant).values()].find((one) => one.at('kind') === 'StatefulSet')
  if (found === undefined) throw new Error(`${variant} has no StatefulSet`)
  return found
}

const podOf = (set: Tree): Tree => treeOf(set.at('spec', 'template', 'spec'))

describe('the chart', () => {
  it('has the version of the product', () => {
    const version = treeOf(JSON.parse(readSource('packages/cli/package.json').text)).at('version')
    expect(deployFile('helm/whodid/Chart.yaml')).toContain(`appVersion: ${String(version)}\n`)
  })

  it('sets only variables of the product, and a password for each user', () => {
    expect(variablesIn(template).filter((name) => !productVariables.has(name))).toEqual([])
    const users = /list ((?:"[a-z]+" ?)+)/u.exec(template)?.[1]?.match(/[a-z]+/gu) ?? []
    const passwords = [...productVariables].filter((name) => name.endsWith('_PASSWORD'))
    expect(
      users.map((user) => `WHODID_CLICKHOUSE_${user.toUpperCase()}_PASSWORD`).toSorted(),
    ).toEqual(passwords.toSorted())
  })

  it('takes no setting by value that is a secret', () => {
    const settings = treeOf(JSON.parse(deployFile('helm/whodid/values.schema.json')))
    const refused = new RegExp(
      String(settings.at('properties', 'settings', 'propertyNames', 'not', 'anyOf', 1, 'pattern')),
      'u',
    )
    const secret = settingKeys.filter((key) => describeSetting(key).isSecret).map(variableOf)
    expect(secret.length).toBeGreaterThanOrEqual(9)
    expect(secret.filter((name) => !refused.test(name))).toEqual([])
  })
})

describe('the objects that Helm made of the chart', () => {
  it('are of this chart', () => {
    expect(readSource('test/deploy/rendered/chart.sha256').text, again).toBe(chartDigest())
  })

  it.each(variantNames)('pass the schemas of Kubernetes: %s', (variant) => {
    expect(kubernetesVersion).toMatch(/^v1\.\d+\.\d+$/u)
    const objects = [...renderedChart(variant).values()]
    expect(objects.length).toBeGreaterThanOrEqual(4)
    expect(objects.flatMap(schemaFaults)).toEqual([])
  })

  it('would not pass them with a field that is wrong, missing or unknown', () => {
    const set = setOf('full')
    const container = ['spec', 'template', 'spec', 'containers', 0] as const
    const faults = [
      changed(set, ['spec', 'replicas'], '3'),
      changed(set, ['spec', 'selector'], undefined),
      changed(set, [...container, 'livenesProbe'], {}),
      changed(set, [...container, 'ports', 0, 'containerPort'], 'api'),
      changed(set, ['kind'], 'StatefulSets'),
    ].map(schemaFaults)
    expect(faults.map((found) => found.length > 0)).toEqual([true, true, true, true, true])
    expect(faults[2]?.join()).toContain('livenesProbe')
  })

  it.each(variantNames)('keep the restricted Pod Security Standard and more: %s', (variant) => {
    expect(podFaults(podOf(setOf(variant)))).toEqual([])
  })

  it.each([
    [['hostNetwork'], true, 'hostNetwork'],
    [['automountServiceAccountToken'], true, 'token of the cluster'],
    [['securityContext', 'runAsNonRoot'], false, 'not runAsNonRoot'],
    [['securityContext', 'runAsUser'], 0, 'runs as root'],
    [['securityContext', 'seccompProfile'], undefined, 'no seccomp profile'],
    [['containers', 0, 'securityContext', 'readOnlyRootFilesystem'], false, 'root is writable'],
    [['initContainers', 0, 'securityContext', 'allowPrivilegeEscalation'], true, 'may gain'],
    [['containers', 0, 'securityContext', 'capabilities'], {}, 'keeps capabilities'],
    [['containers', 0, 'resources'], {}, 'no memory limit'],
    [['containers', 0, 'livenessProbe'], undefined, 'no livenessProbe'],
    [['containers', 0, 'env', 0], { name: 'WHODID_TOKEN', value: 'x' }, 'WHODID_TOKEN by value'],
    [['volumes', 0], { name: 'tmp', hostPath: { path: '/' } }, 'hostPath'],
  ])('would not keep it with %j = %j', (keys, to, fault) => {
    expect(podFaults(changed(podOf(setOf('full')), keys, to)).join()).toContain(fault)
  })

  it('give a collector volumes of its own, closed to other pods', () => {
    const set = setOf('single')
    expect(set.at('spec', 'replicas')).toBe(1)
    for (const volume of [0, 1])
      expect(set.at('spec', 'volumeClaimTemplates', volume, 'spec', 'accessModes')).toEqual([
        'ReadWriteOncePod',
      ])
    const mounted = treeOf(podOf(set).at('containers', 0, 'volumeMounts'))
    const paths = [0, 1, 2].map((index) => mounted.at(index, 'mountPath'))
    expect(paths).toEqual(['/var/lib/whodid', '/var/lib/whodid-keys', '/tmp'])
  })

  it('give several collectors their passwords, tokens and secrets from Secrets', () => {
    const pod = podOf(setOf('full'))
    expect(pod.at('containers', 0, 'env')).toContainEqual({
      name: 'WHODID_CLICKHOUSE_WRITER_PASSWORD',
      valueFrom: { secretKeyRef: { name: 'passwords', key: 'writer' } },
    })
    expect(pod.at('containers', 0, 'env')).toContainEqual({
      name: 'WHODID_OIDC_CLIENT_SECRET',
      valueFrom: { secretKeyRef: { name: 'oidc', key: 'client-secret' } },
    })
    expect(pod.at('volumes', 1, 'secret', 'secretName')).toBe('tokens')
  })

  it('ask the routes that the API has, by a name that is always allowed', () => {
    const container = treeOf(podOf(setOf('single')).at('containers', 0))
    const asked = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) =>
      container.at(probe, 'httpGet'),
    )
    const httpHeaders = [{ name: 'Host', value: 'localhost' }]
    expect(asked).toEqual(
      ['/healthz', '/healthz', '/readyz'].map((path) => ({ path, port: 'api', httpHeaders })),
    )
  })

  it.each(variantNames)('find each other by label, port and name: %s', (variant) => {
    const objects = renderedChart(variant)
    const set = setOf(variant)
    const labels = fieldsOf(set.at('spec', 'template', 'metadata', 'labels'))
    const named = [0, 1, 2].map((index) => podOf(set).at('containers', 0, 'ports', index, 'name'))
    for (const [name, object] of objects) {
      // The server's own rules, which are not in the schemas: a label of 63 characters, a name that a Service can have.
      expect(String(object.at('metadata', 'name')).length, name).toBeLessThanOrEqual(63)
      for (const [, value] of fieldsOf(object.at('metadata', 'labels')))
        expect(String(value), name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/u)
      const selector =
        object.at('spec', 'selector', 'matchLabels') ??
        object.at('spec', 'podSelector', 'matchLabels') ??
        object.at('spec', 'selector')
      expect(labels, name).toEqual(expect.arrayContaining([...fieldsOf(selector)]))
      expect(fieldsOf(selector).length, name).toBeGreaterThan(0)
    }
    // A pod's label `controller-revision-hash` is the set's name and eleven characters.
    expect(String(set.at('metadata', 'name')).length).toBeLessThanOrEqual(52)
    const services = [...objects.values()].filter((one) => one.at('kind') === 'Service')
    expect(services.map((one) => one.at('metadata', 'name'))).toContain(
      set.at('spec', 'serviceName'),
    )
    const targets = services.flatMap((one) =>
      [0, 1, 2].map((index) => one.at('spec', 'ports', index, 'targetPort')),
    )
    expect(new Set(targets.filter((target) => target !== undefined))).toEqual(new Set(named))
  })
})
