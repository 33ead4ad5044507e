import { readMigrations } from './migrate.ts'
import type { Migration } from './migrate.ts'

/** The tables that questions read beside the records, each filled from `whodid.spans` by a materialized view. */
export const derivedTables = ['actions', 'acts', 'threads'] as const
export type DerivedTable = (typeof derivedTables)[number]

/** The SELECT that filled a table from `whodid.spans`, newest first: rows that are older than a migration were made by the one before. */
export type ViewVersions = Readonly<Record<DerivedTable, readonly string[]>>

/**
 * The statements of the materialized views, from the migrations that made or changed them: the rows of a table are
 * recomputed by the text that filled it.
 *
 * Throws when no migration fills a table, or one has no SELECT: own bugs.
 */
export async function readDerivedViews(migrations?: readonly Migration[]): Promise<ViewVersions> {
  const known = (migrations ?? (await readMigrations())).map(({ sql }) => withoutComments(sql))
  return {
    actions: versionsOf('actions', known),
    acts: versionsOf('acts', known),
    threads: versionsOf('threads', known),
  }
}

function versionsOf(table: DerivedTable, statements: readonly string[]): string[] {
  const views = new Set<string>()
  const versions: string[] = []
  for (const statement of statements) {
    const made = new RegExp(
      `^CREATE MATERIALIZED VIEW (?:IF NOT EXISTS )?whodid\\.(\\w+) TO whodid\\.${table}\\b`,
      'u',
    ).exec(statement)?.[1]
    const changed = /^ALTER TABLE whodid\.(\w+) MODIFY QUERY\s/u.exec(statement)
    if (made !== undefined) views.add(made)
    if (made === undefined && !views.has(changed?.[1] ?? '')) continue
    const select = /(?:\sAS|^ALTER TABLE \S+ MODIFY QUERY)\s+((?:WITH|SELECT)\s[\s\S]*)$/u.exec(
      statement,
    )
    if (select?.[1] === undefined) throw new Error(`a migration of whodid.${table} has no SELECT`)
    versions.unshift(select[1])
  }
  if (versions.length === 0) throw new Error(`no migration fills whodid.${table}`)
  return versions
}

function withoutComments(sql: string): string {
  return sql.replaceAll(/^[ \t]*--.*\n/gmu, '').trim()
}
