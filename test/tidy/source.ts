import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** A file of the repository: its path from the root, with `/`, and its text. */
export interface Source {
  readonly path: string
  readonly text: string
}

/** The repository's root directory. */
export const root: string = join(import.meta.dirname, '..', '..')

const directoriesSkipped = ['node_modules', 'dist', 'coverage', '.git', '.tools', '.whodid']
let pathsKnown: readonly string[] | undefined

/** The paths of the repository's files that match: what git tracks or would track; all files where there is no git. */
export function repositoryPaths(pattern: RegExp): readonly string[] {
  pathsKnown ??= existsSync(join(root, '.git')) ? gitPaths() : walk('')
  return pathsKnown.filter((path) => pattern.test(path))
}

/** The repository's files that match, read. */
export function repositorySources(pattern: RegExp): readonly Source[] {
  return repositoryPaths(pattern).map(readSource)
}

/** Reads one file of the repository. */
export function readSource(path: string): Source {
  return { path, text: readFileSync(join(root, path), 'utf8') }
}

/** The syntax tree of a TypeScript or JavaScript file, with parent links. */
export function syntaxOf(source: Source): ts.SourceFile {
  return ts.createSourceFile(source.path, source.text, ts.ScriptTarget.Latest, true)
}

/** Every node below and including `node`, in source order. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node
  const children: ts.Node[] = []
  ts.forEachChild(node, (child) => void children.push(child))
  for (const child of children) yield* nodesOf(child)
}

/** The line, from 1, of a position. */
export function lineAt(file: ts.SourceFile, position: number): number {
  return file.getLineAndCharacterOfPosition(position).line + 1
}

/** Whether a file is a test, for the limits that are wider there. */
export function isTest(path: string): boolean {
  return path.endsWith('.test.ts')
}

/** The comments of a file, where they begin and their text. */
export function commentsOf(file: ts.SourceFile): { position: number; text: string }[] {
  const found = new Map<number, string>()
  for (const token of tokensOf(file)) {
    const ranges = [
      ...(ts.getLeadingCommentRanges(file.text, token.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(file.text, token.end) ?? []),
    ]
    for (const { pos, end } of ranges) found.set(pos, file.text.slice(pos, end))
  }
  return [...found].map(([position, text]) => ({ position, text }))
}

/** The leaves of the tree, the end-of-file token among them: between them lie only white space and comments. */
function* tokensOf(node: ts.Node): Generator<ts.Node> {
  // The inside of a template or of JSX text looks like comments and is none.
  if (ts.isTemplateLiteralToken(node)) return
  const children = node.getChildren()
  if (children.length === 0) yield node
  for (const child of children) yield* tokensOf(child)
}

function gitPaths(): string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 })
  // A file that is deleted but not yet committed is still listed.
  return listed.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))
}

function walk(directory: string): string[] {
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = directory === '' ? entry.name : `${directory}/${entry.name}`
    if (entry.isDirectory()) return directoriesSkipped.includes(entry.name) ? [] : walk(path)
    return entry.isFile() && !path.endsWith('.tsbuildinfo') ? [path] : []
  })
}
