import { createClient } from '@clickhouse/client'
import type { ClickHouseClient } from '@clickhouse/client'
import { formatInstant } from '@whodid/model'

/** The address of a ClickHouse and the user to log in as. The password is never logged. */
export interface StoreAccess {
  /** `http://127.0.0.1:8123`; the embedded engine's, or `CLICKHOUSE_URL`. */
  readonly url: string
  readonly username: string
  readonly password: string
}

/** Milliseconds after which a statement that gave no answer is given up. The engine's own limits are lower. */
const requestTimeoutMs = 130_000

/** Connections held open to the engine by one client. */
const connectionsMax = 32

/** Opens a client. Opening does not connect: an engine that is down shows at the first statement. */
export function openClient(access: StoreAccess): ClickHouseClient {
  return createClient({
    url: access.url,
    username: access.username,
    password: access.password,
    database: 'default',
    application: 'whodid',
    request_timeout: requestTimeoutMs,
    max_open_connections: connectionsMax,
    keep_alive: { enabled: true, idle_socket_ttl: 2_000 },
    compression: { request: false, response: false },
    // The engine's errors reach the caller as WhodidError; the client's own log would repeat statements and values.
    log: { level: 127 },
  })
}

/** A time in nanoseconds since 1970 as a parameter of type `DateTime64(9, 'UTC')`. */
export function toDateTime64(unixNs: bigint): string {
  return formatInstant(unixNs).replace('T', ' ').replace('Z', '')
}
