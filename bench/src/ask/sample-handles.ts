import { attribute, handleKinds, spanRef } from '@whodid/model'
import type { Handle } from '@whodid/model'
import type { BenchSpan } from '../ingest/agent-run.ts'
import { stampText } from '../ingest/stamp-batch.ts'
import { seededRandom } from '../random.ts'
import { placeOf } from './ledger-runs.ts'
import type { LedgerRuns } from './ledger-runs.ts'

type HandleKind = Handle['kind']

/** Every kind of handle. */
export const askedKinds: readonly HandleKind[] = handleKinds

/** Kinds of handle that name one thing: what a question about them reads is bounded whatever the ledger holds. */
export const oneThing = [
  'trace',
  'span',
  'action',
  'instance',
  'resource',
  'correlation',
  'credential',
] as const

/** What of a span a handle of that kind names; undefined where the span has none. */
const valueOf: Readonly<Record<HandleKind, (span: BenchSpan) => unknown>> = {
  trace: ({ traceId }) => traceId.toString('hex'),
  span: ({ traceId, spanId }) => spanRef(traceId.toString('hex'), spanId.toString('hex')),
  action: ({ attributes }) => attributes[attribute.actionId],
  instance: ({ attributes }) => attributes[attribute.instanceId],
  template: ({ attributes }) => attributes[attribute.templateId],
  delegator: ({ attributes }) => attributes[attribute.delegatorId],
  correlation: ({ attributes }) => attributes[attribute.correlationId],
  credential: ({ attributes }) => attributes[attribute.credentialId],
  resource: ({ attributes }) => attributes[attribute.resourceId],
  session: ({ attributes }) => attributes[attribute.sessionId],
  conversation: ({ attributes }) => attributes[attribute.conversationId],
  tool: ({ attributes }) => attributes[attribute.toolName],
  prompt: ({ attributes }) => attributes[attribute.promptHash],
}

/** Draws a handle before it gives one up as too rare. */
const drawsPerHandle = 200

/** Which handles: of a kind, so many, from a ledger that took so many requests; `draw` makes another sample. */
export interface HandleSample {
  readonly kind: HandleKind
  readonly turns: number
  readonly count: number
  readonly draw: number
}

/**
 * Draws handles of a kind from the acts on record (from the prompts, where the kind is that), each as likely as any other: what is
 * touched often is asked for often. Gives fewer than `count` where there are not so many.
 */
export function sampleHandles(
  { spans }: LedgerRuns,
  { kind, turns, count, draw }: HandleSample,
): string[] {
  const named = spans.map((batch) => batch.filter((span) => isAsked(span, kind)))
  const random = seededRandom(draw * askedKinds.length + askedKinds.indexOf(kind))
  const handles = new Set<string>()
  for (let tries = 0; handles.size < count && tries < count * drawsPerHandle; tries += 1) {
    const { index, pass } = placeOf(random.int(turns))
    const acts = named[index] ?? []
    const span = acts[random.int(acts.length)]
    const value = span === undefined ? undefined : valueOf[kind](span)
    if (span === undefined || typeof value !== 'string') continue
    handles.add(`${kind}:${stampText(value, span.marks, pass)}`)
  }
  return [...handles]
}

function isAsked({ attributes }: BenchSpan, kind: HandleKind): boolean {
  const recordKind = attributes[attribute.recordKind]
  if (kind === 'prompt') return recordKind === 'prompt'
  return recordKind === 'tool_call' || recordKind === 'action'
}
