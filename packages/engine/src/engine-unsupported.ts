import { WhodidError } from '@whodid/model'

/** The error of a machine that cannot run the embedded engine; it names the way out. */
export function engineUnsupported(reason: string, cause?: unknown): WhodidError {
  return new WhodidError(
    'engine_unsupported',
    `the embedded engine cannot run here: ${reason}; set CLICKHOUSE_URL to use a ClickHouse server instead`,
    { cause },
  )
}
