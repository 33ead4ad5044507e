import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// What is published, as it is installed: every package is packed, and runs in an empty project outside the clone. The short form puts the
// dependencies of others there from the clone's own installation; WHODID_PACK=1 lets npm and pnpm install everything from the registry.

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const pnpm = join(root, '.tools/node_modules/.bin/pnpm')
const version = '0.1.0'
const isLong = process.env['WHODID_PACK'] === '1'

interface Manifest {
  readonly name: string
  readonly exports?: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

async function manifestOf(path: string): Promise<Manifest> {
  // pnpm reads the same file.
  return JSON.parse(await readFile(path, 'utf8')) as Manifest
}

let folder: string
let tarballs: string
let project: string
const manifests = new Map<string, Manifest>()
/** The folder of each package in the clone, by its name. */
const sources = new Map<string, string>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whodid-packed-'))
  tarballs = join(folder, 'tarballs')
  project = join(folder, 'project')
  for (const folderOf of ['packages', 'packages/instrumentation'])
    for (const entry of await readdir(join(root, folderOf))) {
      const home = join(root, folderOf, entry)
      if (!existsSync(join(home, 'package.json'))) continue
      const manifest = await manifestOf(join(home, 'package.json'))
      sources.set(manifest.name, home)
    }
  const filters = ['--filter', './packages/**']
  await run(pnpm, ['-r', ...filters, 'pack', '--pack-destination', tarballs], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  })
  for (const file of await readdir(tarballs)) await install(join(tarballs, file))
  const types = join(root, 'node_modules/@types')
  await mkdir(join(project, 'node_modules'), { recursive: true })
  await symlink(types, join(project, 'node_modules/@types'))
  await writeFile(join(project, 'package.json'), '{"type":"module","private":true}')
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** Unpacks a tarball as npm does; dependencies of others are those of the clone. */
async function install(tarball: string): Promise<void> {
  const unpacked = await mkdtemp(join(folder, 'unpacked-'))
  await run('tar', ['xzf', tarball, '-C', unpacked])
  const manifest = await manifestOf(join(unpacked, 'package/package.json'))
  manifests.set(manifest.name, manifest)
  const home = join(project, 'node_modules', manifest.name)
  await mkdir(dirname(home), { recursive: true })
  await run('mv', [join(unpacked, 'package'), home])
  const source = join(sources.get(manifest.name) ?? '', 'node_modules')
  const { dependencies, optionalDependencies, peerDependencies } = manifest
  const wanted = { ...dependencies, ...optionalDependencies, ...peerDependencies }
  for (const name of Object.keys(wanted)) {
    if (name.startsWith('@whodid/') || !existsSync(join(source, name))) continue
    await mkdir(dirname(join(home, 'node_modules', name)), { recursive: true })
    await symlink(join(source, name), join(home, 'node_modules', name))
  }
}

const entries = (): string[] =>
  [...manifests.values()].flatMap(({ name, exports = {} }) =>
    Object.keys(exports).map((entry) => `${name}${entry.slice(1)}`),
  )

/** Runs a program in a project with nothing of the clone in its environment. */
async function runIn(where: string, args: readonly string[], env: Record<string, string> = {}) {
  const given = { PATH: String(process.env['PATH']), HOME: folder, ...env }
  return run(process.execPath, [...args], { cwd: where, env: given, maxBuffer: 64 * 1024 * 1024 })
}

const bodies = {
  all: () => entries().filter((entry) => !entry.endsWith('/register')),
  esm: () =>
    bodies
      .all()
      .map((entry) => `await import('${entry}')`)
      .join('\n'),
  // The register entry starts the SDK; modules that wait at their top level cannot be required.
  cjs: () =>
    ['@whodid/sdk', '@whodid/client', '@whodid/model', '@whodid/verify']
      .map(
        (entry) => `if (Object.keys(require('${entry}')).length === 0) throw new Error('${entry}')`,
      )
      .join('\n'),
  agent: `import { agent, shutdown, start, tool } from '@whodid/sdk'
start({ endpoint: 'http://127.0.0.1:9', exitHooks: false })
const said = await agent({ template: 'packed' }, () => tool('t', { verb: 'read' }, () => 'done'))
await shutdown(1)
console.log(said)
`,
  types: `import { agent, tool } from '@whodid/sdk'
import type { AgentOptions } from '@whodid/sdk'
import { openApi } from '@whodid/client'
import type { WhoDidAnswer } from '@whodid/model'
const options: AgentOptions = { template: 'packed' }
export const ran: Promise<number> = agent(options, () => tool('t', () => 1))
// ${'@ts-expect-error'} a template is a text
export const wrong = agent({ template: 1 }, () => 1)
export const api = openApi({ apiUrl: 'http://127.0.0.1:1', token: '' })
export const verdictOf = ({ verdict }: WhoDidAnswer): string => verdict
`,
}

describe('each tarball', () => {
  it('holds what it needs, and nothing of the workspace', async () => {
    expect([...manifests.keys()].toSorted()).toEqual([...sources.keys()].toSorted())
    for (const [name, manifest] of manifests) {
      const home = join(project, 'node_modules', name)
      const text = JSON.stringify(manifest)
      expect(text, name).not.toMatch(/workspace:|@whodid\/source|"link:|"file:/u)
      for (const file of ['README.md', 'LICENSE', 'dist'])
        expect(existsSync(join(home, file)), `${name}: ${file}`).toBe(true)
      expect(existsSync(join(home, 'src')), name).toBe(false)
      for (const [other, range] of Object.entries(manifest.dependencies ?? {}))
        if (other.startsWith('@whodid/')) expect(range, `${name} → ${other}`).toBe(version)
    }
  })

  it('brings the schema of the ledger with the store', async () => {
    const shipped = await readdir(join(project, 'node_modules/@whodid/store/clickhouse'))
    const own = await readdir(join(root, 'clickhouse'))
    expect(shipped.toSorted()).toEqual(own.toSorted())
    expect(existsSync(join(root, 'packages/store/clickhouse'))).toBe(false)
  })
})

describe('an empty project', () => {
  it('imports every entry, and requires those that programs use', async () => {
    await writeFile(join(project, 'all.mjs'), bodies.esm())
    await runIn(project, ['all.mjs'])
    await writeFile(join(project, 'some.cjs'), bodies.cjs())
    await runIn(project, ['some.cjs'])
  })

  // Each takes a minute: the libraries are checked too.
  it.each([['node16', 'node16'], ...(isLong ? [['esnext', 'bundler']] : [])] as const)(
    'compiles against the types, module %s and resolution %s, libraries checked',
    async (module, resolution) => {
      await writeFile(join(project, `${resolution}.mts`), bodies.types)
      const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
      const flags = [
        '--noEmit',
        '--strict',
        '--exactOptionalPropertyTypes',
        '--target',
        'es2023',
        '--skipLibCheck',
        'false',
        '--types',
        'node',
      ]
      const compiled = runIn(project, [
        tsc,
        ...flags,
        '--module',
        module,
        '--moduleResolution',
        resolution,
        `${resolution}.mts`,
      ])
      await compiled.catch((thrown: unknown) => {
        throw new Error(String(Reflect.get(Object(thrown), 'stdout')))
      })
    },
  )

  it('bundles the SDK into one file, which runs without the packages', async () => {
    await writeFile(join(project, 'agent.mjs'), bodies.agent)
    const { build } = await import('rolldown')
    const file = join(folder, 'bundle.mjs')
    await build({
      input: join(project, 'agent.mjs'),
      cwd: project,
      platform: 'node',
      output: { file, codeSplitting: false },
    })
    expect((await runIn(folder, [file])).stdout).toBe('done\n')
  })

  it('plays the demo with the command', async () => {
    const main = join(project, 'node_modules/@whodid/cli/dist/main.js')
    const { stdout } = await runIn(project, [main, 'demo', '--json', '--once'], {
      WHODID_DATA_DIR: join(folder, 'demo'),
    })
    const { answers } = JSON.parse(stdout) as { answers: Record<string, { verdict: string }> }
    expect(Object.values(answers).map(({ verdict }) => verdict)).toContain('agent')
  })
})

describe.runIf(isLong)('installed from the registry', () => {
  it.each(['npm', 'pnpm'])(
    '%s installs the tarballs, which import, bundle with esbuild, and play the demo',
    async (manager) => {
      const home = join(folder, manager)
      await mkdir(home)
      const files = await readdir(tarballs)
      const local = Object.fromEntries(
        files.map((file) => [
          `@whodid/${file.slice('whodid-'.length, -`-${version}.tgz`.length)}`,
          `file:${join(tarballs, file)}`,
        ]),
      )
      const manifest = {
        private: true,
        type: 'module',
        dependencies: { ...local, esbuild: '0.28.2' },
        // Not published yet: what the packages want of each other is here too.
        ...(manager === 'npm' ? { overrides: overridesOf(local) } : { pnpm: { overrides: local } }),
      }
      await writeFile(join(home, 'package.json'), JSON.stringify(manifest))
      const [command, ...args] =
        manager === 'npm'
          ? ['npm', 'install', '--no-audit', '--no-fund']
          : [pnpm, 'install', '--ignore-workspace']
      await run(String(command), args, { cwd: home, maxBuffer: 64 * 1024 * 1024 })
      await writeFile(join(home, 'all.mjs'), bodies.esm())
      await runIn(home, ['all.mjs'])
      await writeFile(join(home, 'agent.mjs'), bodies.agent)
      const { stdout: bundled } = await runIn(home, [
        '--input-type=module',
        '-e',
        `
      import { build } from 'esbuild'
      await build({ entryPoints: ['agent.mjs'], bundle: true, platform: 'node', format: 'esm', outfile: 'bundle.mjs',
        banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" } })
      await import('./bundle.mjs')`,
      ])
      expect(bundled).toBe('done\n')
      const main = join(home, 'node_modules/@whodid/cli/dist/main.js')
      const { stdout } = await runIn(home, [main, 'demo', '--json', '--once'], {
        WHODID_DATA_DIR: join(home, 'demo'),
      })
      expect(
        Object.keys((JSON.parse(stdout) as { answers: object }).answers).length,
      ).toBeGreaterThan(0)
    },
  )
})

/** npm takes the override of a direct dependency only as a reference to it. */
function overridesOf(local: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(local).map((name) => [name, `$${name}`]))
}
