import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Committer, GitOrigin } from './git-origin.ts'
import type { Issue } from './cast.ts'

/** An entry of the list of issues; it holds no text that an outsider could write. */
export type IssueHead = Pick<Issue, 'number' | 'assignee' | 'authorIsMember'>

/** A small code host: issues in files, pull requests in git, and personal access tokens, which are all it knows a user by. */
export interface CodeHost {
  /** A new personal access token of a user. The holder of the token is that user. */
  createToken(user: Committer): string
  listIssues(): Promise<readonly IssueHead[]>
  readIssue(number: number): Promise<Issue>
  label(token: string, number: number, label: string): Promise<void>
  comment(token: string, number: number, text: string): Promise<void>
  /** Merges a pull request as the token's user, and resolves with the ID of the commit. */
  merge(token: string, pull: number, trailers: readonly string[]): Promise<string>
}

const tokenBytes = 24

/** Makes the host in `dir`, with the given issues. Its functions reject with a sentence for what is not there or not allowed. */
export async function createCodeHost(
  dir: string,
  issues: readonly Issue[],
  origin: GitOrigin,
): Promise<CodeHost> {
  const users = new Map<string, Committer>()
  const path = (number: number): string => join(dir, `issue-${number}.json`)
  const save = (issue: Issue): Promise<void> =>
    writeFile(path(issue.number), `${JSON.stringify(issue, undefined, 2)}\n`)
  await mkdir(dir, { recursive: true })
  await Promise.all(issues.map(save))

  const userOf = (token: string): Committer => {
    const user = users.get(token)
    if (user === undefined) throw new Error('the token is not known to the code host')
    return user
  }
  const readIssue = async (number: number): Promise<Issue> => {
    if (!issues.some((issue) => issue.number === number))
      throw new Error(`there is no issue ${number}`)
    // Written by this host alone.
    return JSON.parse(await readFile(path(number), 'utf8')) as Issue
  }
  return {
    createToken: (user) => {
      const token = `acme_pat_${randomBytes(tokenBytes).toString('base64url')}`
      users.set(token, user)
      return token
    },
    listIssues: () =>
      Promise.resolve(
        issues.map(({ number, assignee, authorIsMember }) => ({
          number,
          assignee,
          authorIsMember,
        })),
      ),
    readIssue,
    label: async (token, number, label) => {
      userOf(token)
      const issue = await readIssue(number)
      await save({ ...issue, labels: [...issue.labels, label] })
    },
    comment: async (token, number, text) => {
      const author = userOf(token).email
      const issue = await readIssue(number)
      await save({ ...issue, comments: [...issue.comments, { author, text }] })
    },
    merge: async (token, pull, trailers) => origin.merge(pull, userOf(token), trailers),
  }
}
