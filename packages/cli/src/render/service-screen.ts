import { tokensPath } from '../tokens.ts'
import type { Palette } from './palette.ts'

/** What the start-up screen says. */
export interface ServiceFacts {
  readonly apiUrl: string
  readonly otlpUrl: string
  readonly otlpGrpcUrl: string | undefined
  readonly dataDir: string
}

/** The screen of a service that is ready: where to send, where to ask, and how. */
export function serviceScreen(facts: ServiceFacts, palette: Palette): string {
  const { apiUrl, otlpUrl, otlpGrpcUrl = '', dataDir } = facts
  return `
${palette.bold('Whodid is ready.')}

  Send spans to    ${palette.cyan(otlpUrl)}  ${palette.dim('OTLP/HTTP, with the ingest token')}
              or   ${palette.cyan(otlpGrpcUrl)}  ${palette.dim('OTLP/gRPC, with the same')}
  Ask at           ${palette.cyan(apiUrl)}  ${palette.dim('with the investigator token')}
  Tokens           ${tokensPath(dataDir)}

  Ask who did something:   whodid ask <handle>
  Watch records come in:   whodid tail
  See that all is well:    whodid doctor
  ${palette.dim('In a clone: npm run whodid -- ask <handle>. ^C stops.')}

`
}
