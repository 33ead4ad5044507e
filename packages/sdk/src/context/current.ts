import type { AgentIdentity, Principal } from './identity.ts'
import { currentScope, parentOf } from './scope.ts'
import { formatTraceParent } from './trace-context.ts'

/** The run around the calling code. Identifiers that are not there are ''. */
export interface Current {
  readonly actorType: 'agent' | 'human' | 'service' | ''
  /** Instance ID of an agent, user ID of a human, name of a service. */
  readonly id: string
  readonly agent: AgentIdentity | undefined
  readonly delegator: Principal | undefined
  readonly delegationChain: readonly string[]
  readonly correlationId: string
  readonly promptRef: string
  readonly planRef: string
  /** The tool call this code runs in. */
  readonly actionId: string
  readonly traceparent: string
}

/**
 * Returns the actor here, its delegator and its reason to act; undefined outside of any run.
 *
 * @example
 * logger.info({ actor: current()?.id, correlation: current()?.correlationId }, 'merging')
 */
export function current(): Current | undefined {
  const scope = currentScope()
  if (scope === undefined) return undefined
  const parent = parentOf(scope)
  return {
    actorType: scope.actor.type,
    id: scope.actor.id,
    agent: scope.actor.agent,
    delegator: scope.actor.delegator,
    delegationChain: scope.actor.chain,
    correlationId: scope.actor.correlationId,
    promptRef: scope.frame.promptRef,
    planRef: scope.frame.planRef,
    actionId: scope.call?.actionId ?? '',
    traceparent: parent === undefined ? '' : formatTraceParent(parent),
  }
}

/**
 * Appends the trace of the tool call that runs to a SQL statement, as a sqlcommenter comment
 * (`/*traceparent='00-…-01'*\/`), so that the database's own log joins the ledger. Outside of a run the statement comes back
 * as it is. A final semicolon stays last.
 *
 * The comment makes each statement's text unique: it defeats caches of prepared statements.
 *
 * @example
 * await db.query(sqlComment('DELETE FROM orders WHERE id = 42'))
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

/** Returns the start of the white space and semicolons at the end of a statement. */
function endOfStatement(sql: string): number {
  let end = sql.length
  while (end > 0 && (sql[end - 1] === ';' || sql.charAt(end - 1).trim() === '')) end -= 1
  return end
}
