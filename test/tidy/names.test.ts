import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { violations } from './rule.ts'
import type { Rule } from './rule.ts'
import { isTest, lineAt, repositorySources, syntaxOf } from './source.ts'
import type { Source } from './source.ts'

const sources = repositorySources(/\.(tsx?|mjs)$/u)

// Words that name no thing, so that anything fits in.
const drawers = /(^|[/-])(utils?|helpers?|common|shared|managers?|misc|lib)(?=[./-])/u
// Entry points are named after what starts them.
const entry = /(^|\/)(index|main|register|app)\.ts$|\.config\.ts$/u

const fileName: Rule = {
  name: 'file-name',
  check: ({ path }) => {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.config)?\.(tsx?|mjs)$/u.test(name)
    return [
      ...(kebab ? [] : ['1: the file name is not kebab-case']),
      ...(drawers.test(path) ? ['1: the path has a word that names no thing'] : []),
    ]
  },
}

/** A file and one of its exports share a word at least; a reader who knows the one finds the other. */
const namedAfterExport: Rule = {
  name: 'named-after-export',
  check: (source) => {
    if (isTest(source.path) || entry.test(source.path)) return []
    const names = exportedNames(syntaxOf(source)).map((name) => name.toLowerCase())
    const stem = /([^/]+)\.(tsx?|mjs)$/u.exec(source.path)?.[1] ?? ''
    const words = stem.split('-').map((word) => word.replace(/s$/u, ''))
    const fits = names.some((name) => words.some((word) => name.includes(word)))
    return names.length === 0 || fits
      ? []
      : [`1: no export shares a word with the file's name; it exports ${names.join(', ')}`]
  },
}

const exportForm: Rule = {
  name: 'exports',
  check: (source) => {
    const file = syntaxOf(source)
    return file.statements.flatMap((statement) => {
      const problem = exportProblem(statement, source.path)
      return problem === undefined ? [] : [`${lineAt(file, statement.getStart(file))}: ${problem}`]
    })
  },
}

describe('names', () => {
  it('names files in kebab-case, after a thing', () => {
    expect(violations(fileName, sources)).toEqual([])
    expect(fileName.check(sample('packages/x/src/whoDid.ts'))).toHaveLength(1)
    expect(fileName.check(sample('packages/x/src/string-utils.ts'))).toHaveLength(1)
    expect(fileName.check(sample('packages/x/src/helpers/read.ts'))).toHaveLength(1)
    expect(fileName.check(sample('packages/x/src/library.ts'))).toEqual([])
  })

  it('names a file after an export of it', () => {
    expect(violations(namedAfterExport, sources)).toEqual([])
    const misnamed = sample('packages/x/src/queue.ts', 'export function flush(): void {}')
    expect(namedAfterExport.check(misnamed)).toHaveLength(1)
    const named = sample('packages/x/src/ids.ts', 'export type SpanIdHex = string')
    expect(namedAfterExport.check(named)).toEqual([])
  })

  it('exports by name, and re-exports only in index.ts', () => {
    expect(violations(exportForm, sources)).toEqual([])
    for (const bad of [
      'export default 1',
      'export default function read() {}',
      'const a = 1\nexport { a as default }',
      "export * from './a.ts'",
      "export * as a from './a.ts'",
      "export { a } from './a.ts'",
    ])
      expect(exportForm.check(sample('packages/x/src/a.ts', bad)), bad).toHaveLength(1)
    const list = "export { a } from './a.ts'"
    expect(exportForm.check(sample('packages/x/src/index.ts', list))).toEqual([])
    const own = 'export const a = 1'
    expect(exportForm.check(sample('packages/x/src/index.ts', own))).toHaveLength(1)
  })
})

function exportedNames(file: ts.SourceFile): string[] {
  return file.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) {
      const clause = statement.exportClause
      return clause !== undefined && ts.isNamedExports(clause)
        ? clause.elements.map(({ name }) => name.text)
        : []
    }
    if (!has(statement, ts.SyntaxKind.ExportKeyword)) return []
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.map(({ name }) => name.getText(file))
    return 'name' in statement
      ? [(statement as ts.DeclarationStatement).name?.getText(file) ?? '']
      : []
  })
}

function exportProblem(statement: ts.Statement, path: string): string | undefined {
  if (ts.isExportAssignment(statement) || has(statement, ts.SyntaxKind.DefaultKeyword))
    return path.endsWith('.config.ts') ? undefined : 'a default export'
  const index = path.endsWith('/index.ts')
  if (!ts.isExportDeclaration(statement))
    return index ? 'index.ts lists exports and declares nothing' : undefined
  const clause = statement.exportClause
  if (clause === undefined || ts.isNamespaceExport(clause)) return 'export * hides what is exported'
  if (clause.elements.some(({ name }) => name.text === 'default')) return 'a default export'
  if (statement.moduleSpecifier !== undefined && !index) return 're-exports outside index.ts'
  return undefined
}

function has(statement: ts.Statement, kind: ts.SyntaxKind): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some((modifier) => modifier.kind === kind)
  )
}

function sample(path: string, text = ''): Source {
  return { path, text }
}
