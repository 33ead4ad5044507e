import { ClickHouseError } from '@clickhouse/client'
import { WhodidError } from '@whodid/model'
import type { ErrorCode } from '@whodid/model'

/**
 * The engine's error types (`system.errors`) that a repetition of the same statement meets again. All others, a
 * lost connection included, may be temporary.
 */
const permanentTypes: Readonly<Record<string, ErrorCode>> = {
  TIMEOUT_EXCEEDED: 'query_too_expensive',
  TOO_MANY_ROWS: 'query_too_expensive',
  TOO_MANY_BYTES: 'query_too_expensive',
  TOO_MANY_ROWS_OR_BYTES: 'query_too_expensive',
  MEMORY_LIMIT_EXCEEDED: 'query_too_expensive',
  SET_SIZE_LIMIT_EXCEEDED: 'query_too_expensive',
  ACCESS_DENIED: 'store_refused',
  AUTHENTICATION_FAILED: 'store_refused',
  READONLY: 'store_refused',
  UNKNOWN_TABLE: 'store_refused',
  UNKNOWN_DATABASE: 'store_refused',
  UNKNOWN_IDENTIFIER: 'store_refused',
  SYNTAX_ERROR: 'store_refused',
  TYPE_MISMATCH: 'store_refused',
}

/** Turns the client's error into a WhodidError whose `cause` is the engine's own error; `doing` names the operation that failed. */
export function storeError(thrown: unknown, doing: string): WhodidError {
  if (thrown instanceof WhodidError) return thrown
  const type = thrown instanceof ClickHouseError ? (thrown.type ?? 'unknown') : undefined
  if (type === undefined) {
    const what = thrown instanceof Error ? thrown.message : 'unknown failure'
    return new WhodidError(
      'store_unavailable',
      `ClickHouse did not answer while ${doing}: ${what}`,
      {
        cause: thrown,
      },
    )
  }
  const code = permanentTypes[type] ?? 'store_unavailable'
  const hint =
    type === 'AUTHENTICATION_FAILED'
      ? ': the user is not there, or WHODID_CLICKHOUSE_*_PASSWORD is not its password'
      : ''
  return new WhodidError(code, `ClickHouse refused ${doing}: ${type}${hint}`, { cause: thrown })
}
