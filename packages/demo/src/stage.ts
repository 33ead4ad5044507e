import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cast, issueSeed } from './cast.ts'
import { createCodeHost } from './code-host.ts'
import type { CodeHost } from './code-host.ts'
import { createGitOrigin } from './git-origin.ts'
import type { LoggedCommit } from './git-origin.ts'
import type { LoggedStatement } from './shop-database.ts'
import { queryDatabase, startDatabase } from './start-database.ts'
import type { RunningDatabase } from './start-database.ts'
import { createTemporaryDir } from './temporary-dir.ts'
import type { TemporaryDir } from './temporary-dir.ts'

/** The systems of the incident: a code host on a git repository, a database, and the engineers' tokens. */
export interface Stage {
  readonly host: CodeHost
  readonly database: RunningDatabase
  readonly tokens: { readonly dev: string; readonly sam: string }
  readonly gitDir: string
  /** The file to which {@link Stage.close} writes the database's log. */
  readonly databaseLog: string
  /** Reads the logs of git and the database, which know nothing of Whodid. */
  plainLogs(): Promise<PlainLogs>
  /** Ends the database and leaves the files. */
  close(): Promise<void>
  /** Ends the database and removes the files. May be called twice. */
  remove(): Promise<void>
}

/** The logs that everybody has, newest commit first, oldest statement first. */
export interface PlainLogs {
  readonly commits: readonly LoggedCommit[]
  readonly statements: readonly LoggedStatement[]
}

/** Builds the stage in a new temporary directory. Leaves nothing behind when it rejects. */
export async function buildStage(signal: AbortSignal): Promise<Stage> {
  const dir = await createTemporaryDir('whodid-demo-stage-')
  try {
    return await build(dir, signal)
  } catch (thrown) {
    await dir.remove()
    throw thrown
  }
}

async function build(made: TemporaryDir, signal: AbortSignal): Promise<Stage> {
  const dir = made.path
  const gitDir = join(dir, 'app.git')
  const databaseLog = join(dir, 'database.log')
  const database = await startDatabase(join(dir, 'shop'), signal)
  try {
    const origin = await createGitOrigin(gitDir)
    const host = await createCodeHost(join(dir, 'issues'), issueSeed, origin)
    const plainLogs = async (): Promise<PlainLogs> => ({
      commits: await origin.log(),
      statements: await readStatements(database),
    })
    return {
      host,
      database,
      tokens: {
        dev: host.createToken({ name: 'Dev', email: cast.dev }),
        sam: host.createToken({ name: 'Sam', email: cast.sam }),
      },
      gitDir,
      databaseLog,
      plainLogs,
      close: async () => {
        const lines = (await readStatements(database)).map(
          ({ at, role, statement }) => `${at} ${role} LOG:  statement: ${statement}\n`,
        )
        await writeFile(databaseLog, lines.join(''))
        await database.stop()
      },
      remove: async () => {
        await database.stop()
        await made.remove()
      },
    }
  } catch (thrown) {
    await database.stop()
    throw thrown
  }
}

async function readStatements(database: RunningDatabase): Promise<LoggedStatement[]> {
  const rows = await queryDatabase(
    database.access,
    'SELECT at, role, statement FROM statement_log ORDER BY at',
  )
  return rows.map((row) => ({
    at: String(row['at']),
    role: String(row['role']),
    statement: String(row['statement']),
  }))
}
