import { createHash } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { readSource, root } from '../tidy/source.ts'
import { deployFiles, treeOf } from './deploy-files.ts'
import type { Tree } from './deploy-files.ts'

/** The objects that the chart made, by `<kind> <name>`. */
export type RenderedChart = ReadonlyMap<string, Tree>

/** Each way to install the chart that is held to Kubernetes' schemas: its release and its values. */
export const chartVariants = {
  single: { release: 'r', values: {} },
  clustered: {
    release: 'r',
    values: {
      collectors: 3,
      clickhouse: { url: 'https://clickhouse:8443', passwordsSecret: 'passwords' },
      tokensSecret: 'tokens',
    },
  },
  // Every value set, under the longest name that Helm lets a release have.
  full: {
    release: 'a'.repeat(53),
    values: {
      collectors: 2,
      image: { repository: 'images.acme.example/whodid', tag: '0.1.0', pullPolicy: 'Always' },
      allowedHosts: ['whodid.acme.example'],
      tokensSecret: 'tokens',
      clickhouse: { url: 'https://clickhouse:8443', passwordsSecret: 'passwords' },
      settings: { WHODID_RETAIN_TEXT_DAYS: '90' },
      secretSettings: { WHODID_OIDC_CLIENT_SECRET: { name: 'oidc', key: 'client-secret' } },
      persistence: {
        data: { size: '500Gi', storageClass: 'fast' },
        keys: { size: '1Gi', storageClass: 'encrypted' },
      },
      networkPolicy: {
        senders: [{ namespaceSelector: { matchLabels: { team: 'agents' } } }],
        readers: [{ podSelector: { matchLabels: { app: 'proxy' } } }],
        egressPorts: [8443],
      },
      nodeSelector: { 'kubernetes.io/arch': 'amd64' },
      tolerations: [{ key: 'ledger', operator: 'Exists', effect: 'NoSchedule' }],
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            {
              topologyKey: 'kubernetes.io/hostname',
              labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'whodid' } },
            },
          ],
        },
      },
    },
  },
} satisfies Record<string, { release: string; values: object }>

/** The name of a variant. */
export type ChartVariant = keyof typeof chartVariants

/** Every variant. */
// Sound: the keys of a constant of this module.
export const variantNames = Object.keys(chartVariants) as ChartVariant[]

/** The chart's directory. */
export const chartDirectory: string = join(root, 'deploy/helm/whodid')

/** What a program `helm` makes of the chart: its output, or why it refused. */
export function runHelm(
  helm: string,
  { release, values }: { readonly release: string; readonly values: object },
): { readonly stdout: string; readonly stderr: string } {
  const args = ['template', release, chartDirectory, '--kube-version', '1.36.0', '--values', '-']
  return spawnSync(helm, args, { encoding: 'utf8', input: JSON.stringify(values) })
}

/** The objects of a variant as they are committed, made by a real Helm. */
export function renderedChart(variant: ChartVariant): RenderedChart {
  return objectsOf(readSource(`test/deploy/rendered/${variant}.yaml`).text)
}

/** The objects in what Helm printed. */
function objectsOf(text: string): RenderedChart {
  const objects = parseAllDocuments(text).map((document) => treeOf(document.toJS()))
  return new Map(
    objects
      .filter(({ value }) => value !== null)
      .map((object) => [
        `${String(object.at('kind'))} ${String(object.at('metadata', 'name'))}`,
        object,
      ]),
  )
}

/** A digest of what the committed objects depend on: the chart's files, and the variants. */
export function chartDigest(): string {
  const hash = createHash('sha256').update(JSON.stringify(chartVariants))
  for (const { path, text } of deployFiles().toSorted((a, b) => (a.path < b.path ? -1 : 1)))
    if (path.startsWith('deploy/helm/')) hash.update(`${path}\0${text}\0`)
  return `${hash.digest('hex')}\n`
}
