import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  chartDigest,
  chartDirectory,
  chartVariants,
  runHelm,
  variantNames,
} from './rendered-chart.ts'

// WHODID_HELM=<path> names the program, WHODID_HELM=build builds it with Go; else the one of the PATH, where there is one. Without it only the
// committed objects are held: chart.test.ts.
const pinned = 'helm.sh/helm/v3/cmd/helm@v3.22.0'
const built: string[] = []
const helm = programOf(process.env['WHODID_HELM'] ?? 'helm')
const hasHelm = spawnSync(helm, ['version']).status === 0
if (!hasHelm)
  process.stdout.write(
    'deploy/helm: no helm here (WHODID_HELM=<path>, or =build with Go): only the committed objects are held\n',
  )

afterAll(() => {
  for (const directory of built) rmSync(directory, { recursive: true, force: true })
})

function programOf(wanted: string): string {
  if (wanted !== 'build') return wanted
  const directory = mkdtempSync(join(tmpdir(), 'whodid-helm-'))
  built.push(directory)
  const env = { ...process.env, GOBIN: directory }
  const { status, stderr } = spawnSync('go', ['install', pinned], { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`go install ${pinned}: ${stderr}`)
  return join(directory, 'helm')
}

function refusal(values: object): string {
  return runHelm(helm, { release: 'r', values }).stderr
}

describe.skipIf(!hasHelm)('a real Helm', () => {
  it('finds nothing to say against the chart', () => {
    const args = ['lint', '--strict', chartDirectory]
    const { status, stdout } = spawnSync(helm, args, { encoding: 'utf8' })
    expect(status, stdout).toBe(0)
  })

  it.each(variantNames)('makes the objects that are committed: %s', async (variant) => {
    const { stdout, stderr } = runHelm(helm, chartVariants[variant])
    expect(stderr).toBe('')
    await expect(stdout).toMatchFileSnapshot(`rendered/${variant}.yaml`)
    await expect(chartDigest()).toMatchFileSnapshot('rendered/chart.sha256')
  })

  it('refuses values that cannot work', () => {
    expect(refusal({ collectors: 2 })).toContain('need clickhouse.url')
    expect(refusal({ clickhouse: { url: 'http://c:8123' } })).toContain('passwordsSecret')
    expect(refusal({ settings: { WHODID_HOST: 'x' } })).toContain('WHODID_HOST')
    expect(refusal({ image: { repository: 'r', tag: 'latest' } })).toContain('tag')
  })

  it('refuses a secret by value', () => {
    for (const name of ['WHODID_OIDC_CLIENT_SECRET', 'WHODID_TOKEN'])
      expect(refusal({ settings: { [name]: 'x' } })).toContain(name)
    expect(refusal({ secretSettings: { WHODID_OIDC_CLIENT_SECRET: 'x' } })).toContain(
      'secretSettings',
    )
    expect(
      refusal({ secretSettings: { WHODID_OIDC_CLIENT_SECRET: { name: 'n', key: 'k' } } }),
    ).toBe('')
  })
})
