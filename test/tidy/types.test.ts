import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { violations } from './rule.ts'
import type { Rule } from './rule.ts'
import { isTest, lineAt, nodesOf, repositorySources, syntaxOf } from './source.ts'
import type { Source } from './source.ts'

const sources = repositorySources(/\.(ts|mjs)$/u)

const noAny: Rule = {
  name: 'any',
  check: (source) => {
    const file = syntaxOf(source)
    return [...nodesOf(file)]
      .filter(({ kind }) => kind === ts.SyntaxKind.AnyKeyword)
      .map((node) => `${lineAt(file, node.getStart(file))}: any; unknown is meant`)
  },
}

/** Tests may cast what they have just asserted; the rest says why the cast is sound. */
const castExplained: Rule = {
  name: 'cast',
  check: (source) => {
    if (isTest(source.path)) return []
    const file = syntaxOf(source)
    const textLines = source.text.split('\n')
    return [...nodesOf(file)].flatMap((node) => {
      if (!ts.isAsExpression(node) && !ts.isTypeAssertionExpression(node)) return []
      if (ts.isConstTypeReference(node.type)) return []
      const first = lineAt(file, node.getStart(file))
      const statement = ts.findAncestor(node, (above) => ts.isStatement(above)) ?? node
      const around = [
        ...textLines.slice(Math.max(0, first - 2), lineAt(file, node.end)),
        textLines[lineAt(file, statement.getStart(file)) - 2] ?? '',
      ]
      const explained = around.some((line) => /\/\/|\/\*|\*\/|^\s*\*/u.test(line))
      return explained ? [] : [`${first}: a cast without a comment that says why it is sound`]
    })
  },
}

const suppressionExplained: Rule = {
  name: 'suppression',
  check: ({ text }) =>
    text.split('\n').flatMap((line, index) => {
      const found = /(?:\/\/|\/\*)\s*(@ts-\S+|(?:eslint|oxlint|prettier)-\S+)(.*)$/u.exec(line)
      if (found === null) return []
      const [, directive = '', rest = ''] = found
      if (/^@ts-(?:ignore|nocheck)/u.test(directive))
        return [`${index + 1}: ${directive} hides every error; @ts-expect-error is meant`]
      // The rules' names come first; the reason follows `--` or `:`, as each tool reads it.
      return /(?:--|:)\s*\S.{8,}/u.test(rest) || /^prettier-ignore$/u.test(directive)
        ? []
        : [`${index + 1}: ${directive} without a reason`]
    }),
}

describe('types', () => {
  it('has no any', () => {
    expect(violations(noAny, sources)).toEqual([])
    expect(noAny.check(sample('const a: any = 1'))).toHaveLength(1)
    expect(noAny.check(sample('const a: Record<string, any>[] = []'))).toHaveLength(1)
    expect(noAny.check(sample("const any = 'any'"))).toEqual([])
  })

  it('says why a cast is sound', () => {
    expect(violations(castExplained, sources)).toEqual([])
    expect(castExplained.check(sample('const a = JSON.parse(b) as A'))).toHaveLength(1)
    expect(castExplained.check(sample('const a = <A>b'))).toHaveLength(1)
    expect(castExplained.check(sample("const a = ['b'] as const"))).toEqual([])
    expect(castExplained.check(sample('// Checked above.\nconst a = b as A'))).toEqual([])
    expect(castExplained.check(sample('const a = b as A // checked above'))).toEqual([])
    expect(castExplained.check(sample('// Checked above.\nf(\n  b,\n  c as A,\n)'))).toEqual([])
  })

  it('says why a check is suppressed', () => {
    expect(violations(suppressionExplained, sources)).toEqual([])
    const directives = ['ts-ignore: because the types lag', 'ts-expect-error', 'ts-nocheck']
    for (const directive of directives)
      expect(suppressionExplained.check(sample(`// @${directive}`)), directive).toHaveLength(1)
    // Put together here, so that this file does not break its own rule.
    const disable = ['// oxlint', 'disable-next-line no-console'].join('-')
    expect(suppressionExplained.check(sample(disable))).toHaveLength(1)
    expect(suppressionExplained.check(sample(`${disable} -- the output is the purpose`))).toEqual(
      [],
    )
  })
})

function sample(text: string): Source {
  return { path: 'packages/x/src/sample.ts', text }
}
