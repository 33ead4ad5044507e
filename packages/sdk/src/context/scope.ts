import { AsyncLocalStorage } from 'node:async_hooks'
import type { SpanContext } from '@opentelemetry/api'
import type { Actor } from './identity.ts'
import type { Credential } from './credential.ts'

/**
 * The prompt and plan in force for a run, or for the part of it below one prompt or plan. `prompt` and `plan` without a callback
 * change it in place, so that they hold from there on; with a callback they open a frame of their own.
 */
export interface Frame {
  parent: SpanContext | undefined
  promptRef: string
  planRef: string
  /** The plan in force where this frame began: the plan in force after a new prompt has ended the frame's own. */
  readonly outerPlanRef: string
}

/** The place of a verb: the actor, the prompt and plan in force, and the tool call around it. */
export interface Scope {
  readonly actor: Actor
  readonly frame: Frame
  /** The tool call that this code runs in, if any; its span is the parent of what it does. */
  readonly call: { readonly span: SpanContext; readonly actionId: string } | undefined
  /** The credential of the run's tools that name none. */
  readonly credential: Credential | undefined
}

const storage = new AsyncLocalStorage<Scope>()

export function currentScope(): Scope | undefined {
  return storage.getStore()
}

export function runInScope<T>(scope: Scope, run: () => T): T {
  return storage.run(scope, run)
}

/** Runs outside of any scope: for the SDK's own timers and requests, which would otherwise keep a run's scope alive. */
export function runOutsideScope<T>(run: () => T): T {
  return storage.exit(run)
}

/** The span below which a record made here hangs. */
export function parentOf(scope: Scope): SpanContext | undefined {
  return scope.call?.span ?? scope.frame.parent
}
