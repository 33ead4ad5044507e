import { newPlace, otlpJson } from '@whodid/hooks'
import type { Attributes, SpanToSend, SpooledBody } from '@whodid/hooks'
import { attribute } from '@whodid/model'
import type { PromptOfFile } from './describe-run.ts'
import type { RunIdentity } from './run-identity.ts'
import type { RunEnd } from './run-options.ts'

/** Spans of the launcher's own, as the body of a request. */
export function bodyOf(identity: Attributes, spans: readonly SpanToSend[]): SpooledBody {
  const body = Buffer.from(otlpJson({ 'service.name': 'whodid-run', ...identity }, spans))
  return { path: '/v1/traces', contentType: 'application/json', encoding: '', body }
}

/** The record with which a run begins: it has no length, so that what the run does never hangs from a record that is still to come. */
export function beginning(
  { session, sessionParent, template }: RunIdentity,
  startUnixMs: number,
  described: Attributes,
): SpanToSend {
  return {
    ...session,
    parentSpanId: sessionParent?.spanId,
    name: `session ${template}`,
    startUnixMs,
    endUnixMs: startUnixMs,
    attributes: { [attribute.recordKind]: 'session', ...described },
  }
}

/** The prompt that a file held. */
export function promptRecord(
  { session, delegatorType }: RunIdentity,
  startUnixMs: number,
  { path, hash, text }: PromptOfFile,
): SpanToSend {
  return {
    ...newPlace(session),
    parentSpanId: session.spanId,
    name: 'prompt',
    startUnixMs,
    endUnixMs: startUnixMs,
    attributes: {
      [attribute.recordKind]: 'prompt',
      [attribute.promptOrigin]: delegatorType === 'human' ? 'human' : 'unknown',
      [attribute.promptHash]: hash,
      [attribute.inputMessages]:
        text === undefined
          ? ''
          : JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: text }] }]),
      'whodid.run.prompt_file': path,
    },
  }
}

/** The end of a run. */
export interface RunEnding {
  readonly startUnixMs: number
  readonly end: RunEnd | 'lost'
  /** The reason for which the agent could not be started; '' when it was. */
  readonly failure: string
  readonly lostCount: number
}

/** The record with which a run ends. `lost`: its launcher was killed, and nobody saw the end. */
export function ending(
  { session, template }: Pick<RunIdentity, 'session' | 'template'>,
  { startUnixMs, end, failure, lostCount }: RunEnding,
): SpanToSend {
  const error =
    failure !== ''
      ? failure
      : end === 'lost'
        ? 'the launcher was killed'
        : end.signal !== undefined
          ? `ended by ${end.signal}`
          : end.code === 0
            ? undefined
            : `exit code ${end.code}`
  return {
    ...newPlace(session),
    parentSpanId: session.spanId,
    // The timeline of an instance shows names, and no attributes.
    name: `session end ${template}${error === undefined ? '' : `: ${error}`}`,
    startUnixMs,
    endUnixMs: Date.now(),
    error,
    attributes: {
      [attribute.recordKind]: 'session',
      'process.exit.code': end === 'lost' ? undefined : end.code,
      'whodid.run.signal': end === 'lost' ? '' : end.signal,
      'whodid.run.lost_batches': lostCount,
      'error.type': error === undefined ? '' : errorType(end, failure),
    },
  }
}

function errorType(end: RunEnd | 'lost', failure: string): string {
  if (failure !== '') return 'not_started'
  if (end === 'lost') return 'launcher_killed'
  return end.signal ?? `exit_${end.code}`
}
