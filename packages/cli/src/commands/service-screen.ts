import { join } from 'node:path'
import { tokensPath } from '@whodid/server/credentials'
import type { Palette } from '@whodid/client'

/** The facts that the start-up screen shows. */
export interface ServiceFacts {
  readonly apiUrl: string
  readonly otlpUrl: string
  readonly otlpGrpcUrl: string | undefined
  /** The embedded engine's; undefined with a ClickHouse of one's own. */
  readonly engineUrl: string | undefined
  readonly dataDir: string
}

/** The screen of a service that is ready: where to send, where to ask, and how. */
export function serviceScreen(facts: ServiceFacts, palette: Palette): string {
  const { apiUrl, otlpUrl, otlpGrpcUrl = '', engineUrl, dataDir } = facts
  const sql =
    engineUrl === undefined
      ? ''
      : `
  Ask in SQL at    ${palette.cyan(engineUrl)}  ${palette.dim(`until the next start; also in ${join(dataDir, 'engine', 'endpoint.json')}`)}`
  return `
${palette.bold('Whodid is ready.')}

  Send spans to    ${palette.cyan(otlpUrl)}  ${palette.dim('OTLP/HTTP, with the ingest token (WHODID_INGEST_TOKEN)')}
              or   ${palette.cyan(otlpGrpcUrl)}  ${palette.dim('OTLP/gRPC, with the same')}
  Ask at           ${palette.cyan(apiUrl)}  ${palette.dim('with the investigator token (WHODID_TOKEN; here it is found by itself)')}${sql}
  Tokens           ${tokensPath(dataDir)}

  An agent of yours, in its shell:
    export WHODID_ENDPOINT=${otlpUrl}
    export WHODID_INGEST_TOKEN=$(node -p 'require(${JSON.stringify(tokensPath(dataDir))}).ingest')

  Ask who did something:   whodid ask <handle>
  Watch records come in:   whodid tail
  See that all is well:    whodid doctor
  ${palette.dim('In a clone: npm run whodid -- ask <handle>. ^C stops.')}

`
}
