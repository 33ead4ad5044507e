import { describe, expect, it } from 'vitest'
import { readSource, repositoryPaths } from '../tidy/source.ts'
import { deployFile, deployFiles, productVariables, treeOf, variablesIn } from './deploy-files.ts'

// Names that only these files use, each with the place that gives it its value.
const ownNames = new Set([
  'WHODID_SQL_DIR',
  'WHODID_GRAFANA_USER',
  'WHODID_GRAFANA_PASSWORD',
  'WHODID_GRAFANA_TENANT',
  'WHODID_GRAFANA_CLICKHOUSE_HOST',
  'WHODID_GRAFANA_CLICKHOUSE_PORT',
])

describe('deploy', () => {
  it('sets only what the product reads', () => {
    const unknown = deployFiles().flatMap(({ path, text }) =>
      variablesIn(text)
        .filter((name) => !productVariables.has(name) && !ownNames.has(name))
        .map((name) => `${path}: ${name}`),
    )
    expect(unknown).toEqual([])
    expect(deployFiles().length).toBeGreaterThan(10)
    expect(variablesIn('WHODID_DATA_DIRR=x WHODID_CLICKHOUSE_${user}_PASSWORD')).toEqual([
      'WHODID_DATA_DIRR',
    ])
  })

  it('names only the ports of the contract', () => {
    const ports = deployFiles().flatMap(({ text }) => text.match(/\b43[0-9]{2}\b/gu) ?? [])
    expect([...new Set(ports)].toSorted()).toEqual(['4317', '4318', '4320'])
  })
})

describe('the container file', () => {
  const text = deployFile('Containerfile')
  const lines = text.split('\n')
  const last = text.slice(text.indexOf('AS whodid\n'))

  it('builds on an image that is pinned by its version, the same in each stage', () => {
    const bases = lines.filter((line) => line.startsWith('FROM '))
    expect(bases.map((line) => line.split(' AS ')[1])).toEqual(['build', 'whodid'])
    const images = new Set(bases.map((line) => line.split(' ')[1]))
    expect([...images]).toEqual([expect.stringMatching(/^node:\d+\.\d+\.\d+-bookworm-slim$/u)])
    const [major = 0] = ([...images][0] ?? '').slice('node:'.length).split('.').map(Number)
    expect(major).toBeGreaterThanOrEqual(20)
  })

  it('installs packages and runs files that there are', () => {
    const names = [...text.matchAll(/--filter '(\S+)\.\.\.'/gu)].map((match) => match[1])
    const manifests = repositoryPaths(/^(?:packages|examples)\/[^/]+\/package\.json$/u)
    const known = manifests.map((path) => treeOf(JSON.parse(readSource(path).text)).at('name'))
    expect(known).toEqual(expect.arrayContaining(names))
    expect(names).toEqual(['@whodid/cli', '@whodid/example-quickstart'])
    const cli = treeOf(JSON.parse(readSource('packages/cli/package.json').text))
    expect(cli.at('bin', 'whodid')).toBe('./dist/main.js')
    expect(text).toContain('ENTRYPOINT ["node", "/opt/whodid/packages/cli/dist/main.js"]')
    expect(text).toContain('RUN node scripts/with-install.mjs')
    expect(repositoryPaths(/^examples\/quickstart\/agent\.mjs$/u)).toHaveLength(1)
  })

  it('runs as a user without rights, with nothing to write to but the volume', () => {
    expect(last).toContain('\nUSER 65532:65532\n')
    expect(last).toContain('\nVOLUME /var/lib/whodid\n')
    expect(last).toContain('WHODID_DATA_DIR=/var/lib/whodid')
    // What comes after USER cannot change the image's files as root.
    expect(last.slice(last.indexOf('\nUSER '))).not.toMatch(/^(?:RUN|COPY|ADD|USER root)/mu)
  })

  it('asks the readiness route, and is stopped as an operator stops it', () => {
    expect(last).toMatch(/HEALTHCHECK [^]*127\.0\.0\.1:4320\/readyz/u)
    expect(last).toContain('\nSTOPSIGNAL SIGTERM\n')
    // A shell as the first process would keep the signal for itself.
    expect(last).toMatch(/^ENTRYPOINT \[/mu)
    expect(last).toContain('CMD ["serve", "--json"]')
    expect(last).toContain('EXPOSE 4320 4318 4317')
  })

  it('takes nothing of this machine into the build', () => {
    const ignored = readSource('.dockerignore').text.split('\n')
    expect(ignored).toEqual(
      expect.arrayContaining(['.git', '**/node_modules', '**/dist', '**/.whodid', '**/.env']),
    )
  })
})
