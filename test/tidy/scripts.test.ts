import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { readSource, root } from './source.ts'

describe('scripts', () => {
  it('keeps standard output for the command: npm run prints no banner', () => {
    const { status, stdout, stderr } = run('npm', ['run', 'check', '--', '--only=nothing'])
    expect(stdout).toBe('')
    expect(stderr).toContain('--only takes format, build, types, lint, unit, system, knip')
    expect(status).toBe(2)
  })

  it('refuses a Node that is too old with a sentence', () => {
    const pretend = "Object.defineProperty(process.versions, 'node', { value: '20.18.3' })"
    const { status, stdout, stderr } = run(process.execPath, [
      `--import=data:text/javascript,${encodeURIComponent(pretend)}`,
      'scripts/with-install.mjs',
      'node',
      '--version',
    ])
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^whodid: Whodid needs Node 20\.19 or newer; this is Node 20\.18\.3/u)
    expect(status).toBe(1)
  })

  it('installs the pnpm that package.json names', () => {
    const version = /"packageManager": "pnpm@([\d.]+)"/u.exec(readSource('package.json').text)?.[1]
    expect(version).toBeDefined()
    expect(readSource('scripts/with-install.mjs').text).toContain(`pnpmVersion = '${version}'`)
  })
})

function run(command: string, args: string[]): ReturnType<typeof spawnSync> {
  return spawnSync(command, args, { cwd: root, encoding: 'utf8', timeout: 110_000 })
}
