import { AsyncLocalStorage } from 'node:async_hooks'
import { context, createContextKey, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import type { Context, SpanContext } from '@opentelemetry/api'
import type { Actor } from './identity.ts'
import type { Credential } from './credential.ts'
import { applicationSpan, ScopeSpan } from './scope-span.ts'

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
  /** ID of the application's span that was active when `parent` was set in place; '' when none was. */
  above?: string
}

/** The call of a tool or a model around some code; its span is the parent of what the code does. */
export interface ScopeCall {
  readonly span: SpanContext
  /** The action of the tool call; '' when there is none around a model call. */
  readonly actionId: string
  /** True for a model call: a request within it goes to the model, and is no act upon the world. */
  readonly ofModel?: boolean
}

/** The place of a verb: the actor, the prompt and plan in force, and the tool call around it. */
export interface Scope {
  readonly actor: Actor
  readonly frame: Frame
  /** The call that this code runs in, if any. */
  readonly call: ScopeCall | undefined
  /** The credential of the run's tools that name none. */
  readonly credential: Credential | undefined
}

/** A scope that a framework knows of, and the one of verbs around the framework's own run. */
export interface FrameworkScope {
  readonly scope: Scope
  /** As {@link enclosingScope} was when the framework began the run. */
  readonly within: Scope | undefined
}

/** Tells which run or call of a framework the code runs in; undefined where it runs in none. Must not throw. */
export type ScopeSource = () => FrameworkScope | undefined

const storage = new AsyncLocalStorage<Scope>()
const scopeKey = createContextKey('whodid scope')
const sources = new Set<ScopeSource>()

/** The scope here: that of the framework's call that runs within the verbs' own, else that of the verbs. */
export function currentScope(): Scope | undefined {
  const own = enclosingScope()
  for (const source of sources) {
    const found = source()
    // A verb that was begun within the framework's call is nearer than the call.
    if (found !== undefined && found.within === own) return found.scope
  }
  return own
}

/**
 * The scope of the verbs alone. A context of OpenTelemetry that the application activates itself, such as one it bound to a
 * callback, is an explicit statement and goes before the asynchronous context.
 */
export function enclosingScope(): Scope | undefined {
  return scopeOfContext(context.active()) ?? storage.getStore()
}

/** The scope that a context of OpenTelemetry carries. */
export function scopeOfContext(from: Context): Scope | undefined {
  // The key is this module's own: only runInScope writes under it.
  return from.getValue(scopeKey) as Scope | undefined
}

/** Runs in the scope. Within, the scope is also the active context of OpenTelemetry, where the application registered a manager. */
export function runInScope<T>(scope: Scope, run: () => T): T {
  return storage.run(scope, () => {
    const active = context.active()
    const span = new ScopeSpan(() => parentOf(scope), trace.getSpan(active))
    return context.with(trace.setSpan(active, span).setValue(scopeKey, scope), run)
  })
}

/** Runs outside of any scope: for the SDK's own timers and requests, which would otherwise keep a run's scope alive. */
export function runOutsideScope<T>(run: () => T): T {
  return storage.exit(() => context.with(ROOT_CONTEXT, run))
}

/** The span of the scope itself, below which a record made here hangs where no span of the application stands between. */
export function parentOf(scope: Scope): SpanContext | undefined {
  return scope.call?.span ?? scope.frame.parent
}

/** The parent of a record made here, and the span that it is linked to. */
export interface Place {
  readonly parent: SpanContext | undefined
  readonly beside: SpanContext | undefined
  /** True when the parent is a span of the application's that began outside of any run. */
  readonly isOutside?: boolean
}

/**
 * The place of a record made in this scope. The application's active span is the parent outside of any run, so that a run
 * has the trace of the request that it serves; and within one, if it was started there and the ledger receives it.
 * In all other cases it is linked.
 */
export function placeIn(scope: Scope, isReceived: (span: SpanContext) => boolean): Place {
  const own = parentOf(scope)
  const application = applicationSpan()?.spanContext()
  if (application === undefined) return { parent: own, beside: undefined }
  const around = currentScope()
  if (around === undefined) return { parent: application, beside: own, isOutside: true }
  const isBelow =
    scopeOfContext(context.active()) === scope &&
    application.spanId !== scope.frame.above &&
    isReceived(application)
  return isBelow ? { parent: application, beside: undefined } : { parent: own, beside: application }
}

/** Asks a framework for the scope where no verb says it. Returns a function that takes the source away again. */
export function addScopeSource(source: ScopeSource): () => void {
  sources.add(source)
  return () => {
    sources.delete(source)
  }
}
