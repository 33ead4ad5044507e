import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where bench/peers/build-otelcol.sh puts the OpenTelemetry Collector. */
export const otelcolProgram: string = fileURLToPath(
  new URL('../../../.tools/peers/otelcol-clickhouse', import.meta.url),
)

/** Why there is no peer to compare with; undefined where there is one. */
export function whyNoOtelcol(): string | undefined {
  if (existsSync(otelcolProgram)) return undefined
  return 'the OpenTelemetry Collector is not built: run bench/peers/build-otelcol.sh, which needs Go'
}
