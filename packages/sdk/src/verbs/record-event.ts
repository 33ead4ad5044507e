import type { Attributes } from '@opentelemetry/api'
import type { RecordKind } from '@whodid/model'
import { scopeHere } from '../context/carrier-scope.ts'
import { captureContent, contentHash } from './content.ts'
import { recordInstant } from './record.ts'

/** A content as the capture policy lets it out: always its hash, and its text where that may leave. */
export interface Captured {
  readonly hash: string
  readonly text: string | undefined
}

/**
 * Records an event of the run that is neither call, prompt nor plan of this process, at the instant it is seen. `attributes` is given the capture
 * policy for the contents. Never throws.
 *
 * @example
 * recordEvent('model_call', 'chat', (capture) => ({ 'gen_ai.output.messages': capture(answer).text }))
 */
export function recordEvent(
  kind: RecordKind,
  name: string,
  attributes: (capture: (content: unknown) => Captured) => Attributes,
): void {
  recordInstant(scopeHere(), {
    kind,
    name,
    attributes: ({ config }) =>
      attributes((content) => {
        const hash = contentHash(content)
        return { hash, text: captureContent(content, hash, config) }
      }),
  })
}
