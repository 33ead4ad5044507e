import type { Act } from './act.ts'
import type { Attributes } from './sim-span.ts'
import type { Lacking } from './truth.ts'

/** A tool call. */
export interface CallOptions {
  readonly verb?: string
  readonly resource: string
  /** What the span says of the resource, where that is another name of it. */
  readonly said?: string
  readonly outcome?: Act['outcome']
  readonly credential?: {
    readonly id: string
    readonly subject: string
    readonly borrowed: boolean
  }
  readonly afterMs?: number
  readonly lengthMs?: number
  /** When the record says that it began; default: what the clock says. */
  readonly startNs?: bigint
  readonly lacking?: Lacking
  readonly extra?: Attributes
  /** Whether an intent goes before it. Default: for all but reads. */
  readonly intent?: boolean
}

/** One record of a run, before it is a span. */
export interface Note {
  readonly kind: string
  readonly name: string
  readonly attributes: Attributes
  readonly lengthMs?: number
  readonly status?: number
  readonly startNs?: bigint
}

/** What a span says of the credential that was used. */
export function credentialOf(credential: CallOptions['credential']): Attributes {
  if (credential === undefined) return {}
  return {
    'whodid.credential.id': credential.id,
    'whodid.credential.type': 'pat',
    'whodid.credential.subject': credential.subject,
    ...(credential.borrowed ? { 'whodid.credential.borrowed': true } : {}),
  }
}

/** One message, as OpenTelemetry has it. */
export function messagesOf(role: string, text: string): string {
  return JSON.stringify([{ role, parts: [{ type: 'text', content: text }] }])
}
