/** The values that the engine's configuration depends on; paths are absolute. */
export interface ServerParameters {
  readonly httpPort: number
  readonly memoryBytesMax: number
  readonly usersPath: string
  readonly logPath: string
}

const logBytesMax = 10_000_000
const logFilesMax = 5
const queryLogDays = 3
const idleConnectionSecondsMax = 30
/** Idle connections count as unfinished: a longer wait would make every stop as long. */
const shutdownSecondsMax = 1

/**
 * The engine's `config.xml`: HTTP on loopback only, memory and caches within the cap, a log of at most
 * `logFilesMax` × `logBytesMax`, no table of the engine's own but a short query log, no crash reports, no outgoing requests.
 */
export function serverXml(parameters: ServerParameters): string {
  const { httpPort, memoryBytesMax, usersPath, logPath } = parameters
  return `<clickhouse>
<log-level>warning</log-level>
<logger>
<log>${escapeXml(logPath)}</log>
<size>${logBytesMax}</size>
<count>${logFilesMax}</count>
</logger>
<http_port>${httpPort}</http_port>
<listen_host>127.0.0.1</listen_host>
<keep_alive_timeout>${idleConnectionSecondsMax}</keep_alive_timeout>
<shutdown_wait_unfinished>${shutdownSecondsMax}</shutdown_wait_unfinished>
<timezone>UTC</timezone>
<user_directories><users_xml><path>${escapeXml(usersPath)}</path></users_xml></user_directories>
<max_server_memory_usage>${memoryBytesMax}</max_server_memory_usage>
<mark_cache_size>${Math.floor(memoryBytesMax / 8)}</mark_cache_size>
<index_mark_cache_size>${Math.floor(memoryBytesMax / 32)}</index_mark_cache_size>
<primary_index_cache_size>${Math.floor(memoryBytesMax / 16)}</primary_index_cache_size>
<query_log>
<database>system</database>
<table>query_log</table>
<partition_by>event_date</partition_by>
<ttl>event_date + INTERVAL ${queryLogDays} DAY DELETE</ttl>
</query_log>
<send_crash_reports><enabled>false</enabled></send_crash_reports>
<remote_url_allow_hosts><host>none.invalid</host></remote_url_allow_hosts>
</clickhouse>
`
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Makes text safe inside an XML element or attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/gu, (character) => escapes[character] ?? character)
}
