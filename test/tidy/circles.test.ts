import { posix } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { repositorySources, syntaxOf } from './source.ts'
import type { Source } from './source.ts'

it('no files of a package import each other in a circle, by their types neither', () => {
  expect(
    circlesOf(repositorySources(/^packages\/(?:instrumentation\/)?[^/]+\/src\/.*\.tsx?$/u)),
  ).toEqual([])
})

it('finds a circle, and a longer one as one', () => {
  const file = (name: string, ...imports: string[]): Source => ({
    path: `src/${name}.ts`,
    text: imports.map((other) => `import type { A } from './${other}.ts'`).join('\n'),
  })
  expect(circlesOf([file('a', 'b'), file('b', 'c'), file('c')])).toEqual([])
  expect(circlesOf([file('a', 'b'), file('b', 'a')])).toEqual(['src/a.ts src/b.ts'])
  const ring = [file('a', 'b'), file('b', 'c'), file('c', 'a', 'd'), file('d')]
  expect(circlesOf(ring)).toEqual(['src/a.ts src/b.ts src/c.ts'])
})

/** Sets of files each of which leads to each other of the set, by imports and re-exports. */
function circlesOf(sources: readonly Source[]): string[] {
  const edges = new Map(sources.map((source) => [source.path, importedFiles(source)]))
  const reach = new Map([...edges.keys()].map((path) => [path, reachableFrom(path, edges)]))
  const circles = [...reach].flatMap(([path, reached]) =>
    reached.has(path)
      ? [
          [...reached]
            .filter((other) => reach.get(other)?.has(path) === true)
            .toSorted()
            .join(' '),
        ]
      : [],
  )
  return [...new Set(circles)].toSorted()
}

function importedFiles(source: Source): string[] {
  return syntaxOf(source).statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return []
    const { moduleSpecifier } = statement
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return []
    return moduleSpecifier.text.startsWith('.')
      ? [posix.join(posix.dirname(source.path), moduleSpecifier.text)]
      : []
  })
}

/** The files that imports lead to from one; itself only where they lead back. */
function reachableFrom(
  path: string,
  edges: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const reached = new Set<string>()
  const waiting = [...(edges.get(path) ?? [])]
  for (const next of waiting) {
    if (reached.has(next)) continue
    reached.add(next)
    waiting.push(...(edges.get(next) ?? []))
  }
  return reached
}
