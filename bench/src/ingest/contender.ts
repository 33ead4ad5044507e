import type { Engine } from '@whodid/engine'
import { postBody } from './post-body.ts'
import type { LoadProbe, LoadTarget } from './load-messages.ts'

/** A collector with an engine of its own behind it: one of those that are compared. */
export interface Contender {
  readonly target: LoadTarget
  readonly probe: LoadProbe
  readonly collectorProcessId: number
  readonly engine: Engine
  readonly sql: Sql
  /** The table, of the database `whodid`, that has a row a span. */
  readonly spansTable: string
  /** Bytes of the log of what is acknowledged and not yet in the engine; undefined where there is no such log to ask about. */
  readonly logBytes: (() => Promise<number>) | undefined
  /** The place of what it keeps for good beside the engine; undefined where that is nothing. */
  readonly treeDir: string | undefined
  /** May be called again. */
  stop(): Promise<void>
}

/** Runs a statement as the engine's migrator, and gives its answer as text. Throws with the engine's words. */
export type Sql = (statement: string) => Promise<string>

/** The engine's address with the migrator's credentials: both contenders write and are measured as that user. */
export function engineTarget({ url, users }: Engine): LoadTarget {
  const { username, password } = users.migrator
  return { url, headers: { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password } }
}

/** Opens the way to an engine's SQL. */
export function createSql(engine: Engine): Sql {
  const target = engineTarget(engine)
  return async (statement) => {
    const { status, body } = await postBody(target, Buffer.from(statement))
    if (status !== 200) throw new Error(body.toString('utf8', 0, 500))
    return body.toString().trim()
  }
}
