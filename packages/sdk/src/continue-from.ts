import { scopeHere } from './ambient.ts'
import { carrierScope } from './carrier-scope.ts'
import type { Carrier } from './carrier-scope.ts'
import { activeRuntime, guard } from './runtime.ts'
import { runInScope } from './scope.ts'

/**
 * Runs `body` as the continuation of whoever sent the headers or set the environment: an `agent` within becomes a sub-agent of the
 * sender's instance, and a `tool` within is the sender's act.
 *
 * What a carrier says is a claim, and the ledger grades it so: call this for peers you trust, after you have authenticated
 * them. Never throws by itself; a carrier that says nothing changes nothing.
 */
export async function continueFrom<T>(
  carrier: Carrier,
  body: () => T | PromiseLike<T>,
): Promise<T> {
  const scope = guard(() => carrierScope(carrier, activeRuntime()?.config), scopeHere())
  return runInScope(scope, body)
}
