import { now } from '../now.ts'
import type { Actor, AgentIdentity, Principal } from '../context/identity.ts'
import { beginRecord, placeHere, recordInstant, refOf } from './record.ts'
import { activeRuntime } from '../runtime.ts'
import type { Credential } from '../context/credential.ts'
import { runInScope } from '../context/scope.ts'
import type { Scope } from '../context/scope.ts'

/** The run of one actor, as its callback sees it. */
export interface Run {
  /** Instance ID of an agent, user ID of a human, name of a service. */
  readonly id: string
  readonly agent: AgentIdentity | undefined
  readonly delegator: Principal | undefined
  readonly correlationId: string
  readonly traceId: string
  /** `<trace>-<span>` of the record with which the run began. */
  readonly span: string
}

export interface SessionSpec {
  readonly actor: Actor
  /** The scope in which the run was started. */
  readonly from: Scope
  readonly parent?: Scope['frame']['parent']
  readonly credential?: Credential | undefined
  /** True when the prompt and plan in force here led to this run too. */
  readonly inherit: boolean
}

/** A run that has begun. */
export interface OpenSession {
  readonly scope: Scope
  readonly run: Run
  /** Records the end; with an error, as failed. The second and later calls do nothing. Never throws. */
  end(error?: { readonly value: unknown }): void
}

/**
 * Runs `body` as one actor. The run's beginning is recorded at once, so that what it does never hangs from a record which is
 * still to come, and its end when it ends: a killed run is one without an end.
 */
export async function runSession<T>(
  spec: SessionSpec,
  body: (run: Run) => T | PromiseLike<T>,
): Promise<T> {
  const session = openSession(spec)
  try {
    const result = await runInScope(session.scope, () => body(session.run))
    session.end()
    return result
  } catch (error) {
    session.end({ value: error })
    throw error
  }
}

/** Begins a run. Never throws. */
export function openSession(spec: SessionSpec): OpenSession {
  const { actor, from } = spec
  const place =
    spec.parent === undefined ? placeHere(from) : { parent: spec.parent, beside: undefined }
  const frame = {
    parent: place.parent,
    promptRef: spec.inherit ? from.frame.promptRef : '',
    planRef: spec.inherit ? from.frame.planRef : '',
    outerPlanRef: spec.inherit ? from.frame.planRef : '',
  }
  const scope: Scope = { actor, frame, call: undefined, credential: spec.credential }
  const startTime = now()
  const span = recordInstant(scope, { kind: 'session', name: `session ${label(actor)}`, place })
  frame.parent = span
  const end = trackEnd((error) => {
    beginRecord(
      { ...scope, frame: { ...frame } },
      {
        kind: 'session',
        name: `session end ${label(actor)}`,
        place: { parent: span, beside: undefined },
        startTime,
      },
    ).end(error)
  })
  const run: Run = {
    id: actor.id,
    agent: actor.agent,
    delegator: actor.delegator,
    correlationId: actor.correlationId,
    traceId: span.traceId,
    span: refOf(span),
  }
  return { scope, run, end }
}

/** Makes an end that is recorded once: when it comes, or when the process ends first. */
export function trackEnd(
  end: (error: { readonly value: unknown } | undefined) => void,
): (error?: { readonly value: unknown }) => void {
  const runtime = activeRuntime()
  let ended = false
  const once = (error?: { readonly value: unknown }): void => {
    if (ended) return
    ended = true
    runtime?.open.delete(interrupt)
    end(error)
  }
  const interrupt = (reason: string): void => {
    once({ value: new Interrupted(reason) })
  }
  runtime?.open.add(interrupt)
  return once
}

/** Stands for the error of what was under way when the process ended. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

function label(actor: Actor): string {
  // A user ID stays out of span names, which tools show and index everywhere.
  return actor.type === 'human' ? 'human' : (actor.agent?.template ?? actor.id)
}
