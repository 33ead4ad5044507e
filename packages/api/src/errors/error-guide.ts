import type { ErrorCode } from '@whodid/model'

/** The meaning of a code, in a few words, and the advice to a person who meets it. */
export interface ErrorAdvice {
  readonly title: string
  readonly advice: string
}

/** The page behind every problem's `type`. `docs/howto/errors.md` says the same at more length. */
export const errorGuide: Readonly<Record<ErrorCode, ErrorAdvice>> = {
  invalid_config: {
    title: 'A setting is not valid',
    advice: 'Correct the environment variable or file that the message names, and start again.',
  },
  invalid_handle: {
    title: 'The handle is not one',
    advice:
      'Give <kind>:<id> (trace, span, action, instance, template, delegator or person, correlation, credential, resource), a bare trace ID, <trace>-<span>, a URL or system:kind:path.',
  },
  invalid_time: {
    title: 'The instant is not one',
    advice:
      'Give RFC 3339 with a zone, such as 2026-11-22T14:07:00Z, and "from" before "to". The command line takes 24h and yesterday too.',
  },
  invalid_parameter: {
    title: 'A parameter is not valid',
    advice:
      'Correct the parameter that the message names. Unknown and repeated parameters are refused, so that a typing error cannot change an answer unseen.',
  },
  invalid_cursor: {
    title: 'The cursor is not one of this list',
    advice:
      'Give "next_cursor" of the page before, unchanged, with the same filters. To start anew, leave it out.',
  },
  invalid_body: {
    title: 'The body is not valid',
    advice:
      'GET takes no body, POST the JSON object that /openapi.json describes, the collector OTLP as protobuf or JSON.',
  },
  unsupported_content_type: {
    title: 'The content type is not taken',
    advice: 'Send application/x-protobuf or application/json.',
  },
  unsupported_encoding: {
    title: 'The content encoding is not taken',
    advice: 'Send the body as it is, or with gzip.',
  },
  body_too_large: {
    title: 'The body is too large',
    advice: 'Send smaller batches: lower the exporter’s batch size.',
  },
  method_not_allowed: {
    title: 'The method is not allowed here',
    advice: 'The Allow header names the methods that are.',
  },
  not_found: {
    title: 'Nothing is at this path',
    advice: '/openapi.json lists every path, and /docs/api shows it to people.',
  },
  keys_command_failed: {
    title: 'The program that unwraps the keys failed',
    advice: 'Run the program of WHODID_KEYS_COMMAND by hand, as the message shows it.',
  },
  unauthenticated: {
    title: 'No valid token came with the request',
    advice:
      'Send Authorization: Bearer <token>: for sending the "ingest" token (WHODID_INGEST_TOKEN), for reading the "investigator" token (WHODID_TOKEN). Those of a local Whodid are in tokens.json in its data directory.',
  },
  forbidden: {
    title: 'The token may not do this',
    advice:
      'Reading needs the investigator or the admin token, the list of reads the admin token. From a browser or proxy, address Whodid by its loopback name.',
  },
  log_full: {
    title: 'The collector’s log has reached its bound',
    advice:
      'Nothing was lost: the exporter keeps the batch and tries again. See why ClickHouse takes no records.',
  },
  log_failed: {
    title: 'The collector could not write its log',
    advice: 'Look at the disk of the data directory: space, permissions, health.',
  },
  seal_failed: {
    title: 'The tree of the log does not agree with what was signed',
    advice: 'Look at what the service said: keep the tree, the keys and the log as they are.',
  },
  not_sealed: {
    title: 'No checkpoint covers the record yet',
    advice: 'Wait a few seconds; if it stays so, look at whodid_seal_failed in the metrics.',
  },
  too_many_requests: {
    title: 'Too many requests are under way',
    advice: 'Wait as long as Retry-After says, then try again.',
  },
  too_many_connections: {
    title: 'Too many connections are open',
    advice: 'Wait as long as Retry-After says, then try again.',
  },
  store_unavailable: {
    title: 'ClickHouse gave no answer',
    advice: 'Try again shortly. If it lasts, run `whodid doctor`.',
  },
  store_refused: {
    title: 'ClickHouse refused the statement',
    advice:
      'Run `whodid doctor` and `whodid migrate`: the schema or the grants are not as expected.',
  },
  range_required: {
    title: 'The question needs a time',
    advice:
      'Add "from" (and "to"), or a handle that an index finds: trace, span, action, instance, delegator, correlation, credential, resource.',
  },
  content_unreadable: {
    title: 'The key of a text is damaged',
    advice: 'Restore the key file that the message names from a backup of the keys directory.',
  },
  ledger_shared: {
    title: 'Other services have records in what would be deleted',
    advice:
      'What one service deletes by age looks like tampering to the others. Keep it, or copy the tree of a service that is gone into tlog/.',
  },
  nothing_lost: {
    title: 'Nothing is lost there',
    advice:
      'A loss is accepted after it has happened. Name places of which no row is left, or a checkpoint that the log no longer reaches: `whodid verify` shows both.',
  },
  under_hold: {
    title: 'A legal hold forbids it',
    advice: 'Release the hold of the case that the message names, or leave the evidence as it is.',
  },
  case_full: {
    title: 'The notebook of the case is full',
    advice: 'Go on under another case, such as "INC-7/2". What was written stays.',
  },
  query_too_expensive: {
    title: 'The question reads too much',
    advice: 'Narrow it: add "from" and "to", or ask about a single action, span or resource.',
  },
  read_not_recorded: {
    title: 'The read could not be recorded',
    advice: 'Every read of the ledger is on record, so the answer is withheld. Try again shortly.',
  },
  migration_changed: {
    title: 'The database and this version disagree about the schema',
    advice: 'Run the version of Whodid that made the database, or a newer one.',
  },
  migration_failed: {
    title: 'A migration was refused',
    advice: 'The cause is in the log. Migrations are safe to run again: `whodid migrate`.',
  },
  engine_unsupported: {
    title: 'The embedded ClickHouse does not run here',
    advice: 'Set CLICKHOUSE_URL to a ClickHouse server of your own.',
  },
  engine_in_use: {
    title: 'Another Whodid uses this data directory',
    advice: 'Stop it, or set WHODID_DATA_DIR to another directory.',
  },
  engine_failed: {
    title: 'The embedded ClickHouse stopped',
    advice: 'It is started again by itself. Its log is in the data directory.',
  },
  api_unreachable: {
    title: 'Whodid cannot be reached',
    advice: 'Start it with `npm start`, or set WHODID_API_URL to where it runs.',
  },
  provider_failed: {
    title: 'The identity provider did not answer as expected',
    advice:
      'Try again. If it stays, check WHODID_OIDC_ISSUER and the client at the provider; a token still signs in.',
  },
  unknown_name: {
    title: 'Nothing is on record under this name, and another is near',
    advice:
      'Ask again with the name that was meant. If this one was: that nothing is recorded under it is no evidence of a human.',
  },
  action_unrecorded: {
    title: 'A destructive action was not put on record first',
    advice:
      'The SDK held the action back because its intent could not be stored. See that the collector runs, then act again.',
  },
  token_refused: {
    title: 'A token or a proof of an agent was refused',
    advice:
      'The message begins with the reason. Get a fresh token from the issuer; after "revoked" there is none for this instance.',
  },
  agent_stopped: {
    title: 'The agent is stopped',
    advice:
      'Somebody stopped or paused it: GET /v1/revocations says who and why. A paused agent goes on after `whodid resume`.',
  },
  standing_unknown: {
    title: 'It is not known if the agent is stopped',
    advice:
      'The SDK held a change back because it has no fresh view of the revocations. See that WHODID_REVOCATIONS_FROM is reachable and takes the token.',
  },
  internal: {
    title: 'Whodid itself failed',
    advice: 'This is a bug. Report it with the request ID; the cause is in the log under that ID.',
  },
}
