import * as fs from 'node:fs'
import git from 'isomorphic-git'
import { cast } from './cast.ts'

/** A commit as `git log` shows it. */
export interface LoggedCommit {
  readonly oid: string
  readonly author: string
  readonly message: string
}

/** The committer that git records. */
export interface Committer {
  readonly name: string
  readonly email: string
}

/** A bare git repository with pull requests. */
export interface GitOrigin {
  /** Merges a pull request into `main` by a merge commit of `by`, and resolves with its ID. */
  merge(pull: number, by: Committer, trailers: readonly string[]): Promise<string>
  /** The commits of `main`, newest first, along the first parent. */
  log(): Promise<readonly LoggedCommit[]>
}

type Files = Readonly<Record<string, string>>

interface Change {
  readonly ref: string
  readonly parents: readonly string[]
  readonly by: Committer
  readonly message: string
  readonly files: Files
}

const mainRef = 'refs/heads/main'
const logCommitsMax = 100

const start: Files = {
  'README.md': '# app\n\nThe shop of Acme. We recieve orders.\n',
  'ci.yml': 'on: push\npermissions: read\nsteps:\n  - run: npm test\n',
  'import.js':
    'export const importCustomers = (rows) => rows.map(({ id, name }) => ({ id, name }))\n',
}

const pulls: Readonly<Record<number, { by: Committer; message: string; files: Files }>> = {
  [cast.mergedByAgent]: {
    by: { name: 'mallory', email: 'mallory@outside.example' },
    message: 'Fix the import\n\nThe importer needs the token of the build.\n',
    files: { ...start, 'ci.yml': start['ci.yml']?.replace('read', 'write-all') ?? '' },
  },
  [cast.mergedByHand]: {
    by: { name: 'Kim', email: 'kim@acme.example' },
    message: 'Fix a typo\n',
    files: { ...start, 'README.md': start['README.md']?.replace('recieve', 'receive') ?? '' },
  },
}

/** Makes the repository in `gitdir`: `main`, and one branch a pull request. A real one, which any git can read. */
export async function createGitOrigin(gitdir: string): Promise<GitOrigin> {
  await git.init({ fs, gitdir, bare: true, defaultBranch: 'main' })
  const kim = { name: 'Kim', email: 'kim@acme.example' }
  const root = await commit(gitdir, {
    ref: mainRef,
    parents: [],
    by: kim,
    message: 'The shop\n',
    files: start,
  })
  for (const [number, pull] of Object.entries(pulls))
    await commit(gitdir, { ref: pullRef(Number(number)), parents: [root], ...pull })
  // Two merges at one time would both build on the same head: each waits for the one before it.
  let turn: Promise<unknown> = Promise.resolve()
  return {
    merge: (pull, by, trailers) => {
      const merged = turn.then(() => merge(gitdir, { pull, by, trailers }))
      turn = merged.catch(() => undefined)
      return merged
    },
    log: () => log(gitdir),
  }
}

async function merge(
  gitdir: string,
  { pull, by, trailers }: { pull: number; by: Committer; trailers: readonly string[] },
): Promise<string> {
  const signature = stamp(by)
  const { oid } = await git.merge({
    fs,
    gitdir,
    ours: mainRef,
    theirs: pullRef(pull),
    fastForward: false,
    abortOnConflict: true,
    author: signature,
    committer: signature,
    message: `Merge pull request #${pull}\n\n${trailers.join('\n')}\n`,
  })
  if (oid === undefined) throw new Error(`pull request ${pull} left no commit`)
  return oid
}

async function log(gitdir: string): Promise<LoggedCommit[]> {
  const commits: LoggedCommit[] = []
  let oid: string | undefined = await git.resolveRef({ fs, gitdir, ref: mainRef })
  while (oid !== undefined && commits.length < logCommitsMax) {
    const read = await git.readCommit({ fs, gitdir, oid })
    const { author, message, parent } = read.commit
    commits.push({ oid, author: `${author.name} <${author.email}>`, message })
    oid = parent[0]
  }
  return commits
}

async function commit(gitdir: string, change: Change): Promise<string> {
  const entries = Object.entries(change.files).map(async ([path, text]) => ({
    mode: '100644',
    path,
    oid: await git.writeBlob({ fs, gitdir, blob: Buffer.from(text) }),
    type: 'blob' as const,
  }))
  const tree = await git.writeTree({ fs, gitdir, tree: await Promise.all(entries) })
  const signature = stamp(change.by)
  const oid = await git.writeCommit({
    fs,
    gitdir,
    commit: {
      tree,
      parent: [...change.parents],
      author: signature,
      committer: signature,
      message: change.message,
    },
  })
  await git.writeRef({ fs, gitdir, ref: change.ref, value: oid, force: true })
  return oid
}

function pullRef(pull: number): string {
  return `refs/heads/pull-${pull}`
}

function stamp(by: Committer): Committer & { timestamp: number; timezoneOffset: number } {
  return { ...by, timestamp: Math.floor(Date.now() / 1000), timezoneOffset: 0 }
}
