import { attribute } from '@whodid/model'
import type { PromptOrigin } from '@whodid/model'
import { scopeHere } from '../context/carrier-scope.ts'
import { captureContent, contentHash } from './content.ts'
import { putInput } from './input.ts'
import type { InputOrigin } from './input.ts'
import { recordInstant, refOf } from './record.ts'
import type { Recorded } from './record.ts'
import { applicationSpan } from '../context/scope-span.ts'
import { runInScope } from '../context/scope.ts'
import type { Scope } from '../context/scope.ts'

/**
 * The origin of a prompt.
 *
 * @example
 * const options: PromptOptions = { origin: 'human' }
 */
export interface PromptOptions {
  /** The kind of asker. Default: `agent` for a sub-agent, otherwise `unknown`: never guessed to be a human. */
  readonly origin?: PromptOrigin
  /** The source of the prompt's text, when it is not the delegator's own. */
  readonly input?: InputOrigin
}

/**
 * Records what an agent was asked. The record is on its way before anything is done about it.
 *
 * With a callback, everything below it carries the prompt's reference. Without one, everything that follows in this run
 * does, until the next prompt; a plan the run made for an earlier prompt is then no longer in force. Await it like every verb; the
 * prompt is in force as soon as the call is made. Never throws by itself; a callback's error is passed on unchanged.
 *
 * @example
 * await prompt('Tidy up my notes', { origin: 'human' })
 * await prompt('Summarise the note', async () => {
 *   await tool('read_file', { verb: 'read', resource: 'file:/srv/note.txt' }, () => readNote())
 * })
 */
export function prompt(text: string, options?: PromptOptions): Promise<Recorded>
export function prompt<T>(text: string, body: PromptBody<T>): Promise<T>
export function prompt<T>(text: string, options: PromptOptions, body: PromptBody<T>): Promise<T>
export async function prompt<T>(
  text: string,
  second?: PromptOptions | PromptBody<T>,
  third?: PromptBody<T>,
): Promise<T | Recorded> {
  const options = typeof second === 'function' ? {} : (second ?? {})
  const body = typeof second === 'function' ? second : third
  const scope = scopeHere()
  const hash = contentHash(text)
  const span = recordInstant(scope, {
    kind: 'prompt',
    name: `invoke_agent ${scope.actor.agent?.name ?? scope.actor.agent?.template ?? ''}`.trimEnd(),
    attributes: ({ config }) => {
      const content = captureContent(text, hash, config)
      return {
        [attribute.operationName]: 'invoke_agent',
        [attribute.promptOrigin]: options.origin ?? defaultOrigin(scope),
        [attribute.promptHash]: hash,
        ...(content === undefined ? {} : { [attribute.inputMessages]: messages('user', content) }),
        ...putInput(options.input, '', hash),
      }
    },
  })
  const recorded = { ref: refOf(span), hash }
  if (body === undefined) {
    scope.frame.parent = span
    scope.frame.above = applicationSpan()?.spanContext().spanId ?? ''
    scope.frame.promptRef = recorded.ref
    scope.frame.planRef = scope.frame.outerPlanRef
    return recorded
  }
  const { planRef } = scope.frame
  const frame = { parent: span, promptRef: recorded.ref, planRef, outerPlanRef: planRef }
  return runInScope({ ...scope, frame, call: undefined }, () => body(recorded))
}

/** The code that runs below a prompt or a plan. */
export type PromptBody<T> = (prompt: Recorded) => T | PromiseLike<T>

/** One message in the form of OpenTelemetry's `gen_ai.input.messages` and `gen_ai.output.messages`. */
export function messages(role: 'user' | 'assistant', content: string): string {
  const message = { role, parts: [{ type: 'text', content }] }
  return JSON.stringify([role === 'user' ? message : { ...message, finish_reason: 'stop' }])
}

function defaultOrigin(scope: Scope): PromptOrigin {
  return scope.actor.parentInstanceId === '' ? 'unknown' : 'agent'
}
