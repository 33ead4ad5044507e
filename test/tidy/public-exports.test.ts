import { posix } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { readSource, repositoryPaths, syntaxOf } from './source.ts'
import type { Source } from './source.ts'

describe('public exports', () => {
  it.each(
    repositoryPaths(/^packages\/(?:instrumentation\/)?[^/]+\/src\/(index|[^/]+\/index)\.ts$/u),
  )('%s exports only what has a docstring', (path) => {
    expect(undocumented(readSource(path), readSource)).toEqual([])
  })

  it('finds an export without one', () => {
    const index = { path: 'src/index.ts', text: "export { read, write } from './read.ts'" }
    const code = '/** Reads. */\nexport const read = 1\n\nexport function write(): void {}\n'
    const read = (path: string): Source => ({ path, text: code })
    expect(undocumented(index, read)).toEqual(['src/read.ts: write'])
  })

  it('takes a documented constant as the docstring of the type derived from it', () => {
    const index = { path: 'src/index.ts', text: "export type { Kind, Other } from './kinds.ts'" }
    const code = [
      "/** The kinds. */\nexport const kinds = ['a'] as const",
      'export type Kind = (typeof kinds)[number]',
      'export type Other = string',
    ]
    const read = (path: string): Source => ({ path, text: code.join('\n') })
    expect(undocumented(index, read)).toEqual(['src/kinds.ts: Other'])
  })
})

/** Names that each package exports, all its entries together. A number only goes down; a new package or room brings its own. */
const exportsMax: Readonly<Record<string, number>> = {
  api: 19,
  client: 41,
  collector: 20,
  console: 5,
  content: 13,
  demo: 8,
  detect: 19,
  engine: 11,
  evidence: 13,
  'instrumentation/ai-sdk': 2,
  'instrumentation/anthropic': 1,
  'instrumentation/claude-agent-sdk': 1,
  'instrumentation/langchain': 2,
  'instrumentation/mastra': 1,
  'instrumentation/mcp': 6,
  'instrumentation/openai': 1,
  'instrumentation/openai-agents': 1,
  hooks: 28,
  launcher: 8,
  'mcp-proxy': 4,
  identity: 86,
  issuer: 5,
  model: 210,
  query: 87,
  reconcile: 39,
  retention: 11,
  sdk: 91,
  server: 43,
  store: 79,
  tlog: 69,
  'tlog-posix': 33,
  verify: 70,
  witness: 52,
}

describe('the number of public exports', () => {
  const counts = new Map(
    repositoryPaths(/^packages\/(?:instrumentation\/)?[^/]+\/package\.json$/u).map((path) => {
      const entries = entriesOf(path).map((entry) => posix.join(posix.dirname(path), entry))
      const names = entries.flatMap((entry) => exportedNames(readSource(entry)))
      return [path.split('/').slice(1, -1).join('/'), names.length] as const
    }),
  )

  it.each([...counts].filter(([, count]) => count > 0))('%s is as counted', (name, count) => {
    expect(count).toBe(exportsMax[name])
  })

  it('is counted for every package that exports', () => {
    expect(Object.keys(exportsMax).toSorted()).toEqual(
      [...counts].flatMap(([name, count]) => (count > 0 ? [name] : [])).toSorted(),
    )
  })
})

/** The sources of the entries that a package lists in its manifest. */
function entriesOf(manifest: string): string[] {
  return [...readSource(manifest).text.matchAll(/"@whodid\/source": "([^"]+)"/gu)].map(
    ([, entry = '']) => entry,
  )
}

function exportedNames(index: Source): string[] {
  return syntaxOf(index).statements.flatMap((statement) =>
    ts.isExportDeclaration(statement) &&
    statement.exportClause !== undefined &&
    ts.isNamedExports(statement.exportClause)
      ? statement.exportClause.elements.map(({ name }) => name.text)
      : [],
  )
}

/** The names that an index re-exports from its neighbours and that no docstring describes. */
function undocumented(index: Source, read: (path: string) => Source): string[] {
  return syntaxOf(index).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) return []
    const { exportClause, moduleSpecifier } = statement
    if (exportClause === undefined || !ts.isNamedExports(exportClause)) return []
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return []
    // What another package exports is documented there.
    if (!moduleSpecifier.text.startsWith('.')) return []
    const path = posix.join(posix.dirname(index.path), moduleSpecifier.text)
    const documented = documentedNames(syntaxOf(read(path)))
    return exportClause.elements
      .map((element) => (element.propertyName ?? element.name).text)
      .filter((name) => !documented.has(name))
      .map((name) => `${path}: ${name}`)
  })
}

function documentedNames(file: ts.SourceFile): ReadonlySet<string> {
  const documented = new Set<string>()
  for (const statement of file.statements) {
    const described = ts
      .getJSDocCommentsAndTags(statement)
      .some(({ comment }) => comment !== undefined)
    if (ts.isVariableStatement(statement)) {
      const names = statement.declarationList.declarations.map(({ name }) => name.getText(file))
      if (described) for (const name of names) documented.add(name)
    } else if ('name' in statement) {
      const name = (statement as ts.DeclarationStatement).name?.getText(file) // every statement with a name is one
      const source = ts.isTypeAliasDeclaration(statement)
        ? /typeof (\w+)/u.exec(statement.type.getText(file))?.[1]
        : undefined
      const inherited = source !== undefined && documented.has(source)
      if (name !== undefined && (described || inherited)) documented.add(name)
    }
  }
  return documented
}
