import type { SimSpan } from './sim-span.ts'
import type { Lacking, Truth } from './truth.ts'

/** Something that was done, with the record that tells of it. */
export interface Act {
  readonly span: SimSpan
  /** The records under which an answer may tell of it: the call, and the intent before it. */
  readonly subjects: readonly string[]
  /** By what a responder could ask for it. */
  readonly names: ActNames
  readonly verb: string
  readonly outcome: 'success' | 'failure' | 'denied' | 'unknown'
  readonly truth: Omit<Truth, 'evidence' | 'inputs'>
  lacking: Lacking
}

/** What the records of an act say that a handle can name; absent where they say nothing. */
export interface ActNames {
  /** In the form that a responder may ask for. */
  readonly resource?: string | undefined
  readonly action?: string | undefined
  readonly instance?: string | undefined
  readonly template?: string | undefined
  readonly delegator?: string | undefined
  readonly correlation?: string | undefined
  readonly credential?: string | undefined
}

/** The kinds of handle under which an act can be asked for. */
export type ActHandle = keyof ActNames | 'span' | 'trace'

/** The handle of an act, as a responder types it; undefined when the act has no such name. */
export function handleOf(act: Act, kind: ActHandle): string | undefined {
  const { traceId, spanId } = act.span
  if (kind === 'span') return `span:${traceId}-${spanId}`
  if (kind === 'trace') return `trace:${traceId}`
  const name = act.names[kind]
  return name === undefined ? undefined : `${kind}:${name}`
}
