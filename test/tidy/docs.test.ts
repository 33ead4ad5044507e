import { posix } from 'node:path'
import { errorCodes } from '@whodid/model'
import { describe, expect, it } from 'vitest'
import { readSource, repositoryPaths, repositorySources } from './source.ts'
import type { Source } from './source.ts'

describe('docs', () => {
  it('explains every error code, and no other', () => {
    const documented = sections(readSource('docs/howto/errors.md').text)
    expect(documented.map(({ title }) => title).toSorted()).toEqual(
      Object.keys(errorCodes).toSorted(),
    )
    for (const { title, body } of documented)
      expect(body.length, `${title} says what it means and what to do`).toBeGreaterThan(120)
    expect(sections('# Errors\n\n## one\n\ntext\n\n## two\n').map(({ title }) => title)).toEqual([
      'one',
      'two',
    ])
  })

  it('links only to what exists', () => {
    expect(repositorySources(/\.md$/u).flatMap(brokenLinks)).toEqual([])
    const link = (target: string): Source => ({ path: 'README.md', text: `[a](${target})` })
    expect(brokenLinks(link('docs/nowhere.md'))).toEqual(['README.md: docs/nowhere.md'])
    expect(brokenLinks(link('docs/howto/errors.md#no_such_code'))).toHaveLength(1)
    expect(brokenLinks(link('docs/howto/errors.md#invalid_handle'))).toEqual([])
    expect(brokenLinks(link('https://example.com/'))).toEqual([])
  })
})

describe('paths in docs', () => {
  it('exist, wherever they stand in backticks', () => {
    expect(
      repositorySources(/^(?:docs\/.*|[A-Z]+|packages\/.*)\.md$/u).flatMap(missingPaths),
    ).toEqual([])
    const text = (path: string): Source => ({ path: 'docs/x.md', text: `see \`${path}\`` })
    expect(missingPaths(text('packages/model/src/nowhere.ts'))).toHaveLength(1)
    expect(missingPaths(text('packages/model/src/ids.ts'))).toEqual([])
    expect(missingPaths(text('packages/model/src/'))).toEqual([])
    expect(missingPaths(text('packages/<name>/src'))).toEqual([])
  })
})

describe('decisions', () => {
  const decisions = repositorySources(/^docs\/decisions\/\d.*\.md$/u)

  it('are numbered without a hole, dated, and in the index', () => {
    const index = readSource('docs/decisions/README.md').text
    decisions.forEach(({ path, text }, position) => {
      const name = posix.basename(path)
      expect(name).toMatch(
        new RegExp(`^${String(position + 1).padStart(4, '0')}-[a-z0-9-]+\\.md$`, 'u'),
      )
      expect(text.split('\n')[2], path).toMatch(/^Status: .*\d{4}-\d{2}-\d{2}/u)
      expect(index).toContain(`(${name})`)
    })
    expect(decisions.length).toBeGreaterThan(10)
  })
})

/** Paths from the root in backticks that name nothing. Placeholders and patterns are left alone. */
function missingPaths({ path, text }: Source): string[] {
  // A decision tells what stood on its day.
  if (path.startsWith('docs/decisions/')) return []
  const known = repositoryPaths(/(?:)/u)
  return [
    ...text.matchAll(
      /`((?:packages|test|docs|clickhouse|bench|scripts|examples|dashboards)\/[^\s`]*)`/gu,
    ),
  ]
    .map((match) => (match[1] ?? '').replace(/[/,.]+$/u, ''))
    .filter((named) => !/[<>*…{]/u.test(named))
    .filter((named) => !known.some((file) => file === named || file.startsWith(`${named}/`)))
    .map((named) => `${path}: ${named}`)
}

function sections(text: string): { title: string; body: string }[] {
  return text
    .split(/^## /mu)
    .slice(1)
    .map((section) => {
      const end = section.indexOf('\n')
      return { title: section.slice(0, end).replaceAll('`', '').trim(), body: section.slice(end) }
    })
}

function brokenLinks({ path, text }: Source): string[] {
  const prose = text.replaceAll(/^```.*?^```/gmsu, '').replaceAll(/`[^`\n]*`/gu, '')
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/gu)].map((match) => match[1] ?? '')
  return targets
    .filter((target) => !/^[a-z][a-z0-9+.-]*:/u.test(target) && !resolves(target, path))
    .map((target) => `${path}: ${target}`)
}

function resolves(target: string, from: string): boolean {
  const [file = '', anchor] = target.split('#')
  const path = file === '' ? from : posix.join(posix.dirname(from), file).replace(/\/$/u, '')
  const known = repositoryPaths(/(?:)/u)
  if (!known.some((candidate) => candidate === path || candidate.startsWith(`${path}/`)))
    return false
  if (anchor === undefined || !path.endsWith('.md')) return true
  const headings = [...readSource(path).text.matchAll(/^#+ (.+)$/gmu)].map(
    (match) => match[1] ?? '',
  )
  return headings.some((heading) => slug(heading) === anchor)
}

/** A heading's anchor, as the usual renderers of Markdown make it. */
function slug(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/gu, '-')
}
