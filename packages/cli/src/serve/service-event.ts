/** What happens to a service, as `serve --json` writes it: one object a line. None holds a secret. */
export type ServiceEvent =
  | { readonly event: 'starting'; readonly what: 'engine' | 'migrations' | 'collector' | 'api' }
  | { readonly event: 'engine_started'; readonly url: string; readonly version: string }
  | { readonly event: 'migrated'; readonly applied: readonly string[] }
  | {
      readonly event: 'collector_listening'
      readonly url: string
      readonly port: number
      readonly grpc_port: number | undefined
    }
  | { readonly event: 'api_listening'; readonly url: string; readonly port: number }
  | {
      readonly event: 'ready'
      readonly api_url: string
      readonly otlp_url: string
      readonly otlp_grpc_url: string | undefined
      /** The embedded engine's, for SQL; it changes from start to start. Undefined with a ClickHouse of one's own. */
      readonly engine_url: string | undefined
      readonly data_dir: string
    }
  | {
      readonly event: 'access_changed'
      readonly what: 'exporters' | 'readers'
      readonly count: number
    }
  | { readonly event: 'warning'; readonly message: string }
  | { readonly event: 'engine_exited'; readonly message: string }
  | { readonly event: 'engine_restarted'; readonly url: string; readonly version: string }
  | { readonly event: 'stopping' }
  | { readonly event: 'stopped' }

/** Is told of each event as it happens. */
export type OnServiceEvent = (event: ServiceEvent) => void
