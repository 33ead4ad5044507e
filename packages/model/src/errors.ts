/**
 * Every error code of Whodid, once. A code is stable: callers, dashboards and `docs/howto/errors.md` name it.
 */
export type ErrorCode =
  | 'invalid_config'
  | 'keys_command_failed'
  | 'invalid_handle'
  | 'invalid_time'
  | 'invalid_parameter'
  | 'invalid_cursor'
  | 'invalid_body'
  | 'unsupported_content_type'
  | 'unsupported_encoding'
  | 'body_too_large'
  | 'method_not_allowed'
  | 'not_found'
  | 'unauthenticated'
  | 'forbidden'
  | 'log_full'
  | 'log_failed'
  | 'seal_failed'
  | 'not_sealed'
  | 'too_many_requests'
  | 'too_many_connections'
  | 'store_unavailable'
  | 'store_refused'
  | 'range_required'
  | 'content_unreadable'
  | 'under_hold'
  | 'ledger_shared'
  | 'nothing_lost'
  | 'case_full'
  | 'query_too_expensive'
  | 'read_not_recorded'
  | 'migration_changed'
  | 'migration_failed'
  | 'engine_unsupported'
  | 'engine_in_use'
  | 'engine_failed'
  | 'api_unreachable'
  | 'provider_failed'
  | 'unknown_name'
  | 'action_unrecorded'
  | 'token_refused'
  | 'agent_stopped'
  | 'standing_unknown'
  | 'internal'

/**
 * The kind of each code: `permanent` (the same input fails again) or `retryable` (the environment may recover).
 */
export const errorCodes: Readonly<Record<ErrorCode, 'permanent' | 'retryable'>> = {
  invalid_config: 'permanent',
  keys_command_failed: 'retryable',
  invalid_handle: 'permanent',
  invalid_time: 'permanent',
  invalid_parameter: 'permanent',
  invalid_cursor: 'permanent',
  invalid_body: 'permanent',
  unsupported_content_type: 'permanent',
  unsupported_encoding: 'permanent',
  body_too_large: 'permanent',
  method_not_allowed: 'permanent',
  not_found: 'permanent',
  unauthenticated: 'permanent',
  forbidden: 'permanent',
  log_full: 'retryable',
  log_failed: 'retryable',
  seal_failed: 'permanent',
  not_sealed: 'retryable',
  too_many_requests: 'retryable',
  too_many_connections: 'retryable',
  store_unavailable: 'retryable',
  store_refused: 'permanent',
  range_required: 'permanent',
  content_unreadable: 'permanent',
  under_hold: 'permanent',
  ledger_shared: 'permanent',
  nothing_lost: 'permanent',
  case_full: 'permanent',
  query_too_expensive: 'permanent',
  read_not_recorded: 'retryable',
  migration_changed: 'permanent',
  migration_failed: 'permanent',
  engine_unsupported: 'permanent',
  engine_in_use: 'permanent',
  engine_failed: 'retryable',
  api_unreachable: 'retryable',
  provider_failed: 'retryable',
  unknown_name: 'permanent',
  action_unrecorded: 'retryable',
  token_refused: 'permanent',
  agent_stopped: 'permanent',
  standing_unknown: 'retryable',
  internal: 'permanent',
}

/**
 * An error a caller can act on: a stable code, a sentence that quotes the field, the expected value and the actual one.
 *
 * `cause` holds the evidence (the engine's error, the parse error), never a secret. Own bugs are not WhodidErrors.
 */
export class WhodidError extends Error {
  override readonly name = 'WhodidError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }

  /** True when the same request may succeed later without being changed. */
  get retryable(): boolean {
    return errorCodes[this.code] === 'retryable'
  }
}
