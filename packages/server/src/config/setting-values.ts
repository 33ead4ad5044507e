/** The value of each setting, by its key in the configuration file. */
export interface SettingValues {
  readonly data_dir: string
  readonly keys_dir: string
  readonly keys_command: string
  readonly host: string
  readonly allowed_hosts: readonly string[]
  readonly api_port: number
  readonly otlp_http_port: number
  readonly otlp_grpc_port: number
  readonly infer_request_user: boolean
  readonly detect_seconds: number
  readonly responses: string
  readonly issuer: string
  readonly retain_text_days: number
  readonly retain_record_days: number
  readonly log_origin: string
  readonly witnesses: string
  readonly policy: string
  readonly meta_log: string
  readonly meta_key: string
  readonly oidc_issuer: string
  readonly oidc_client_id: string
  readonly oidc_client_secret: string
  readonly oidc_console_url: string
  readonly oidc_groups: string
  readonly oidc_groups_claim: string
  readonly oidc_name_claim: string
  readonly oidc_scopes: string
  readonly oidc_session_minutes: number
  readonly memory_bytes_max: number
  readonly clickhouse_url: string
  readonly clickhouse_writer_password: string
  readonly clickhouse_reader_password: string
  readonly clickhouse_migrator_password: string
  readonly clickhouse_recorder_password: string
  readonly clickhouse_eraser_password: string
  readonly clickhouse_pruner_password: string
  readonly clickhouse_verifier_password: string
  readonly api_url: string
  readonly token: string
}

/** The key of a setting in the configuration file. */
export type SettingKey = keyof SettingValues
