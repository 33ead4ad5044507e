import { anyToolCall } from './any-tool-call.ts'
import { database } from './database.ts'
import { frameworkConventions } from './framework-conventions.ts'
import { genAi } from './gen-ai.ts'
import { handoff } from './handoff.ts'
import { http } from './http.ts'
import { messaging } from './messaging.ts'
import { programConventions } from './program-conventions.ts'
import { mcp, rpc } from './rpc.ts'
import type { Convention, Telemetry } from './telemetry.ts'

/** The standard's vocabularies for calls to the world that know no agents, in the order in which they stand. */
const plainConventions: readonly Convention[] = [http, database, messaging, rpc]

/**
 * Every vocabulary but Whodid's own, in order: of a field that several fill, the first stands, after Whodid's own
 * attributes. A hand-over in any of them, then the emitters that give standard names a meaning of their own, then the
 * standard, then the plain calls to the world.
 */
export const conventions: readonly Convention[] = [
  handoff,
  ...programConventions,
  ...frameworkConventions,
  genAi,
  mcp,
  ...plainConventions,
]

/**
 * The vocabularies that a record speaks, in order. One that speaks none, or the standard's and is of no kind that the
 * standard knows, may still be a tool call by its attributes.
 */
export function conventionsOf(telemetry: Telemetry): readonly Convention[] {
  const spoken = conventions.filter((convention) => convention.speaks(telemetry))
  const isOpen = spoken.every((one) => one === genAi && isUnknown(one, telemetry))
  return isOpen && anyToolCall.speaks(telemetry) ? [anyToolCall, ...spoken] : spoken
}

function isUnknown(convention: Convention, telemetry: Telemetry): boolean {
  const kind = convention.kind(telemetry)
  return kind === '' || kind === 'other'
}
