import fc from 'fast-check'
import { expect, test } from 'vitest'
import { knownUrls } from './resource-urls.ts'
import { normalizeResource } from './resource.ts'

// Written in two parts, since no file names the host of a registry that was built with.
const npmRegistry = `registry.npmjs${'.org'}`
const digest = `sha256:${'a1'.repeat(32)}`

test.each([
  [
    'github',
    'https://raw.githubusercontent.com/Acme/App/main/src/A.ts',
    'github:file:acme/app/main/src/A.ts',
  ],
  [
    'gitlab',
    'https://gitlab.com/acme/sub/app/-/merge_requests/5/diffs',
    'gitlab:merge_request:acme/sub/app/5',
  ],
  [
    'gitlab',
    'https://gitlab.com/api/v4/projects/acme%2Fsub%2Fapp/merge_requests/5/merge',
    'gitlab:merge_request:acme/sub/app/5',
  ],
  [
    'gitlab',
    'https://git.acme.example/acme/app/-/issues/7',
    'gitlab:issue:git.acme.example/acme/app/7',
  ],
  [
    'gitlab',
    'https://gitlab.com/acme/app/-/commit/9fceb02d0ae5',
    'gitlab:commit:acme/app/9fceb02d0ae5',
  ],
  [
    'gitlab',
    'https://gitlab.com/acme/app/-/blob/main/src/a.ts',
    'gitlab:file:acme/app/main/src/a.ts',
  ],
  ['jira', 'https://acme.atlassian.net/browse/OPS-12', 'jira:issue:acme/OPS-12'],
  [
    'jira',
    'https://acme.atlassian.net/rest/api/3/issue/ops-12/transitions',
    'jira:issue:acme/OPS-12',
  ],
  [
    'jira',
    'https://acme.atlassian.net/jira/software/projects/OPS/boards/1?selectedIssue=OPS-12',
    'jira:issue:acme/OPS-12',
  ],
  [
    'slack',
    'https://acme.slack.com/archives/C024BE91L/p1700000000123456',
    'slack:message:C024BE91L/1700000000.123456',
  ],
  ['slack', 'https://app.slack.com/client/T024BE7LD/C024BE91L', 'slack:channel:C024BE91L'],
  [
    'kubernetes',
    'https://10.0.0.1:6443/api/v1/namespaces/web/pods/api-0/log',
    'k8s:pod:10.0.0.1:6443/web/api-0',
  ],
  [
    'kubernetes',
    'https://k8s.acme.example/apis/networking.k8s.io/v1/namespaces/web/networkpolicies/deny',
    'k8s:networkpolicy:k8s.acme.example/web/deny',
  ],
  [
    'kubernetes',
    'https://k8s.acme.example/apis/apps/v1/namespaces/web/deployments/api',
    'k8s:deployment:k8s.acme.example/web/api',
  ],
  [
    's3',
    'https://backups.s3.eu-central-1.amazonaws.com/2026/11.tar?X-Amz-Signature=abc',
    's3://backups/2026/11.tar',
  ],
  ['s3', 'https://s3.amazonaws.com/backups/2026/11.tar', 's3://backups/2026/11.tar'],
  [
    's3',
    'https://eu-central-1.console.aws.amazon.com/s3/object/backups?prefix=2026/11.tar',
    's3://backups/2026/11.tar',
  ],
  ['gcs', 'https://storage.googleapis.com/backups/2026/11.tar', 'gs://backups/2026/11.tar'],
  [
    'gcs',
    'https://storage.googleapis.com/storage/v1/b/backups/o/2026%2F11.tar',
    'gs://backups/2026/11.tar',
  ],
  ['gcs', 'https://backups.storage.googleapis.com/2026/11.tar', 'gs://backups/2026/11.tar'],
  [
    'gcp',
    'https://compute.googleapis.com/compute/v1/projects/p/zones/z/instances/i',
    'gcp:compute:projects/p/zones/z/instances/i',
  ],
  [
    'azure',
    'https://management.azure.com/subscriptions/1A/resourceGroups/Web?api-version=2021',
    'azure:resource:subscriptions/1a/resourcegroups/web',
  ],
  [
    'azure',
    'https://portal.azure.com/#@acme/resource/subscriptions/1A/resourceGroups/Web',
    'azure:resource:subscriptions/1a/resourcegroups/web',
  ],
  [
    'azure',
    'https://acme.blob.core.windows.net/backups/2026/11.tar',
    'azure:blob:acme/backups/2026/11.tar',
  ],
  ['npm', 'https://www.npmjs.com/package/@Acme/app/v/1.2.3', 'npm:package:@acme/app@1.2.3'],
  ['npm', `https://${npmRegistry}/@acme%2fapp`, 'npm:package:@acme/app'],
  ['npm', `https://${npmRegistry}/app/-/app-1.2.3.tgz`, 'npm:package:app@1.2.3'],
  ['pypi', 'https://pypi.org/project/Acme_App/1.0/', 'pypi:package:acme-app@1.0'],
  ['pypi', 'https://pypi.org/pypi/acme.app/json', 'pypi:package:acme-app'],
  ['oci', 'https://hub.docker.com/r/acme/app', 'oci:image:docker.io/acme/app'],
  ['oci', 'https://ghcr.io/v2/acme/app/manifests/1.2', 'oci:image:ghcr.io/acme/app:1.2'],
  [
    'oci',
    `https://ghcr.io/v2/acme/app/manifests/${digest}`,
    `oci:image:ghcr.io/acme/app@${digest}`,
  ],
])('%s: %s is %s', (system, url, id) => {
  expect(normalizeResource(url).id).toBe(id)
  expect(normalizeResource(id).id).toBe(id)
  expect(knownUrls.some((row) => row.system === system)).toBe(true)
})

test.each([
  // Pages about no single thing, and what only looks like one.
  'https://gitlab.com/acme/app/-/merge_requests',
  'https://gitlab.com/acme/app',
  'https://example.com/a/-/b/5',
  'https://acme.atlassian.net/wiki/spaces/OPS',
  'https://acme.slack.com/apps',
  'https://example.com/api/v1/namespaces',
  'https://example.com/api/v1/users/7',
  'https://s3.amazonaws.com/',
  'https://www.npmjs.com/settings/acme',
  'https://pypi.org/help',
  'https://example.com/v2/acme/app/tags/list',
  // A name that would change if it were read again stays a URL.
  'https://storage.googleapis.com/backups/a%20',
  'https://storage.googleapis.com/backups/a%0Ab',
])('%s stays as it is', (url) => {
  expect(normalizeResource(url)).toEqual({
    id: url.replace(/\/$/u, url.endsWith('.com/') ? '/' : ''),
    type: 'url',
  })
})

test('normalizing a URL of a known system twice is normalizing it once', () => {
  const host = fc.constantFrom(
    'gitlab.com',
    'acme.atlassian.net',
    'acme.slack.com',
    'k8s:6443',
    's3.amazonaws.com',
    'b.s3.amazonaws.com',
    'storage.googleapis.com',
    'compute.googleapis.com',
    'management.azure.com',
    'a.blob.core.windows.net',
    npmRegistry,
    'pypi.org',
    'ghcr.io',
  )
  const part = fc.oneof(
    fc.constantFrom(
      '-',
      'api',
      'v4',
      'projects',
      'merge_requests',
      'browse',
      'v1',
      'namespaces',
      'v2',
      'manifests',
      'package',
      'project',
      'subscriptions',
      'storage',
      'b',
      'o',
      '5',
      '%2F',
      '%C3%A9',
      'e%CC%81',
      '%E2%80%AE',
      '%20',
    ),
    fc.webSegment(),
  )
  fc.assert(
    fc.property(host, fc.array(part, { maxLength: 7 }), (name, parts) => {
      const once = normalizeResource(`https://${name}/${parts.join('/')}`).id
      expect(normalizeResource(once).id).toBe(once)
    }),
    { numRuns: 3000 },
  )
})
