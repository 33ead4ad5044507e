import { describe, expect, it } from 'vitest'
import { repositorySources } from './source.ts'
import type { Source } from './source.ts'

// What tells of the machine a file was written on. Each is put together here, so that this file does not find itself.
const forbidden: readonly RegExp[] = [
  new RegExp(`(^|[\\s"'\`(=:])/${'work'}/`, 'mu'),
  new RegExp(`/${'root'}/|/${'Users'}/[a-z]|/home/(?!node\\b)[a-z]+/`, 'u'),
  new RegExp(`(^|[\\s"'\`(/])\\.${'library'}\\b`, 'mu'),
  new RegExp(`/${'tmp'}/(briefs|bash_jobs)`, 'u'),
  new RegExp(`${'regis'}try\\.(?:[a-z0-9-]+\\.)+[a-z]{2,}`, 'u'),
  new RegExp(`_auth${'Token'}|PRIVATE ${'KEY'}-----\\s*[A-Za-z0-9+/]{60}`, 'u'),
]

const binary = /\.(png|jpg|gif|ico|bin|gz|pb|woff2?)$/u

describe('leaks', () => {
  it('names no build machine, registry host or credential', () => {
    const sources = repositorySources(/(?:)/u).filter(({ path }) => !binary.test(path))
    expect(sources.flatMap(leaks)).toEqual([])
  })

  it('finds each of them', () => {
    for (const text of [
      ['see /wo', 'rk/main/a.ts'],
      ["'/ho", "me/ada/a.ts'"],
      ['.lib', 'rary/env'],
      ['https://regis', 'try.example.org/a'],
      ['//x/:_auth', 'Token=abc'],
    ])
      expect(leaks({ path: 'a.md', text: text.join('') }), text.join('')).toHaveLength(1)
    expect(leaks({ path: 'a.md', text: 'file:/srv/app/work/a.ts' })).toEqual([])
  })
})

function leaks({ path, text }: Source): string[] {
  return forbidden.flatMap((pattern) => {
    const found = pattern.exec(text)
    if (found === null) return []
    const line = text.slice(0, found.index).split('\n').length
    return [`${path}:${line}: ${found[0].trim()}`]
  })
}
