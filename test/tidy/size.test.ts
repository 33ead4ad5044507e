import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { exceptions, exceptionsMax } from './exceptions.ts'
import { violations } from './rule.ts'
import type { Rule } from './rule.ts'
import { isTest, lineAt, nodesOf, repositorySources, syntaxOf } from './source.ts'
import type { Source } from './source.ts'

const sources = repositorySources(/\.(tsx?|mjs)$/u)

const fileLength: Rule = {
  name: 'file-length',
  check: ({ path, text }) => {
    const lines = text.trimEnd().split('\n').length
    const max = fileLinesMax(path)
    return lines > max ? [`${max + 1}: the file has ${lines} lines, at most ${max}`] : []
  },
}

const functionLength: Rule = {
  name: 'function-length',
  check: (source) => {
    const file = syntaxOf(source)
    const max = isTest(source.path) ? 120 : 70
    return [...nodesOf(file)].flatMap((node) => {
      if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return []
      // A suite is a list of tests and a table a list of entries, not a function to follow.
      if (ts.isCallExpression(node.parent) && /^describe\b/u.test(node.parent.getText(file)))
        return []
      if (isTable(node.body)) return []
      const start = lineAt(file, node.getStart(file))
      const lines = lineAt(file, node.end) - start + 1
      return lines > max ? [`${start}: a function of ${lines} lines, at most ${max}`] : []
    })
  },
}

/** Callbacks take what their caller gives; a function that is named chooses its parameters. */
const parameterCount: Rule = {
  name: 'parameter-count',
  check: (source) => {
    const file = syntaxOf(source)
    return [...nodesOf(file)].flatMap((node) => {
      const chosen =
        ts.isFunctionDeclaration(node) ||
        ts.isClassElement(node) ||
        (ts.isArrowFunction(node) && ts.isVariableDeclaration(node.parent))
      if (!chosen || !ts.isFunctionLike(node) || node.parameters.length <= 3) return []
      return [
        `${lineAt(file, node.getStart(file))}: ${node.parameters.length} parameters, at most 3`,
      ]
    })
  },
}

const importCount: Rule = {
  name: 'import-count',
  check: (source) => {
    const imports = syntaxOf(source).statements.filter(ts.isImportDeclaration)
    const modules = new Set(imports.map(({ moduleSpecifier }) => moduleSpecifier.getText())).size
    const max = isTest(source.path) ? 15 : 10
    return modules > max ? [`1: imports ${modules} modules, at most ${max}`] : []
  },
}

describe('size', () => {
  it('keeps files short', () => {
    expect(violations(fileLength, sources)).toEqual([])
    expect(fileLength.check(lines('packages/x/src/long.ts', 301))).toHaveLength(1)
    expect(fileLength.check(lines('packages/x/src/long.ts', 300))).toEqual([])
    expect(fileLength.check(lines('packages/x/src/long.test.ts', 501))).toHaveLength(1)
    expect(fileLength.check(lines('packages/x/src/index.ts', 61))).toHaveLength(1)
  })

  it('keeps functions short', () => {
    expect(violations(functionLength, sources)).toEqual([])
    const body = '\n'.repeat(70)
    expect(functionLength.check(sample(`function long() {${body}}`))).toHaveLength(1)
    expect(functionLength.check(sample(`const long = () => {${body}}`))).toHaveLength(1)
    expect(functionLength.check(sample(`class A { long() {${body}} }`))).toHaveLength(1)
    expect(functionLength.check(sample('function short() {}'))).toEqual([])
    const table = sample(`function table() { return {${body}} }`)
    expect(functionLength.check(table)).toEqual([])
  })

  it('keeps parameters few', () => {
    expect(violations(parameterCount, sources)).toEqual([])
    expect(parameterCount.check(sample('function f(a, b, c, d) {}'))).toHaveLength(1)
    expect(parameterCount.check(sample('const f = (a, b, c, d) => a'))).toHaveLength(1)
    expect(parameterCount.check(sample('class A { f(a, b, c, d) {} }'))).toHaveLength(1)
    expect(parameterCount.check(sample('a.replace(b, (c, d, e, f) => c)'))).toEqual([])
  })

  it('keeps imports few', () => {
    expect(violations(importCount, sources)).toEqual([])
    const imports = (count: number) =>
      sample(Array.from({ length: count }, (_, n) => `import { a${n} } from 'm${n}'`).join('\n'))
    expect(importCount.check(imports(11))).toHaveLength(1)
    expect(importCount.check(imports(10))).toEqual([])
  })

  it('lets the number of exceptions only go down', () => {
    expect(exceptions.length).toBe(exceptionsMax)
    for (const { reason } of exceptions) expect(reason.length).toBeGreaterThan(20)
  })
})

/** Whether a function's body is nothing but the return of an object or an array that is written out. */
function isTable(body: ts.Node): boolean {
  const only = ts.isBlock(body) && body.statements.length === 1 ? body.statements[0] : undefined
  const returned = only !== undefined && ts.isReturnStatement(only) ? only.expression : undefined
  return (
    returned !== undefined &&
    (ts.isObjectLiteralExpression(returned) || ts.isArrayLiteralExpression(returned))
  )
}

function fileLinesMax(path: string): number {
  if (path.endsWith('/index.ts')) return 60
  return isTest(path) ? 500 : 300
}

function lines(path: string, count: number): Source {
  return { path, text: 'x\n'.repeat(count) }
}

function sample(text: string): Source {
  return { path: 'packages/x/src/sample.ts', text }
}
