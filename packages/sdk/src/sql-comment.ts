import { currentScope, parentOf } from './scope.ts'
import { formatTraceParent } from './trace-parent.ts'

/**
 * Appends the trace of the tool call that runs to a SQL statement, as a sqlcommenter comment
 * (`/*traceparent='00-…-01'*\/`), so that the database's own log joins the ledger. Outside of a run the statement comes back
 * as it is. A final semicolon stays last.
 *
 * The comment makes each statement's text unique: it defeats caches of prepared statements.
 */
export function sqlComment(sql: string): string {
  const scope = currentScope()
  const span = scope === undefined ? undefined : parentOf(scope)
  if (span === undefined) return sql
  const comment = `/*traceparent='${encodeURIComponent(formatTraceParent(span))}'*/`
  const end = endOfStatement(sql)
  const statement = sql.slice(0, end)
  const lastLine = statement.slice(statement.lastIndexOf('\n') + 1)
  // A line comment at the end would swallow ours.
  const gap = /--|#/u.test(lastLine) ? '\n' : ' '
  return `${statement}${gap}${comment}${sql.slice(end).includes(';') ? ';' : ''}`
}

/** Where the white space and semicolons begin that a statement ends in. */
function endOfStatement(sql: string): number {
  let end = sql.length
  while (end > 0 && (sql[end - 1] === ';' || sql.charAt(end - 1).trim() === '')) end -= 1
  return end
}
