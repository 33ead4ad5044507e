import { AsyncLocalStorage } from 'node:async_hooks'
import type { SpanContext } from '@opentelemetry/api'
import type { Actor } from './identity.ts'
import type { Credential } from './credential.ts'

/**
 * What is in force for a run, or for the part of it below one prompt or plan. `prompt` and `plan` without a callback
 * change it in place, so that they hold from there on; with a callback they open a frame of their own.
 */
export interface Frame {
  parent: SpanContext | undefined
  promptRef: string
  planRef: string
  /** The plan in force where this frame began: what is left when a new prompt ends the frame's own plan. */
  readonly outerPlanRef: string
}

/** Where a verb stands: who acts, what is in force, and which call it is inside of. */
export interface Scope {
  readonly actor: Actor
  readonly frame: Frame
  /** The tool call that this code runs in, if any; its span is the parent of what it does. */
  readonly call: { readonly span: SpanContext; readonly actionId: string } | undefined
  /** What the run's tools use when they name no credential. */
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
