import { carrierScope } from './carrier-scope.ts'
import { activeRuntime } from './runtime.ts'
import { currentScope } from './scope.ts'
import type { Scope } from './scope.ts'

let ambient: Scope | undefined

/** The scope a verb stands in: the run around it, or, outside of any, what the process inherited from its parent. */
export function scopeHere(): Scope {
  const scope = currentScope()
  if (scope !== undefined) return scope
  // Once: the environment of a process is who started it, and does not change with what it later sets for its children.
  ambient ??= carrierScope(process.env, activeRuntime()?.config)
  return ambient
}

/** Reads the environment anew. */
export function resetAmbient(): void {
  ambient = undefined
}
