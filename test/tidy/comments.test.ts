import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { violations } from './rule.ts'
import type { Rule } from './rule.ts'
import { commentsOf, lineAt, nodesOf, repositorySources, syntaxOf } from './source.ts'
import type { Source } from './source.ts'

const sources = repositorySources(/\.(tsx?|mjs)$/u)

// Put together here, so that this file does not break its own rule.
const markers = ['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK']
const marker = new RegExp(`\\b(${markers.join('|')})\\b`, 'u')

const noMarkers: Rule = {
  name: 'marker',
  check: ({ text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        marker.test(line) ? [`${index + 1}: unfinished work belongs in an issue`] : [],
      ),
}

const plainComments: Rule = {
  name: 'comment',
  check: (source) => {
    const file = syntaxOf(source)
    return commentsOf(file).flatMap(({ position, text }) => {
      const line = lineAt(file, position)
      if (/([=\-*#~_─━═])\1{3,}/u.test(text)) return [`${line}: a banner`]
      if (/copyright|SPDX-|licensed under/iu.test(text)) return [`${line}: a licence header`]
      return []
    })
  },
}

const noEmptyCatch: Rule = {
  name: 'catch',
  check: (source) => {
    const file = syntaxOf(source)
    return [...nodesOf(file)].flatMap((node) => {
      if (!ts.isCatchClause(node) || node.block.statements.length > 0) return []
      // A comment that says what is lost makes it a decision.
      if (/\/\/|\/\*/u.test(node.block.getText(file))) return []
      return [`${lineAt(file, node.getStart(file))}: a catch that says nothing`]
    })
  },
}

describe('comments', () => {
  it('leaves no markers of unfinished work', () => {
    expect(violations(noMarkers, [...sources, ...repositorySources(/\.sql$/u)])).toEqual([])
    for (const word of markers) expect(noMarkers.check(sample(`// ${word} later`))).toHaveLength(1)
  })

  it('has no banners and no licence headers', () => {
    expect(violations(plainComments, sources)).toEqual([])
    expect(plainComments.check(sample('// ---------- parsing'))).toHaveLength(1)
    expect(plainComments.check(sample('/* ======= */ const a = 1'))).toHaveLength(1)
    expect(plainComments.check(sample('/* Copyright 2026 */'))).toHaveLength(1)
    expect(plainComments.check(sample("const line = '-----'"))).toEqual([])
  })

  it('catches nothing silently', () => {
    expect(violations(noEmptyCatch, sources)).toEqual([])
    expect(noEmptyCatch.check(sample('try { a() } catch {}'))).toHaveLength(1)
    expect(noEmptyCatch.check(sample('try { a() } catch { /* Gone already. */ }'))).toEqual([])
  })
})

function sample(text: string): Source {
  return { path: 'packages/x/src/sample.ts', text }
}
