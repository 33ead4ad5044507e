import type { Convention } from './convention.ts'
import { anyToolCall } from './any-tool-call.ts'
import { frameworkConventions } from './framework-conventions.ts'
import { genAi } from './gen-ai.ts'
import { handoff } from './handoff.ts'
import { mcp } from './mcp.ts'
import { plainConventions } from './plain-conventions.ts'
import type { Telemetry } from './telemetry.ts'
import { programConventions } from './program-conventions.ts'

/**
 * Every vocabulary but Whodid's own, in order: of a field that several fill, the first stands, after what Whodid's own
 * attributes say. What is a hand-over in any of them, the emitters that give standard names a meaning of their own, then the
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
 * standard knows, may still be a tool call by the look of it.
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
