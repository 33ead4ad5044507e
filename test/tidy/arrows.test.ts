import { builtinModules } from 'node:module'
import { join, posix } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { violations } from './rule.ts'
import type { Rule } from './rule.ts'
import { isTest, lineAt, nodesOf, readSource, repositorySources, root, syntaxOf } from './source.ts'
import type { Source } from './source.ts'

/** Which packages of ours each package may import. Write path and read path meet only in store. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  model: [],
  identity: ['model'],
  issuer: ['identity'],
  tlog: [],
  'tlog-posix': ['model', 'tlog'],
  witness: ['model', 'tlog', 'tlog-posix'],
  verify: ['content', 'model', 'store', 'tlog', 'tlog-posix', 'witness'],
  evidence: ['content', 'model', 'query', 'store', 'tlog', 'tlog-posix', 'verify'],
  engine: ['model', 'tlog-posix'],
  store: ['model', 'tlog-posix'],
  reconcile: ['model'],
  detect: ['model', 'store'],
  sdk: ['identity', 'model'],
  'instrumentation/ai-sdk': ['sdk'],
  'instrumentation/anthropic': ['sdk'],
  'instrumentation/claude-agent-sdk': ['sdk'],
  'instrumentation/langchain': ['sdk'],
  'instrumentation/mastra': ['sdk'],
  'instrumentation/mcp': ['sdk'],
  'instrumentation/openai': ['sdk'],
  'instrumentation/openai-agents': ['sdk'],
  hooks: ['model'],
  launcher: ['hooks', 'model', 'sdk'],
  'mcp-proxy': ['model', 'sdk'],
  content: ['model', 'tlog-posix'],
  retention: ['content', 'model', 'store', 'tlog-posix'],
  collector: ['content', 'identity', 'model', 'store', 'tlog', 'tlog-posix', 'witness'],
  query: ['content', 'identity', 'model', 'reconcile', 'store', 'tlog', 'tlog-posix', 'verify'],
  api: [
    'content',
    'detect',
    'evidence',
    'identity',
    'model',
    'query',
    'reconcile',
    'retention',
    'store',
    'tlog',
    'tlog-posix',
    'verify',
  ],
  client: ['model'],
  console: ['client', 'model'],
  server: [
    'api',
    'collector',
    'console',
    'content',
    'detect',
    'engine',
    'identity',
    'issuer',
    'model',
    'retention',
    'store',
    'tlog',
    'tlog-posix',
    'verify',
    'witness',
  ],
  demo: ['client', 'model', 'sdk', 'server'],
  cli: [
    'api',
    'client',
    'collector',
    'demo',
    'engine',
    'evidence',
    'hooks',
    'launcher',
    'mcp-proxy',
    'model',
    'reconcile',
    'retention',
    'server',
    'store',
    'tlog',
    'tlog-posix',
    'verify',
    'witness',
  ],
}

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const packageNames = Object.keys(arrows)
const manifests = new Map(packageNames.map((name) => [name, manifestOf(`packages/${name}`)]))
const testTools = Object.keys(manifestOf('').devDependencies ?? {})

const declaredImports: Rule = {
  name: 'import',
  check: (source) => {
    const manifest = manifests.get(packageOf(source.path))
    const declared = [
      ...Object.keys(manifest?.dependencies ?? {}),
      ...Object.keys(manifest?.optionalDependencies ?? {}),
      ...Object.keys(manifest?.peerDependencies ?? {}),
      ...(isTest(source.path) ? testTools : []),
    ]
    return importsOf(source).flatMap(({ specifier, line }) => {
      const problem = importProblem(specifier, source.path, declared)
      return problem === undefined ? [] : [`${line}: ${problem}`]
    })
  },
}

describe('arrows', () => {
  it('imports only what the package declares, and never past another package’s entry', () => {
    expect(
      violations(
        declaredImports,
        repositorySources(/^packages\/(?:instrumentation\/)?[^/]+\/src\/.*\.tsx?$/u),
      ),
    ).toEqual([])
    for (const bad of [
      "import { a } from '@whodid/collector'",
      "import type { A } from '@whodid/api'",
      "import { a } from '@whodid/model/src/ids.ts'",
      "import { a } from '../../collector/src/pipeline.ts'",
      "import { a } from 'left-pad'",
      "import { readFile } from 'fs'",
      "const a = await import('@whodid/sdk')",
    ])
      expect(declaredImports.check(sample(bad)), bad).toHaveLength(1)
    const good = "import { a } from '@whodid/store'\nimport b from 'node:fs'\nimport './c.ts'"
    expect(declaredImports.check(sample(good))).toEqual([])
  })

  it.each(packageNames)('%s declares exactly its arrows, to pnpm and to tsc', (name) => {
    const declared = Object.keys(manifests.get(name)?.dependencies ?? {})
      .filter((dependency) => dependency.startsWith('@whodid/'))
      .map((dependency) => dependency.slice('@whodid/'.length))
    expect(declared.toSorted()).toEqual(arrows[name])
    expect(referencesOf(`packages/${name}/tsconfig.json`)).toEqual(arrows[name])
  })

  it('lets only store import the ClickHouse client', () => {
    const isClient = (specifier: string): boolean => specifier.startsWith('@clickhouse/')
    const importers = repositorySources(/^(?:packages|test|bench|examples)\/.*\.(?:tsx?|mjs)$/u)
      .filter((source) => importsOf(source).some(({ specifier }) => isClient(specifier)))
      .map(({ path }) => path)
    expect(importers.length).toBeGreaterThan(0)
    expect(importers.filter((path) => !path.startsWith('packages/store/src/'))).toEqual([])
  })

  it('is the table of docs/ARCHITECTURE.md', () => {
    const rows = [
      ...readSource('docs/ARCHITECTURE.md').text.matchAll(
        /^\| `([a-z/-]+)` \|[^|]*\|([^|]*)\|$/gmu,
      ),
    ]
    const told = rows.map(([, name = '', imports = '']) => [
      name,
      [...imports.matchAll(/`([a-z-]+)`/gu)].map(([, other = '']) => other),
    ])
    expect(Object.fromEntries(told)).toEqual(arrows)
  })

  it('knows every package', () => {
    // Bench, corpus and dashboards are no packages: no package may import them.
    expect([...packageNames, 'bench', 'corpus', 'dashboards'].toSorted()).toEqual(
      referencesOf('tsconfig.json'),
    )
  })

  it('does not compile an import against the arrows', () => {
    const forbidden = packageNames.flatMap((from) =>
      packageNames
        .filter((to) => to !== from && arrows[from]?.includes(to) === false)
        .map((to) => ({ from, to })),
    )
    expect(forbidden).toContainEqual({ from: 'query', to: 'collector' })
    expect(forbidden).toContainEqual({ from: 'collector', to: 'query' })
    expect(unresolvedImports(forbidden)).toEqual(forbidden.map(({ from, to }) => `${from} → ${to}`))
    expect(unresolvedImports([{ from: 'query', to: 'store' }])).toEqual([])
  })
})

/** Compiles one file for each import, in the importing package and never written to disk; names those with TS2307. */
function unresolvedImports(imports: readonly { from: string; to: string }[]): string[] {
  const files = new Map(
    imports.map(({ from, to }) => [
      join(root, 'packages', from, 'src', `imports-${to.replaceAll('/', '-')}.ts`),
      { text: `import '${manifests.get(to)?.name ?? ''}'\n`, label: `${from} → ${to}` },
    ]),
  )
  const parsed = ts.readConfigFile(join(root, 'tsconfig.base.json'), (file) =>
    ts.sys.readFile(file),
  )
  const { options } = ts.parseJsonConfigFileContent(parsed.config, ts.sys, root)
  const compilerOptions = { ...options, composite: false, noEmit: true, types: [], noLib: true }
  const host = ts.createCompilerHost({ ...compilerOptions, allowImportingTsExtensions: true })
  host.fileExists = (file) => files.has(file) || ts.sys.fileExists(file)
  host.readFile = (file) => files.get(file)?.text ?? ts.sys.readFile(file)
  const program = ts.createProgram([...files.keys()], compilerOptions, host)
  return [...files].flatMap(([path, { label }]) => {
    const diagnostics = program.getSemanticDiagnostics(program.getSourceFile(path))
    return diagnostics.some(({ code }) => code === 2307 || code === 2882) ? [label] : []
  })
}

function importsOf(source: Source): { specifier: string; line: number }[] {
  const file = syntaxOf(source)
  return [...nodesOf(file)].flatMap((node) => {
    const specifier =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : undefined
    return specifier !== undefined && ts.isStringLiteralLike(specifier)
      ? [{ specifier: specifier.text, line: lineAt(file, node.getStart(file)) }]
      : []
  })
}

function importProblem(
  specifier: string,
  path: string,
  declared: readonly string[],
): string | undefined {
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(path), specifier)
    const home = `packages/${packageOf(path)}`
    return target.startsWith(`${home}/`) ? undefined : `${specifier} leaves the package`
  }
  if (specifier.startsWith('node:')) return undefined
  if (builtinModules.includes(specifier)) return `${specifier} without node:`
  if (/^@whodid\/[^/]+\/(src|dist)\//u.test(specifier))
    return `${specifier} goes past the package's exports`
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  return declared.includes(name) ? undefined : `${name} is not declared in package.json`
}

/** The folder of a file's package, below `packages`. */
function packageOf(path: string): string {
  return /^packages\/((?:instrumentation\/)?[^/]+)\//u.exec(path)?.[1] ?? ''
}

function referencesOf(path: string): string[] {
  const parsed = ts.readConfigFile(path, () => readSource(path).text)
  // The reader types what it parsed as any; a file of another shape fails the comparison.
  const config = parsed.config as { references: { path: string }[] }
  return config.references
    .map((reference) => reference.path.replace(/^(?:(?:\.\.|packages|test)\/)+/u, ''))
    .toSorted()
}

function manifestOf(directory: string): Manifest {
  // pnpm has read the same file to install what these tests run with.
  return JSON.parse(readSource(posix.join(directory, 'package.json')).text) as Manifest
}

function sample(text: string): Source {
  return { path: 'packages/query/src/sample.ts', text }
}
