import type { Row } from './shop-database.ts'

/** Where the shop's database is, and what opens it. */
export interface DatabaseAccess {
  readonly url: string
  readonly password: string
}

const statementTimeoutMs = 30_000

/** Runs one statement on the shop's database, and resolves with its rows. Rejects with what the database says. */
export async function queryDatabase(
  { url, password }: DatabaseAccess,
  sql: string,
): Promise<readonly Row[]> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${password}` },
    body: sql,
    signal: AbortSignal.timeout(statementTimeoutMs),
  })
  // The other side is the process that this one started.
  const body = (await response.json()) as {
    readonly rows?: readonly Row[]
    readonly error?: string
  }
  if (body.rows === undefined) throw new Error(`the database refused: ${body.error ?? 'no reason'}`)
  return body.rows
}
